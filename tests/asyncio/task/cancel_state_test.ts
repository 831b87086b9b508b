/** Which cancels of a task are due: the machine alone, in every order of events, against its table. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { CancelledError, CancelScope } from "../../../src/asyncio/mod.ts";
import { CancelState } from "../../../src/asyncio/task/cancel_state.ts";

/** What the table says of a state. */
interface Expected {
  /** The cancel that has reached nobody: none, one, or one that comes after a result that stands. */
  due: "no" | "yes" | "after a result";
  /** Whether the wait that ends now was ended by a cancel. */
  delivered: boolean;
}

/** Does something with the machine and with what is expected of it, and returns what each of them says. */
type Event = (state: CancelState, expected: Expected) => [unknown, unknown];

function begins(canEnd: boolean, arrived: boolean): Event {
  return (state, expected) => {
    let asked = false;
    const wait = {
      arrived,
      cancel() {
        asked = true;
        return canEnd;
      },
    };
    state.begins(wait, null);
    const isDue = expected.due !== "no";
    expected.delivered = isDue && canEnd;
    if (isDue) expected.due = canEnd ? "no" : arrived ? "after a result" : "yes";
    return [asked, isDue];
  };
}

function taken(expected: Expected, counts: boolean): boolean {
  if (!counts) return false;
  expected.due = "no";
  return expected.delivered = true;
}

const events: Record<string, Event> = {
  "a cancel comes": (state, expected) => {
    state.came("m", false, false);
    expected.due = "yes";
    return [0, 0];
  },
  "a cancel comes after a result": (state, expected) => {
    state.came("m", false, true);
    expected.due = "after a result";
    return [0, 0];
  },
  "a cancel ends a wait": (state, expected) => {
    state.came("m", true, false);
    expected.delivered = true;
    return [0, 0];
  },
  "a wait begins": begins(true, false),
  "a wait begins that has its result": begins(false, true),
  "a wait begins that cannot be ended": begins(false, false),
  "the body asks": (state, expected) => [
    state.take() !== null,
    taken(expected, expected.due !== "no"),
  ],
  "the body returns": (state, expected) => [
    state.takeAtEnd() !== null,
    taken(expected, expected.due === "yes"),
  ],
  "a CancelledError is thrown": (state, expected) => {
    const error = new CancelledError();
    if (expected.delivered) expected.due = "no";
    return [state.throwing(error, null), error];
  },
  "the last request is taken back": (state, expected) => {
    state.request();
    expected.due = "no";
    return [state.withdraw(), 0];
  },
  "the wait did its deed": (state, expected) => {
    state.missed("m");
    expected.delivered = false;
    expected.due = "after a result";
    return [0, 0];
  },
  "a caught cancel comes again": (state, expected) => {
    state.redeliver();
    expected.due = "yes";
    return [0, 0];
  },
};

Deno.test("CancelState does in every order of four events what its table says", () => {
  const names = Object.keys(events);
  const total = names.length ** 4;
  for (let order = 0; order < total; order++) {
    const state = new CancelState();
    const expected: Expected = { due: "no", delivered: false };
    for (let rest = order, step = 0; step < 4; step++, rest = Math.floor(rest / names.length)) {
      const [got, wanted] = events[names[rest % names.length]!]!(state, expected);
      if (got === wanted) continue;
      const trail = Array.from(
        { length: step + 1 },
        (_, i) => names[Math.floor(order / names.length ** i) % names.length],
      );
      assertStrictEquals(got, wanted, `after: ${trail.join(" → ")}`);
    }
    const isDue = expected.due !== "no";
    assertStrictEquals(state.take() !== null, isDue);
  }
});

Deno.test("CancelState: one cancel is told once, with its message", () => {
  const state = new CancelState();
  state.came("enough", false, false);
  assertEquals(state.take()?.message, "enough");
  assertEquals(state.take(), null);
});

Deno.test("CancelState: the signal is aborted for the wait that it was given to, and then a new one is made", () => {
  const state = new CancelState();
  const first = state.signal;
  assertStrictEquals(state.signal, first);
  const reason = new CancelledError("now");
  assert(state.abort(() => reason));
  assertStrictEquals(first.reason, reason);
  assert(!state.abort(() => reason), "nobody was given the next signal");
  const second = state.signal;
  state.begins({ cancel: () => false }, null);
  assert(!state.abort(() => reason), "it was given away before the wait began");
  assert(second.aborted);
});

Deno.test("CancelState: a signal that is asked for while a cancel is due is aborted", () => {
  const state = new CancelState();
  state.came("late", false, false);
  const { signal } = state;
  assert(signal.aborted);
  assertEquals((signal.reason as Error).message, "late");
});

Deno.test("CancelState: the cancel of a scope ends a wait that begins in it, and its error goes through the scope", () => {
  class Seeing extends CancelScope {
    saw = 0;
    override sawCancel(): void {
      this.saw++;
    }
  }
  const scope = new Seeing();
  scope.cancel("scope");
  const state = new CancelState();
  const given: (string | undefined)[] = [];
  const wait = { cancel: (message?: string) => given.push(message) > 0 };
  state.begins(wait, scope);
  assertEquals(given, ["scope"]);
  const error = new CancelledError("scope");
  assertStrictEquals(state.throwing(error, scope), error);
  assertEquals(scope.saw, 1);
  state.forget(scope);
  state.begins({ cancel: () => false }, null);
  state.throwing(error, scope);
  assertEquals(scope.saw, 1, "what the wait ended with by itself is no cancel of the task");
});
