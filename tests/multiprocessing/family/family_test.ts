import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, ProcessExitedError } from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { PAGE } from "../../../src/multiprocessing/family/words.ts";
import { program } from "../../support/program.ts";
import { familyTargets as targets } from "../../support/targets/family_targets.ts";

const ignore = Deno.build.os !== "linux";
const family = ignore ? null! : Family.join()!;
const { words, bell, latches, pages, participants, me } = ignore ? ({} as Family) : family;

/** Resolves when `isSo`, looked at whenever somebody rings for all. */
function until(isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    bell.wait(() => {
      const is = isSo();
      if (is) resolve();
      return is;
    }, 0);
  });
}

Deno.test("a family's memory is the same words to its processes, which have numbers of their own", {
  ignore,
}, async () => {
  const at = pages.allocate(1);
  await using child = new Process({ target: targets.count, args: [at, 100_000] }).start();
  await using other = new Process({ target: targets.count, args: [at, 100_000] }).start();
  for (let i = 0; i < 100_000; i++) words.add(at, 1);
  const numbers = await Promise.all([child.result, other.result]);
  assertEquals(words.load(at), 300_000);
  assertEquals(new Set([...numbers, me]).size, 3);
  await Promise.all([child.join(), other.join()]);
  assertEquals(numbers.map((each) => participants.isAlive(each)), [false, false]);
  assert(participants.isAlive(me));
  assertEquals(participants.pidOf(me), Deno.pid);
  pages.free(at);
});

Deno.test("a child without ffi joins no memory", { ignore }, async () => {
  await using child = new Process({
    target: targets.mayJoin,
    permissions: { read: true, write: true, net: true },
  }).start();
  assertEquals(await child.result, false);
});

Deno.test("a latch keeps processes out of each other's sections", { ignore }, async () => {
  const at = pages.allocate(2);
  await using child = new Process({ target: targets.countUnderLatch, args: [at, 50_000] }).start();
  targets.countUnderLatch(at, 50_000);
  await child.result;
  assertEquals([words.load(at), words.load(at + 1)], [0, 100_000]);
  pages.free(at);
});

Deno.test(
  "a ring wakes a blocked process, and one whose event loop waits",
  { ignore },
  async () => {
    const at = pages.allocate(1);
    words.store(at, -1);
    await using child = new Process({ target: targets.answerSync, args: [at, me] }).start();
    await until(() => [...participants.living()].length === 2);
    const other = [...participants.living()].find((each) => each !== me)!;
    for (let i = 1; i <= 1000; i++) {
      words.store(at, i);
      bell.ring(other);
      if (i % 2 === 0) await until(() => words.load(at) < 0);
      else assertEquals(bell.waitSync(() => words.load(at) < 0), "ready");
      assertEquals(words.load(at), -i);
    }
    assertEquals(bell.waitSync(() => false, 1), "late");
    words.store(at, 0);
    bell.ring(other);
    await child.result;
    assertEquals(bell.pending, 0);
    pages.free(at);
  },
);

Deno.test(
  "a thousand waits on a thousand words are one sleep, and keep no files waiting",
  { ignore },
  async () => {
    const at = pages.allocate(1001);
    await using child = new Process({ target: targets.waitForAll, args: [at, 1000, me] }).start();
    await until(() => words.load(at) !== 0);
    const other = words.load(at);
    assert(other > 0);
    for (let i = 1000; i >= 1; i--) {
      words.store(at + i, 1);
      bell.ring(other);
    }
    await child.result;
    pages.free(at);
  },
);

Deno.test(
  "a process that is killed lets go of its latch, wakes who waits, and gives its pages back",
  { ignore },
  async () => {
    const at = pages.allocate(3);
    const died: number[] = [];
    participants.onDeath((participant) => died.push(participant));
    for (const blocks of [false, true]) {
      words.store(at + 1, 0);
      const child = new Process({ target: targets.holdForEver, args: [at, me] }).start();
      await until(() => words.load(at + 1) !== 0);
      const [other, page] = [words.load(at + 1), words.words[at + 2]!];
      assertEquals(pages.keeperOf(page), other);
      child.kill();
      const ended = assertRejects(() => child.result, ProcessExitedError);
      if (blocks) bell.waitSync(() => !participants.isAlive(other));
      else await until(() => !participants.isAlive(other));
      assert(died.includes(other));
      latches.acquire(at);
      latches.release(at);
      await ended;
      await child.join();
      bell.sweep();
      assertEquals([pages.keeperOf(page), words.words[page]], [0, 0]);
    }
    assertEquals(new Set(died).size, 2);
    pages.free(at);
  },
);

Deno.test("a block is zeros, a full memory is an error, and what was not given is not taken back", {
  ignore,
}, () => {
  const before = pages.used;
  const sizes = [1, 16, 17, 1000, PAGE / 2 + 1, PAGE * 3];
  for (let round = 0; round < 2; round++) {
    const blocks = sizes.map((size) => {
      const at = pages.allocate(size);
      assert(words.has(at, size));
      assert(words.words.subarray(at, at + size).every((word) => word === 0));
      words.words.fill(-1, at, at + size);
      return at;
    });
    assertEquals(new Set(blocks).size, sizes.length);
    for (const at of blocks) pages.free(at);
  }
  assert(pages.used <= before);
  assertThrows(
    () => pages.allocate(words.words.length),
    RangeError,
    "bytes more between processes",
  );
  assertThrows(() => pages.free(sizes[0]!), RangeError, "no block was given there");
  for (const wild of [-1, 0, 1.5, NaN, Infinity, words.words.length]) assert(!words.has(wild, 1));
});

for (const how of ["alone", "after"]) {
  Deno.test(`a program ends whose wait nobody can end: ${how}`, { ignore }, async () => {
    const { code, stderr } = await program("pending_wait.ts", how);
    assertEquals(code, 1);
    assert(stderr.includes("Top-level await promise never resolved"), stderr);
  });
}

Deno.test("Deno.exit() waits for no pending wait", { ignore }, async () => {
  assertEquals((await program("pending_wait.ts", "exit")).code, 7);
});
