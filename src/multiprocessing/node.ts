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
import { CancelledError, EOFError, offAbort, onAbort } from "../core/mod.ts";
import { decode, encode, missingModules, type Parcel, type Source } from "../wire/mod.ts";
import type { Branch, Mailbox } from "./branch.ts";
import { lineage } from "./lineage.ts";
import { type Caller, type Core, isWithin, ServedObjects } from "./served_objects.ts";

const SETTLED = Promise.resolve();

/** The address of news. */
const EVERYONE = "*";

const Kind = {
  ASK: 0,
  ANSWER: 1,
  CANCEL: 2,
  ENDED: 3,
  HOLD: 4,
  DROP: 5,
  LEND: 6,
  POST: 7,
  LETTER: 8,
} as const;

type Method = (caller: Caller, ...args: unknown[]) => unknown;

/** A question that this process asked. */
interface Asked {
  readonly home: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** This process in the tree. */
export class Node {
  readonly path: string;
  readonly #up: Branch | null;
  readonly #down = new Map<string, Branch>();
  /** Those below that do not keep this process alive. */
  readonly #daemons = new Set<Branch>();
  /** What lives here. */
  readonly served: ServedObjects = new ServedObjects();
  readonly #mailboxes = new Map<string, Mailbox>();
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
    if (!branch.isDaemon) return;
    this.#daemons.add(branch);
    if (this.#waits === 0) branch.unref?.();
  }

  /** Takes a child out and tells everyone. */
  detach(path: string): void {
    const branch = this.#down.get(path);
    if (branch === undefined) return;
    this.#down.delete(path);
    this.#daemons.delete(branch);
    this.#spread(this.path, path);
  }

  /** Tells an object's home that this process has a stand-in of it. */
  hold(home: string, id: number): void {
    this.#route([home, this.path, Kind.HOLD, id]);
  }

  /** Tells an object's home that this process sends its stand-in on. */
  lend(home: string, id: number): void {
    this.#route([home, this.path, Kind.LEND, id]);
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
    const done = (): void => offAbort(signal, cancel);
    this.#asked.set(number, {
      home,
      resolve: (value) => (done(), resolve(value)),
      // The home answers a question that was taken back with an error of its own; the asker knows why.
      reject: (error) => (done(), reject(signal?.aborted ? signal.reason : error)),
    });
    onAbort(signal, cancel);
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

  /** Posts to the process that has a stand-in of an object of which this is the home: not answered, in order. */
  post(to: string, core: Core, what: string, ...content: unknown[]): void {
    this.#route([to, this.path, Kind.LETTER, this.served.idOf(core), what, ...content]);
  }

  /** Posts to an object's home: not answered, in order. */
  postHome(
    { home, id }: { home: string; id: number },
    what: string,
    ...content: unknown[]
  ): void {
    this.#route([home, this.path, Kind.POST, id, what, ...content]);
  }

  /** Delivers what an object's home posts. */
  addMailbox({ home, id }: { home: string; id: number }, mailbox: Mailbox): void {
    this.#mailboxes.set(`${home} ${id}`, mailbox);
  }

  /** Delivers no more of it. */
  removeMailbox({ home, id }: { home: string; id: number }): void {
    this.#mailboxes.delete(`${home} ${id}`);
  }

  /** Resolves when what was sent towards `path` is handed to the system. */
  settled(path: string): Promise<void> {
    return this.#branchTo(path)?.settled?.() ?? SETTLED;
  }

  /** Keeps this process alive while `promise` waits for others to act. */
  async waiting<T>(promise: PromiseLike<T>): Promise<T> {
    if (this.#waits++ === 0) { for (const branch of this.#down.values()) branch.ref?.(); }
    try {
      return await promise;
    } finally {
      if (--this.#waits === 0) { for (const branch of this.#daemons) branch.unref?.(); }
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
        const settle = (value: unknown): void => {
          if (message[4]) asked.resolve(value);
          else asked.reject((value as { error: unknown }).error);
        };
        try {
          const value = this.#read({ value: message[5], marked: message[6] as boolean }, from);
          if (value instanceof Promise) value.then(settle).catch(asked.reject);
          else settle(value);
        } catch (error) {
          asked.reject(error);
        }
        break;
      }
      case Kind.CANCEL:
        this.#answering.get(`${from} ${message[3]}`)?.controller.abort(new CancelledError());
        break;
      case Kind.HOLD:
        this.served.arrived(message[3] as number, from);
        break;
      case Kind.POST:
        this.served.posted(message[3] as number, from, message[4] as string, message.slice(5));
        break;
      case Kind.LETTER:
        this.#mailboxes.get(`${from} ${message[3]}`)?.posted(
          message[4] as string,
          message.slice(5),
        );
        break;
      case Kind.LEND:
        this.served.lent(message[3] as number);
        break;
      case Kind.DROP:
        this.served.letGo(message[3] as number, from);
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
      const core = this.served.core(id) as unknown as Record<string, Method>;
      const caller: Caller = { path, owner, signal: controller.signal };
      const read = this.#read({ value: args, marked }, path);
      const given = (read instanceof Promise ? await read : read) as unknown[];
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

  /** Restores what a process sent; a promise only when something has to be loaded first. */
  #read(parcel: Parcel, from: string): unknown {
    const source = this.sourceOf(from);
    const missing = missingModules(parcel, source);
    if (missing.length === 0) return decode(parcel, source);
    return Promise.all(missing.map((each) => import(each))).then(() => decode(parcel, source));
  }

  /** What the word of a process counts here. */
  sourceOf(from: string): Source {
    return isWithin(this.path, from) ? "parent" : "peer";
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
    for (const [key, mailbox] of this.#mailboxes) {
      if (isOfIt(key.slice(0, key.indexOf(" ")))) mailbox.homeEnded();
    }
    this.served.processEnded(path);
  }
}

let node: Node | null = null;

/** This process's node; made when it is first needed. */
export function here(): Node {
  if (node !== null) return node;
  const { info, transport } = lineage;
  return node = new Node(info?.path ?? Deno.pid.toString(36), transport);
}
