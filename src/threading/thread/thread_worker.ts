/**
 * Starts Web Workers: the only place that does.
 *
 *     near side                                    worker
 *     new Worker(entry) ── WorkerStart ──────────▶ handler set first, then everything else
 *                                                  holds the web lock `life` as long as it lives
 *     waits for the same lock ◀─ granted ───────── however it died
 */
import { allocate, free } from "../../shared/memory/heap.ts";
import { compareExchange } from "../../shared/memory/words.ts";
import { futexWake } from "../../shared/parking/futex.ts";
import type { ThreadRegistration } from "../../shared/thread/thread_slot.ts";
import { permissionChanges } from "../../wire/rpc/permission_changes.ts";
import { lifeEnded, newLife } from "./life.ts";
import { holdProcessOf } from "./process_hold.ts";
import { WorkerState } from "./thread_end.ts";

/** What a worker is given for each thread that begins in it. */
export interface WorkerStart {
  /** The thread's name. */
  readonly name: string;
  readonly registration: ThreadRegistration;
  readonly port: MessagePort;
  /** The addresses of what both sides share. */
  readonly words: number;
  readonly near: number;
  readonly slots: number;
  readonly state: number;
  /** The name of the lock that it holds as long as it lives. */
  readonly life: string;
  /** Whether its worker may serve other threads after it. */
  readonly mayBeKept: boolean;
  /** The user's main module. */
  readonly main: string | null;
  /** What is run before anything of the user's. */
  readonly preloads: readonly string[];
}

/** A Web Worker, in which threads run one after another. */
export class ThreadWorker {
  /** The name of the lock that it holds as long as it lives. */
  readonly life: string = newLife();
  /** Called when it fails; with what is known of it. */
  onFailed: (detail: string) => void = () => {};
  /** Called when it says, being free, that it goes. */
  onLeft: () => void = () => {};
  readonly #worker: Worker;
  readonly #state: number = allocate(1);
  readonly #changes = permissionChanges();
  #used = false;
  #holds = true;

  /** @param name the name of its first thread, for debuggers. */
  constructor(name: string) {
    this.#worker = new Worker(new URL("./entry.ts", import.meta.url), { type: "module", name });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.onFailed(`it failed: ${event.message}`);
    };
    this.#worker.onmessage = () => { // its last word, while it was free
      free(this.#state, 1);
      this.onLeft();
    };
  }

  /** Whether a thread began in it before. */
  get isUsed(): boolean {
    return this.#used;
  }

  /** Whether it may do what this side may do now: the permissions that it began with are still those of this side. */
  get hasPermissionsOfNow(): boolean {
    return permissionChanges() === this.#changes;
  }

  /** Has a thread begin in it. */
  begin(start: Omit<WorkerStart, "life" | "state">): void {
    this.#used = true;
    const { port } = start;
    const whole: WorkerStart = { ...start, life: this.life, state: this.#state };
    this.#worker.postMessage(whole, [port]);
  }

  /** Takes it for another thread; returns whether it was free. */
  take(): boolean {
    return this.#leaveFree(WorkerState.BUSY);
  }

  /** Has it close, if it is free and has not gone by itself. Nobody waits for that: it holds nothing up. */
  dismiss(): void {
    if (this.#leaveFree(WorkerState.GONE)) this.#worker.postMessage(null);
  }

  /** Has it, and the port to its thread if that is given, keep the process alive, or not. */
  hold(holds: boolean, port: MessagePort | null = null): void {
    if (this.#holds !== holds) holdProcessOf(this.#worker, holds); // the platform counts
    this.#holds = holds;
    if (port !== null) holdProcessOf(port, holds);
  }

  /** Ends it at once, if the platform can. */
  terminate(): void {
    this.#worker.terminate();
  }

  /** Ends when it is dead, in the middle of a thread; what it had is given back then. Asked for once. */
  async ended(): Promise<void> {
    await lifeEnded(this.life);
    free(this.#state, 1);
  }

  #leaveFree(to: number): boolean {
    if (compareExchange(this.#state, WorkerState.FREE, to) !== WorkerState.FREE) return false;
    futexWake(this.#state); // it waits no longer
    return true;
  }
}
