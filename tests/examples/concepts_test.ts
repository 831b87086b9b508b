/**
 * Holds the course's page of slides and statements: each statement has a place where it is shown, and the words that are
 * quoted stand there. Holds the errata: each says what the course says, what Python does, and what happens here.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { LISTINGS } from "./listings.ts";

/** The statements of each of the five documents. */
const STATEMENTS = { "000": 37, "001": 226, "002": 27, "003": 39, "004": 15 };
/** Fewer letters say too little to be looked for. */
const SHORTEST = 12;

const examples = new URL("../../examples/", import.meta.url);
const page = new URL("CONCEPTS.md", examples);
const pages = ["CONCEPTS.md", "ERRATA.md", "README.md"].map((name) => new URL(name, examples));
const text = await Deno.readTextFile(page);
const errata = await Deno.readTextFile(pages[1]!);
const rows = text.split("\n").filter((line) => line.startsWith("| ")).map((line) =>
  line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
);
const concepts = rows.filter(([first]) => /^\d{3}-\d+$/.test(first!));

/** Where the links in a text lead. */
function linksOf(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
}

/** The anchor of a heading, as GitHub makes it. */
function anchorOf(title: string): string {
  return title.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
}

/** The anchors of a page's headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchorOf(title!));
}

/** The part of a page below the heading with an anchor, to the next heading. */
function sectionOf(markdown: string, anchor: string): string {
  const parts = markdown.split(/^(?=#+ )/m);
  return parts.find((part) => anchorOf(/^#+ (.*)$/m.exec(part)?.[1] ?? "") === anchor) ?? "";
}

/** What is read: without the marks of Markdown and of comments, with single spaces. */
function words(source: string, path: string): string {
  const bare = path.endsWith(".ts")
    ? source.replace(/^ *(?:\/\*\*|\*\/|\*|\/\/) ?/gm, "")
    : source.replace(/(?<!\w)_|_(?!\w)/g, "");
  return bare.replaceAll("**", "").replaceAll("`", "").replace(/[|\s]+/g, " ");
}

/** A quoted phrase as it is read. */
function phrase(cell: string): string {
  return words(cell.replace(/\\([_*])/g, "$1"), "phrase.ts").trim();
}

async function isThere(link: string, from: URL): Promise<boolean> {
  if (link.startsWith("http")) return true;
  const url = new URL(link, from);
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

Deno.test("every concept is shown by a page or a program, and the quoted words stand there", async () => {
  const wrong: string[] = [];
  for (const [number, , places, quoted] of concepts) {
    const url = new URL(linksOf(places!)[0]!, page);
    if (!url.pathname.startsWith(examples.pathname)) {
      wrong.push(`${number} leads to no page and no program of the examples`);
      continue;
    }
    const whole = await Deno.readTextFile(new URL(url.pathname, url));
    const source = url.hash === "" ? whole : sectionOf(whole, url.hash.slice(1));
    const sought = phrase(quoted!);
    if (sought.length < SHORTEST) wrong.push(`${number}: "${sought}" says too little`);
    if (!words(source, url.pathname).includes(sought)) {
      wrong.push(`${number}: "${sought}" does not stand in ${url.pathname.split("/").at(-1)}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("every statement leads to something of its own: no place and words stand for more than four", () => {
  const seen = new Map<string, string[]>();
  for (const [number, , places, quoted] of concepts) {
    const key = `${linksOf(places!)[0]} ${quoted}`;
    seen.set(key, [...seen.get(key) ?? [], number!]);
  }
  assertEquals([...seen.values()].filter((numbers) => numbers.length > 4), []);
});

Deno.test("every slide with a listing leads to its example, to Python, and to the API", () => {
  const slides = rows.filter(([, document, example]) =>
    /^\d{3}$/.test(document!) && example !== undefined
  );
  assertEquals(slides.length, LISTINGS.length);
  const printed = [...Deno.readDirSync(new URL("python/printed/", examples))]
    .map(({ name }) => name);
  for (const [i, { name, sharedWith }] of LISTINGS.entries()) {
    const [, , example, python, api] = slides[i]!;
    const program = sharedWith ?? name;
    assertEquals(linksOf(example!), [`listings/${program}.ts`]);
    const mistake = printed.includes(`${name}.py`) ? [`python/printed/${name}.py`] : [];
    assertEquals(linksOf(python!), [`python/${program}.py`, ...mistake]);
    assert(linksOf(api!).length > 0, `${name} has no API`);
  }
});

Deno.test("every link of the course's pages leads to something that exists", async () => {
  const broken: string[] = [];
  for (const from of pages) {
    for (const link of new Set(linksOf(await Deno.readTextFile(from)))) {
      if (!await isThere(link, from)) broken.push(`${from.pathname.split("/").at(-1)}: ${link}`);
    }
  }
  assertEquals(broken, []);
});

/** The numbers of the statements that a text names. */
function numbersOf(markdown: string): string[] {
  return [...markdown.matchAll(/\b\d{3}-\d{2,3}\b/g)].map(([number]) => number!);
}

Deno.test("each erratum says what the course says, what Python does, and what happens here", () => {
  const sections = errata.split(/^(?=#+ )/m).filter((part) => part.startsWith("### "));
  assert(sections.length > 25);
  for (const section of sections) {
    const told = [...section.matchAll(/^- \*\*(\w+)\*\*: /gm)].map(([, who]) => who);
    assertEquals(told, ["Course", "Python", "Here"], section);
  }
});

Deno.test("each statement that is not true leads to its erratum, and each erratum names statements that lead to it", () => {
  const known = new Set(concepts.map(([number]) => number!));
  for (const [number, ...cells] of concepts) {
    for (const link of linksOf(cells.join(" ")).filter((link) => link.startsWith("ERRATA.md#"))) {
      const section = sectionOf(errata, link.slice("ERRATA.md#".length));
      // A range names its ends only.
      const numbers = numbersOf(section);
      const [first, last] = [numbers[0], numbers.at(-1)].toSorted();
      const named = numbers.includes(number!) || (first! <= number! && number! <= last!);
      assert(named, `${link} does not name ${number}`);
    }
  }
  for (const section of errata.split(/^(?=#+ )/m)) {
    for (const number of numbersOf(section)) {
      assert(known.has(number), `there is no statement ${number}`);
      const row = concepts.find(([each]) => each === number)!;
      const anchor = anchorOf(/^#+ (.*)$/m.exec(section)![1]!);
      const leads = row.some((cell) => cell.includes(`ERRATA.md#${anchor}`));
      const rangeWithin = /\d to\s+\d{3}-/.test(section);
      assert(leads || rangeWithin, `${number} does not lead to ERRATA.md#${anchor}`);
    }
  }
});
