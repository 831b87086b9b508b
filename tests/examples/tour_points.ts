/** What each stop of the tour is to show, by its program and after the change of one line. */
import { assert, assertEquals, assertMatch } from "@std/assert";

/** Checks what a program wrote. */
type Check = (text: string) => void;

/** The number that stands behind `label`. */
function numberAfter(text: string, label: string): number {
  const at = text.indexOf(label);
  assert(at !== -1, `"${label}" is missing in:\n${text}`);
  return Number(/-?\d+/.exec(text.slice(at + label.length))?.[0]);
}

/** Checks that the lines come in this order; others may stand between. */
function inOrder(text: string, ...lines: string[]): void {
  const all = text.split("\n");
  const places = lines.map((line) => all.indexOf(line));
  assert(!places.includes(-1), `of ${JSON.stringify(lines)} some are missing in:\n${text}`);
  assertEquals(places, places.toSorted((a, b) => a - b), text);
}

/** What stands between the bars of a drawing, by the name of the lane. */
function lanesOf(text: string): Map<string, string> {
  const rows = [...text.matchAll(/^(.*?) *│(.*)│$/gm)];
  return new Map(rows.map(([, name, row]) => [name!, row!]));
}

const cpuTimeOf = (text: string, name: string): number => numberAfter(text, `${name}: `);

/** For each stop: the point of its program, and what the change makes of it. */
export const POINTS: readonly { readonly point: Check; readonly changed: Check }[] = [
  {
    point(text) {
      const steps = ["weather", "news", "traffic"].flatMap((name) => [
        `ask for ${name}`,
        `got ${name}`,
      ]);
      inOrder(text, ...steps);
      assertEquals(numberAfter(text, "waits at once, at the most:"), 1);
    },
    changed(text) {
      inOrder(text, "ask for weather", "ask for news", "ask for traffic", "got traffic");
      inOrder(text, "got traffic", "got news", "got weather");
      assertEquals(numberAfter(text, "waits at once, at the most:"), 3);
    },
  },
  {
    point(text) {
      assertEquals(numberAfter(text, "compute: at once, at the most:"), 1);
      assertEquals(numberAfter(text, "wait: at once, at the most:"), 3);
      assert(cpuTimeOf(text, "compute") > 3 * cpuTimeOf(text, "wait"), text);
    },
    changed(text) {
      assertEquals(numberAfter(text, "wait: at once, at the most:"), 1);
      assert(cpuTimeOf(text, "compute") > 3 * cpuTimeOf(text, "wait"), text);
    },
  },
  {
    point(text) {
      inOrder(text, "main goes on", "thread 3 ends", "thread 1 ends");
      assert(numberAfter(text, "threads that wait at once, at the most:") > 1, text);
    },
    changed(text) {
      inOrder(text, "thread 1 ends", "thread 2 ends", "thread 3 ends", "main goes on");
      assertEquals(numberAfter(text, "threads that wait at once, at the most:"), 1);
    },
  },
  {
    point(text) {
      assertMatch(text, /slow motion: 2 additions, the number is 1$/m);
      assert(numberAfter(text, "full speed:") > 0, text);
    },
    changed(text) {
      assertMatch(text, /slow motion: 2 additions, the number is 1$/m);
      assertMatch(text, /full speed: nothing lost in 10 runs$/m);
    },
  },
  {
    point(text) {
      assertEquals(numberAfter(text, "threads inside at once, at the most:"), 2);
      assertEquals(lanesOf(text).size, 6);
    },
    changed(text) {
      assertEquals(numberAfter(text, "threads inside at once, at the most:"), 1);
    },
  },
  {
    point(text) {
      assertMatch(text, /each once: 1 2 3 4 5 6 7 8 9 10$/m);
      assert(numberAfter(text, "loaves on the shelf, at the most:") <= 2, text);
    },
    changed(text) {
      assertMatch(text, /each once: 1 2 3 4 5 6 7 8 9 10$/m);
      assert(numberAfter(text, "loaves on the shelf, at the most:") > 2, text);
    },
  },
  {
    point(text) {
      assertEquals(numberAfter(text, "no lock: threads that compute at once, at the most:"), 2);
      assertEquals(numberAfter(text, "global lock: threads that compute at once, at the most:"), 1);
      assert(numberAfter(text, "the lock changed hands") > 1, text);
    },
    changed(text) {
      assertEquals(numberAfter(text, "global lock: threads that compute at once, at the most:"), 1);
      assert(numberAfter(text, "the lock changed hands") > 1, text);
    },
  },
  {
    point(text) {
      inOrder(text, "child: visits = 1, in another process: true", "parent: visits = 0");
      inOrder(text, "crash: exit code 3", "endless loop: exit code -15");
    },
    changed(text) {
      inOrder(text, "crash: exit code 3", "endless loop: exit code -9");
    },
  },
  {
    point(text) {
      inOrder(
        text,
        "after submit: done = 0 of 6",
        "result() before the end: InvalidStateError",
        "the last one is cancelled: true",
        "the first one is cancelled: false",
        "at the end: done done done done done cancelled",
        "workers that had a job: 2",
      );
    },
    changed(text) {
      inOrder(
        text,
        "at the end: done done done done done cancelled",
        "workers that had a job: 1",
      );
    },
  },
  {
    point(text) {
      inOrder(text, "mean of 10: 10", "mean of 10 and 20: 15");
      inOrder(text, ..."A1 B1 C1 A2 B2 C2 A3 B3 C3".split(" "));
    },
    changed(text) {
      inOrder(text, ..."A1 B1 B2 B3 C1 A2 C2 A3 C3".split(" "));
    },
  },
  {
    point(text) {
      inOrder(text, "1. the coroutine itself", "2. on the next pass", "3. a timer of 0 ms");
      assertMatch(text, /the clock ticks while the job runs: true$/m);
      assertMatch(lanesOf(text).get("clock")!, /t/);
    },
    changed(text) {
      assertMatch(text, /the clock ticks while the job runs: false$/m);
      assertMatch(lanesOf(text).get("clock")!, /^ *$/);
    },
  },
  {
    point(text) {
      inOrder(
        text,
        "fast: done",
        "broken: failed",
        "slow: cancelled",
        "the caller sees ExceptionGroup",
      );
    },
    changed(text) {
      inOrder(text, "fast: done", "broken: failed", "the caller sees Error", "slow: done");
    },
  },
  {
    point(text) {
      assertMatch(text, /^use: (async|threads)$/m);
      assertEquals(
        [...text.matchAll(/^(\w+) +█/gm)].map(([, model]) => model),
        ["sync", "threads", "processes", "async"],
      );
    },
    changed(text) {
      // A busy machine left time for one round only, in which any of them may have been the fastest.
      if (text.includes("in the one round that was made")) return;
      assertMatch(text, /^use: (threads|processes|sync)$/m); // sync where no other core is free
    },
  },
  {
    point(text) {
      assertMatch(text, /^results: receipt for 1, receipt for 2, receipt for 3$/m);
      inOrder(text, "order 1 charged: 1", "order 2 charged: 2", "order 3 charged: 1");
    },
    changed(text) {
      assertMatch(text, /^results: receipt for 1, receipt for 2, receipt for 3$/m);
      inOrder(text, "order 1 charged: 1", "order 2 charged: 1", "order 3 charged: 1");
    },
  },
];
