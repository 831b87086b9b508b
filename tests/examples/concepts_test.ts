/** Ticks every concept and every slide of the course: each has a place where it is shown, and the place exists. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { LISTINGS } from "./listings.ts";

/** The statements of each of the five documents. */
const STATEMENTS = { "000": 37, "001": 226, "002": 27, "003": 39, "004": 15 };

const page = new URL("../../examples/README.md", import.meta.url);
const text = await Deno.readTextFile(page);
const rows = text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
  line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
);

/** Where the links in a cell lead. */
function linksOf(cell: string): string[] {
  return [...cell.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
}

/** The anchors of a page's headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, "").replaceAll(" ", "-")
  );
}

async function isThere(link: string): Promise<boolean> {
  if (link.startsWith("http")) return true;
  const url = new URL(link, page);
  try {
    await Deno.stat(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  if (url.hash === "") return true;
  return anchorsOf(await Deno.readTextFile(new URL(url.pathname, url))).includes(url.hash.slice(1));
}

Deno.test("every concept of the course has its row, and no row is without a place", () => {
  const concepts = rows.filter(([first]) => /^\d{3}-\d+$/.test(first!));
  const expected = Object.entries(STATEMENTS).flatMap(([document, count]) =>
    Array.from(
      { length: count },
      (_, i) => `${document}-${String(i + 1).padStart(count > 99 ? 3 : 2, "0")}`,
    )
  );
  assertEquals(concepts.map(([number]) => number), expected);
  for (const [number, , places] of concepts) {
    assert(linksOf(places!).length > 0, `${number} is shown nowhere`);
  }
});

Deno.test("every slide with a listing leads to its example and to the API", () => {
  const slides = rows.filter(([, document, example]) =>
    /^\d{3}$/.test(document!) && example !== undefined
  );
  assertEquals(slides.length, LISTINGS.length);
  for (const [i, { name, sharedWith }] of LISTINGS.entries()) {
    const [, , example, api] = slides[i]!;
    assertEquals(linksOf(example!), [`listings/${sharedWith ?? name}.ts`]);
    assert(linksOf(api!).length > 0, `${name} has no API`);
  }
});

Deno.test("every link of the course's page leads to something that exists", async () => {
  const broken: string[] = [];
  for (const link of new Set(linksOf(text))) if (!await isThere(link)) broken.push(link);
  assertEquals(broken, []);
});
