/**
 * Gets jobs from the server: as many as there are free places, those of the highest priority first.
 *
 *     a lane is  event                                              becomes
 *     open       a pull got less than it asked for                  heard: the next job that is stored is told of
 *     heard      a pull got less than it asked for                  empty
 *                a job was stored                                   open
 *     empty      a job was stored                                   open
 *                a second passed: what another worker lost is not told of   heard
 *
 * - Each free place is asked for once, from the highest lane that is not empty. The server ends a pull at once with what there
 *   is: nothing is held ahead of a free place, and nothing that is asked for outlives its reason.
 * - So a pull needs no heartbeat: one that is not answered in time is asked again with another inbox, and soon nobody hears the
 *   old one, so that nothing comes for it any more. That is so when the server went, and (2.9, where it keeps a pull for a job
 *   that was cancelled) when it is there.
 */
import type { Msg, Subscription } from "@nats-io/transport-node";
import { type ClockTimer, now, setSoon, setTimer } from "../../core/clock.ts";
import type { Connection } from "../connection.ts";
import { laneConsumer, LANES, NORMAL_LANE, type QueueNames } from "../names.ts";
import type { Structures } from "../structures.ts";
import { Delivery } from "./delivery.ts";

/** How often empty lanes are looked at, and it is looked which lanes there are, in milliseconds. */
const [LOOK, REFRESH] = [1_000, 5_000];
/** How long a pull may take, in milliseconds: so many times as long as the last that was answered, within these bounds. */
const [SLOWER, PATIENCE, MOST_PATIENCE] = [8, 250, 5_000];
/** How long an inbox is heard after its pulls were given up, in milliseconds. */
const GRACE = 5_000;
/** How many pulls may be on their way: while one is answered another asks for the places that came free. */
const PULLS = 2;

/** Who takes the jobs. */
export interface JobTaker {
  /** How many more it can take. */
  readonly free: number;
  /** Takes one; it has a place for it, or puts it back. */
  take(delivery: Delivery): void;
}

/** One lane, as the head of this file tells. */
interface Lane {
  readonly number: number;
  state: "open" | "heard" | "empty";
  /** Tells of the next job that is stored there. */
  heard: Subscription | null;
}

/** A pull that is not answered in full. */
interface Pull {
  readonly serial: number;
  readonly lane: Lane;
  readonly askedAt: number;
  left: number;
}

/** See the head of this file. */
export class JobPuller {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #structures: Structures;
  readonly #taker: JobTaker;
  /** Those that somebody has used, highest first. */
  #lanes: Lane[] = [];
  /** The oldest first: the server sees to them in this order. */
  #pulls: Pull[] = [];
  #serial = 0;
  #inbox = "";
  #pulled: Subscription | null = null;
  #opened: Subscription | null = null;
  #patience = PATIENCE;
  #refreshedAt = -Infinity;
  readonly #timers = new Set<ClockTimer>();
  #isPumping = false;
  #isStopped = false;
  #onStopped: (() => void) | null = null;

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

  /** Begins to pull, once it knows which lanes there are. */
  async start(): Promise<void> {
    this.#opened = this.#connection.subscribe(
      this.#names.all("lane.*"),
      ({ subject }) => this.#open(Number(subject.split(".").at(-1))),
    );
    for (const lane of await this.#structures.lanes()) this.#open(lane);
    this.#open(NORMAL_LANE);
    this.#refreshedAt = now();
    this.#renewInbox();
    this.#look();
  }

  /** A place came free. */
  wake(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setSoon(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  /** Asks for no more; ends when nothing can come any more. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    if (this.#pulls.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onStopped = resolve;
        this.#later(resolve, this.#patience);
      });
    }
    for (const timer of this.#timers) timer.cancel();
    const subscriptions = [this.#pulled, this.#opened, ...this.#lanes.map(({ heard }) => heard)];
    for (const each of subscriptions) unsubscribe(each);
  }

  /** Asks for what there are places for. */
  #pump(): void {
    if (this.#isStopped || this.#pulled === null || this.#connection.isClosed) return;
    while (this.#pulls.length < PULLS) {
      const asked = this.#pulls.reduce((sum, { left }) => sum + left, 0);
      const batch = this.#taker.free - asked;
      if (batch <= 0) return;
      const lane = this.#lanes.find(({ state }) => state !== "empty");
      if (lane === undefined) return;
      this.#pull(lane, batch);
    }
  }

  #pull(lane: Lane, batch: number): void {
    const serial = this.#serial++;
    this.#pulls.push({ serial, lane, askedAt: now(), left: batch });
    const { js } = this.#connection;
    const consumer = `${this.#names.jobs}.${laneConsumer(lane.number)}`;
    const reply = `${this.#inbox}.${serial}`;
    const request = JSON.stringify({ batch, no_wait: true });
    this.#connection.send(`${js.apiPrefix}.CONSUMER.MSG.NEXT.${consumer}`, request, { reply });
  }

  #arrive(inbox: string, message: Msg): void {
    const isCurrent = inbox === this.#inbox;
    if (message.subject.startsWith(inbox)) {
      if (isCurrent) this.#endPull(Number(message.subject.slice(inbox.length + 1)));
      return;
    }
    const pull = this.#pulls[0];
    if (isCurrent && pull !== undefined && --pull.left === 0) {
      this.#pulls.shift();
      this.#answered(pull);
    }
    this.#taker.take(new Delivery(this.#connection, this.#structures, message));
    this.wake();
  }

  /** The server says that there are no more for it. */
  #endPull(serial: number): void {
    const pull = this.#pulls.find((each) => each.serial === serial);
    if (pull === undefined) return;
    // Those before it were answered before it.
    this.#pulls = this.#pulls.filter((each) => each.serial > serial);
    const { lane } = pull;
    if (lane.state === "heard") lane.state = "empty";
    else if (lane.state === "open") this.#hear(lane);
    this.#answered(pull);
    this.wake();
  }

  #answered({ askedAt }: Pull): void {
    const took = SLOWER * (now() - askedAt);
    this.#patience = Math.min(MOST_PATIENCE, Math.max(PATIENCE, took));
    if (this.#pulls.length === 0) this.#onStopped?.();
  }

  /** Whatever is stored in the lane from here on is told of; what was stored before, the next pull finds. */
  #hear(lane: Lane): void {
    lane.state = "heard";
    lane.heard ??= this.#connection.subscribe(this.#names.all(`wake.${lane.number}.>`), () => {
      lane.heard = null;
      lane.state = "open";
      this.wake();
    }, 1);
  }

  /** A lane is used. */
  #open(number: number): void {
    if (!Number.isInteger(number) || number < 0 || number >= LANES) return;
    const known = this.#lanes.find((lane) => lane.number === number);
    if (known === undefined) {
      this.#lanes.push({ number, state: "open", heard: null });
      this.#lanes.sort((a, b) => b.number - a.number);
    } else if (known.state === "empty") known.state = "heard";
    this.wake();
  }

  /** Looks at what nobody tells of: pulls without an answer, jobs that were lost, lanes that were missed. */
  #look(): void {
    for (const lane of this.#lanes) if (lane.state === "empty") lane.state = "heard";
    const oldest = this.#pulls[0];
    if (oldest !== undefined && now() - oldest.askedAt > this.#patience) {
      this.#patience = Math.min(MOST_PATIENCE, 2 * this.#patience);
      this.#pulls = [];
      this.#renewInbox();
    }
    this.#refresh();
    this.wake();
    this.#later(() => this.#look(), this.#pulls.length > 0 ? PATIENCE : LOOK);
  }

  #refresh(): void {
    if (now() - this.#refreshedAt < REFRESH) return;
    this.#refreshedAt = now();
    this.#structures.lanes().then(
      (lanes) => lanes.forEach((lane) => this.#open(lane)),
      () => this.#refreshedAt = -Infinity, // the server is away: it is asked at the next look
    );
  }

  /** Asks with another inbox from now on: what was asked for with the one before is taken if it comes soon. */
  #renewInbox(): void {
    if (this.#connection.isClosed) return;
    const before = this.#pulled;
    const inbox = this.#inbox = this.#connection.client.core.createInbox();
    this.#pulled = this.#connection.subscribe(
      `${inbox}.*`,
      (message) => this.#arrive(inbox, message),
    );
    if (before !== null) this.#later(() => unsubscribe(before), GRACE);
  }

  #later(fn: () => void, ms: number): void {
    const timer = setTimer(() => {
      this.#timers.delete(timer);
      fn();
    }, ms);
    this.#timers.add(timer);
  }
}

function unsubscribe(subscription: Subscription | null): void {
  if (subscription !== null && !subscription.isClosed()) subscription.unsubscribe();
}
