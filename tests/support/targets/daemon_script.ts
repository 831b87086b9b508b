/** A program whose daemon sleeps for a minute: `none` does not wait, `join` waits in vain, `result` for a short one. */
import { portable, sleepSync, Thread } from "../../../src/threading/mod.ts";

const rest = portable(import.meta, function rest(time: number): string {
  sleepSync(time);
  return "rested";
});

if (import.meta.main) {
  const [how] = Deno.args;
  const time = how === "result" ? 100 : 60_000;
  const daemon = new Thread({ target: rest, args: [time], daemon: true }).start();
  if (how === "join") await daemon.join({ timeout: 50 });
  if (how === "result") console.log(await daemon.result);
  console.log("end");
}
