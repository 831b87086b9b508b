/**
 * Gets jobs from the server: as many as there are free places, those of the highest priority first.
 *
 *     state     event                              becomes
 *     pulling   no place is free                   full
 *               every lane was empty               idle
 *     full      a place comes free                 pulling
 *     idle      a job was stored, a second passed  pulling
 *     any       stop                               stopped, once nothing that was asked for can come any more
 *
 * - A pull asks for no more than it has places for, and the server ends it at once with what there is: nothing is held
 *   ahead of a free place, and nothing that is asked for outlives its reason. So a pull needs no heartbeat: one that is
 *   not answered in time is given up with the inbox that it had, so that nothing comes for it any more, and asked again. That is
 *   so when the server went, and (2.9, where it keeps a pull for a job that was cancelled) when it is there.
 * - While idle it hears of the next job that is stored by a message that may be lost, so it looks each second too; that is also how
 *   it finds what another worker has lost.
 */
import type { Msg, Subscription } from "@nats-io/transport-node";
import { type ClockTimer, now, setTimer } from "../../core/clock.ts";
import type { Connection } from "../connection.ts";
import { laneConsumer, LANES, NORMAL_LANE, type QueueNames } from "../names.ts";
import type { Structures } from "../structures.ts";
import { Delivery } from "./delivery.ts";

/** How long an idle worker waits before it looks, in milliseconds. */
const SECOND = 1_000;
/** How long a pull may take, in milliseconds: so many times as long as the last that was answered, within these bounds. */
const [SLOWER, PATIENCE, MOST_PATIENCE] = [8, 250, 5_000];
/** How often it is looked which lanes there are, in milliseconds. */
const REFRESH = 5_000;

/** Who takes the jobs. */
export interface JobTaker {
  /** How many more it can take. */
  readonly free: number;
  /** Takes one; it has a place for it, or gives it back. */
  take(delivery: Delivery): void;
}

/** One pull that is not answered yet. */
interface Pull {
  left: number;
  found: number;
  end(): void;
}

/** See the head of this file. */
export class JobPuller {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #structures: Structures;
  readonly #taker: JobTaker;
  #inbox = "";
  #pulled: Subscription | null = null;
  #patience = PATIENCE;
  /** Those that somebody has used, highest first. */
  #lanes: number[] = [NORMAL_LANE];
  #refreshed = -Infinity;
  #pull: Pull | null = null;
  #wake: (() => void) | null = null;
  #isStopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    connection: Connection,
    names: QueueNames,
    structures: Structures,
    taker: JobTaker,
  ) {
    this.#connection = connection;
    this.#names = names;
    this.#structures = structures;
    this.#taker = taker;
  }

  /** Begins to pull. */
  start(): void {
    this.#renewInbox();
    const lanes = this.#connection.subscribe(
      this.#names.all("lane.*"),
      ({ subject }) => this.#open(subject),
    );
    this.#ended = this.#run().finally(() => {
      if (this.#connection.nc.isClosed()) return;
      lanes.unsubscribe();
      this.#pulled?.unsubscribe();
    });
  }

  /** A place came free. */
  wake(): void {
    this.#wake?.();
  }

  /** Asks for no more; ends when nothing can come any more. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake?.();
    return this.#ended;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      if (this.#taker.free === 0) {
        await this.#wakened();
        continue;
      }
      await this.#refresh();
      if (await this.#sweep() > 0 || this.#isStopped) continue;
      // Whatever is stored from here on is told of; what was stored before is found.
      const { promise, resolve } = Promise.withResolvers<void>();
      const heard = this.#connection.subscribe(this.#names.all("wake.>"), ({ subject }) => {
        this.#open(subject);
        resolve();
      }, 1);
      if (await this.#sweep() === 0 && !this.#isStopped) await this.#wakened(promise, SECOND);
      if (!this.#connection.nc.isClosed()) heard.unsubscribe();
    }
  }

  /** Pulls from each lane while there are places; returns how many jobs came. */
  async #sweep(): Promise<number> {
    let found = 0;
    for (const lane of [...this.#lanes]) {
      const { free } = this.#taker;
      if (free === 0 || this.#isStopped) break;
      found += await this.#pullFrom(lane, free);
    }
    return found;
  }

  #pullFrom(lane: number, batch: number): Promise<number> {
    const { js, nc } = this.#connection;
    if (nc.isClosed()) {
      this.#isStopped = true;
      return Promise.resolve(0);
    }
    return new Promise((resolve) => {
      const began = now();
      let timer: ClockTimer | null = null;
      const end = (): void => {
        timer?.cancel();
        this.#pull = null;
        resolve(pull.found);
      };
      const pull: Pull = {
        left: batch,
        found: 0,
        end: () => {
          const took = SLOWER * (now() - began);
          this.#patience = Math.min(MOST_PATIENCE, Math.max(PATIENCE, took));
          end();
        },
      };
      timer = setTimer(() => {
        this.#patience = Math.min(MOST_PATIENCE, 2 * this.#patience);
        this.#renewInbox();
        end();
      }, this.#patience);
      this.#pull = pull;
      const subject = `${js.apiPrefix}.CONSUMER.MSG.NEXT.${this.#names.jobs}.${laneConsumer(lane)}`;
      nc.publish(subject, JSON.stringify({ batch, no_wait: true }), { reply: this.#inbox });
    });
  }

  /** Lets go of what was asked for and has not come. */
  #renewInbox(): void {
    if (this.#connection.nc.isClosed()) return;
    this.#pulled?.unsubscribe();
    const inbox = this.#inbox = this.#connection.client.core.createInbox();
    this.#pulled = this.#connection.subscribe(inbox, (message) => this.#arrive(message));
  }

  #arrive(message: Msg): void {
    const pull = this.#pull;
    // A message of the server's own says that there are no more.
    if (message.subject === this.#inbox) return pull?.end();
    if (pull !== null) {
      pull.found++;
      pull.left--;
    }
    this.#taker.take(new Delivery(message));
    if (pull?.left === 0) pull.end();
  }

  /** A lane is used, as the fourth token of a subject says. */
  #open(subject: string): void {
    const lane = Number(subject.split(".")[3]);
    if (!Number.isInteger(lane) || lane < 0 || lane >= LANES || this.#lanes.includes(lane)) return;
    this.#lanes = [...this.#lanes, lane].sort((a, b) => b - a);
  }

  async #refresh(): Promise<void> {
    if (now() - this.#refreshed < REFRESH) return;
    this.#refreshed = now();
    try {
      for (const lane of await this.#structures.lanes()) this.#open(`...${lane}`);
    } catch {
      this.#refreshed = -Infinity; // the server is away: it is asked again
      await this.#wakened(undefined, SECOND);
    }
  }

  /** Ends when it is woken, when `other` ends, or after so long. */
  #wakened(other?: Promise<void>, ms?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === undefined ? null : setTimer(() => this.#wake?.(), ms);
      this.#wake = () => {
        this.#wake = null;
        timer?.cancel();
        resolve();
      };
      other?.then(() => this.#wake?.());
    });
  }
}
