/**
 * The memory of a family of processes, in one process: what its waits do stands in `wait_records.ts` and `family_waits.ts`, whose
 * real code runs here in every order; what only the system can do is played.
 *
 *     words        the real ones, with a door: each access is a step
 *     bell         a word; without the slices by which a real one looks again now and then, so that no mistake is made good
 *     death        a process is ended where it stands, and another recovers what it had
 */
import type { Memory, Settle } from "../../src/shared/memory/memory.ts";
import type { Bell, Rung } from "../../src/multiprocessing/family/bell.ts";
import type { Waiting } from "../../src/shared/parking/waiting.ts";
import { root } from "../support/source_tree.ts";
import type { Door, Ground, Orders } from "./real_threads.ts";

type Records = import("../../src/multiprocessing/family/wait_records.ts").WaitRecords;
type Waits = import("../../src/multiprocessing/family/family_waits.ts").FamilyWaits;

/** The modules that run: those of the source, or of a copy of it with a mistake. */
export interface Modules {
  readonly records: typeof import("../../src/multiprocessing/family/wait_records.ts");
  readonly waits: typeof import("../../src/multiprocessing/family/family_waits.ts");
  readonly words: typeof import("../../src/multiprocessing/family/words.ts");
  readonly mutex: typeof import("../../src/shared/sync/mutex.ts");
  readonly event: typeof import("../../src/shared/sync/event.ts");
  readonly semaphore: typeof import("../../src/shared/sync/semaphore.ts");
  readonly condition: typeof import("../../src/shared/sync/condition.ts");
  readonly barrier: typeof import("../../src/shared/sync/barrier.ts");
  [Symbol.dispose](): void;
}

/** Loads the modules; `change` returns another text for a file: a mistake that has to be found. */
export async function familyModules(
  change?: (path: string, text: string) => string,
): Promise<Modules> {
  const folder = change === undefined ? null : Deno.makeTempDirSync({ prefix: "quartet-model-" });
  const base = folder === null ? new URL("src/", root).href : `file://${folder}/`;
  if (folder !== null) {
    const copy = (path: string): void => {
      Deno.mkdirSync(`${folder}/${path}`, { recursive: true });
      for (const entry of Deno.readDirSync(new URL(`src/${path}/`, root))) {
        const each = `${path}/${entry.name}`;
        if (entry.isDirectory) copy(each);
        else {
          const text = Deno.readTextFileSync(new URL(`src/${each}`, root));
          Deno.writeTextFileSync(`${folder}/${each}`, change!(each, text));
        }
      }
    };
    for (const part of ["core", "shared", "wire/rpc", "multiprocessing/family"]) copy(part);
  }
  const remove = (): void => {
    if (folder !== null) Deno.removeSync(folder, { recursive: true });
  };
  const load = (path: string): Promise<unknown> => import(base + path);
  try {
    const [records, waits, words, mutex, event, semaphore, condition, barrier] = await Promise.all([
      load("multiprocessing/family/wait_records.ts"),
      load("multiprocessing/family/family_waits.ts"),
      load("multiprocessing/family/words.ts"),
      ...["mutex", "event", "semaphore", "condition", "barrier"].map((name) =>
        load(`shared/sync/${name}.ts`)
      ),
    ]);
    return {
      ...{ records, waits, words, mutex, event, semaphore, condition, barrier },
      [Symbol.dispose]: remove,
    } as Modules;
  } catch (error) {
    remove();
    throw error;
  }
}

/** The home of all objects; it never dies. */
const HOME = 9;
const MOST = 8;

/** The memory on which a scenario's processes run. */
export class FamilyGround implements Ground {
  readonly words: Ground["words"];
  readonly slots: Ground["slots"];
  /** Where the objects of a scenario stand. */
  readonly at: number;
  readonly #modules: Modules;
  readonly #words: InstanceType<Modules["words"]["Words"]>;
  readonly #numbers: number;
  readonly #chunks: number;
  #me = 0;
  #registered = 0;

  constructor(modules: Modules) {
    this.#modules = modules;
    const { PAGE, Words } = modules.words;
    const door: { hook: Door | null } = { hook: null };
    const step = <T>(access: () => T): T => door.hook === null ? access() : door.hook.step(access);
    class SteppedWords extends Words {
      override load(at: number): number {
        return step(() => super.load(at));
      }
      override store(at: number, value: number): void {
        step(() => super.store(at, value));
      }
      override swap(at: number, value: number): number {
        return step(() => super.swap(at, value));
      }
      override compareExchange(at: number, expected: number, value: number): number {
        return step(() => super.compareExchange(at, expected, value));
      }
      override add(at: number, n: number): number {
        return step(() => super.add(at, n));
      }
    }
    const words = this.#words = new SteppedWords(new ArrayBuffer(8 * PAGE * 4));
    this.#numbers = words.firstPage * PAGE;
    this.at = this.#numbers + 64;
    this.#chunks = this.#numbers + 128;
    this.words = {
      door,
      HEADER: { processors: 60 },
      load: (at) => words.load(at),
      store: (at, value) => words.store(at, value),
      wordView: () => words.words as unknown as Int32Array<SharedArrayBuffer>,
    };
    this.slots = {
      myThread: () => this.#me,
      mainIdentity: () => 0,
      registerThread: () => {
        const thread = ++this.#registered;
        words.store(this.#numbers + thread, thread);
        return { thread };
      },
      become: (thread) => void (this.#me = thread),
    };
    words.store(this.#numbers + HOME, HOME);
  }

  /** What the running process has of its own, made anew whenever its body is: it depends on memory alone. */
  process(): ModelProcess {
    return new ModelProcess(this.#modules, this.#words, this.words.door, {
      me: this.#me,
      numbers: this.#numbers,
      chunks: this.#chunks,
    });
  }
}

interface Places {
  readonly me: number;
  readonly numbers: number;
  readonly chunks: number;
}

/** One process, as memory for the machines. */
export class ModelProcess implements Memory {
  readonly me: number;
  readonly #words: InstanceType<Modules["words"]["Words"]>;
  readonly #door: { hook: Door | null };
  readonly #places: Places;
  readonly #records: Records;
  readonly #waits: Waits;

  constructor(
    modules: Modules,
    words: InstanceType<Modules["words"]["Words"]>,
    door: { hook: Door | null },
    places: Places,
  ) {
    this.me = places.me;
    this.#words = words;
    this.#door = door;
    this.#places = places;
    const { numbers, chunks } = places;
    const forEach = (visit: (participant: number) => void): void => {
      for (let i = 1; i < MOST; i++) {
        const number = words.load(numbers + i);
        if (number !== 0) visit(number);
      }
    };
    const participants = {
      me: this.me,
      isAlive: (participant: number) => words.load(numbers + participant) === participant,
      recordsOf: (participant: number) => numbers + 16 + participant,
      waitsOf: (participant: number) => numbers + 32 + participant,
      forEach,
    };
    const pages = {
      claimForWaits: () => chunks + this.me * 4096,
      keeperOf: () => HOME,
    };
    const bell: Pick<Bell, "ring" | "waitSync"> = {
      ring: (participant: number) => this.#ring(participant),
      waitSync: (ready: () => boolean, timeout = Infinity) => this.#sleep(ready, timeout),
    };
    this.#records = new modules.records.WaitRecords(
      words as never,
      participants as never,
      pages as never,
      bell as never,
    );
    this.#waits = new modules.waits.FamilyWaits(
      this,
      pages as never,
      bell as never,
      this.#records,
      null,
    );
  }

  load(at: number): number {
    return this.#words.load(at);
  }

  store(at: number, value: number): void {
    this.#words.store(at, value);
  }

  swap(at: number, value: number): number {
    return this.#words.swap(at, value);
  }

  compareExchange(at: number, expected: number, value: number): number {
    return this.#words.compareExchange(at, expected, value);
  }

  add(at: number, n: number): number {
    return this.#words.add(at, n);
  }

  isRegistered(identity: number): boolean {
    return this.#words.load(this.#places.numbers + identity) === identity &&
      !this.#records.isDying(identity);
  }

  nameOf(identity: number): string {
    return `process ${identity}`;
  }

  spinWhile(): boolean {
    return false;
  }

  unpark(
    at: number,
    count = Infinity,
    settle?: Settle,
    verdict?: "woken" | "refused",
  ): number {
    return this.#records.unpark(at, count, settle, verdict === "refused");
  }

  parkedAt(at: number): number {
    return this.#records.countAt(at);
  }

  block<T>(waiting: Waiting<T>): T {
    return this.#waits.block(waiting);
  }

  /** Ends a process where it stands, and recovers what it had. */
  killAndRecover(orders: Orders, victim: number): void {
    orders.kill(victim - 1);
    this.#records.bury(victim, this);
    this.#words.store(this.#places.numbers + victim, 0);
    for (let each = 1; each < MOST; each++) {
      if (each !== this.me && this.isRegistered(each)) this.#ring(each);
    }
  }

  #bellOf(participant: number): number {
    return this.#places.numbers + 48 + participant;
  }

  #ring(participant: number): void {
    this.#words.add(this.#bellOf(participant), 1);
    this.#door.hook!.wake(this.#bellOf(participant), Infinity);
  }

  #sleep(ready: () => boolean, timeout: number): Rung {
    for (;;) {
      const seq = this.#words.load(this.#bellOf(this.me));
      if (ready()) return "ready";
      if (timeout <= 0) return "late";
      this.#door.hook!.sleep(this.#bellOf(this.me), seq);
    }
  }
}
