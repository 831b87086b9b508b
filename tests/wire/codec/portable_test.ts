import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import {
  isStub,
  portable,
  portableModule,
  resolveTarget,
  targetOf,
} from "../../../src/wire/codec/portable.ts";
import type * as jobsModule from "../../support/targets/jobs.ts";

Deno.test("portable() returns the function itself, which the far side finds by name", async () => {
  const twice = (n: number) => n * 2;
  const fn = portable(import.meta, twice);
  assertStrictEquals(fn, twice);
  assertEquals(targetOf(fn), { module: import.meta.url, name: "twice" });
  assertStrictEquals(await resolveTarget(targetOf(fn)), twice);
});

Deno.test("portable() takes an object of functions under their keys", () => {
  const fns = portable(import.meta, { thrice: (n: number) => n * 3, half: (n: number) => n / 2 });
  assertEquals(targetOf(fns.half), { module: import.meta.url, name: "half" });
});

Deno.test("portable() refuses a function without a name, a taken name, and what is none", () => {
  assertThrows(() => portable(import.meta, () => 1), TypeError, "without a name");
  portable(import.meta, function taken() {});
  assertThrows(() => portable(import.meta, function taken() {}), TypeError, "taken");
  assertThrows(() => portable(import.meta, { five: 5 }), TypeError, "five");
  assertThrows(() => portable({} as ImportMeta, function lost() {}), TypeError, "import.meta");
});

Deno.test("portableModule() gives the functions of a module that is not loaded here", async () => {
  const url = import.meta.resolve("../../support/targets/jobs.ts");
  const work = portableModule<typeof jobsModule>(url) as unknown as { square(n: number): number };
  assert(isStub(work.square));
  assertEquals(targetOf(work.square), { module: url, name: "square" });
  assertStrictEquals(work.square, work.square);
  assertEquals(await work.square(6), 36);
});

Deno.test("portableModule() refuses a URL that is not absolute", () => {
  assertThrows(() => portableModule("./jobs.ts"), TypeError, "import.meta.resolve");
});

Deno.test("a function that was not made portable travels as its own text, methods too", async () => {
  const methods = {
    add(a: number, b: number): number {
      return a + b;
    },
  };
  for (const fn of [methods.add, (a: number, b: number) => a + b]) {
    const remade = await resolveTarget(targetOf(fn)) as (a: number, b: number) => number;
    assertEquals(remade(1, 2), 3);
  }
});

Deno.test("a function without a text of its own is refused", () => {
  assertThrows(() => targetOf(Math.max), TransferError, "no source");
  assertThrows(() => targetOf(((n: number) => n).bind(null)), TransferError, "no source");
});

Deno.test("a module that lacks the function is refused with its name", async () => {
  const target = { module: import.meta.url, name: "nowhere" } as const;
  try {
    await resolveTarget(target);
    throw new Error("it was found");
  } catch (error) {
    assert(error instanceof TransferError && error.message.includes("nowhere"));
  }
});
