/** What a hostile child does in its parent's tests. */
import {
  type Condition,
  type Connection,
  type Event,
  type Lock,
  portable,
  Process,
  type Queue,
  travels,
} from "../../../src/multiprocessing/mod.ts";
import { identity } from "../../../src/multiprocessing/process/process_identity.ts";
import { reportProgress as report } from "../../../src/futures/mod.ts";

/** The variable that the module sets which a hostile message names. */
export const OWNED = "quartetOwned";

/** What a message says of an object of a class that only this side has. */
export function evil(): object {
  const code = `globalThis.${OWNED} = true`;
  const module = `data:text/javascript,${encodeURIComponent(code)}`;
  return { [travels]: () => ({ kind: `evil${Math.random()}`, module, data: 1 }) };
}

/** A handle to memory that the threads of the parent share. */
function forged(kind: string): object {
  return { [travels]: () => ({ kind, module: "file:///nowhere.ts", data: 64 }) };
}

/** What a hostile child says instead of the words in a message, where it knows its own path only when it runs. */
export const ME = "<me>", PARENT = "<parent>", BELOW = "<below>", ROOT = "<root>";

/** Says messages about objects as they are, in place of this library. */
function say(messages: readonly unknown[]): void {
  const { info, transport } = identity;
  const me = info!.path;
  const fill = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(fill);
    if (typeof part !== "string") return part;
    return part.replace(BELOW, `${me}.7`).replace(ME, me).replace(PARENT, parentPath())
      .replace(ROOT, me.slice(0, me.indexOf(".")));
  };
  for (const each of messages) transport!.sendObjectMessage(fill(each));
}

/** A handle as this library would never write it. */
function handle(kind: string, data: unknown): object {
  return { [travels]: () => ({ kind, module: "file:///nowhere.ts", data }) };
}

const parentPath = (): string => identity.info!.path.replace(/\.\d+$/, "");

export const hostile = portable(import.meta, {
  answerEvil(): unknown {
    return ["fine", evil()];
  },
  bringEvil(): unknown {
    return {
      [travels]: () => ({
        kind: "mp.Nothing",
        module: "file:///nowhere.ts",
        data: 1,
        brings: { kind: "evil", module: `data:text/javascript,globalThis.${OWNED}=true` },
      }),
    };
  },
  throwEvil(): never {
    throw Object.assign(new Error("with a field"), { field: evil() });
  },
  *streamEvil(): Generator<unknown> {
    yield 1;
    yield evil();
  },
  async reportEvil(): Promise<string> {
    report(evil());
    await new Promise((resolve) => setTimeout(resolve, 10));
    return "reported";
  },
  async putEvil(queue: Queue): Promise<string> {
    return await queue.put(evil()).then(() => "taken", (error) => error.name);
  },
  async sendEvil(connection: Connection): Promise<void> {
    await connection.send(evil());
  },
  /** Passes on what it receives: the name of what went wrong, or what came. */
  async receive(connection: Connection): Promise<unknown> {
    return await connection.recv().then(() => "came", (error) => error.name);
  },
  answerThreads(kind: string): unknown {
    return [forged(kind)];
  },
  isOwned(): boolean {
    return OWNED in globalThis;
  },
  throwNamed(): never {
    const error = new Error("with odd fields");
    Object.defineProperty(error, "__proto__", { value: { polluted: true }, enumerable: true });
    throw error;
  },
  /** Says that and stays, so that only the parent can end it. */
  async say(messages: unknown[]): Promise<void> {
    say(messages);
    await new Promise(() => {});
  },
  /** Says that and then returns, as an honest child does. */
  async sayAndAnswer(messages: unknown[], pause: number): Promise<string> {
    say(messages);
    await new Promise((resolve) => setTimeout(resolve, pause));
    return "fine";
  },
  /** Returns with a handle to an object in the parent, guessed. */
  answerGuess(kind: string, id: string): unknown {
    const journey = { home: parentPath(), id, ticket: "guessed" };
    return handle(kind, kind === "mp.Connection" ? { address: journey } : journey);
  },
  answerShared(kind: string, name: string): unknown {
    return handle(kind, name);
  },
  /** Has another one believe in an object that there is not. */
  async sendGuess(connection: Connection): Promise<void> {
    const id = "999999-00000000-0000-4000-8000-000000000000";
    await connection.send(handle("mp.Lock", { home: parentPath(), id, ticket: "guessed" }));
  },
  /** Uses the lock that comes, in good faith. */
  async useLock(connection: Connection): Promise<string> {
    const lock = await connection.recv() as Lock;
    return await lock.locked().then(() => "used", (error) => error.name);
  },
  /** Sends its end on and then acts as if it still had it. */
  async clingTo(end: Connection, heir: Connection<Connection>): Promise<void> {
    const moved = { address: { home: "", id: "", ticket: "" } };
    const { transport } = identity;
    const send = transport!.sendObjectMessage.bind(transport);
    transport!.sendObjectMessage = (message) => {
      const [, , kind, id] = message as [string, string, number, string];
      if (kind === 6) moved.address = { home: parentPath(), id, ticket: "spent" };
      send(message);
    };
    await heir.send(end);
    const { home, id, ticket } = moved.address;
    say([
      [home, ME, 4, id, ticket],
      [home, ME, 7, id, "letter", false, "from the one who had it", false],
      [home, ME, 7, id, "close"],
    ]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  },
  /** Waits to be notified. */
  async awaitNotice(condition: Condition): Promise<void> {
    await using _held = await condition.acquire();
    await condition.wait();
  },
  /** Waits to be notified, and gives up when told. */
  async giveUpNotice(condition: Condition, told: Event): Promise<void> {
    const controller = new AbortController();
    await using _held = await condition.acquire();
    void told.wait().then(() => controller.abort());
    await condition.wait({ signal: controller.signal });
  },
  async hold(end: Connection): Promise<void> {
    await end.recv();
    await new Promise(() => {});
  },
  async echo(end: Connection): Promise<void> {
    for await (const message of end) await end.send(message);
  },
  /** Has a child of its own that says that. */
  async parentOf(messages: unknown[]): Promise<[string, number]> {
    const child = new Process({ target: hostile.say, args: [messages] }).start();
    const name = await child.result.then(() => "fine", (error) => error.name as string);
    await child.join();
    return [name, child.statistics().refused];
  },
});
