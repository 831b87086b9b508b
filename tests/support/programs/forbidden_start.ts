/** A thread that may not start, for want of permission to read. */
import { Thread } from "../../../src/threading/mod.ts";

if (import.meta.main) {
  const thread = new Thread({ target: () => 1 }).start();
  if (Deno.args[0] === "result") await thread.result.catch((error) => console.log(error.name));
  await thread.join();
}
