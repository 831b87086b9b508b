import { assert, assertEquals } from "@std/assert";
import { Queue } from "@quartet/concurrency/queue";
import { Thread } from "@quartet/concurrency/threading";
import { freePort } from "./network.ts";
import { load } from "./load.ts";

const { send } = await load<typeof import("../solutions/09_sender.ts")>("09_sender");

/** What arrives until the other side hangs up. */
async function listen(port: number): Promise<string> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port });
  const conn = await listener.accept();
  return await new Response(conn.readable).text();
}

/** Runs `send` with these lines, and begins to listen when it has had time to find nobody there. */
async function said(lines: readonly string[], late: boolean): Promise<string> {
  const port = freePort();
  const queue = new Queue<string>();
  for (const line of lines) await queue.put(line);
  queue.shutdown();
  const early = late ? null : listen(port);
  const thread = new Thread({ target: send, args: [port, queue] }).start();
  const failed = thread.result.then(() => null, (error: Error) => error);
  const sooner = late ? await Promise.race([failed, pause(300)]) : null;
  assert(!(sooner instanceof Error), `nobody was there yet, and it gave up: ${sooner}`);
  const [text] = await Promise.all([
    early ?? listen(port),
    failed.then((error) => assertEquals(error, null)),
  ]);
  return text;
}

function pause(time: number): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, time, null));
}

Deno.test("lines arrive in their order, and then the connection ends", async () => {
  assertEquals(await said(["one", "two", "three"], false), "one\ntwo\nthree\n");
});

Deno.test("a peer that comes later gets them, too", async () => {
  assertEquals(await said(["are you there?"], true), "are you there?\n");
});

Deno.test("a line that is longer than what a socket takes at once arrives whole", async () => {
  const long = "x".repeat(20_000_000);
  const text = await said([long, "the end"], false);
  assertEquals(text.length, long.length + 1 + "the end\n".length);
  assert(text.endsWith("\nthe end\n"));
});
