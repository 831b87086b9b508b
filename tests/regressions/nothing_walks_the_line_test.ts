/**
 * What one of many does touches that one: closing an end of a channel, cancelling what hundreds of tasks wait for. And
 * however many there are, one iterable holds them all, where arguments would overflow the stack. Steps are counted here;
 * `deno task bench growth` measures.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as aio from "../../src/asyncio/mod.ts";
import { passCancel } from "../../src/asyncio/task/cancel_passage.ts";
import { WaitList } from "../../src/core/collections/wait_list.ts";
import * as futures from "../../src/futures/mod.ts";
import * as gevent from "../../src/gevent/mod.ts";

/** More than a call takes as arguments. */
const MANY = 150_000;

/** How many places of lines of waiters are walked over in `work`. */
async function placesWalked(work: () => Promise<void>): Promise<number> {
  const prototype = WaitList.prototype;
  const walk = prototype[Symbol.iterator];
  let places = 0;
  prototype[Symbol.iterator] = function* (this: never) {
    for (const node of walk.call(this)) {
      places++;
      yield node;
    }
  } as typeof walk;
  try {
    await work();
  } finally {
    prototype[Symbol.iterator] = walk;
  }
  return places;
}

Deno.test("closing the ends of a channel, one by one, walks over the waiters once", async () => {
  for (const side of ["send", "receive"]) {
    await aio.run(async () => {
      const count = 1000;
      const [sender, receiver] = aio.openChannel<number>();
      const ends = Array.from(
        { length: count },
        () => side === "send" ? sender.clone() : receiver.clone(),
      );
      const waits = ends.map((end) => "send" in end ? end.send(1) : end.receive());
      const places = await placesWalked(async () => {
        for (const end of ends) end.close();
        const outcomes = await Promise.allSettled(waits);
        assert(outcomes.every(({ status }) => status === "rejected"));
      });
      assert(places <= count, `${places} places were walked over for ${count} ends`);
      // What came meanwhile by an end that is open is served.
      const item = receiver.receive();
      await sender.send(7);
      assertEquals(await item, 7);
      sender.close();
      receiver.close();
    });
  }
});

Deno.test("an end that is closed fails its own waits only, whoever came before and after", async () => {
  await aio.run(async () => {
    const [sender, receiver] = aio.openChannel<number>();
    const [a, b] = [receiver.clone(), receiver.clone()];
    const waits = [a.receive(), b.receive(), a.receive(), receiver.receive()];
    a.close();
    const late = b.receive();
    for (const n of [1, 2]) await sender.send(n);
    b.close();
    const all = await Promise.allSettled([...waits, late]);
    assertEquals(
      all.map((each) => each.status === "fulfilled" ? each.value : each.reason.name),
      ["InvalidStateError", 1, "InvalidStateError", 2, "InvalidStateError"],
    );
    sender.close();
    receiver.close();
  });
});

Deno.test("a task that hundreds of others wait for is looked through once, not for each of them", () => {
  let looks = 0;
  class Link {
    readonly waits: Link[] = [];
    get waitsFor(): Link[] {
      looks++;
      return this.waits;
    }
    cancel(): boolean {
      passCancel(this, undefined);
      return true;
    }
    interruptNow(): void {
      for (const wait of this.waits) wait.cancel();
    }
  }
  const count = 500;
  const chain = Array.from({ length: count }, () => new Link());
  chain.forEach((link, at) => at > 0 && chain[at - 1]!.waits.push(link));
  const top = new Link();
  top.waits.push(chain[0]!);
  for (let i = 0; i < count; i++) {
    const waiter = new Link();
    waiter.waits.push(chain[0]!);
    top.waits.push(waiter);
  }
  top.cancel();
  assert(looks <= 2 * count, `${looks} looks at ${2 * count} tasks`);
});

Deno.test("a chain of 20,000 tasks ends with a cancel from its end, and from its beginning", async () => {
  for (const from of [0, -1]) {
    await aio.run(async () => {
      const chain: aio.Task<unknown>[] = [aio.createTask(() => new aio.Future<void>())];
      for (let i = 1; i < 20_000; i++) {
        const inner = chain[i - 1]!;
        chain.push(aio.createTask(
          i % 2 === 0 ? async () => await inner : function* () {
            yield* inner;
          },
        ));
      }
      await aio.sleep(0);
      chain.at(from)!.cancel("enough");
      await aio.gather(chain, { returnExceptions: true });
      assert(chain.every((task) => task.cancelled()));
    });
  }
});

Deno.test("a ring of 20,000 tasks that wait for each other can be cancelled", async () => {
  await aio.run(async () => {
    const ring: aio.Task<unknown>[] = [];
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      ring.push(aio.createTask(async () => await ring[(i + 1) % count]));
    }
    await aio.sleep(0);
    await aio.sleep(0);
    ring[0]!.cancel();
    await aio.gather(ring, { returnExceptions: true });
    assert(ring.every((task) => task.cancelled()));
  });
});

Deno.test("what runs many takes them in one iterable, so many that they are no arguments", async () => {
  assertThrows(() => Math.max(...new Array(MANY)), RangeError);
  const many = <T>(make: () => T): Set<T> => new Set(Array.from({ length: MANY }, make));
  const ended = <F extends { setResult(value: number): void }>(future: F): F => {
    future.setResult(1);
    return future;
  };
  await aio.run(async () => {
    const all = many(() => ended(new aio.Future<number>()));
    assertEquals((await aio.gather(all)).length, MANY);
    assertEquals((await aio.wait(all)).done.size, MANY);
    assertEquals(await aio.race(all), 1);
    let count = 0;
    for await (const future of aio.asCompleted(all)) count += await future;
    assertEquals(count, MANY);
  });
  const all = many(() => ended(new futures.Future<number>()));
  assertEquals((await futures.wait(all)).done.size, MANY);
  let count = 0;
  for await (const future of futures.asCompleted(all)) count += future.result();
  assertEquals(count, MANY);
  const greenlets = many(() => gevent.spawn(() => {}));
  assertEquals((await gevent.joinall(greenlets)).length, MANY);
  await gevent.killall(greenlets);
  assertEquals((await gevent.wait(greenlets)).length, MANY);
});
