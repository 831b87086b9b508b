/**
 * This process as a node in the tree of processes: questions to objects travel along the channels.
 *
 *     root ── root.1 ── root.1.1        Each object is served by the process that made it, its home. A question
 *        └─── root.2                    names the home by its path, so every node knows the next step: down to
 *                                       the child whose path it begins with, or up.
 *
 * - A question is answered exactly once: with a value, with an error, or with the news that the home is gone.
 * - When a process ends, everyone hears of it: what it held is given back, and who waits for it is told.
 */
import { CancelledError, EOFError } from "../core/mod.ts";
import { decode, encode, missingModules } from "../wire/mod.ts";
import { lineage } from "./lineage.ts";

/** The channel to the next node, up or down. */
export interface Branch {
  onObjectMessage: (message: unknown) => void;
  sendObjectMessage(message: unknown): void;
  /** Keeps this process alive as long as the branch lives, or lets it end. */
  ref?(): void;
  unref?(): void;
  /** Whether it keeps the process alive by itself. */
  readonly isDaemon?: boolean;
}

/** Who asks. */
export interface Caller {
  /** The path of its process. */
  readonly path: string;
  /** Who in that process: what it holds is held by this owner. */
  readonly owner: string;
  /** Aborted when the answer is no longer wanted, or the asking process has ended. */
  readonly signal: AbortSignal;
}

/** What answers questions in its home. */
export interface Core {
  /** How it stands. */
  statistics(): object;
  /** A process that may have used it has ended. */
  processEnded?(path: string): void;
}

/** The address of news. */
const EVERYONE = "*";

const Kind = { ASK: 0, ANSWER: 1, CANCEL: 2, ENDED: 3, HOLD: 4, DROP: 5 } as const;

type Method = (caller: Caller, ...args: unknown[]) => unknown;

/** A question that this process asked. */
interface Asked {
  readonly home: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** An object that is served here. */
interface Served {
  readonly core: Core;
  /** Travels that have not arrived yet. */
  underway: number;
  /** Processes that have a stand-in of it. */
  readonly holders: Set<string>;
}

/** This process in the tree. */
export class Node {
  readonly path: string;
  readonly #up: Branch | null;
  readonly #down = new Map<string, Branch>();
  readonly #served = new Map<number, Served>();
  /** The numbers of what was ever served: an object keeps its own. */
  readonly #numbers = new WeakMap<Core, number>();
  readonly #asked = new Map<number, Asked>();
  /** Questions of others that are not answered yet, by asker and number. */
  readonly #answering = new Map<string, { path: string; controller: AbortController }>();
  #lastId = 0;
  #lastChild = 0;
  #waits = 0;

  constructor(path: string, up: Branch | null) {
    this.path = path;
    this.#up = up;
    if (up !== null) up.onObjectMessage = (message) => this.#receive(message as unknown[]);
  }

  /** A path for a child that is about to be started. */
  nextChildPath(): string {
    return `${this.path}.${++this.#lastChild}`;
  }

  /** Adds a child; `detach` when it has ended. */
  attach(path: string, branch: Branch): void {
    this.#down.set(path, branch);
    branch.onObjectMessage = (message) => this.#receive(message as unknown[]);
    if (this.#waits > 0) branch.ref?.();
  }

  /** Takes a child out and tells everyone. */
  detach(path: string): void {
    if (this.#down.delete(path)) this.#spread(this.path, path);
  }

  /** Serves an object from now on, for as long as somebody may ask it; answers its number. */
  serve(core: Core): number {
    const id = this.#numbers.get(core) ?? ++this.#lastId;
    this.#numbers.set(core, id);
    const served = this.#served.get(id) ?? { core, underway: 0, holders: new Set<string>() };
    served.underway++;
    this.#served.set(id, served);
    return id;
  }

  /** The object of that number, which has come home. */
  arrived(id: number): Core {
    const served = this.#served.get(id);
    if (served === undefined) throw new EOFError("the object is gone from this process, its home");
    served.underway--;
    return served.core;
  }

  /** Tells an object's home that this process has a stand-in of it. */
  hold(home: string, id: number): void {
    this.#route([home, this.path, Kind.HOLD, id]);
  }

  /** Tells an object's home that this process needs it no longer. */
  drop(home: string, id: number): void {
    this.#route([home, this.path, Kind.DROP, id]);
  }

  /** Asks an object in another process. */
  ask(
    home: string,
    id: number,
    method: string,
    args: unknown[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const parcel = encode(args, "process", []);
    const number = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const cancel = (): void => this.#route([home, this.path, Kind.CANCEL, number]);
    const done = (): void => signal?.removeEventListener("abort", cancel);
    this.#asked.set(number, {
      home,
      resolve: (value) => (done(), resolve(value)),
      // The home answers a question that was taken back with an error of its own; the asker knows why.
      reject: (error) => (done(), reject(signal?.aborted ? signal.reason : error)),
    });
    signal?.addEventListener("abort", cancel);
    this.#route([
      home,
      this.path,
      Kind.ASK,
      number,
      id,
      method,
      parcel.value,
      parcel.marked,
      owner,
    ]);
    return this.waiting(promise);
  }

  /** Keeps this process alive while `promise` waits for others to act. */
  async waiting<T>(promise: PromiseLike<T>): Promise<T> {
    if (this.#waits++ === 0) { for (const branch of this.#down.values()) branch.ref?.(); }
    try {
      return await promise;
    } finally {
      if (--this.#waits === 0) {
        for (const branch of this.#down.values()) if (branch.isDaemon) branch.unref?.();
      }
    }
  }

  #receive(message: unknown[]): void {
    if (message[0] === EVERYONE) this.#spread(message[1] as string, message[3] as string);
    else if (message[0] === this.path) this.#handle(message);
    else this.#route(message);
  }

  /** Sends a message on its way, or answers that there is none. */
  #route(message: unknown[]): void {
    const to = message[0] as string;
    if (to === this.path) return this.#handle(message);
    const branch = this.#branchTo(to);
    if (branch !== null) branch.sendObjectMessage(message);
    else if (message[2] === Kind.ASK) {
      const parcel = encode({ error: new EOFError(`the process ${to} is gone`) }, "process", []);
      this.#route([message[1], to, Kind.ANSWER, message[3], false, parcel.value, parcel.marked]);
    }
  }

  #branchTo(path: string): Branch | null {
    if (!path.startsWith(`${this.path}.`)) return this.#up;
    const end = path.indexOf(".", this.path.length + 1);
    return this.#down.get(end < 0 ? path : path.slice(0, end)) ?? null;
  }

  #handle(message: unknown[]): void {
    const from = message[1] as string;
    switch (message[2]) {
      case Kind.ASK:
        this.#answer(message);
        break;
      case Kind.ANSWER: {
        const asked = this.#asked.get(message[3] as number);
        if (asked === undefined) break;
        this.#asked.delete(message[3] as number);
        const value = decode({ value: message[5], marked: message[6] as boolean });
        if (message[4]) asked.resolve(value);
        else asked.reject((value as { error: unknown }).error);
        break;
      }
      case Kind.CANCEL:
        this.#answering.get(`${from} ${message[3]}`)?.controller.abort(new CancelledError());
        break;
      case Kind.HOLD: {
        const served = this.#served.get(message[3] as number);
        if (served === undefined) break;
        served.underway--;
        served.holders.add(from);
        break;
      }
      case Kind.DROP:
        this.#letGo(message[3] as number, from);
        break;
    }
  }

  async #answer(message: unknown[]): Promise<void> {
    const [, path, , number, id, method, args, marked, owner] = message as [
      string,
      string,
      number,
      number,
      number,
      string,
      unknown,
      boolean,
      string,
    ];
    const controller = new AbortController();
    const key = `${path} ${number}`;
    this.#answering.set(key, { path, controller });
    let good = true;
    let parcel;
    try {
      const core = this.#served.get(id)?.core as Record<string, Method> | undefined;
      if (core === undefined) {
        throw new EOFError("the object is gone from the process that made it");
      }
      const caller: Caller = { path, owner, signal: controller.signal };
      const missing = missingModules({ value: args, marked });
      if (missing.length > 0) await Promise.all(missing.map((each) => import(each)));
      const given = decode({ value: args, marked }) as unknown[];
      let value = (core[method] as Method).call(core, caller, ...given);
      if (value instanceof Promise) value = await value;
      parcel = encode(value, "process", []);
    } catch (error) {
      good = false;
      parcel = encode({ error }, "process", []);
    } finally {
      this.#answering.delete(key);
    }
    this.#route([path, this.path, Kind.ANSWER, number, good, parcel.value, parcel.marked]);
  }

  /** Forgets a process that has ended and all behind it, and tells the neighbours but the one who told. */
  #spread(teller: string, ended: string): void {
    this.#forget(ended);
    const news = [EVERYONE, this.path, Kind.ENDED, ended];
    for (const [path, branch] of this.#down) if (path !== teller) branch.sendObjectMessage(news);
    const isFromAbove = this.path.startsWith(`${teller}.`);
    if (this.#up !== null && !isFromAbove) this.#up.sendObjectMessage(news);
  }

  #forget(path: string): void {
    const isOfIt = (each: string): boolean => isWithin(each, path);
    for (const { path: asker, controller } of this.#answering.values()) {
      if (isOfIt(asker)) controller.abort(new EOFError("the process that asked is gone"));
    }
    for (const [number, asked] of this.#asked) {
      if (!isOfIt(asked.home)) continue;
      this.#asked.delete(number);
      asked.reject(new EOFError(`the process that made this object is gone (${asked.home})`));
    }
    for (const [id, served] of this.#served) {
      served.core.processEnded?.(path);
      for (const holder of served.holders) if (isOfIt(holder)) this.#letGo(id, holder);
    }
  }

  #letGo(id: number, holder: string): void {
    const served = this.#served.get(id);
    if (served === undefined) return;
    served.holders.delete(holder);
    if (served.underway <= 0 && served.holders.size === 0) this.#served.delete(id);
  }
}

/** Whether a process is the one at `path` or stands below it. */
export function isWithin(process: string, path: string): boolean {
  return process === path || process.startsWith(`${path}.`);
}

let node: Node | null = null;

/** This process's node; made when it is first needed. */
export function here(): Node {
  if (node !== null) return node;
  const { info, transport } = lineage;
  const root = `${Deno.pid.toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
  return node = new Node(info?.path ?? root, transport);
}
