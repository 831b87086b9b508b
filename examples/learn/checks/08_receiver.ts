import { assert, assertEquals, fail } from "@std/assert";
import { EmptyError, Queue } from "@quartet/concurrency/queue";
import { Thread } from "@quartet/concurrency/threading";
import { dial, freePort } from "./network.ts";
import { load } from "./load.ts";
import { PATIENCE } from "./patience.ts";

const { receive } = await load<typeof import("../solutions/08_receiver.ts")>("08_receiver");

/** All that comes until the queue is shut down. */
async function all(heard: Queue<string>): Promise<string[]> {
  const lines: string[] = [];
  const late = setTimeout(() => heard.shutdown({ immediate: true }), PATIENCE);
  const over = performance.now() + PATIENCE;
  for await (const line of heard) lines.push(line);
  clearTimeout(late);
  if (performance.now() >= over) {
    fail("the loop over the queue waits for ever: nobody tells it the end");
  }
  return lines;
}

Deno.test("what the peer says is heard, and its leaving ends the loop over the queue", async () => {
  const port = freePort();
  const heard = new Queue<string>();
  const thread = new Thread({ target: receive, args: [port, heard] }).start();
  const conn = await dial(port);
  await conn.writable.getWriter().write(new TextEncoder().encode("one\ntwo\n"));
  conn.close();
  assertEquals(await all(heard), ["one", "two"]);
  await thread.result;
});

Deno.test("a port that is taken ends the loop over the queue, too, and is told by the thread", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const heard = new Queue<string>();
  const thread = new Thread({ target: receive, args: [taken.addr.port, heard] }).start();
  const failed = thread.result.then(() => null, (error) => error);
  assertEquals(await all(heard), []);
  assert(await failed instanceof Error);
  assert(!((await failed) instanceof EmptyError));
});
