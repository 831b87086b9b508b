/**
 * The practical assignment of the course: a console messenger between two peers. One thread receives, one sends; the main
 * thread has the keyboard and the screen.
 *
 *     deno run --allow-read=. --allow-net examples/messenger/main.ts --listen 5000 --name alice
 *     deno run --allow-read=. --allow-net examples/messenger/main.ts --connect localhost:5000 --name bob
 *
 * With `--page` the talk is on a page of this machine, whose address is printed, and not in the terminal. A version of
 * sixty lines is small.ts. With `--history FILE` it is `--allow-read=.,FILE --allow-write=FILE`. `/quit`, Ctrl-C or the end of the input leaves; so does
 * the other's leaving. What is typed while the peer cannot be reached is kept, and sent when it can.
 *
 *             keyboard, screen
 *                   │ ▲
 *      lines ┌──────▼─┴──────┐ news
 *        ┌───┤  main thread  ◀─────────┐
 *        │   └───────────────┘         │
 *     ┌──▼────────────┐  doors  ┌──────┴────────┐    A socket belongs to the thread that opened it, so each direction
 *     │ sending thread├─────────▶receiving thread│    has a connection of its own. The one that listens opens a second
 *     └──┬────────────┘         └──────▲────────┘    door for its own messages, and tells the other where it is;
 *        │ say, ping, bye              │             so the one that connects needs no open port.
 *        ▼  got                        │
 *     the peer's receiving thread   the peer's sending thread
 */
import { parseArgs } from "node:util";
import { Event, StoppedError, Thread } from "@quartet/concurrency/threading";
import { Queue } from "@quartet/concurrency/queue";
import { isName } from "./frames.ts";
import { receive } from "./receiver.ts";
import { send } from "./sender.ts";
import type { Door, News, Settings } from "./settings.ts";
import { Terminal } from "./terminal.ts";
import type { History } from "./history.ts";
import type { Page } from "./page.ts";

const USAGE =
  "messenger (--listen [HOST:]PORT | --connect HOST:PORT) --name NAME [--history FILE] [--page]";

class UsageError extends Error {}

/** The screen that the user asked for. */
async function openScreen(name: string, page: boolean): Promise<Terminal | Page> {
  if (!page) return new Terminal(`${name}> `);
  const opened = await (await import("./page.ts")).Page.open();
  console.log(`* open ${opened.url}`);
  return opened;
}

async function talk(
  settings: Settings,
  history: History | null,
  page: boolean,
): Promise<number> {
  const lines = new Queue<string>();
  const doors = new Queue<Door>();
  const news = new Queue<News>();
  const hurry = new Event();
  const sending = new Thread({
    target: send,
    args: [settings, lines, doors, news, hurry],
    name: "sending",
  });
  const receiving = new Thread({
    target: receive,
    args: [settings, doors, news],
    name: "receiving",
  });

  await using screen = await openScreen(settings.name, page);
  for (const { at, name, text, delivered } of history?.last(10) ?? []) {
    screen.show(
      `${at.slice(0, 16).replace("T", " ")} ${name}: ${text}${delivered ? "" : " (not delivered)"}`,
    );
  }
  const said: { text: string; id: number | undefined }[] = [];
  let code = 0;

  async function type(): Promise<void> {
    for await (const line of screen.lines()) {
      if (line === "/quit") break;
      if (line === "") continue;
      screen.show(`${settings.name}: ${line}`);
      said.push({ text: line, id: history?.add(settings.name, line, false) });
      await lines.put(line);
    }
  }

  /** Until the peer ends the talk. */
  async function tell(): Promise<void> {
    for await (const each of news) {
      switch (each.kind) {
        case "listening":
          screen.show(`* waiting on ${each.hostname}:${each.port}`);
          break;
        case "connected":
          screen.show(`* connected with ${each.name}`);
          break;
        case "lost":
          screen.show("* connection lost; what you write is kept and sent when it is back");
          break;
        case "said":
          history?.add(each.name, each.text, true);
          screen.show(`${each.name}: ${each.text}`);
          break;
        case "delivered": {
          const { text, id } = said[each.line - 1]!;
          if (id !== undefined) history!.delivered(id);
          screen.show(`  ✓ ${text.length > 40 ? `${text.slice(0, 40)}…` : text}`);
          break;
        }
        case "notice":
          screen.show(`* ${each.text}`);
          break;
        case "left":
          screen.show(`* ${each.name} has left`);
          hurry.set();
          return;
        case "refused":
          screen.show(`* cut off: ${each.why}`);
          hurry.set();
          code = 1;
          return;
      }
    }
  }

  sending.start();
  receiving.start();
  const told = tell();
  await Promise.race([type(), told, interrupted(), sending.result, receiving.result]);

  lines.shutdown();
  const left = await sending.result; // having said goodbye
  receiving.stop();
  try {
    await receiving.result;
  } catch (error) {
    if (!(error instanceof StoppedError)) throw error;
  }
  news.shutdown();
  await told;
  if (left > 0) {
    screen.show(`* ${left} of your lines ${left === 1 ? "was" : "were"} not delivered`);
  }
  return code;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    Deno.addSignalListener("SIGINT", () => resolve());
    if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", () => resolve());
  });
}

function readSettings(
  args: string[],
): { settings: Settings; history: string | undefined; page: boolean } {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        listen: { type: "string" },
        connect: { type: "string" },
        name: { type: "string" },
        history: { type: "string" },
        page: { type: "boolean" },
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { listen, connect, name, history, page = false } = values;
  if ((listen === undefined) === (connect === undefined)) {
    throw new UsageError("give one of --listen and --connect");
  }
  if (!isName(name)) throw new UsageError("give a --name of 1 to 64 letters");
  const [, host, digits] = /^(?:(.*):)?(\d{1,5})$/.exec(listen ?? connect!) ?? [];
  const port = Number(digits);
  const hostname = host?.replace(/^\[(.*)\]$/, "$1") ??
    (connect === undefined ? "0.0.0.0" : undefined);
  if (!hostname || !(port <= 65_535)) {
    throw new UsageError(`cannot read the address "${listen ?? connect}"`);
  }
  const run = crypto.randomUUID();
  return { settings: { name, run, hostname, port, listens: listen !== undefined }, history, page };
}

if (import.meta.main) {
  let code: number;
  try {
    const { settings, history: path, page } = readSettings(Deno.args);
    // Loaded for those who keep a history only.
    using history = path === undefined ? null : new (await import("./history.ts")).History(path);
    code = await talk(settings, history, page);
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`${error.message}; usage: ${USAGE}`);
      code = 2;
    } else if (error instanceof Error && error.name in Deno.errors) { // a port in use, a file that is no history
      console.error(error.message);
      code = 1;
    } else throw error;
  }
  Deno.exit(code); // the keyboard is still being read
}
