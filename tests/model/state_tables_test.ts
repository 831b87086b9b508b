/** The primitives between threads, their real code, in every order that a few threads can take: see `real_threads.ts`. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { type House, houseWithDoor, Orders, type Scenario } from "./real_threads.ts";

/** As many orders of one scenario as the quick suite has time for; `MODEL_ORDERS` sets another number. */
const MOST = Number(Deno.env.get("MODEL_ORDERS") ?? 600);

using house = await houseWithDoor();

/** Threads that take something, are alone with it, and give it back; how often each got it is noted. */
function users(
  orders: Orders,
  count: number,
  take: (user: number) => { release(): void } | null,
  atEnd: (got: number) => void,
  room = 1,
): Scenario {
  let inside = 0, got = 0;
  return {
    threads: Array.from({ length: count }, (_, user) => () => {
      const taken = take(user);
      if (taken === null) return;
      orders.note(() => {
        got++;
        assert(++inside <= room, `${inside} are inside`);
      });
      orders.note(() => void inside--);
      taken.release();
    }),
    atEnd: () => atEnd(got),
  };
}

function lockScenario({ threading }: House, orders: Orders, options: {
  fair: boolean;
  count: number;
  /** The one that leaves the line at once. */
  leaves?: number;
}): () => Scenario {
  return () => {
    const lock = new threading.Lock({ fair: options.fair });
    return users(
      orders,
      options.count,
      (user) => {
        const guard = user === options.leaves
          ? lock.acquireSync({ timeout: 0 })
          : lock.acquireSync();
        return guard === null ? null : lock;
      },
      (got) => {
        assertEquals(lock.statistics(), { locked: false, holder: null, waiting: 0 });
        assert(got >= options.count - (options.leaves === undefined ? 0 : 1), `${got} got it`);
      },
    );
  };
}

for (const fair of [false, true]) {
  const name = fair ? "the fair lock" : "the lock";

  Deno.test(`${name}: never two inside, none left behind, in the orders of two and three threads`, () => {
    for (const [count, preemptions] of [[2, 3], [3, 2]] as const) {
      const orders = new Orders(house, count);
      const tried = orders.explore(lockScenario(house, orders, { fair, count }), preemptions, MOST);
      assert(tried > 30, `${tried} orders`);
    }
  });

  Deno.test(`${name}: a thread that leaves the line as it is chosen takes no wake-up along`, () => {
    const orders = new Orders(house, 3);
    orders.explore(lockScenario(house, orders, { fair, count: 3, leaves: 1 }), 2, MOST);
  });

  Deno.test(`the ${fair ? "fair " : ""}semaphore: never more out than there are, none left behind`, () => {
    for (const [permits, leaves] of [[1, undefined], [1, 1], [2, undefined]] as const) {
      const orders = new Orders(house, 3);
      orders.explore(
        () => {
          const semaphore = new house.threading.Semaphore(permits, { fair });
          return users(
            orders,
            3,
            (user) => {
              const guard = user === leaves
                ? semaphore.acquireSync({ timeout: 0 })
                : semaphore.acquireSync();
              return guard === null ? null : semaphore;
            },
            (got) => {
              assertEquals(semaphore.statistics(), { value: permits, waiting: 0 });
              assert(got >= (leaves === undefined ? 3 : 2), `${got} got it`);
            },
            permits,
          );
        },
        2,
        MOST,
      );
    }
  });
}

Deno.test("the condition: no notify is lost between the look and the sleep", () => {
  const orders = new Orders(house, 3);
  orders.explore(
    () => {
      const { Condition, Lock } = house.threading;
      const lock = new Lock();
      const condition = new Condition(lock);
      let ready = 0, got = 0;
      const consume = (): void => {
        lock.acquireSync();
        condition.waitForSync(() => orders.quiet(() => ready > 0));
        orders.note(() => {
          ready--;
          got++;
        });
        lock.release();
      };
      const produce = (): void => {
        for (let i = 0; i < 2; i++) {
          lock.acquireSync();
          orders.note(() => void ready++);
          condition.notify();
          lock.release();
        }
      };
      return {
        threads: [consume, consume, produce],
        atEnd: () => assertEquals([ready, got, lock.locked()], [0, 2, false]),
      };
    },
    2,
    MOST,
  );
});

Deno.test("the event: one that is set wakes every waiter, and one that comes later does not wait", () => {
  const orders = new Orders(house, 3);
  orders.explore(
    () => {
      const event = new house.threading.Event();
      let woken = 0;
      const wait = (): void => {
        assert(event.waitSync());
        orders.note(() => void woken++);
      };
      return {
        threads: [wait, wait, () => event.set()],
        atEnd: () => assertEquals([woken, event.statistics().waiting], [2, 0]),
      };
    },
    2,
    MOST,
  );
});

Deno.test("the barrier: none goes on before all are there, in two passes", () => {
  const orders = new Orders(house, 2);
  orders.explore(
    () => {
      const barrier = new house.threading.Barrier(2);
      const came = [0, 0];
      const numbers: number[] = [];
      const party = (): void => {
        for (const pass of [0, 1]) {
          orders.note(() => void came[pass]!++);
          const number = barrier.waitSync();
          orders.note(() => {
            assertEquals(came[pass], 2, "it went on alone");
            numbers.push(number);
          });
        }
      };
      return {
        threads: [party, party],
        atEnd: () => assertEquals(numbers.toSorted(), [0, 0, 1, 1]),
      };
    },
    2,
    MOST,
  );
});

Deno.test("the reader-writer lock: a writer is alone, readers are not, none left behind", () => {
  const orders = new Orders(house, 3);
  orders.explore(
    () => {
      const lock = new house.threading.RWLock();
      let readers = 0, writers = 0, got = 0;
      const check = (): void => assert(writers === 0 || (writers === 1 && readers === 0));
      const read = (): void => {
        lock.acquireReadSync();
        orders.note(() => {
          readers++;
          got++;
          check();
        });
        orders.note(() => void readers--);
        lock.releaseRead();
      };
      const write = (): void => {
        lock.acquireWriteSync();
        orders.note(() => {
          writers++;
          got++;
          check();
        });
        orders.note(() => void writers--);
        lock.releaseWrite();
      };
      return {
        threads: [write, read, write],
        atEnd: () =>
          assertEquals([got, lock.statistics()], [3, {
            readers: 0,
            writer: null,
            waitingReaders: 0,
            waitingWriters: 0,
          }]),
      };
    },
    2,
    MOST,
  );
});

/** Mistakes put into the real code: one that the model does not find would make it worth nothing. */
const MISTAKES: Record<string, { path: string; right: string; wrong: string; fair?: boolean }> = {
  "a release that wakes none": {
    path: "shared/sync/mutex.ts",
    right: "if ((before & CONTENDED) !== 0) memory.unpark(word, 1);",
    wrong: "",
  },
  "a waiter that does not mark the word": {
    path: "shared/sync/mutex.ts",
    right: "const held = seen | CONTENDED;",
    wrong: "const held = seen;",
  },
  "a take that looks and then writes": {
    path: "shared/sync/mutex.ts",
    right: "if (memory.compareExchange(word, 0, mine) === 0) return true;",
    wrong: "memory.store(word, mine); return true;",
  },
  "a fair release that frees the word before it hands over": {
    path: "shared/sync/mutex.ts",
    right: "  handOver(memory, word);",
    wrong: "  memory.store(word, 0); handOver(memory, word);",
    fair: true,
  },
  "a waiter that looks at the word before it takes the latch": {
    path: "shared/parking/parking_lot.ts",
    right: "  acquireLatch(bucket);\n  const listed = load(at) === expected;",
    wrong: "  const listed = load(at) === expected;\n  acquireLatch(bucket);",
  },
};

for (const [what, { path, right, wrong, fair = false }] of Object.entries(MISTAKES)) {
  Deno.test(`the model finds ${what}`, async () => {
    let put = false;
    using broken = await houseWithDoor((each, text) => {
      if (each !== path) return text;
      put = text.includes(right);
      return text.replace(right, wrong);
    });
    assert(put, "the line that is to be changed is not there");
    const error = assertThrows(() => {
      for (const count of [2, 3]) {
        const orders = new Orders(broken, count);
        orders.explore(lockScenario(broken, orders, { fair, count }), 3, 5_000);
      }
    }, Error);
    assert(error.message.startsWith("order "), error.message);
  });
}
