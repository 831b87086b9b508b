import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { CallbackList } from "../../../src/core/collections/callback_list.ts";
import { seededRandom } from "../../support/seeded_random.ts";

interface Entry {
  readonly key: number;
  readonly step: number;
}

Deno.test("CallbackList keeps the order of adding, and takes all of a key out at once, however many there are", () => {
  const { random, seed } = seededRandom();
  // Few keys: an entry often stands there several times. Many: the list is long.
  for (const keys of [3, 40, 400]) {
    const list = new CallbackList<Entry>(({ key }) => key);
    let model: Entry[] = [];
    for (let step = 0; step < 3000; step++) {
      const key = random(keys);
      if (random(5) < 3) {
        list.push({ key, step });
        model.push({ key, step });
      } else if (random(40) === 0) {
        const picks = (entry: Entry) => entry.key % 3 === 0;
        assertEquals(list.take(picks), model.filter(picks), seed);
        model = model.filter((entry) => !picks(entry));
      } else {
        const left = model.filter((entry) => entry.key !== key);
        assertEquals(list.remove(key), model.length - left.length, seed);
        model = left;
      }
      assertEquals(list.size, model.length, seed);
      const entries: Entry[] = [];
      if (step % 50 === 0) list.forEach((entry) => entries.push(entry));
      if (step % 50 === 0) assertEquals(entries, model, seed);
    }
  }
});
