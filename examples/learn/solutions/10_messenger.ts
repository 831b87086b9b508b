/** 10. The messenger, step four: the whole. PORT and PEER are ports of this machine; what is typed is sent, with NAME. */
import { Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";
import { linesOf } from "../solutions/07_lines.ts";
import { receive } from "../solutions/08_receiver.ts";
import { send } from "../solutions/09_sender.ts";

async function show(heard: Queue<string>): Promise<void> {
  for await (const line of heard) console.log(line);
  console.log("* the other one has left");
}

async function type(name: string, lines: Queue<string>): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) await lines.put(`${name}: ${line}`);
}

if (import.meta.main) {
  const [port, peer, name] = Deno.args;
  const heard = new Queue<string>(), lines = new Queue<string>();
  const receiving = new Thread({ target: receive, args: [Number(port), heard] }).start();
  const sending = new Thread({ target: send, args: [Number(peer), lines] }).start();
  const shown = show(heard);
  await Promise.race([type(name!, lines), shown]); // until one of the two leaves
  lines.shutdown();
  await sending.result; // all that was typed has been sent
  await receiving.result;
  await shown; // and all that the other one said has been shown
  Deno.exit(0); // the keyboard is still being read
}
