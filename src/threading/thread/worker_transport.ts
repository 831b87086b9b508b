/**
 * A thread behind a port, in a worker of its own or one that was kept.
 *
 * The platform tells nobody when a worker closes itself, but it always gives back its locks: so the thread's death is
 * that of its worker (`life.ts`), and its end in a worker that is kept is the last message of its port.
 *
 * A worker that executes cannot be stopped from outside (denoland/deno#35657): `terminate()` leaves it
 * burning a core, and the process would not end by itself. Such threads are counted as zombies, and when
 * everything else has ended the process is ended for them, naming them.
 */
import { realClock } from "../../core/clock.ts";
import { addLiveSource } from "../../core/parts.ts";
import { allocate, free } from "../../shared/memory/heap.ts";
import { Announcements } from "../../shared/parking/announcements.ts";
import { retireThread } from "../../shared/thread/retirement.ts";
import { registerThread } from "../../shared/thread/thread_slot.ts";
import { mainModule, refuseWhileImporting } from "../../wire/codec/import_guard.ts";
import { localWord } from "../../wire/rpc/local_ports.ts";
import { CELL, MessageCell } from "../../wire/rpc/message_cell.ts";
import { PORT, Port, prepareReader } from "../../wire/rpc/port.ts";
import { SLOTS, SlotTable } from "../../wire/rpc/slot_table.ts";
import type { Ending, Transport } from "../../wire/rpc/transport.ts";
import { preloads } from "../../wire/rpc/start_flags.ts";
import { keepWorker, takeKeptWorker } from "./kept_workers.ts";
import { onLifeEnd } from "./life.ts";
import { ThreadWorker } from "./thread_worker.ts";
import { addZombie, removeZombie } from "./zombies.ts";

/** How long a worker that was told to end may take before it counts as a zombie, in milliseconds. */
const TERMINATE_GRACE = 250;

/** How many words a port and its cells take. */
const PORT_SIZE = PORT.mail + 2 * CELL;

const alive = new Set<WorkerTransport>();
/** What all threads that this one has started send it. */
let announcements: Announcements | null = null;

addLiveSource("thread", () => [...alive].map((each) => each.name));

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
  readonly #worker: ThreadWorker;
  /** The words of the port. */
  readonly #words: number = allocate(PORT_SIZE);
  #watch: { cancel(): void } | null = null;
  #lives = false;
  #holds = true;
  #ended = false;
  /** How it ended, until that is told. */
  #untold: Ending | null = null;

  /**
   * Starts the thread, in a worker that was kept if there is one and `fresh` does not ask for a new one.
   *
   * @throws {InvalidStateError} while this side imports the module that it was told to run.
   */
  constructor(name: string, fresh = false) {
    refuseWhileImporting(`thread ${name}`);
    this.name = name;
    const { port1, port2 } = new MessageChannel();
    const registration = registerThread(name);
    this.thread = registration.thread;
    const mail = this.#words + PORT.mail;
    this.#port = new Port(port1, this.#words, 0, this.thread, {
      out: new MessageCell(mail, 1),
      in: new MessageCell(mail + CELL, 0),
    });
    this.#worker = (fresh ? null : takeKeptWorker()) ?? new ThreadWorker(name);
    this.#lives = this.#worker.isUsed;
    alive.add(this);
    this.#worker.onFailed = (detail) => this.#lose(detail);
    this.#worker.hold(true);
    this.#worker.begin({
      name,
      registration,
      port: port2,
      words: this.#words,
      near: localWord(),
      slots: this.slots.address,
      mayBeKept: !fresh,
      main: mainModule(),
      preloads: preloads(),
    });
  }

  start(): void {
    if (this.#lives && this.#holds) this.#watchLife();
    this.#port.onMessage = (message) => {
      this.#lives = true; // the first message says that it holds its lock
      if (this.#holds) this.#watchLife();
      this.onMessage(message);
    };
    this.#port.onUnreadable = () => {
      if (!this.#holds) this.#worker.hold(false, this.#port.port);
      this.onUnreadable();
    };
    this.#port.onClose = (ending) => {
      announcements?.delete(this.#port);
      this.#end(ending);
    };
    announcements ??= new Announcements(localWord(), prepareReader());
    announcements.add(this.#port);
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

  /** Also tells an end that came: who polls blocks, and cannot wait for the thread's death. */
  poll(): void {
    this.#port.read();
    this.#tell();
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
    this.#worker.hold(false, this.#port.port);
  }

  /** Takes {@link letGo} back. */
  hold(): void {
    if (this.#holds || this.#ended) return;
    this.#holds = true;
    this.#worker.hold(true, this.#port.port);
    if (this.#lives) this.#watchLife();
  }

  #watchLife(): void {
    this.#watch ??= onLifeEnd(this.#worker.life, () => {
      if (this.#ended) return;
      this.#port.drain(); // what it sent before it died still counts
      this.#lose("it closed itself or was ended without a word");
    });
  }

  #lose(detail: string): void {
    this.#port.end({ kind: "lost", detail });
  }

  /** Tells the end: at once if the worker is kept; else once it is dead, or after the grace: then it is executing something. */
  async #end(ending: Ending): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch?.cancel();
    if (ending.isFree === true) {
      alive.delete(this);
      this.#retire();
      keepWorker(this.#worker);
      return this.onClose(ending);
    }
    this.#untold = ending;
    this.#worker.terminate();
    const died = this.#worker.ended();
    const grace = Promise.withResolvers<void>();
    const timer = realClock.setTimer(() => {
      addZombie(this, this.name);
      grace.resolve();
    }, TERMINATE_GRACE);
    await Promise.race([died, grace.promise]);
    timer.cancel();
    alive.delete(this);
    this.#tell();
    await died;
    removeZombie(this);
    this.#retire();
  }

  #tell(): void {
    const ending = this.#untold;
    this.#untold = null;
    if (ending !== null) this.onClose(ending);
  }

  /** Gives back what the thread had: nobody uses it any more. */
  #retire(): void {
    retireThread(this.thread);
    free(this.slots.address, SLOTS);
    free(this.#words, PORT_SIZE);
  }
}
