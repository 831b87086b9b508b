/**
 * The state tables of mutex, semaphore, condition and barrier, in every order that a few threads can take.
 *
 * The parking lot is modelled as what `parking_lot.ts` promises: to join the line is one step with the look
 * at the word; unpark chooses in the order of the line; who is chosen stays chosen.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { everyOrder, type Steps } from "./interleaving.ts";

interface Lot {
  line: number[];
  chosen: number[];
}

function unpark(lot: Lot, count: number): number[] {
  const chosen = lot.line.splice(0, count);
  lot.chosen.push(...chosen);
  return chosen;
}

/** Joins the line unless the word has changed, and waits; a thread that may leave does so when it is its turn. */
function* park(
  lot: Lot,
  me: number,
  same: () => boolean,
  leaves: boolean,
  wait: (until: () => boolean) => { until: () => boolean },
): Generator<{ until: () => boolean } | void, "woken" | "changed" | "left", void> {
  yield;
  if (!same()) return "changed";
  lot.line.push(me);
  if (leaves) {
    yield;
    const place = lot.line.indexOf(me);
    if (place >= 0) {
      lot.line.splice(place, 1);
      return "left";
    }
  } else {
    yield wait(() => lot.chosen.includes(me));
  }
  lot.chosen.splice(lot.chosen.indexOf(me), 1);
  return "woken";
}

interface Mutex extends Lot {
  word: number;
  inside: number[];
  got: number;
}

/** As `take` and `release` of mutex.ts. */
function mutexUser(me: number, { fair = false, leaves = false } = {}): Steps<Mutex> {
  return function* (state, wait) {
    let mine = me * 2;
    while (true) {
      yield;
      const seen = state.word;
      if (seen === 0) {
        yield;
        if (state.word !== 0) continue;
        state.word = mine;
        break;
      }
      if (!fair) mine = me * 2 + 1;
      const held = seen | 1;
      if (seen !== held) {
        yield;
        if (state.word !== seen) continue;
        state.word = held;
      }
      const how = yield* park(state, me, () => state.word === held, leaves, wait);
      if (how === "woken" && fair) break;
      if (how === "left") return;
    }
    state.inside.push(me);
    state.got++;
    yield;
    state.inside.splice(state.inside.indexOf(me), 1);
    yield;
    if (!fair) {
      const before = state.word;
      state.word = 0;
      if ((before & 1) === 0) return;
      yield;
      unpark(state, 1);
      return;
    }
    if ((state.word & 1) === 0) {
      state.word = 0;
      return;
    }
    yield;
    const next = state.line[0] ?? 0;
    state.word = next === 0 ? 0 : next * 2 + 1;
    unpark(state, 1);
  };
}

const mutex = (): Mutex => ({ word: 0, inside: [], got: 0, line: [], chosen: [] });

for (const fair of [false, true]) {
  const name = fair ? "the fair mutex" : "the mutex";

  Deno.test(`${name}: never two inside, nobody left behind, in every order of two and three`, () => {
    let orders = 0;
    for (const [users, preemptions] of [[[1, 2], Infinity], [[1, 2, 3], 3]] as const) {
      orders += everyOrder(
        mutex,
        users.map((me) => mutexUser(me, { fair })),
        ({ inside }) => assert(inside.length <= 1),
        ({ word, got, line }) => assertEquals([word, got, line], [0, users.length, []]),
        preemptions,
      );
    }
    assert(orders > 100);
  });

  Deno.test(`${name}: who leaves the line in the moment of being chosen takes no wake-up along`, () => {
    everyOrder(
      mutex,
      [mutexUser(1, { fair }), mutexUser(2, { fair, leaves: true }), mutexUser(3, { fair })],
      ({ inside }) => assert(inside.length <= 1),
      ({ word, got, line }) => {
        assertEquals([word, line], [0, []]);
        assert(got >= 2);
      },
      3,
    );
  });
}

interface Permits extends Lot {
  free: number;
  out: number;
  got: number;
}

/** As `Semaphore` takes and releases. */
function permitUser(me: number, { fair = false, leaves = false } = {}): Steps<Permits> {
  return function* (state, wait) {
    while (true) {
      yield;
      const seen = state.free;
      if (seen > 0) {
        yield;
        if (state.free !== seen) continue;
        state.free--;
        break;
      }
      const how = yield* park(state, me, () => state.free === 0, leaves, wait);
      if (how === "woken" && fair) break;
      if (how === "left") return;
    }
    state.out++;
    state.got++;
    yield;
    state.out--;
    if (fair) {
      state.free += 1 - unpark(state, 1).length;
      return;
    }
    state.free++;
    yield;
    unpark(state, 1);
  };
}

for (const fair of [false, true]) {
  Deno.test(`the ${fair ? "fair " : ""}semaphore: never more out than there are, nobody left behind`, () => {
    for (const leaves of [false, true]) {
      everyOrder(
        (): Permits => ({ free: 1, out: 0, got: 0, line: [], chosen: [] }),
        [permitUser(1, { fair }), permitUser(2, { fair, leaves }), permitUser(3, { fair })],
        ({ out, free }) => assert(out <= 1 && free >= 0 && free <= 1),
        ({ free, got, line }) => {
          assertEquals([free, line], [1, []]);
          assert(got >= (leaves ? 2 : 3));
        },
        3,
      );
    }
  });
}

interface Cond extends Lot {
  locked: boolean;
  ready: number;
  got: number;
}

/** As `Condition.waitFor`: in line first, only then is the lock let go. */
function consumer(me: number): Steps<Cond> {
  return function* (state, wait) {
    yield wait(() => !state.locked);
    state.locked = true;
    while (state.ready === 0) {
      yield;
      state.line.push(me);
      yield;
      state.locked = false;
      yield wait(() => state.chosen.includes(me));
      state.chosen.splice(state.chosen.indexOf(me), 1);
      yield wait(() => !state.locked);
      state.locked = true;
    }
    state.ready--;
    state.got++;
    yield;
    state.locked = false;
  };
}

const producer: Steps<Cond> = function* (state, wait) {
  yield wait(() => !state.locked);
  state.locked = true;
  state.ready++;
  yield;
  unpark(state, 1);
  yield;
  state.locked = false;
};

Deno.test("the condition: no notify is lost between the look and the sleep, in every order", () => {
  everyOrder(
    (): Cond => ({ locked: false, ready: 0, got: 0, line: [], chosen: [] }),
    [consumer(1), consumer(2), producer, producer],
    () => {},
    ({ ready, got, line }) => assertEquals([ready, got, line], [0, 2, []]),
    3,
  );
});

interface Meeting extends Lot {
  taken: boolean;
  count: number;
  pass: number;
  numbers: number[];
}

/** As `Barrier.wait`: joins the line with the mutex held, so the pass cannot end in between. */
function party(me: number, parties: number, passes: number): Steps<Meeting> {
  return function* (state, wait) {
    for (let pass = 0; pass < passes; pass++) {
      yield wait(() => !state.taken);
      state.taken = true;
      const number = state.count++;
      yield;
      if (number === parties - 1) {
        state.count = 0;
        state.pass++;
        unpark(state, Infinity);
        yield;
        state.taken = false;
      } else {
        state.line.push(me);
        yield;
        state.taken = false;
        yield wait(() => state.chosen.includes(me));
        state.chosen.splice(state.chosen.indexOf(me), 1);
      }
      assert(state.pass > pass, `went on in pass ${pass} of ${state.pass}`);
      state.numbers.push(number);
    }
  };
}

Deno.test("the barrier: nobody goes on before all are there, in every order of two passes", () => {
  everyOrder(
    (): Meeting => ({ taken: false, count: 0, pass: 0, numbers: [], line: [], chosen: [] }),
    [party(1, 2, 2), party(2, 2, 2)],
    ({ count }) => assert(count <= 2),
    ({ numbers, pass, line }) => {
      assertEquals([pass, line], [2, []]);
      assertEquals(numbers.toSorted(), [0, 0, 1, 1]);
    },
  );
});
