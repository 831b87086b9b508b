/**
 * Starts Web Workers: the only place that does.
 *
 *     near side                               worker
 *     new Worker(entry) ── port, words ─────▶ handler set first, then everything else
 *                                             holds the web lock `life` as long as it lives
 *     waits for the same lock ◀─ granted ──── however it died
 *
 * The platform tells nobody when a worker closes itself, but it always gives back its locks.
 *
 * A worker that executes cannot be stopped from outside (denoland/deno#35657): `terminate()` leaves it
 * burning a core, and the process would not end by itself. Such threads are counted as zombies, and when
 * everything else has ended the process is ended for them, naming them.
 */
import { realClock, setSoon } from "../../core/clock.ts";
import { addLiveSource } from "../../core/live.ts";
import { allocate, free } from "../../shared/memory/heap.ts";
import { retireThread } from "../../shared/thread/retirement.ts";
import { registerThread, type ThreadRegistration } from "../../shared/thread/thread_slot.ts";
import { mainModule, refuseWhileImporting } from "../../wire/codec/import_guard.ts";
import { localWord } from "../../wire/rpc/local_ports.ts";
import { Port, prepareReader } from "../../wire/rpc/port.ts";
import { SLOTS, SlotTable } from "../../wire/rpc/slot_table.ts";
import type { Ending, Transport } from "../../wire/rpc/transport.ts";
import { preloads } from "../../wire/rpc/start_flags.ts";
import { lifeEnded, newLife, onLifeEnd } from "./life.ts";
import { holdProcessFor } from "./process_hold.ts";
import { addZombie, removeZombie } from "./zombies.ts";

/** How long a worker that was told to end may take before it counts as a zombie, in milliseconds. */
const TERMINATE_GRACE = 250;

const alive = new Set<WorkerTransport>();

addLiveSource("thread", () => [...alive].map((each) => each.name));

/** What a worker is given at its start. */
export interface WorkerStart {
  readonly registration: ThreadRegistration;
  readonly port: MessagePort;
  /** The addresses of what both sides share. */
  readonly urgent: number;
  readonly near: number;
  readonly slots: number;
  /** The name of the lock that it holds as long as it lives. */
  readonly life: string;
  /** The user's main module. */
  readonly main: string | null;
  /** What is run before anything of the user's. */
  readonly preloads: readonly string[];
}

/** A thread as a transport. */
export class WorkerTransport implements Transport {
  readonly reach = "thread";
  readonly name: string;
  /** The thread's identity. */
  readonly thread: number;
  /** By which calls are taken back that the worker has not begun. */
  readonly slots: SlotTable = new SlotTable(allocate(SLOTS));
  onMessage: (message: unknown) => void = () => {};
  onUnreadable: () => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  readonly #port: Port;
  readonly #worker: Worker;
  readonly #urgent: number = allocate(1);
  readonly #life: string = newLife();
  #watch: { cancel(): void } | null = null;
  #lives = false;
  #holds = true;
  #ended = false;

  /**
   * Starts a worker.
   *
   * @throws {InvalidStateError} while this side imports the module that it was told to run.
   */
  constructor(name: string) {
    refuseWhileImporting(`thread ${name}`);
    void prepareReader();
    this.name = name;
    const { port1, port2 } = new MessageChannel();
    const registration = registerThread(name);
    this.thread = registration.thread;
    this.#port = new Port(port1, this.#urgent, 0, this.thread);
    this.#worker = new Worker(new URL("./entry.ts", import.meta.url), { type: "module", name });
    alive.add(this);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#lose(`it failed: ${event.message}`);
    };
    const start: WorkerStart = {
      registration,
      port: port2,
      urgent: this.#urgent,
      near: localWord(),
      slots: this.slots.address,
      life: this.#life,
      main: mainModule(),
      preloads: preloads(),
    };
    this.#worker.postMessage(start, [port2]);
  }

  start(): void {
    this.#port.onMessage = (message) => {
      this.#lives = true; // the first message says that it holds its lock
      if (this.#holds) this.#watchLife();
      this.onMessage(message);
    };
    this.#port.onUnreadable = () => {
      if (!this.#holds) holdProcessFor(this.#worker, this.#port.port, false);
      this.onUnreadable();
    };
    this.#port.onClose = (ending) => this.#end(ending);
    this.#port.start();
  }

  send(message: unknown, transfer?: Transferable[]): void {
    this.#port.send(message, transfer);
  }

  sendControl(message: unknown): void {
    this.#port.sendControl(message);
  }

  wake(work: number): void {
    this.#port.wake(work);
  }

  poll(): void {
    this.#port.drain();
  }

  /** Ends the worker at once, if the platform can; one that executes becomes a zombie. */
  close(): void {
    if (this.#ended) return;
    this.#worker.terminate();
    this.#port.end({ kind: "closed", detail: "it was terminated" });
  }

  /**
   * Lets the process end in spite of this thread. Its end is noticed if it says goodbye, but not if it dies without a
   * word: a waiter for it calls {@link hold}.
   */
  letGo(): void {
    this.#holds = false;
    this.#watch?.cancel(); // it would keep the process alive
    this.#watch = null;
    holdProcessFor(this.#worker, this.#port.port, false);
  }

  /** Takes {@link letGo} back. */
  hold(): void {
    if (this.#holds || this.#ended) return;
    this.#holds = true;
    holdProcessFor(this.#worker, this.#port.port, true);
    if (this.#lives) this.#watchLife();
  }

  #watchLife(): void {
    this.#watch ??= onLifeEnd(this.#life, () => {
      // A message that the platform has taken off the port for onmessage is delivered within this turn: what is
      // drained before would overtake it, and a goodbye would overtake the result that came before it.
      setSoon(() => {
        if (this.#ended) return;
        this.#port.drain(); // what it sent before it died still counts
        this.#lose("it closed itself or was ended without a word");
      });
    });
  }

  #lose(detail: string): void {
    this.#port.end({ kind: "lost", detail });
  }

  /** Tells the end once the thread is dead, or after the grace: then it is executing something. */
  async #end(ending: Ending): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#worker.terminate();
    this.#watch?.cancel();
    const died = lifeEnded(this.#life);
    const grace = Promise.withResolvers<void>();
    const timer = realClock.setTimer(() => {
      addZombie(this, this.name);
      grace.resolve();
    }, TERMINATE_GRACE);
    await Promise.race([died, grace.promise]);
    timer.cancel();
    alive.delete(this);
    this.onClose(ending);
    await died;
    this.#retire();
  }

  /** Gives back what the thread had: nobody uses it any more. */
  #retire(): void {
    removeZombie(this);
    retireThread(this.thread);
    free(this.slots.address, SLOTS);
    free(this.#urgent, 1);
  }
}
