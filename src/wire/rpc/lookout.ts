/**
 * A far side that looks for the next message for some microseconds before it leaves that to the platform.
 *
 *     state      what changes it
 *     away       nothing is left to do, calls have come quickly (`patience.ts`), the turn has not been long, and no other
 *                thread looks → looking
 *     looking    a message comes, be it one that is too large for a cell and so the platform's to bring, nothing comes for
 *                as long as it pays, or the port ends → away
 *
 * It looks in the turn of the event loop in which the last call ended, behind the promise reactions that are in line. So timers
 * and files of this thread wait for a look, and for a turn of calls that follow each other, but not longer than a millisecond.
 * One thread looks at a time, as the others have to have a processor.
 */
import { realClock } from "../../core/clock.ts";
import { compareExchange, HEADER, load, pause, reach, store } from "../../shared/memory/words.ts";
import { Patience } from "../../shared/parking/patience.ts";
import { CELL, MessageCell } from "./message_cell.ts";
import { PORT, type Port } from "./port.ts";

/** How often it is looked before it is asked for the time. */
const LOOKS = 16;
/** After so many milliseconds of a turn no look begins: the platform is to bring the next message. */
const TURN = 1;

/** See the head of this file. */
export class Lookout {
  /** What the near side lays down. */
  readonly mail: MessageCell;
  /** Where the near side finds answers. */
  readonly answers: MessageCell;
  readonly #port: Port;
  readonly #at: number;
  readonly #thread: number;
  readonly #patience = new Patience();
  #isLooking = false;
  /** Whether the next look stands among the promise reactions. */
  #isInLine = false;
  /** When the wait began that is looked at. */
  #since = 0;
  /** When the first look of the turn began; 0: there was none yet. */
  #turn = 0;

  /**
   * @param at the address of the port's words.
   * @param thread this thread's identity.
   */
  constructor(port: Port, at: number, thread: number) {
    const mail = at + PORT.mail;
    reach(mail + 2 * CELL);
    this.mail = new MessageCell(mail, 1);
    this.answers = new MessageCell(mail + CELL, 0);
    this.#port = port;
    this.#at = at;
    this.#thread = thread;
  }

  /** The platform has brought a message: timers and files have had their turn before it. */
  beginTurn(): void {
    this.#turn = 0;
  }

  /** A wait for the next message begins. */
  begin(): void {
    const now = realClock.now();
    if (this.#patience.look === 0 || load(HEADER.processors) < 2) return this.end();
    if (this.#turn !== 0 && now - this.#turn >= TURN) return this.end();
    if (!this.#isLooking && compareExchange(HEADER.lookout, 0, this.#thread) !== 0) return;
    this.#isLooking = true;
    this.#since = now;
    if (this.#turn === 0) this.#turn = now;
    store(this.#at + PORT.looks, this.#port.taken);
    if (this.#isInLine) return;
    this.#isInLine = true;
    queueMicrotask(this.#look);
  }

  /** The wait is over, after so many milliseconds. */
  heard(ms: number): void {
    if (!this.#isLooking) return this.#patience.slept(ms);
    this.#patience.found(ms);
    this.end(); // the call may take long: another thread may look meanwhile
  }

  /** Looks no more. */
  end(): void {
    if (!this.#isLooking) return;
    this.#isLooking = false;
    store(this.#at + PORT.looks, 0);
    store(HEADER.lookout, 0);
  }

  /** Whether more was sent than was taken. What was laid down can be taken before it is told. */
  get #hasCome(): boolean {
    return ((load(this.#at + PORT.told) - this.#port.taken) | 0) > 0;
  }

  readonly #look = (): void => {
    this.#isInLine = false;
    if (!this.#isLooking) return;
    const end = this.#since + this.#patience.look;
    let now = this.#since;
    while (!this.#hasCome && now < end) {
      for (let i = 0; i < LOOKS && !this.#hasCome; i++) pause();
      now = realClock.now();
    }
    if (!this.#hasCome) this.#patience.missed(now - this.#since);
    else if (this.#port.takeMail()) return; // the next look begins when that is done
    this.end();
    this.#port.takeMail(); // what was laid down before it was seen that nobody looks
  };
}
