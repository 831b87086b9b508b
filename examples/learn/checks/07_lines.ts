import { assertEquals } from "@std/assert";
import { load } from "./load.ts";

const { linesOf } = await load<typeof import("../solutions/07_lines.ts")>("07_lines");

const LINES = ["hello", "", "how are you? 👋", "ça va"];
const bytes = new TextEncoder().encode(LINES.map((line) => `${line}\n`).join(""));

async function* inPieces(...cuts: number[]): AsyncGenerator<Uint8Array, void, void> {
  const places = [0, ...cuts, bytes.length];
  for (let i = 1; i < places.length; i++) {
    await Promise.resolve();
    yield bytes.subarray(places[i - 1], places[i]);
  }
}

Deno.test("several lines in one piece are several lines", async () => {
  assertEquals(await Array.fromAsync(linesOf(inPieces())), LINES);
});

Deno.test("a line in two pieces is one line, wherever it is cut, also within a letter", async () => {
  for (let cut = 1; cut < bytes.length; cut++) {
    assertEquals(await Array.fromAsync(linesOf(inPieces(cut))), LINES, `cut at ${cut}`);
  }
});

Deno.test("lines that come byte by byte are whole", async () => {
  const cuts = Array.from({ length: bytes.length - 1 }, (_, i) => i + 1);
  assertEquals(await Array.fromAsync(linesOf(inPieces(...cuts))), LINES);
});
