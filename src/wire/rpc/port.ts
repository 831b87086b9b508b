/**
 * A transport over a message port whose messages are announced on shared words.
 *
 *     word      counts                           so that
 *     near      messages to any near end         a blocked near side can sleep on it and then read its ports
 *     urgent    urged messages to the far side   a busy far side sees them with one read of memory
 *
 * A port's own events need the event loop; a thread that blocks has none (DESIGN section 6).
 */
import { unpark } from "../../shared/parking/parking_lot.ts";
import { askToStop, beginEpoch, followEpochs } from "../../shared/thread/stop_word.ts";
import { add, load, reach } from "../../shared/memory/words.ts";
import { receiveNow, UNREADABLE } from "./port_reader.ts";
import type { Ending, Transport } from "./transport.ts";

/** The last message of a side that closes as agreed. */
const GOODBYE = "goodbye";

/** One end of a port. */
export class Port implements Transport {
  readonly reach = "thread";
  onMessage: (message: unknown) => void = () => {};
  onUnreadable: () => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  #port: MessagePort;
  readonly #urgent: number;
  readonly #near: number;
  readonly #thread: number;
  #urgentSeen = 0;
  #closed = false;

  /**
   * @param urgent the address of the word that counts what was urged.
   * @param near the address of the word on which the far side announces; 0 on the near side.
   * @param thread the identity of the thread on the far side.
   */
  constructor(port: MessagePort, urgent: number, near: number, thread: number) {
    this.#port = port;
    this.#urgent = urgent;
    this.#near = near;
    this.#thread = thread;
    reach(Math.max(urgent, near) + 1);
  }

  /** The port that messages come by now. */
  get port(): MessagePort {
    return this.#port;
  }

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

  send(message: unknown, transfer: Transferable[] = []): void {
    if (this.#closed) return;
    this.#port.postMessage(message, transfer);
    if (this.#near === 0) return;
    add(this.#near, 1);
    unpark(this.#near);
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

  /** Takes all that has arrived, without the event loop. */
  drain(): void {
    while (!this.#closed) {
      const next = receiveNow(this.#port);
      if (next === undefined) return;
      if (next === UNREADABLE) this.onUnreadable();
      else this.#take(next.message);
    }
  }

  /** Ends with a goodbye, which the other side takes as agreed. */
  close(): void {
    this.send(GOODBYE);
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
    else this.onMessage(message);
  }
}
