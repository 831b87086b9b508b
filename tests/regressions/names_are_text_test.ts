/** A name is text: a number becomes text, anything else is refused before anything was changed. */
import "../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { ThreadPoolExecutor } from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";
import { portable, Process } from "../../src/multiprocessing/mod.ts";
import { Thread } from "../../src/threading/mod.ts";

const { nothing } = portable(import.meta, { nothing() {} });

/** Something with a name, made without one and to be ended. */
interface Kind {
  make(): { name: string };
  named?(name: string): { name: string };
  end?(thing: { name: string }): unknown;
}

const kinds: Record<string, Kind> = {
  Thread: {
    make: () => new Thread({ target: nothing }),
    named: (name) => new Thread({ target: nothing, name }),
  },
  Process: {
    make: () => new Process({ target: nothing }),
    named: (name) => new Process({ target: nothing, name }),
  },
  Task: {
    make: () => aio.createTask(() => {}),
    named: (name) => aio.createTask(() => {}, { name }),
    end: (task) => task as aio.Task<void>,
  },
  Greenlet: { make: () => new gevent.Greenlet(() => {}) },
};

const REFUSED = [{}, [], true, Symbol("name"), Object.create(null), () => {}];

for (const [kind, { make, named, end = () => {} }] of Object.entries(kinds)) {
  Deno.test(`${kind}: a name is text`, async () => {
    const thing = make();
    for (const [name, text] of [["given", "given"], [7, "7"], [2n ** 70n, String(2n ** 70n)]]) {
      if (named !== undefined) {
        const other = named(name as string);
        assertEquals(other.name, text);
        await end(other);
      }
      thing.name = name as string;
      assertEquals(thing.name, text);
    }
    const before = thing.name;
    for (const name of [null, undefined, ...REFUSED]) {
      assertThrows(() => thing.name = name as string, TypeError, "Cannot use name");
    }
    assertEquals(thing.name, before);
    if (named !== undefined) {
      for (const name of REFUSED) {
        assertThrows(() => named(name as string), TypeError, "Cannot use name");
      }
    }
    await end(thing);
  });
}

Deno.test("a greenlet that runs is renamed with its task", () => {
  const greenlet = gevent.spawn(() => {});
  greenlet.name = "renamed";
  assertEquals([...aio.allTasks()].some(({ name }) => name === "renamed"), true);
});

Deno.test("the prefix of a pool's names is text", async () => {
  await using pool = new ThreadPoolExecutor({ maxWorkers: 1, namePrefix: 5 as never });
  await pool.submit(nothing);
  assertEquals(pool.statistics().workers, 1);
  for (const namePrefix of REFUSED as never[]) {
    assertThrows(() => new ThreadPoolExecutor({ namePrefix }), TypeError, "Cannot use namePrefix");
  }
});
