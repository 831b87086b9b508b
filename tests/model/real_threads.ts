/**
 * Runs the real code of locks and their like in every order that a few threads can take, in one thread.
 *
 * The memory that threads share is reached by one file, `shared/memory/words.ts`, and slept on by another,
 * `shared/parking/futex.ts`. Here a copy of the source has other files in their place: a door at which each access
 * is a step, so that another thread can go on in between.
 *
 * A function cannot be halted in the middle. So a thread that has to stand still is thrown out of its body, and what it
 * has read so far is kept. When it goes on, its body runs anew from the beginning, is given what it read before, and
 * changes nothing until it is where it was. Between two accesses it depends on nothing else, so it gets there.
 *
 * The orders are those in which a thread that could go on is interrupted at most so many times.
 * Source: M. Musuvathi, S. Qadeer, "Iterative Context Bounding" (2007); P. Godefroid, "Model Checking for Programming
 * Languages using VeriSoft" (1997).
 */
import { root } from "../support/source_tree.ts";

/** What the copy of the source calls instead of the memory. */
export interface Door {
  /** An access that others may see: another thread may go on before it. */
  step<T>(access: () => T): T;
  /** An access to what only this thread may touch at the moment. */
  quiet<T>(access: () => T): T;
  /** This thread spins: it goes on once another has done something. */
  pause(): void;
  /** Sleeps while the word is `expected`. */
  sleep(at: number, expected: number): void;
  /** Wakes so many sleepers. */
  wake(at: number, count: number): void;
}

type Words = typeof import("../../src/shared/memory/words.ts");

/** What the orders are tried with: memory with a door, and threads that have numbers. */
export interface Ground {
  /** @ignore */
  readonly words: Pick<Words, "load" | "store" | "wordView"> & {
    readonly HEADER: { readonly processors: number };
    readonly door: { hook: Door | null };
  };
  readonly slots: {
    myThread(): number;
    mainIdentity(): number;
    registerThread(name: string): { readonly thread: number };
    become(thread: number): void;
  };
}

/** A copy of the source with a door in it. */
export interface House extends Ground, Disposable {
  readonly threading: typeof import("../../src/threading/mod.ts");
}

const WORDS = `
import * as real from "./real_words.ts";
export * from "./real_words.ts";
export const door = { hook: null };
const step = (access) => door.hook === null ? access() : door.hook.step(access);
export const load = (at) => step(() => real.load(at));
export const store = (at, value) => step(() => real.store(at, value));
export const swap = (at, value) => step(() => real.swap(at, value));
export const compareExchange = (at, expected, value) => step(() => real.compareExchange(at, expected, value));
export const add = (at, n) => step(() => real.add(at, n));
export const setBits = (at, bits) => step(() => real.setBits(at, bits));
export const clearBits = (at, bits) => step(() => real.clearBits(at, bits));
export const pause = () => door.hook?.pause();
const quiet = (view) => new Proxy(view, {
  get: (target, key) => door.hook.quiet(() => target[key]),
  set: (target, key, value) => door.hook.quiet(() => { target[key] = value; return true; }),
});
export const wordView = () => door.hook === null ? real.wordView() : quiet(real.wordView());
export const floatView = () => door.hook === null ? real.floatView() : quiet(real.floatView());
`;

const FUTEX = `
import { door } from "../memory/words.ts";
export { acquireLatch, releaseLatch } from "./latch.ts";
export const futexWait = (at, expected) => door.hook.sleep(at, expected);
export const futexWaitAsync = () => { throw new Error("a promise waits in no model"); };
export const futexWake = (at, count = Infinity) => door.hook?.wake(at, count);
`;

/**
 * Copies the source and puts the door in.
 *
 * @param change returns another text for a file: a mistake that the model has to find.
 */
export async function houseWithDoor(
  change: (path: string, text: string) => string = (_, text) => text,
): Promise<House> {
  const folder = Deno.makeTempDirSync({ prefix: "quartet-model-" });
  const write = (path: string, text: string): void => {
    Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${folder}/${path}`, text);
  };
  const copy = (path: string): void => {
    for (const entry of Deno.readDirSync(new URL(`src/${path}/`, root))) {
      const each = `${path}/${entry.name}`;
      if (entry.isDirectory) copy(each);
      else write(each, change(each, Deno.readTextFileSync(new URL(`src/${each}`, root))));
    }
  };
  for (const part of ["core", "shared", "wire", "threading"]) copy(part);
  const read = (path: string): string => Deno.readTextFileSync(`${folder}/${path}`);
  write("shared/memory/real_words.ts", read("shared/memory/words.ts"));
  Deno.removeSync(`${folder}/shared/memory/words.ts`);
  write("shared/memory/words.ts", WORDS);
  // The latch is part of what is tried; what is below it is the door.
  const latch = read("shared/parking/futex.ts");
  write(
    "shared/parking/latch.ts",
    `import { futexWait, futexWake } from "./futex.ts";\n` +
      latch.replace(/^export function futex\w+\([^]*?\n\}\n/gm, ""),
  );
  write("shared/parking/futex.ts", FUTEX);
  const slots = read("shared/thread/thread_slot.ts");
  write(
    "shared/thread/thread_slot.ts",
    `${slots}\nexport function become(thread: number): void {\n  me = thread;\n}\n`,
  );
  const load = (path: string): Promise<unknown> => import(`file://${folder}/${path}`);
  return {
    threading: await load("threading/mod.ts"),
    words: await load("shared/memory/words.ts"),
    slots: await load("shared/thread/thread_slot.ts"),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  } as House;
}

/** What threads do, made anew for each order. */
export interface Scenario {
  /** The threads' bodies; they share memory only, and tell of themselves by `note`. */
  readonly threads: readonly (() => void)[];
  /** Called when all have ended. */
  atEnd(): void;
}

/** Thrown to take a thread out of its body. */
const SWITCH = new Error("another thread goes on");

interface ModelThread {
  readonly id: number;
  body: () => void;
  /** What each access gave. */
  log: unknown[];
  /** How much of it has been given back. */
  replayed: number;
  state: "ready" | "asleep" | "done";
  /** The word that it sleeps at. */
  at: number;
  spinning: boolean;
}

/** Tries the orders of a scenario. */
export class Orders implements Door {
  readonly #house: Ground;
  readonly #threads: ModelThread[] = [];
  readonly #before: Int32Array;
  #path: { chosen: number; of: number }[] = [];
  #depth = 0;
  #left = 0;
  #current: ModelThread | null = null;
  #next: ModelThread | null = null;
  /** How the present order went: thread by thread. */
  #went: number[] = [];

  constructor(house: Ground, threads: number) {
    this.#house = house;
    house.slots.myThread();
    for (let i = 0; i < threads; i++) {
      const { thread } = house.slots.registerThread(`T${i + 1}`);
      this.#threads.push({
        id: thread,
        body: () => {},
        log: [],
        replayed: 0,
        state: "done",
        at: 0,
        spinning: false,
      });
    }
    // With one processor none spins: how long it pays is learned, and would differ when a body runs anew.
    house.words.store(house.words.HEADER.processors, 1);
    this.#before = house.words.wordView().slice();
  }

  /**
   * Runs `make()`'s threads in the orders that there are, at most `most` of them; returns how many those were.
   *
   * @param preemptions how often a thread that could go on is interrupted in one order.
   * @throws with the order in which it went wrong.
   */
  explore(make: () => Scenario, preemptions: number, most = Infinity): number {
    this.#path = [];
    for (let orders = 1;; orders++) {
      this.#run(make, preemptions);
      while (this.#path.length > 0 && this.#path.at(-1)!.chosen === this.#path.at(-1)!.of - 1) {
        this.#path.pop();
      }
      if (this.#path.length === 0 || orders >= most) return orders;
      this.#path.at(-1)!.chosen++;
    }
  }

  /** For a body: does `fn` once, however often the body runs anew. */
  note(fn: () => void): void {
    this.quiet(fn);
  }

  /** For a body: ends another thread where it stands, as a signal ends a process; once, however often the body runs anew. */
  kill(thread: number): void {
    this.note(() => Object.assign(this.#threads[thread]!, { state: "done", body: () => {} }));
  }

  #run(make: () => Scenario, preemptions: number): void {
    const { words, slots } = this.#house;
    words.door.hook = null;
    words.wordView().set(this.#before);
    const { threads, atEnd } = make();
    threads.forEach((body, i) =>
      Object.assign(this.#threads[i]!, { body, log: [], state: "ready", at: 0, spinning: false })
    );
    this.#depth = 0;
    this.#left = preemptions;
    this.#current = null;
    this.#went = [];
    try {
      words.door.hook = this;
      for (let next = this.#choose(); next !== null; next = this.#next ?? this.#choose()) {
        this.#next = null;
        this.#resume(next);
      }
      words.door.hook = null;
      const asleep = this.#threads.filter((each) => each.state === "asleep");
      if (asleep.length > 0) {
        throw new Error(`${asleep.length} threads sleep, and none can wake them`);
      }
      atEnd();
    } catch (error) {
      throw new Error(`order ${this.#went.join(" ")}: ${(error as Error).message}`, {
        cause: error,
      });
    } finally {
      words.door.hook = null;
      slots.become(slots.mainIdentity());
    }
  }

  /** Runs the body of a thread from its beginning, past what it has done already, until it has to stand still. */
  #resume(thread: ModelThread): void {
    this.#current = thread;
    thread.replayed = 0;
    this.#house.slots.become(thread.id);
    try {
      thread.body();
      thread.state = "done";
    } catch (error) {
      // What a body throws while it is taken out is of no account: a guard's dispose may have been in the way.
      if (this.#next === null && thread.state === "ready") throw error;
    }
    if (thread.state === "done") this.#current = null;
  }

  step<T>(access: () => T): T {
    const thread = this.#current!;
    if (thread.replayed < thread.log.length) return thread.log[thread.replayed++] as T;
    this.#goOn(thread);
    for (const each of this.#threads) if (each !== thread) each.spinning = false;
    return this.#keep(thread, access());
  }

  quiet<T>(access: () => T): T {
    const thread = this.#current!;
    if (thread.replayed < thread.log.length) return thread.log[thread.replayed++] as T;
    if (this.#next !== null || thread.state !== "ready") throw SWITCH;
    return this.#keep(thread, access());
  }

  pause(): void {
    const thread = this.#current!;
    this.quiet(() => {
      thread.spinning = true;
    });
  }

  sleep(at: number, expected: number): void {
    const thread = this.#current!;
    if (thread.replayed < thread.log.length) {
      thread.replayed++;
      return;
    }
    this.#goOn(thread);
    this.#house.words.door.hook = null;
    const same = this.#house.words.load(at) === expected;
    this.#house.words.door.hook = this;
    if (!same) return void this.#keep(thread, undefined);
    thread.state = "asleep";
    thread.at = at;
    throw SWITCH;
  }

  wake(at: number, count: number): void {
    this.step(() => {
      for (const each of this.#threads) {
        if (count <= 0 || each.state !== "asleep" || each.at !== at) continue;
        each.state = "ready";
        each.log.push(undefined); // its sleep has ended
        count--;
      }
    });
  }

  #keep<T>(thread: ModelThread, value: T): T {
    thread.log.push(value);
    thread.replayed++;
    return value;
  }

  /** Lets `thread` do one more access, or takes it out because another one goes on. */
  #goOn(thread: ModelThread): void {
    if (this.#next !== null || thread.state !== "ready") throw SWITCH;
    const next = this.#choose()!;
    if (next === thread) return;
    this.#next = next;
    throw SWITCH;
  }

  /** Which thread does the next access; `null` when none can. */
  #choose(): ModelThread | null {
    const ready = this.#threads.filter((each) => each.state === "ready");
    if (ready.length === 0) return null;
    const eager = ready.filter((each) => !each.spinning);
    const able = eager.length > 0 ? eager : ready;
    const present = this.#current;
    const goesOn = present !== null && able.includes(present);
    const others = able.filter((each) => each !== present);
    const options = !goesOn ? others : this.#left > 0 ? [present, ...others] : [present];
    const chosen = options.length === 1 ? options[0]! : options[this.#decide(options.length)]!;
    if (goesOn && chosen !== present) this.#left--;
    this.#went.push(this.#threads.indexOf(chosen) + 1);
    return chosen;
  }

  #decide(of: number): number {
    const at = this.#depth++;
    if (at === this.#path.length) this.#path.push({ chosen: 0, of });
    return this.#path[at]!.chosen;
  }
}
