/**
 * A transport over a message port whose messages are announced on shared words.
 *
 *     word      counts                           so that
 *     near      messages to any near end         a near side can sleep on it and then read its ports
 *     urgent    urged messages to the far side   a busy far side sees them with one read of memory
 *     news      messages to this near end        it asks the platform for no more than there are; behind `urgent`
 *
 * A port's own events need the event loop, which a thread that blocks does not have; and a message that the platform
 * has taken off a port for its event is out of reach until the loop gets there. So a near end is never listened to by
 * events: it is read when a message is announced (`local_ports.ts`), with the event loop or without.
 */
import { unpark } from "../../shared/parking/parking_lot.ts";
import { askToStop, beginEpoch, followEpochs } from "../../shared/thread/stop_word.ts";
import { futexWake } from "../../shared/parking/futex.ts";
import { add, load, reach } from "../../shared/memory/words.ts";
import type { Ending, Transport } from "./transport.ts";

/** The last message of a side that closes as agreed. */
const GOODBYE = "goodbye";
/** The last message of a thread whose worker can serve another one. */
const FREE = "free";

const NOTHING: Transferable[] = [];

/** One end of a port. */
export class Port implements Transport {
  readonly reach = "thread";
  onMessage: (message: unknown) => void = () => {};
  onUnreadable: () => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  #port: MessagePort;
  readonly #urgent: number;
  readonly #news: number;
  readonly #near: number;
  readonly #thread: number;
  #urgentSeen = 0;
  #newsRead = 0;
  #closed = false;

  /**
   * @param urgent the address of the words that count what was urged and what is news.
   * @param near the address of the word on which the far side announces; 0 on the near side.
   * @param thread the identity of the thread on the far side.
   */
  constructor(port: MessagePort, urgent: number, near: number, thread: number) {
    this.#port = port;
    this.#urgent = urgent;
    this.#news = urgent + 1;
    this.#near = near;
    this.#thread = thread;
    reach(Math.max(urgent + 1, near) + 1);
  }

  /** The port that messages come by now. */
  get port(): MessagePort {
    return this.#port;
  }

  /** Begins to deliver by events; only on the far side. */
  start(): void {
    this.#port.onmessage = (event) => this.#take(event.data);
    this.#port.onmessageerror = () => {
      if (this.#closed) return;
      // The platform listens no further to a port after that: what comes next comes by a new one.
      this.#port = structuredClone(this.#port, { transfer: [this.#port] });
      this.start();
      this.onUnreadable();
    };
  }

  send(message: unknown, transfer?: Transferable[]): void {
    if (this.#closed) return;
    if (this.#near === 0) return this.#post(message, transfer);
    this.#post(wrapped(message), transfer);
    add(this.#news, 1);
    add(this.#near, 1);
    if (unpark(this.#near) === 0) futexWake(this.#near); // it is blocked, and reads; or its event loop has to
  }

  /** To give the platform even an empty list costs a new worker a millisecond, as long as a tenth of its start. */
  #post(message: unknown, transfer: Transferable[] = NOTHING): void {
    if (transfer.length === 0) this.#port.postMessage(message);
    else this.#port.postMessage(message, transfer);
  }

  sendControl(message: unknown): void {
    this.send(message);
    add(this.#urgent, 1);
  }

  poll(): void {
    const urgent = load(this.#urgent);
    if (urgent === this.#urgentSeen) return;
    this.#urgentSeen = urgent;
    this.drain();
  }

  wake(work: number): void {
    askToStop(this.#thread, work);
  }

  beginWork(work: number): void {
    beginEpoch(work);
  }

  followWork(current: () => number | undefined): void {
    followEpochs(current);
  }

  /** Takes what has been announced to this near end; costs one read of memory when that is nothing. */
  read(): void {
    const news = load(this.#news);
    while (((news - this.#newsRead) | 0) > 0) { // a message that is taken may itself have more read
      if (!this.#takeNext()) this.#newsRead = news;
    }
  }

  /** Takes all that has arrived, without the event loop. */
  drain(): void {
    while (this.#takeNext());
  }

  /** Takes the next message; returns whether there was one. */
  #takeNext(): boolean {
    const next = this.#closed ? undefined : receiveNow(this.#port);
    if (next === undefined) return false;
    this.#newsRead = (this.#newsRead + 1) | 0;
    if (next === UNREADABLE) this.onUnreadable();
    else this.#take(unwrapped(next.message));
    return true;
  }

  /** Ends with a goodbye, which the other side takes as agreed. */
  close(): void {
    this.#close(GOODBYE);
  }

  /** Ends likewise, and says that the worker is free for another thread. */
  closeFree(): void {
    this.#close(FREE);
  }

  #close(goodbye: string): void {
    this.send(goodbye);
    this.end({ kind: "closed", detail: "it was closed here" });
  }

  /** Ends this side without a word. */
  end(ending: Ending): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.onmessage = null;
    this.#port.close();
    this.onClose(ending);
  }

  #take(message: unknown): void {
    if (this.#closed) return;
    if (message === GOODBYE) this.end({ kind: "closed", detail: "it ended" });
    else if (message === FREE) this.end({ kind: "closed", detail: "it ended", isFree: true });
    else this.onMessage(message);
  }
}

/**
 * A message to a near end in a set: the platform's reader walks through all arrays and objects of a message, looking for
 * ports that it could adorn, which takes three times as long as reading them; into a set it does not look.
 */
function wrapped(message: unknown): Set<unknown> {
  return new Set([message]);
}

function unwrapped(message: unknown): unknown {
  if (!(message instanceof Set)) return message;
  const [inside] = message;
  return inside;
}

/** How the platform reads a message port without going back to the event loop. */
type Receive = (port: MessagePort) => { message: unknown } | undefined;

let receive: Receive | null = null;

/** Readies {@link receiveNow} in the background: loading it costs some milliseconds, once. */
export async function prepareReader(): Promise<void> {
  const node = await import("node:worker_threads");
  receive = node.receiveMessageOnPort as unknown as Receive;
}

/** Stands for a message that has arrived and that the platform cannot read. */
const UNREADABLE: { readonly message: unknown } = { message: null };

/** Takes the next message that has arrived at `port`; `undefined` when there is none. */
function receiveNow(port: MessagePort): { readonly message: unknown } | undefined {
  receive ??= loadNow();
  try {
    return receive(port);
  } catch (error) {
    // So returns a port that closed because its other side is gone: nothing will come. Deno 2.9.0 to 2.9.5.
    if (error instanceof TypeError && !error.message.includes("deserialize")) return undefined;
    if ((error as Error).message.includes("deserialize")) return UNREADABLE;
    throw error;
  }
}

/** For one who blocks before the background load came through: slow, but it needs no event loop. */
function loadNow(): Receive {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): { receiveMessageOnPort: Receive } };
  };
  return process.getBuiltinModule("node:worker_threads").receiveMessageOnPort;
}
