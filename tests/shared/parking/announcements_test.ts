import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { until } from "@quartet/concurrency/testing";
import { setSoon } from "../../../src/core/clock.ts";
import { Announcements } from "../../../src/shared/parking/announcements.ts";
import { futexWake } from "../../../src/shared/parking/futex.ts";
import { allocate } from "../../../src/shared/memory/heap.ts";
import { add } from "../../../src/shared/memory/words.ts";

/** Announces one thing more; the word stays allocated, since somebody listens to it for ever. */
function announce(word: number): void {
  add(word, 1);
  futexWake(word);
}

/** Counts how often it was read. */
class Counter {
  reads = 0;
  read(): void {
    this.reads++;
  }
}

Deno.test("all readers read after an announcement, those that came later too, and none that has left", async () => {
  const word = allocate(1);
  const announcements = new Announcements(word, Promise.resolve());
  const [first, second] = [new Counter(), new Counter()];
  announcements.add(first);
  await until(() => first.reads === 1); // what was announced before
  announcements.add(second);
  announce(word);
  await until(() => first.reads === 2 && second.reads === 1);
  announcements.delete(first);
  announce(word);
  await until(() => second.reads === 2);
  assertEquals(first.reads, 2);
});

Deno.test("nothing is read before readers can read", async () => {
  const word = allocate(1);
  const ready = Promise.withResolvers<void>();
  const reader = new Counter();
  new Announcements(word, ready.promise).add(reader);
  announce(word);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(reader.reads, 0);
  ready.resolve();
  await until(() => reader.reads === 1);
});

Deno.test("what is announced while others are read is read in a turn of its own", async () => {
  const word = allocate(1);
  const turns: string[] = [];
  const announcements = new Announcements(word, Promise.resolve());
  let left = 3;
  announcements.add({
    read() {
      turns.push("read");
      if (left-- === 0) return;
      announce(word);
      setSoon(() => turns.push("another"));
    },
  });
  await until(() => turns.length === 7);
  const [another, read] = ["another", "read"];
  assertEquals(turns, [read, another, read, another, read, another, read]);
});

Deno.test("a reader that fails is reported, read on, and keeps no other from reading", async () => {
  const word = allocate(1);
  const reported: unknown[] = [];
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    reported.push((event.error as Error).message);
  };
  addEventListener("error", onError);
  const rest = ["broken", "whole"];
  const other = new Counter();
  const announcements = new Announcements(word, Promise.resolve());
  announcements.add({
    read() {
      while (rest.length > 0) if (rest.shift() === "broken") throw new Error("broken");
    },
  });
  announcements.add(other);
  await until(() => other.reads === 1);
  removeEventListener("error", onError);
  assertEquals([reported, rest], [["broken"], []]);
});
