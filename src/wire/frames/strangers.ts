/**
 * Those who have connected and not proved yet who they are, and the loop that lets them come.
 *
 * A stranger costs a socket, so there is room for some only. When all of it is taken, the next one waits in the
 * system's backlog until the stranger that has been silent for longest has had {@link GRACE} milliseconds; that
 * one goes then. Whoever speaks in time is let in, however many are silent.
 */
import { type ClockTimer, realClock } from "../../core/clock.ts";
import { isHangup } from "./channel.ts";
import { type Duplex, hangUp } from "./frame.ts";

/** How many strangers there may be at once, unless it is said otherwise. */
export const MAX_STRANGERS = 64;

/** How long a stranger may be silent, in milliseconds, when others wait for its place. */
const GRACE = 100;
/** The pauses after an accept that failed for a moment, in milliseconds: the first, and the longest. */
const FIRST_PAUSE = 5, LONGEST_PAUSE = 1_000;

/** What passes by itself: descriptors or memory that others give back, and those who left before they were let in. */
const PASSING: ReadonlySet<unknown> = new Set([
  "EMFILE",
  "ENFILE",
  "ENOBUFS",
  "ENOMEM",
  "EAGAIN",
  "EINTR",
  "ECONNABORTED",
  "EPROTO",
]);

interface Stranger {
  readonly since: number;
  hasSpoken: boolean;
}

/** Accepts connections and keeps count of those who have not proved anything. */
export class Strangers<C extends Deno.Conn> {
  readonly #max: number;
  readonly #strangers = new Map<C, Stranger>();
  #open = true;
  #dropped = 0;
  /** Ends the pause of the loop. */
  #resume: (() => void) | null = null;

  constructor(max: number = MAX_STRANGERS) {
    this.#max = max;
  }

  /** How many there are. */
  get size(): number {
    return this.#strangers.size;
  }

  /** How many had to go because others waited for their place. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Accepts until {@link Strangers.close}. `greet` gets each connection, and a stream to talk over until it knows
   * who that is; it calls {@link Strangers.leave} then.
   *
   * @throws what the listener throws, unless that passes by itself.
   */
  async acceptFrom(
    listener: { accept(): Promise<C> },
    greet: (conn: C, duplex: Duplex) => void,
  ): Promise<void> {
    let pause = FIRST_PAUSE;
    while (this.#open) {
      if (this.#strangers.size >= this.#max) {
        await this.#makeRoom();
        continue;
      }
      let conn: C;
      try {
        conn = await listener.accept();
      } catch (error) {
        if (!this.#open) return;
        if (!isPassing(error)) throw error;
        await this.#pause(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
        continue;
      }
      pause = FIRST_PAUSE;
      if (!this.#open) return hangUp(conn);
      greet(conn, this.#enter(conn));
    }
  }

  /** It has proved who it is, or it has gone. */
  leave(conn: C): void {
    if (this.#strangers.delete(conn)) this.#resume?.();
  }

  /** Ends the loop and hangs up on everybody but `kept`. */
  close(kept: C | null = null): void {
    this.#open = false;
    for (const conn of this.#strangers.keys()) if (conn !== kept) hangUp(conn);
    this.#resume?.();
  }

  #enter(conn: C): Duplex {
    const stranger: Stranger = { since: realClock.now(), hasSpoken: false };
    this.#strangers.set(conn, stranger);
    return {
      read: async (into) => {
        const read = await conn.read(into);
        if (read !== null && read > 0) stranger.hasSpoken = true;
        return read;
      },
      write: (from) => conn.write(from),
      close: () => conn.close(),
    };
  }

  /** Waits until somebody has left, or drops the one that has been silent for longest. */
  async #makeRoom(): Promise<void> {
    const due = realClock.now() - GRACE;
    // In the order in which they came. One that has just come may be about to speak.
    const [oldest] = this.#strangers as unknown as [[C, Stranger]];
    let chosen = oldest;
    for (const each of this.#strangers) {
      if (each[1].since > due) break;
      if (each[1].hasSpoken) continue;
      chosen = each;
      break;
    }
    const [conn, { since }] = chosen;
    if (since > due) return await this.#pause(since - due);
    this.#dropped++;
    this.leave(conn);
    hangUp(conn);
  }

  /** Lets some time pass, or less when somebody leaves or all ends. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: ClockTimer = realClock.setTimer(() => this.#resume?.(), ms);
      this.#resume = () => {
        this.#resume = null;
        timer.cancel();
        resolve();
      };
    });
  }
}

function isPassing(error: unknown): boolean {
  return PASSING.has((error as { code?: unknown } | null)?.code) ||
    (isHangup(error) && !(error instanceof Deno.errors.BadResource));
}
