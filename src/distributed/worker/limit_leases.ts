/**
 * How many jobs with the same key run at once, over all workers.
 *
 * Under each key stands who holds a place, and until when; it is changed by compare and set. A worker renews what its jobs
 * hold, and gives it back when they end; a worker that died loses it when it has not renewed it in time.
 */
import type { KV } from "@nats-io/kv";
import { ApiCode, codeOf } from "../structures.ts";

/** One place under a limit. */
interface Holder {
  readonly run: string;
  /** In milliseconds since the epoch. */
  readonly until: number;
}

/** See the head of this file. */
export class LimitLeases {
  readonly #bucket: () => Promise<KV>;
  /** The last change of each key by this worker: its own changes do not contend. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(bucket: () => Promise<KV>) {
    this.#bucket = bucket;
  }

  /** Takes a place for so many milliseconds; returns whether there was one. */
  take(key: string, max: number, run: string, ms: number): Promise<boolean> {
    return this.#change(key, (holders) => {
      const others = holders.filter((each) => each.run !== run);
      return others.length < max ? [...others, { run, until: Date.now() + ms }] : null;
    });
  }

  /** Holds a place for so many milliseconds from now; returns whether it was still held. */
  renew(key: string, run: string, ms: number): Promise<boolean> {
    return this.#change(key, (holders) => {
      if (!holders.some((each) => each.run === run)) return null;
      const others = holders.filter((each) => each.run !== run);
      return [...others, { run, until: Date.now() + ms }];
    });
  }

  /** Gives a place back. */
  async giveBack(key: string, run: string): Promise<void> {
    await this.#change(key, (holders) => holders.filter((each) => each.run !== run));
  }

  /** Changes who holds what; `change` returns `null` for what cannot be. */
  #change(key: string, change: (holders: Holder[]) => Holder[] | null): Promise<boolean> {
    const before = this.#turns.get(key) ?? Promise.resolve();
    const turn = before.then(() => this.#changeNow(key, change));
    const over = (): void => {
      if (this.#turns.get(key) === quiet) this.#turns.delete(key);
    };
    const quiet = turn.then(over, over); // whoever asked is told how it went
    this.#turns.set(key, quiet);
    return turn;
  }

  async #changeNow(key: string, change: (holders: Holder[]) => Holder[] | null): Promise<boolean> {
    const bucket = await this.#bucket();
    for (;;) {
      const entry = await bucket.get(key);
      const isThere = entry !== null && entry.operation === "PUT";
      const held = isThere ? holdersIn(entry.string()) : [];
      const next = change(held.filter(({ until }) => until > Date.now()));
      if (next === null) return false;
      const text = JSON.stringify(next);
      try {
        if (entry === null) await bucket.create(key, text);
        else await bucket.put(key, text, { previousSeq: entry.revision });
        return true;
      } catch (error) {
        if (codeOf(error) !== ApiCode.WRONG_LAST_SEQUENCE) throw error; // else another was first
      }
    }
  }
}

function holdersIn(text: string): Holder[] {
  try {
    const list = JSON.parse(text) as Holder[];
    return list.filter(({ run, until }) => typeof run === "string" && typeof until === "number");
  } catch {
    return []; // what somebody else wrote there holds nothing
  }
}
