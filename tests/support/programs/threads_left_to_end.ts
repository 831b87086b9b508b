/** Threads that all end at once, with nobody waiting for them, at the end of their program. */
import { Event, portable, Thread } from "../../../src/threading/mod.ts";

const worker = portable(import.meta, function worker(name: string, event: Event): void {
  event.waitSync();
  console.log(name);
});

if (import.meta.main) {
  const event = new Event();
  for (let i = 0; i < 5; i++) new Thread({ target: worker, args: [`worker ${i}`, event] }).start();
  event.set();
}
