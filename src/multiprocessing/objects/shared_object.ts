import { type Class, constructFor, subjectOf } from "../../core/construct_for.ts";
import { InvalidStateError, TransferError } from "../../core/errors.ts";
import {
  type Handle,
  noteKind,
  returns,
  type Traveller,
  travels,
} from "../../shared/memory/handle.ts";
import { NEVER } from "../../core/current.ts";
import { thisNode } from "./node.ts";
import { type Journey, journeyOf, type ObjectAddress } from "./journey.ts";
import { HomeCaller } from "./bounds.ts";
import { type Core, newTicket } from "./served_objects.ts";
import { currentOwner } from "./owner.ts";
import { Block } from "../mapped/block.ts";
import { blockIn } from "../mapped/mapped_core.ts";

/** What an object speaks for that is not made anew: one that lives elsewhere, or one of this home. */
type Subject =
  | { readonly address: ObjectAddress; readonly block: Block | null; readonly passage: unknown }
  | { readonly core: Core };

const standIns = new Map<string, WeakRef<SharedObject>>();
const atHome = new WeakMap<Core, WeakRef<SharedObject>>();
const collected = new FinalizationRegistry<ObjectAddress>(({ home, id }) => {
  const key = `${home} ${id}`;
  if (standIns.get(key)?.deref() !== undefined) return; // it has come again meanwhile
  standIns.delete(key);
  thisNode().drop(home, id);
});

const crossesAs = Symbol("quartet.crossesAs");
/** What the kinds of shared objects begin with. */
const KINDS = "mp.";

/** What serves an object, if this process is its home. */
export let coreOf: (object: SharedObject) => Core | null;
/** Where an object stands in the family's memory, if this process reaches that; `null`: it is asked in its home. */
export let blockOf: (object: SharedObject) => Block | null;

/** What is thrown where somebody would block for an object that is asked in its home, or do at once what takes a question. */
export function notMapped(what: string, way: string): InvalidStateError {
  return new InvalidStateError(
    `Cannot ${what} without waiting for an answer: it does not stand in memory that this process reaches, which takes Linux, --allow-ffi and room in it when it was made; use ${way}`,
  );
}

function nothing(): void {
  // What is answered late goes back by itself.
}

/**
 * An object that several processes use as one.
 *
 * It lives in the process that made it, its home. Everywhere else it is a stand-in that asks the home.
 * It crosses as an argument, in a result, in a message or in a queue, and is the same object there.
 */
export abstract class SharedObject implements Traveller {
  readonly #core: Core | null;
  readonly #address: ObjectAddress | null;
  /** Where it stands in the family's memory, if this process reaches that; `null`: it is asked in its home. */
  readonly #block: Block | null;
  /** How its block crosses; this process may only pass it on. */
  readonly #passage: unknown;

  /** `make` makes what answers the questions; it is called only in the object's home. */
  constructor(make: () => Core) {
    const subject = subjectOf<Subject>(new.target);
    if (subject !== undefined && "address" in subject) {
      this.#core = null;
      this.#address = subject.address;
      this.#block = subject.block;
      this.#passage = subject.passage;
    } else {
      this.#core = subject?.core ?? make();
      this.#address = null;
      this.#block = blockIn(this.#core);
      this.#passage = this.#block?.address;
      atHome.set(this.#core, new WeakRef(this));
    }
  }

  /** The core, if this process is the object's home. */
  protected get core(): Core | null {
    return this.#core;
  }

  /** Where it lives, if that is elsewhere and its home alone acts on it: it does not stand in the family's memory. */
  protected get servedAt(): ObjectAddress | null {
    return this.#passage === undefined || this.#passage === null ? this.#address : null;
  }

  /**
   * Asks the object, here or in its home, for what is done at once. That is not withdrawn: a cancel comes at the next wait,
   * and work that was stopped can still give back what it holds.
   */
  protected async ask<T>(method: string, args: unknown[] = [], owner?: string): Promise<T> {
    return await this.question<T>(method, args, { signal: NEVER }, owner);
  }

  /** Has a withdrawn wait end although its home, which may be busy, has not answered yet; at home it has. */
  protected get answersLate(): (() => void) | undefined {
    return this.#core === null ? nothing : undefined;
  }

  /** Asks for what has to be waited for, perhaps; `leave` takes the question back. */
  protected question<T>(
    method: string,
    args: unknown[],
    leave: { readonly signal: AbortSignal },
    owner: string = currentOwner(),
  ): T | Promise<T> {
    const node = thisNode();
    if (this.#core !== null) {
      const caller = new HomeCaller(leave, owner);
      const core = this.#core as unknown as Record<string, (...args: unknown[]) => unknown>;
      const answer = (core[method] as (...args: unknown[]) => unknown).call(core, caller, ...args);
      return (answer instanceof Promise ? node.waiting(answer) : answer) as T | Promise<T>;
    }
    const { home, id } = this.#address as ObjectAddress;
    return node.ask(home, id, method, args, owner, leave.signal) as Promise<T>;
  }

  /** Asks how the object stands. */
  protected async inspect<S>(): Promise<S> {
    return Object.freeze(await this.ask<S>("statistics"));
  }

  /** How it crosses: by the address of its home. */
  [travels](reach: "thread" | "process"): Handle {
    const { kind, module } = this[crossesAs];
    if (reach === "thread") {
      const name = kind.slice(KINDS.length);
      throw new TransferError(
        `Cannot send a multiprocessing.${name} to a thread: use threading.${name} between threads`,
      );
    }
    const node = thisNode();
    let data: Journey;
    if (this.#core === null) {
      const { home, id } = this.#address as ObjectAddress;
      data = { home, id, ticket: newTicket(), block: this.#passage };
      node.lend(data);
    } else {
      data = { home: node.path, ...node.served.setOut(this.#core), block: this.#passage };
    }
    return { kind, module, data };
  }

  /** It was not sent. */
  [returns](handle: Handle): void {
    const journey = journeyOf(handle.data);
    if (this.#core === null) thisNode().hold(journey);
    else thisNode().served.stays(journey);
  }

  /** The kind of its class, and the module that makes it again; see {@link noteShared}. */
  declare readonly [crossesAs]: { readonly kind: string; readonly module: string };

  static {
    coreOf = (object) => object.#core;
    blockOf = (object) => object.#block;
  }
}

/**
 * Makes the object again that lives at the end of a journey: the same one as before, if it is known here.
 *
 * @param type its class; the arguments are what its constructor insists on.
 */
export function stand<T extends SharedObject>(
  data: unknown,
  type: Class<T>,
  ...args: unknown[]
): T {
  const node = thisNode();
  const journey = journeyOf(data);
  const { home, id } = journey;
  if (home === node.path) {
    const core = node.served.arrivedHome(journey);
    const known = atHome.get(core)?.deref();
    if (known !== undefined) return known as T;
    return constructFor({ core } satisfies Subject, type, ...args);
  }
  const key = `${home} ${id}`;
  const known = standIns.get(key)?.deref();
  if (known !== undefined) {
    node.hold(journey);
    return known as T;
  }
  const address: ObjectAddress = { home, id };
  const passage = journey.block;
  const block = Block.find(passage, type.prototype[crossesAs].kind);
  const made = constructFor({ address, block, passage } satisfies Subject, type, ...args);
  node.hold(journey);
  standIns.set(key, new WeakRef(made));
  collected.register(made, address);
  return made;
}

/**
 * Notes how objects of a class cross; once for each, in the class's module.
 *
 * @param args what its constructor insists on.
 */
export function noteShared<T extends SharedObject>(
  kind: `${typeof KINDS}${string}`,
  type: Class<T>,
  module: string,
  ...args: unknown[]
): void {
  Object.defineProperty(type.prototype, crossesAs, { value: { kind, module } });
  noteKind(kind, (journey) => stand(journey, type, ...args));
}
