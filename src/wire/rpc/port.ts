/**
 * A transport over a message port whose messages are announced on shared words.
 *
 *     word      counts                           so that
 *     near      messages to any near end         a near side can sleep on it and then read its ports
 *     urgent    urged messages to the far side   a busy far side sees them with one read of memory
 *     news      messages to this near end        it asks the platform for no more than there are
 *     told      messages to the far side         a far side that looks for the next one sees it (`lookout.ts`)
 *     looks     those that a far side has taken  the near side knows that it looks, and has them all; 0: it does not look
 *
 * A port's own events need the event loop, which a thread that blocks does not have; and a message that the platform
 * has taken off a port for its event is out of reach until the loop gets there. So a near end is never listened to by
 * events: it is read when a message is announced (`local_ports.ts`), with the event loop or without.
 *
 * Where both sides follow each other quickly, small messages lie in shared memory instead (`message_cell.ts`): one to a far side
 * that looks for it, and one to the near side, which reads it in its turn among those of the port.
 */
import { unpark } from "../../shared/parking/parking_lot.ts";
import { askToStop, beginEpoch, followEpochs } from "../../shared/thread/stop_word.ts";
import { futexWake } from "../../shared/parking/futex.ts";
import { add, load, reach, store } from "../../shared/memory/words.ts";
import { realClock } from "../../core/clock.ts";
import type { Lookout } from "./lookout.ts";
import type { MessageCell } from "./message_cell.ts";
import type { Ending, Transport } from "./transport.ts";

/** The last message of a side that closes as agreed. */
const GOODBYE = "goodbye";
/** The last message of a thread whose worker can serve another one. */
const FREE = "free";
/** Tells the far side to look into its cell. */
const LOOK = "look";

const NOTHING: Transferable[] = [];

/** The words of a port, from its address on; behind them stand two cells, to the far side and to the near one. */
export const PORT = { urgent: 0, news: 1, told: 2, looks: 3, mail: 4 } as const;

/** Of so many calls in a row that came quickly the far side begins to look for the next one. */
const QUICK_CALLS = 32;
/** What is quick, in milliseconds. */
const QUICK = 0.12;

/** One end of a port. */
export class Port implements Transport {
  readonly reach = "thread";
  onMessage: (message: unknown) => void = () => {};
  onUnreadable: () => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  #port: MessagePort;
  readonly #at: number;
  readonly #near: number;
  readonly #thread: number;
  #urgentSeen = 0;
  /** How many messages were sent, and taken. */
  #sent = 0;
  #taken = 0;
  /** The cell to the other side, and the one from there; the far side has them with its lookout. */
  #outgoing: MessageCell | null = null;
  #incoming: MessageCell | null = null;
  /** What the port gave while the message before it was laid into the cell: it is taken after that one. */
  #ahead: Received | undefined = undefined;
  #lookout: Lookout | null = null;
  /** When the far side came to have nothing to do; 0: it has. */
  #idleSince = 0;
  /** How many calls in a row came quickly; -1: the lookout is on its way. */
  #quick = 0;
  #closed = false;

  /**
   * @param at the address of the words at {@link PORT}.
   * @param near the address of the word on which the far side announces; 0 on the near side.
   * @param thread the identity of the thread on the far side.
   * @param cells the one to the far side, and the one from there; on the near side.
   */
  constructor(
    port: MessagePort,
    at: number,
    near: number,
    thread: number,
    cells: { readonly out: MessageCell; readonly in: MessageCell } | null = null,
  ) {
    this.#port = port;
    this.#at = at;
    this.#near = near;
    this.#thread = thread;
    this.#outgoing = cells?.out ?? null;
    this.#incoming = cells?.in ?? null;
    reach(Math.max(at + PORT.mail, near) + 1);
  }

  /** The port that messages come by now. */
  get port(): MessagePort {
    return this.#port;
  }

  /** How many messages were taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Begins to deliver by events; only on the far side. */
  start(): void {
    this.#port.onmessage = (event) => {
      this.#lookout?.beginTurn();
      this.takeMail(); // it was sent before
      if (event.data !== LOOK) this.#takeInTurn(event.data);
    };
    this.#port.onmessageerror = () => {
      if (this.#closed) return;
      this.#taken = (this.#taken + 1) | 0;
      // The platform listens no further to a port after that: what comes next comes by a new one.
      this.#port = structuredClone(this.#port, { transfer: [this.#port] });
      this.start();
      this.onUnreadable();
    };
  }

  send(message: unknown, transfer: Transferable[] = NOTHING): void {
    if (this.#closed) return;
    if (this.#near === 0) return this.#sendFar(message, transfer);
    const next = (this.#sent + 1) | 0;
    const isLaid = transfer.length === 0 &&
      this.#outgoing?.put(message as unknown[], next) === true;
    if (!isLaid) this.#post(wrapped(message), transfer);
    this.#sent = (this.#sent + 1) | 0; // counted only now: a message that is posted may itself have others sent
    add(this.#at + PORT.news, 1);
    add(this.#near, 1);
    if (unpark(this.#near) === 0) futexWake(this.#near); // it is blocked, and reads; or its event loop has to
  }

  /** To give the platform even an empty list costs a new worker a millisecond, as long as a tenth of its start. */
  #post(message: unknown, transfer: Transferable[]): void {
    if (transfer.length === 0) this.#port.postMessage(message);
    else this.#port.postMessage(message, transfer);
  }

  #sendFar(message: unknown, transfer: Transferable[]): void {
    const looks = this.#at + PORT.looks;
    // It looks, and has all that was sent before: so this one is the next.
    const isLooking = this.#sent !== 0 && load(looks) === this.#sent;
    const isLaid = isLooking && transfer.length === 0 &&
      this.#outgoing!.put(message as unknown[], 1);
    if (!isLaid) this.#post(message, transfer);
    this.#sent = (this.#sent + 1) | 0;
    store(this.#at + PORT.told, this.#sent);
    if (isLaid && load(looks) === 0) this.#port.postMessage(LOOK); // it has ended its look, maybe just before
  }

  sendControl(message: unknown): void {
    this.send(message);
    add(this.#at + PORT.urgent, 1);
  }

  poll(): void {
    const urgent = load(this.#at + PORT.urgent);
    if (urgent === this.#urgentSeen) return;
    this.#urgentSeen = urgent;
    this.drain();
  }

  /** The far side has nothing to do: what comes next may come soon. */
  idle(): void {
    if (this.#closed) return;
    this.#idleSince = realClock.now();
    this.#lookout?.begin();
  }

  /** Something has come after an idle time. */
  #endIdle(): void {
    const ms = realClock.now() - this.#idleSince;
    this.#idleSince = 0;
    if (this.#lookout !== null) return this.#lookout.heard(ms);
    if (this.#quick < 0) return;
    this.#quick = ms > QUICK ? 0 : this.#quick + 1;
    if (this.#quick < QUICK_CALLS) return;
    this.#quick = -1;
    void this.#prepareLookout();
  }

  async #prepareLookout(): Promise<void> {
    const { Lookout } = await import("./lookout.ts");
    if (this.#closed) return;
    this.#lookout = new Lookout(this, this.#at, this.#thread);
    this.#incoming = this.#lookout.mail;
    this.#outgoing = this.#lookout.answers;
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
    const news = load(this.#at + PORT.news);
    while (((news - this.#taken) | 0) > 0) { // a message that is taken may itself have more read
      if (!this.#takeNext()) this.#taken = news;
    }
  }

  /** Takes all that has arrived, without the event loop. */
  drain(): void {
    while (this.#takeNext());
  }

  /** Takes the next message; returns whether there was one. */
  #takeNext(): boolean {
    if (this.#closed) return false;
    if (this.takeMail()) return true;
    const lies = this.#lies;
    const next = this.#ahead ?? receiveNow(this.#port);
    this.#ahead = undefined;
    if (next === undefined) {
      if (lies === 0 || this.#near !== 0) return false;
      this.#taken = (lies - 1) | 0; // what was to come before it is lost
      return this.takeMail();
    }
    if (this.#hasMail) {
      this.#ahead = next; // that was laid down between the two looks
      return this.takeMail();
    }
    if (next.message === LOOK && next !== UNREADABLE) return true; // to look is what this is
    if (next !== UNREADABLE) this.#takeInTurn(unwrapped(next.message));
    else {
      this.#taken = (this.#taken + 1) | 0;
      this.onUnreadable();
    }
    return true;
  }

  /** Takes what lies in the cell, if it is the next message. */
  takeMail(): boolean {
    if (this.#closed || !this.#hasMail) return false;
    this.#takeInTurn(this.#incoming!.take());
    return true;
  }

  /** Whether the next message lies in the cell: on the near side others may stand in the port before one that lies there. */
  get #hasMail(): boolean {
    const lies = this.#lies;
    return lies !== 0 && (this.#near !== 0 || lies === ((this.#taken + 1) | 0));
  }

  /** The number of the message in the cell; 0: none. */
  get #lies(): number {
    return this.#incoming === null ? 0 : load(this.#incoming.at);
  }

  #takeInTurn(message: unknown): void {
    this.#taken = (this.#taken + 1) | 0;
    this.#take(message);
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
    this.#lookout?.end();
    this.send(goodbye);
    this.end({ kind: "closed", detail: "it was closed here" });
  }

  /** Ends this side without a word. */
  end(ending: Ending): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lookout?.end();
    this.#port.onmessage = null;
    this.#port.close();
    this.onClose(ending);
  }

  #take(message: unknown): void {
    if (this.#closed) return;
    if (this.#idleSince !== 0) this.#endIdle();
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

/** A message that the platform has taken off a port. */
interface Received {
  readonly message: unknown;
}

/** How the platform reads a message port without going back to the event loop. */
type Receive = (port: MessagePort) => Received | undefined;

let receive: Receive | null = null;

/** Readies {@link receiveNow} in the background: loading it costs some milliseconds, once. */
export async function prepareReader(): Promise<void> {
  const node = await import("node:worker_threads");
  receive = node.receiveMessageOnPort as unknown as Receive;
}

/** Stands for a message that has arrived and that the platform cannot read. */
const UNREADABLE: Received = { message: null };

/** Takes the next message that has arrived at `port`; `undefined` when there is none. */
function receiveNow(port: MessagePort): Received | undefined {
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
