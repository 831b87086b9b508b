/** Waits for ever by the family's bell: `alone`, `after` a child has ended, or `exit`s meanwhile. */
import { portable, Process } from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";

const idle = portable(import.meta, function idle(): void {});

if (import.meta.main) {
  const { bell } = Family.join()!;
  const [how] = Deno.args;
  const never = new Promise<void>(() => bell.wait(() => false, 0));
  if (how === "after") {
    await new Process({ target: idle }).start().result;
    console.log("child ended");
  }
  if (how === "exit") {
    const child = new Process({ target: () => new Promise(() => setInterval(() => {}, 1000)) });
    child.start();
    setTimeout(() => Deno.exit(7), 100);
  }
  await never;
}
