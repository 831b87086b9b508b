/**
 * The practical assignment in its smallest form: a messenger for two, with one thread that receives and one that sends.
 *
 *     deno run --allow-read=. --allow-net examples/messenger/small.ts 5000 localhost:5001 alice
 *     deno run --allow-read=. --allow-net examples/messenger/small.ts 5001 localhost:5000 bob
 *
 * The arguments are one's own port, the other's address, one's name. The end of the input (Ctrl-D) leaves, and when one
 * leaves, so does the other. What it lacks (receipts, reconnecting, strangers, a line that is being typed) is in main.ts.
 */
import { portable, sleep, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";

/** The lines in a stream of bytes. A piece of it may be half a line, or three. */
async function* linesOf(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of bytes.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!; // its end is still to come
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Waits for the peer, and prints what it says until it leaves. */
const receive = portable(import.meta, async function receive(port: number): Promise<void> {
  using listener = Deno.listen({ port });
  const conn = await listener.accept();
  // What could steer the terminal is not printed.
  for await (const line of linesOf(conn.readable)) console.log(line.replace(/\p{Cc}/gu, "\ufffd"));
  console.log("* the other one has left");
});

/** Goes to the peer, and says what is put into the queue until that is shut down. */
const send = portable(
  import.meta,
  async function send(hostname: string, port: number, lines: Queue<string>): Promise<void> {
    const writer = (await dial(hostname, port)).writable.getWriter();
    const encoder = new TextEncoder();
    for await (const line of lines) await writer.write(encoder.encode(`${line}\n`));
    await writer.close();
  },
);

/** Tries until the peer is there. */
async function dial(hostname: string, port: number): Promise<Deno.TcpConn> {
  while (true) {
    try {
      return await Deno.connect({ hostname, port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await sleep(200);
    }
  }
}

if (import.meta.main) {
  const [own, address, name] = Deno.args;
  const [, hostname, port] = /^(.+):(\d+)$/.exec(address ?? "") ?? [];
  if (!own || !hostname || !name) {
    console.error("usage: small.ts PORT HOST:PORT NAME");
    Deno.exit(2);
  }
  const lines = new Queue<string>();
  const receiving = new Thread({ target: receive, args: [Number(own)] }).start();
  const sending = new Thread({ target: send, args: [hostname, Number(port), lines] }).start();
  const typing = (async () => {
    for await (const line of linesOf(Deno.stdin.readable)) await lines.put(`${name}: ${line}`);
  })();
  try {
    await Promise.race([typing, receiving.result, sending.result]);
    lines.shutdown(); // the sending thread says what is left, and hangs up
    await Promise.all([sending.result, receiving.result]);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
  Deno.exit(0); // the keyboard is still being read
}
