import "../../support/leak_guard.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { WaitList, WaitNode } from "../../../src/core/collections/wait_list.ts";
import { seededRandom } from "../../support/seeded_random.ts";

class Named extends WaitNode<Named> {
  constructor(readonly name: number) {
    super();
  }
}

Deno.test("WaitList serves in the order of coming, and whoever stands in it can leave", () => {
  const { random, seed } = seededRandom();
  const list = new WaitList<Named>();
  let model: Named[] = [];
  for (let step = 0; step < 5000; step++) {
    switch (random(4)) {
      case 0:
      case 1: {
        const node = new Named(step);
        list.push(node);
        model.push(node);
        break;
      }
      case 2:
        assertStrictEquals(list.shift(), model.shift() ?? null, seed);
        break;
      default: {
        const node = model[random(model.length || 1)];
        if (node === undefined) break;
        assertEquals([list.remove(node), list.remove(node)], [true, false], seed);
        model = model.filter((each) => each !== node);
      }
    }
    assertEquals(list.size, model.length, seed);
    assertStrictEquals(list.first, model[0] ?? null, seed);
    if (step % 250 === 0) {
      assertEquals(
        [...list].map((n) => n.name),
        model.map((n) => n.name),
        seed,
      );
    }
  }
});

Deno.test("WaitList can be walked while the one at hand leaves", () => {
  const list = new WaitList<Named>();
  for (let name = 0; name < 4; name++) list.push(new Named(name));
  const seen: number[] = [];
  for (const node of list) {
    seen.push(node.name);
    list.remove(node);
  }
  assertEquals([seen, list.size, list.first], [[0, 1, 2, 3], 0, null]);
});
