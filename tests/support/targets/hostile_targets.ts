/** What a hostile child does in its parent's tests. */
import {
  type Connection,
  portable,
  type Queue,
  travels,
} from "../../../src/multiprocessing/mod.ts";
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
});
