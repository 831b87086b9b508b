/** The primitives in the family's memory, their real code, in every order that a few processes can take, and with deaths. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Deadline } from "../../src/core/deadline.ts";
import { BrokenBarrierError } from "../../src/core/errors.ts";
import type { Bounds } from "../../src/shared/parking/waiting.ts";
import { FamilyGround, familyModules, type ModelProcess, type Modules } from "./family_ground.ts";
import { Orders, type Scenario } from "./real_threads.ts";

/** As many orders of one scenario as the quick suite has time for; `MODEL_ORDERS` sets another number. */
const MOST = Number(Deno.env.get("MODEL_ORDERS") ?? 400);

using modules = await familyModules();

const UNBOUND: Bounds = { deadline: Deadline.NEVER, signal: undefined };
const AT_ONCE: Bounds = { deadline: Deadline.after(0), signal: undefined };

/** A ground, and its orders for so many processes. */
class Model {
  readonly ground: FamilyGround;
  readonly orders: Orders;
  readonly #modules: Modules;

  constructor(modules: Modules, processes: number) {
    this.#modules = modules;
    this.ground = new FamilyGround(modules);
    this.orders = new Orders(this.ground, processes);
  }

  /** Takes the lock, and runs `inside` once with it; `false` when the time was up. */
  locked(process: ModelProcess, bounds: Bounds, inside: () => void): boolean {
    const { mutex } = this.#modules, word = this.ground.at;
    const options = { what: "Lock", kind: 1, fair: false, blocking: true, inherited: () => {} };
    if (!process.block(mutex.take(process, word, options, bounds))) return false;
    inside();
    mutex.release(process, word, false);
    return true;
  }

  /** Processes that are alone with something, once each. */
  users(
    count: number,
    use: (process: ModelProcess, inside: () => void, user: number) => boolean,
    room: number,
    atEnd: (got: number) => void,
    reaper = false,
  ): () => Scenario {
    return () => {
      let inside = 0, got = 0;
      const user = (user: number) => () => {
        const process = this.ground.process();
        use(process, () => {
          this.orders.note(() => {
            got++;
            assert(++inside <= room, `${inside} are inside`);
          });
          this.orders.note(() => void inside--);
        }, user);
      };
      const threads = Array.from({ length: count }, (_, i) => user(i));
      if (reaper) {
        threads.push(() => {
          const process = this.ground.process();
          this.orders.note(() => void (inside = 0)); // the victim is inside no more
          process.killAndRecover(this.orders, 1);
        });
      }
      return { threads, atEnd: () => atEnd(got) };
    };
  }
}

Deno.test("the lock of a family: never two inside, none left behind, in the orders of two and three processes", () => {
  for (const [count, preemptions] of [[2, 3], [3, 2]] as const) {
    const model = new Model(modules, count);
    const scenario = model.users(
      count,
      (process, inside) => model.locked(process, UNBOUND, inside),
      1,
      (got) => assertEquals([got, model.ground.words.load(model.ground.at)], [count, 0]),
    );
    const tried = model.orders.explore(scenario, preemptions, MOST);
    assert(tried > 30, `${tried} orders`);
  }
});

Deno.test("the lock of a family: a process that leaves as it is chosen takes no wake-up along", () => {
  const model = new Model(modules, 3);
  const scenario = model.users(
    3,
    (process, inside, user) => model.locked(process, user === 1 ? AT_ONCE : UNBOUND, inside),
    1,
    (got) => assert(got >= 2, `${got} got it`),
  );
  model.orders.explore(scenario, 2, MOST);
});

Deno.test("the semaphore of a family: never more out than there are, none left behind", () => {
  const { semaphore } = modules;
  const model = new Model(modules, 3);
  const { at } = model.ground;
  const scenario = model.users(
    3,
    (process, inside) => {
      process.block(semaphore.takePermit(process, at, "Semaphore", UNBOUND, true));
      inside();
      semaphore.givePermits(process, at, 1);
      return true;
    },
    1,
    (got) => assertEquals([got, model.ground.words.load(at + semaphore.VALUE)], [3, 1]),
  );
  model.orders.explore(
    () => {
      const made = scenario();
      model.ground.words.store(at + semaphore.VALUE, 1);
      model.ground.words.store(at + semaphore.BOUND, -1);
      return made;
    },
    2,
    MOST,
  );
});

Deno.test("the event of a family: one that is set wakes every waiter", () => {
  const { event } = modules;
  const model = new Model(modules, 3);
  const { at } = model.ground;
  model.orders.explore(
    () => {
      let woken = 0;
      const wait = (): void => {
        assert(
          model.ground.process().block(
            event.untilSet(model.ground.process(), at, "Event", UNBOUND, true),
          ),
        );
        model.orders.note(() => void woken++);
      };
      return {
        threads: [wait, wait, () => event.set(model.ground.process(), at)],
        atEnd: () => assertEquals(woken, 2),
      };
    },
    2,
    MOST,
  );
});

/**
 * Two consumers that wait for a token under the lock, and a producer.
 *
 * @param dies whether the first consumer is killed. Whoever kills it replaces what it may have used up, but no notification that
 * it has not heard: that one is the other's.
 */
function consumers(model: Model, modules: Modules, dies: boolean): () => Scenario {
  const { condition, mutex } = modules, lock = model.ground.at, line = lock + 2, tokens = lock + 4;
  const options = { what: "Lock", kind: 1, fair: false, blocking: true, inherited: () => {} };
  let hasHeard = false;
  const consume = (isVictim: boolean) => (): void => {
    const process = model.ground.process();
    const relock = {
      unwind: () => void mutex.release(process, lock, false),
      rewind: function* (owes: number) {
        const retaking = { ...options, unstoppable: true, owes };
        yield* mutex.take(process, lock, retaking, UNBOUND);
      },
    };
    process.block(mutex.take(process, lock, options, UNBOUND));
    while (process.load(tokens) === 0) {
      process.block(condition.untilNotified(process, line, relock, "Condition", UNBOUND));
      if (isVictim) model.orders.note(() => void (hasHeard = true));
    }
    process.add(tokens, -1);
    mutex.release(process, lock, false);
  };
  const give = (process: ModelProcess, isNeeded: () => boolean): void => {
    process.block(mutex.take(process, lock, options, UNBOUND));
    if (isNeeded()) {
      process.add(tokens, 1);
      condition.notify(process, line, 1);
    }
    mutex.release(process, lock, false);
  };
  const produce = (): void => {
    const process = model.ground.process();
    for (let i = 0; i < (dies ? 1 : 2); i++) give(process, () => true);
  };
  const reap = (): void => {
    const process = model.ground.process();
    process.killAndRecover(model.orders, 1);
    give(process, () => process.load(tokens) === 0 || model.orders.quiet(() => hasHeard));
  };
  return () => {
    hasHeard = false;
    const both = [consume(true), consume(false), produce];
    return {
      threads: dies ? [...both, reap] : both,
      atEnd() {
        const left = model.ground.words.load(tokens);
        assert(dies ? left <= 1 : left === 0, `${left} tokens are left`);
      },
    };
  };
}

Deno.test("the condition of a family: no notification is lost between the look and the sleep", () => {
  const model = new Model(modules, 3);
  model.orders.explore(consumers(model, modules, false), 2, MOST);
});

Deno.test("a process may die wherever it waits for a condition: its notification goes to the other", () => {
  const model = new Model(modules, 4);
  model.orders.explore(consumers(model, modules, true), 2, 4 * MOST);
});

Deno.test("a process may die wherever it uses a lock: the others get it, one by one", () => {
  const model = new Model(modules, 4);
  const scenario = model.users(
    3,
    (process, inside) => model.locked(process, UNBOUND, inside),
    1,
    (got) => assert(got >= 2, `${got} got it`),
    true,
  );
  model.orders.explore(scenario, 2, 4 * MOST);
});

Deno.test("a process may die wherever it sets an event: a waiter for one that is set wakes", () => {
  const { event } = modules;
  const model = new Model(modules, 3);
  const { at } = model.ground;
  model.orders.explore(
    () => {
      let woken = 0;
      return {
        threads: [
          () => event.set(model.ground.process(), at),
          () => {
            const process = model.ground.process();
            assert(process.block(event.untilSet(process, at, "Event", UNBOUND, true)));
            model.orders.note(() => void woken++);
          },
          () => {
            const process = model.ground.process();
            process.killAndRecover(model.orders, 1);
            if (!event.isSet(process, at)) event.set(process, at);
          },
        ],
        atEnd: () => assertEquals(woken, 1),
      };
    },
    3,
    4 * MOST,
  );
});

Deno.test("a process may die wherever it is at a barrier: the other passes, or is told, once somebody ends the pass", () => {
  const { barrier } = modules;
  const model = new Model(modules, 3);
  const { at } = model.ground;
  model.orders.explore(
    () => {
      model.ground.words.store(at + 2, 2); // two parties
      let ended = 0;
      const party = (): void => {
        const process = model.ground.process();
        const state = new barrier.BarrierState(process, at);
        try {
          process.block(state.passing("Barrier", UNBOUND, () => {}));
        } catch (error) {
          if (!(error instanceof Error && error.name === BrokenBarrierError.name)) throw error;
        }
        model.orders.note(() => void ended++);
      };
      return {
        threads: [party, party, () => {
          const process = model.ground.process();
          process.killAndRecover(model.orders, 1);
          new barrier.BarrierState(process, at).abort();
        }],
        atEnd: () => assert(ended >= 1, `${ended} ended`),
      };
    },
    2,
    4 * MOST,
  );
});

const RECORDS = "multiprocessing/family/wait_records.ts";

/** Mistakes put into the real code: one that the model does not find would make it worth nothing. */
const MISTAKES: Record<
  string,
  { path?: string; right: string; wrong: string; in: "lock" | "death" | "condition" }
> = {
  "a waiter that does not look at the word again": {
    path: "multiprocessing/family/family_waits.ts",
    right: "const verdict = this.#verdictNow(step) ?? (isStopped(step)",
    wrong: "const verdict = (null as Ended | null) ?? (isStopped(step)",
    in: "death",
  },
  "a choice that is written without a look": {
    right: "if (this.#words.compareExchange(record + R.state, state, after) !== state) continue;",
    wrong: "this.#words.store(record + R.state, after);",
    in: "lock",
  },
  "a death that passes no notification on": {
    right: "    else if (chosen > 0) memory.unpark(at, chosen);",
    wrong: "",
    in: "condition",
  },
  "a debt that nobody inherits": {
    right: "    if (owes !== 0) memory.unpark(owes, waiting + chosen);",
    wrong: "",
    in: "condition",
  },
};

for (const [what, { path = RECORDS, right, wrong, in: where }] of Object.entries(MISTAKES)) {
  Deno.test(`the model finds ${what}`, async () => {
    let put = false;
    using broken = await familyModules((each, text) => {
      if (each !== path) return text;
      put = text.includes(right);
      return text.replace(right, wrong);
    });
    assert(put, "the line that is to be changed is not there");
    const error = assertThrows(() => {
      if (where === "condition") {
        const model = new Model(broken, 4);
        model.orders.explore(consumers(model, broken, true), 2, 20_000);
        return;
      }
      const dies = where === "death";
      const model = new Model(broken, 3);
      const users = dies ? 2 : 3;
      const scenario = model.users(
        users,
        (process, inside, user) =>
          model.locked(process, !dies && user === 1 ? AT_ONCE : UNBOUND, inside),
        1,
        (got) => assert(got >= users - 1, `${got} got it`),
        dies,
      );
      model.orders.explore(scenario, 3, 20_000);
    }, Error);
    assert(error.message.startsWith("order "), error.message);
  });
}
