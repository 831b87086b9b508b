/**
 * This process as a node in the tree of processes: questions to objects travel along the channels.
 *
 *     root ── root.1 ── root.1.1        Each object is served by the process that made it, its home. A question
 *        └─── root.2                    names the home by its path, so every node knows the next step: down to
 *                                       the child whose path it begins with, or up.
 *
 * - A question is answered exactly once: with a value, with an error, or with the news that the home is gone.
 * - When a process ends, everyone hears of it: what it held is given back, and its waiters are told.
 * - A child speaks for itself and those below it only. Its parent holds it to that ({@link checkFromChild}), so what
 *   comes from above says truly whom it is from. What a child says of objects that it was never given is refused, and
 *   ends its connection; when it is a child's child, its own parent is told.
 */
import { offAbort, onAbort } from "../../core/abort.ts";
import { CancelledError, EOFError, TransferError } from "../../core/errors.ts";
import {
  decode,
  encode,
  type EncodedValue,
  encodeFailure,
  missingModules,
  takeBack,
} from "../../wire/codec/codec.ts";
import type { Source } from "../../shared/memory/handle.ts";
import { type Asked, Asker } from "./asker.ts";
import { Hearsay } from "./hearsay.ts";
import type { Borrower, Lender } from "../process/ledger.ts";
import type { Link } from "../process/link.ts";
import type { Journey, ObjectAddress } from "./journey.ts";
import { Mailboxes } from "./mailboxes.ts";
import { identity } from "../process/process_identity.ts";
import { checkFromChild, EVERYONE, Kind } from "./object_message.ts";
import { type Core, isBelow, isWithin, ServedObjects } from "./served_objects.ts";

const SETTLED = Promise.resolve();

type Method = (caller: Asker, ...args: unknown[]) => unknown;

/** This process in the tree. */
export class Node {
  readonly path: string;
  readonly #up: Link | null;
  readonly #down = new Map<string, Link>();
  /** Those below that do not keep this process alive. */
  readonly #daemons = new Set<Link>();
  /** What lives here. */
  readonly served: ServedObjects = new ServedObjects();
  readonly mailboxes: Mailboxes = new Mailboxes();
  readonly #asked = new Map<number, Asked>();
  /** Questions of others that are not answered yet, by asker and number. */
  readonly #answering = new Map<string, Asker>();
  readonly #hearsay = new Hearsay();
  /** Called when another process of the family has come or ended. */
  onKin: (() => void) | null = null;
  #lastId = 0;
  #lastChild = 0;
  #waits = 0;
  #refused = 0;

  constructor(path: string, up: Link | null) {
    this.path = path;
    this.#up = up;
    if (up !== null) up.onObjectMessage = (message) => this.#receive(message as unknown[]);
  }

  /** How many messages were refused, because of what they said of other processes or objects. */
  get refused(): number {
    return this.#refused;
  }

  /** Whether another process of the family is there, who could do something. */
  get hasKin(): boolean {
    return this.#up !== null || this.#down.size > 0;
  }

  /** Whether no process is there that could do something while this one blocks; a child that starts needs its event loop. */
  get isAlone(): boolean {
    if (this.#up !== null) return false;
    for (const link of this.#down.values()) if (link.isActive !== false) return false;
    return true;
  }

  /** A path for a child that is about to be started. */
  nextChildPath(): string {
    return `${this.path}.${++this.#lastChild}`;
  }

  /** Adds a child; `detach` when it has ended. */
  attach(path: string, link: Link): void {
    this.#down.set(path, link);
    link.onObjectMessage = (message) => {
      const wrong = checkFromChild(message, path);
      if (wrong === null) this.#receive(message as unknown[]);
      else this.#refuse(path, wrong);
    };
    this.onKin?.();
    if (!link.isDaemon) return;
    this.#daemons.add(link);
    if (this.#waits === 0) link.unref?.();
  }

  /** Takes a child out and tells everyone. */
  detach(path: string): void {
    const link = this.#down.get(path);
    if (link === undefined) return;
    this.#down.delete(path);
    this.#daemons.delete(link);
    this.#spread(this.path, path);
  }

  /** Tells an object's home that this process has a stand-in of it. */
  hold({ home, id, ticket }: Journey): void {
    this.#route([home, this.path, Kind.HOLD, id, ticket]);
  }

  /** Tells an object's home that this process sends its stand-in on. */
  lend({ home, id, ticket }: Journey): void {
    this.#route([home, this.path, Kind.LEND, id, ticket]);
  }

  /** Tells an object's home that this process needs it no longer. */
  drop(home: string, id: string): void {
    this.#route([home, this.path, Kind.DROP, id]);
  }

  /** Asks an object in another process. */
  ask(
    home: string,
    id: string,
    method: string,
    args: unknown[],
    owner: string,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const encoded = encode(args, "process", []);
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
    const { value, marked } = encoded;
    try {
      this.#route([home, this.path, Kind.ASK, number, id, method, value, marked, owner]);
    } catch (error) {
      this.#asked.delete(number);
      done();
      takeBack(value);
      throw error;
    }
    return this.waiting(promise);
  }

  /** Posts to the process that has a stand-in of an object of which this is the home: not answered, in order. */
  post(to: string, core: Core, what: string, ...content: unknown[]): void {
    this.#route([to, this.path, Kind.LETTER, this.served.idOf(core), what, ...content]);
  }

  /** Posts to an object's home: not answered, in order. */
  postHome({ home, id }: ObjectAddress, what: string, ...content: unknown[]): void {
    this.#route([home, this.path, Kind.POST, id, what, ...content]);
  }

  /** Resolves when what was sent towards `path` is handed to the system. */
  settled(path: string): Promise<void> {
    return this.#branchTo(path)?.settled?.() ?? SETTLED;
  }

  /** By which this process lends items to its child at `path`; `null` if it is none, or no file is shared with it. */
  lenderTo(path: string): Lender | null {
    return this.#down.get(path)?.lender ?? null;
  }

  /** By which this process borrows items of its parent; `null` if `home` is not that, or no file is shared with it. */
  borrowerFrom(home: string): Borrower | null {
    const isParent = this.path.slice(0, this.path.lastIndexOf(".")) === home;
    return isParent ? this.#up?.borrower ?? null : null;
  }

  /** Keeps this process alive while `promise` waits for others to act. */
  waiting<T>(promise: Promise<T>): Promise<T> {
    if (this.#waits++ === 0) { for (const link of this.#down.values()) link.ref?.(); }
    promise.then(this.#waited, this.#waited);
    return promise;
  }

  readonly #waited = (): void => {
    if (--this.#waits === 0) { for (const link of this.#daemons) link.unref?.(); }
  };

  #receive(message: unknown[]): void {
    if (message[0] === EVERYONE) this.#spread(message[1] as string, message[3] as string);
    else if (message[0] !== this.path) this.#route(message);
    else {
      const from = message[1] as string;
      try {
        this.#handle(message);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        this.#refuse(from, error.message);
      }
    }
  }

  /**
   * Counts what a process said and must not say. Its connection ends: here if it is a child; if it is a child's child,
   * where its parent is. Of any other, whom this process does not answer for, nothing more happens.
   */
  #refuse(from: string, why: string): void {
    this.#refused++;
    if (!isBelow(from, this.path)) return;
    const link = this.#down.get(from);
    if (link !== undefined) {
      link.refuse?.(new TransferError(`Cannot read its messages: ${why}`));
    } else {
      const parent = from.slice(0, from.lastIndexOf("."));
      if (parent !== this.path) this.#route([parent, this.path, Kind.ACCUSE, from, why]);
    }
  }

  /** Sends a message on its way, or tells who asks there or has something of there that the process is gone. */
  #route(message: unknown[]): void {
    const [to, from, kind] = message as [string, string, number];
    if (to === this.path) return this.#handle(message);
    const link = this.#branchTo(to);
    if (link !== null) link.sendObjectMessage(message);
    else if (kind === Kind.ASK) {
      const encoded = encode({ error: new EOFError(`The process ${to} is gone`) }, "process", []);
      this.#route([from, to, Kind.ANSWER, message[3], false, encoded.value, encoded.marked]);
    } else if (kind === Kind.HOLD) {
      if (from === this.path) this.#forget(to);
      else this.#branchTo(from)?.sendObjectMessage([EVERYONE, this.path, Kind.ENDED, to]);
    }
  }

  #branchTo(path: string): Link | null {
    if (!isBelow(path, this.path)) return this.#up;
    const end = path.indexOf(".", this.path.length + 1);
    return this.#down.get(end < 0 ? path : path.slice(0, end)) ?? null;
  }

  #handle(message: unknown[]): void {
    const [, from, kind, key] = message as [string, string, number, string];
    switch (kind) {
      case Kind.ASK:
        this.#answer(message);
        break;
      case Kind.ANSWER: {
        const number = message[3] as number;
        const asked = this.#asked.get(number);
        if (asked === undefined) break;
        if (asked.home !== from) return this.#refuse(from, "it answered for another process");
        this.#asked.delete(number);
        this.#hear(asked, message[4] === true, {
          value: message[5],
          marked: message[6] as boolean,
        }, from);
        break;
      }
      case Kind.CANCEL:
        this.#answering.get(`${from} ${key}`)?.cancel(new CancelledError());
        break;
      case Kind.HOLD:
        if (this.served.standing(key, from) === "forged") this.#deny(from, key);
        else this.served.arrived(key, from, message[4] as string);
        break;
      case Kind.LEND:
        if (this.#mayUse(from, key)) this.served.lent(key, String(message[4]));
        break;
      case Kind.DROP:
        this.served.letGo(key, from);
        break;
      case Kind.POST:
        if (!this.#mayUse(from, key)) break;
        this.served.posted(key, from, String(message[4]), message.slice(5));
        break;
      case Kind.LETTER:
        this.mailboxes.deliver(from, key, String(message[4]), message.slice(5));
        break;
      case Kind.ACCUSE:
        if (this.sourceOf(from) === "parent") this.#refuse(key, String(message[4]));
        break;
    }
  }

  /** Settles a question with its answer. */
  #hear(asked: Asked, good: boolean, encoded: EncodedValue, from: string): void {
    const settle = (value: unknown): void => {
      if (good) asked.resolve(value);
      else asked.reject((value as { error?: unknown } | null)?.error);
    };
    try {
      const value = this.#read(encoded, from);
      if (value instanceof Promise) value.then(settle).catch(asked.reject);
      else settle(value);
    } catch (error) {
      asked.reject(error);
    }
  }

  /** Whether a process has the object. One that was never given it lies, unless another made it believe so. */
  #mayUse(from: string, id: string): boolean {
    const standing = this.served.standing(id, from);
    if (standing === "held") return true;
    if (standing !== "forged" || this.#hearsay.has(from, id)) this.#refused++;
    else this.#refuse(from, "it asked for an object that it was never given");
    return false;
  }

  /** A process says that it got an object that there never was: whoever sent it that has lied. */
  #deny(from: string, id: string): void {
    this.#refused++;
    this.#hearsay.note(from, id);
  }

  async #answer(message: unknown[]): Promise<void> {
    const [, path, , number, id, method, args, marked, owner] = message as [
      string,
      string,
      number,
      number,
      string,
      string,
      unknown,
      boolean,
      string,
    ];
    const key = `${path} ${number}`;
    if (this.#answering.has(key)) return this.#refuse(path, "it asked twice under one number");
    if (owner !== path && !(typeof owner === "string" && owner.startsWith(`${path}#`))) {
      return this.#refuse(path, "it asked in the name of another");
    }
    const asker = new Asker(path, owner);
    this.#answering.set(key, asker);
    let good = true;
    let encoded;
    try {
      if (!this.#mayUse(path, id)) {
        throw new EOFError("The object is gone from the process that made it");
      }
      const core = this.served.core(id);
      if (!core.questions.has(method)) {
        this.#refuse(path, "it asked an object for what is not asked");
        throw new TransferError(`Cannot ask a shared object for ${String(method)}: it has none`);
      }
      const read = this.#read({ value: args, marked }, path);
      const given = (read instanceof Promise ? await read : read) as unknown[];
      if (!Array.isArray(given)) {
        throw new TransferError("Cannot ask a shared object: the arguments are no list");
      }
      const ask = (core as unknown as Record<string, Method>)[method] as Method;
      const value = ask.call(core, asker, ...given);
      encoded = encode(value instanceof Promise ? await value : value, "process", []);
    } catch (error) {
      good = false;
      encoded = encodeFailure(error, "process");
    } finally {
      this.#answering.delete(key);
    }
    try {
      this.#route([path, this.path, Kind.ANSWER, number, good, encoded.value, encoded.marked]);
    } catch (error) {
      takeBack(encoded.value);
      const { value } = encodeFailure(error, "process");
      this.#route([path, this.path, Kind.ANSWER, number, false, value, true]);
    }
  }

  /** Restores what a process sent; a promise only when something has to be loaded first. */
  #read(encoded: EncodedValue, from: string): unknown {
    const source = this.sourceOf(from);
    const missing = missingModules(encoded, source);
    if (missing.length === 0) return decode(encoded, source);
    return Promise.all(missing.map((each) => import(each))).then(() => decode(encoded, source));
  }

  /** What the word of a process counts here. */
  sourceOf(from: string): Source {
    return isWithin(this.path, from) ? "parent" : "peer";
  }

  /** Forgets a process that has ended and all behind it, and tells the neighbours but the one who told. */
  #spread(teller: string, ended: string): void {
    this.#forget(ended);
    const news = [EVERYONE, this.path, Kind.ENDED, ended];
    for (const [path, link] of this.#down) if (path !== teller) link.sendObjectMessage(news);
    const isFromAbove = isBelow(this.path, teller);
    if (this.#up !== null && !isFromAbove) this.#up.sendObjectMessage(news);
    this.onKin?.();
  }

  #forget(path: string): void {
    const isOfIt = (each: string): boolean => isWithin(each, path);
    for (const asker of this.#answering.values()) {
      if (isOfIt(asker.path)) asker.end(new EOFError("The process that asked is gone"));
    }
    this.#hearsay.forget(path);
    for (const [number, asked] of this.#asked) {
      if (!isOfIt(asked.home)) continue;
      this.#asked.delete(number);
      asked.reject(new EOFError(`The process that made this object is gone (${asked.home})`));
    }
    this.mailboxes.ended(path);
    this.served.processEnded(path);
  }
}

let node: Node | null = null;

/** This process's node; made when it is first needed. */
export function thisNode(): Node {
  if (node !== null) return node;
  const { info, transport } = identity;
  return node = new Node(info?.path ?? Deno.pid.toString(36), transport);
}
