/** Holds tables in comments to the code below them. */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { SLOT } from "../../src/shared/thread/thread_slot.ts";
import { Op, RUN_WIDTH, SETTLED_WIDTH } from "../../src/wire/rpc/protocol.ts";

const read = (path: string): string =>
  Deno.readTextFileSync(new URL(`../../src/${path}`, import.meta.url));

/** A row of the protocol: `SETTLED (id code value ms)*   worker   …`. */
const MESSAGE = /^ \* {5}([A-Z]+)(?: (.*?))? +(controller|worker) {2,}\S/gm;

const messages = [...read("wire/rpc/protocol.ts").matchAll(MESSAGE)].map((row) => ({
  name: row[1]!,
  fields: row[2] ?? "",
  from: row[3]!,
}));

/** The kinds of message that a file has a case for. */
function taken(path: string): string[] {
  return [...read(path).matchAll(/\bcase Op\.([A-Z]+):/g)].map((match) => match[1]!).sort();
}

const sentBy = (from: string): string[] =>
  messages.filter((message) => message.from === from).map(({ name }) => name).sort();

Deno.test("the protocol's table has each kind of message once", () => {
  assertEquals(messages.map(({ name }) => name).sort(), Object.keys(Op).sort());
  const codes = Object.values(Op);
  assertEquals(new Set(codes).size, codes.length, "two kinds have one number");
});

Deno.test("each side takes the messages that the table says the other one sends", () => {
  assertEquals(taken("wire/rpc/worker.ts"), sentBy("controller"));
  assertEquals(taken("wire/rpc/controller.ts"), sentBy("worker"));
});

Deno.test("the protocol's table gives batches as many fields as the code does", () => {
  const width = (name: string): number => {
    const { fields } = messages.find((message) => message.name === name)!;
    return fields.match(/\((.*)\)\*/)![1]!.split(" ").length;
  };
  assertEquals({ RUN: width("RUN"), SETTLED: width("SETTLED") }, {
    RUN: RUN_WIDTH,
    SETTLED: SETTLED_WIDTH,
  });
});

Deno.test("the table of a thread's slot names each word at its place", () => {
  const rows = read("shared/thread/thread_slot.ts").matchAll(
    /^ \* {5}(\d+)(?:\.\.)? +(\w+) {2,}\S/gm,
  );
  const words = Object.fromEntries([...rows].map((row) => [row[2]!, Number(row[1])]));
  assert(Object.keys(words).length > 0, "the table was not found");
  assertEquals(words, { ...SLOT });
});
