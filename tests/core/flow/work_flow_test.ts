/** The work that runs is found by the flow of control, both in the engine's own slot and in an `AsyncLocalStorage`. */
import "../../support/leak_guard.ts";
import { AsyncLocalStorage } from "node:async_hooks";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Work } from "../../../src/core/current.ts";
import {
  type ContextSlot,
  contextSlot,
  holdsStores,
  slottedFlow,
  storedFlow,
  type WorkFlow,
} from "../../../src/core/flow/work_flow.ts";

const slot = contextSlot();
const flows: Record<string, WorkFlow> = {
  "in a storage": storedFlow(),
  ...slot === null ? {} : { "in the engine's slot": slottedFlow(slot) },
};

const [a, b] = ["a", "b"].map((name) => ({ name }) as unknown as Work) as [Work, Work];

for (const [name, flow] of Object.entries(flows)) {
  Deno.test(`${name}: the work is found through all that it awaits, and by no other`, async () => {
    const gate = Promise.withResolvers<void>();
    const seen: (Work | undefined)[] = [];
    const inner = async (): Promise<void> => {
      await gate.promise;
      seen.push(flow.get());
    };
    const body = async (): Promise<void> => {
      await undefined;
      seen.push(flow.get());
      await inner();
      seen.push(flow.get());
      await new Promise((done) => queueMicrotask(() => done(seen.push(flow.get()))));
    };
    const works = [flow.run(a, body), flow.run(b, body)];
    assertEquals(flow.get(), undefined);
    await undefined;
    flow.run(b, () => gate.resolve());
    await Promise.all(works);
    assertEquals(seen, [a, b, a, b, a, b, a, b]);
  });

  Deno.test(`${name}: work inside of work, of nobody, and after an error`, () => {
    flow.run(a, () => {
      flow.run(b, () => assertEquals(flow.get(), b));
      assertEquals(flow.get(), a);
      flow.run(undefined, () => assertEquals(flow.get(), undefined));
      assertThrows(() =>
        flow.run(b, () => {
          throw new RangeError("broken");
        }), RangeError);
      assertEquals(flow.get(), a);
    });
    assertEquals(flow.get(), undefined);
  });

  Deno.test(`${name}: a program's storages flow on, inside and outside, entered and left`, async () => {
    const [one, other] = [new AsyncLocalStorage<number>(), new AsyncLocalStorage<number>()];
    const look = () => [flow.get(), one.getStore(), other.getStore()];
    const looks = await one.run(1, () =>
      flow.run(a, async () => {
        const first = look();
        other.enterWith(2);
        await undefined;
        const second = look();
        const third = await flow.run(b, async () => {
          await undefined;
          return one.run(3, look);
        });
        const fourth = flow.run(undefined, look);
        return [first, second, third, fourth, look(), one.exit(look)];
      }));
    assertEquals(looks, [
      [a, 1, undefined],
      [a, 1, 2],
      [b, 3, 2],
      [undefined, 1, 2],
      [a, 1, 2],
      [a, undefined, 2],
    ]);
    assertEquals(look(), [undefined, undefined, undefined]);
    const snapshot = flow.run(a, () => AsyncLocalStorage.snapshot());
    assertEquals(flow.run(b, () => snapshot(flow.get)), a);
  });
}

Deno.test("the engine's slot is found, and taken wherever the program looks for it", () => {
  assert(slot !== null && holdsStores(slot), "tasks weigh twice as much without it");
  const flow = slottedFlow(slot);
  flow.run(a, () => assert(holdsStores(slot)));
  new AsyncLocalStorage<number>().run(7, () => assert(holdsStores(slot)));
});

Deno.test("a slot is not taken that is another one than the storages', or loses what they keep", () => {
  let kept: object | undefined;
  assertEquals(holdsStores({ get: () => kept, set: (context) => kept = context }), false);
  assertEquals(holdsStores({ get: () => undefined, set: () => {} }), false);
  const { get, set } = slot!;
  const lossy: ContextSlot = { get, set: () => set(undefined) };
  assertEquals(holdsStores(lossy), false);
  assertEquals(get(), undefined);
});
