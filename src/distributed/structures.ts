/**
 * What a queue has on its server, made where it is missing: streams, consumers and buckets, as `names.ts` lists them.
 *
 * A server ignores what it is too old to know without a word, so what was made is compared with what was asked for.
 */
import type { ConsumerConfig, StreamConfig } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import type { ObjectStore } from "@nats-io/obj";
import { setTimer } from "../core/clock.ts";
import { BrokenExecutorError } from "../core/errors.ts";
import type { Connection } from "./connection.ts";
import { laneConsumer, LANES, LATER_CONSUMER, type QueueNames } from "./names.ts";

/** For how long the server knows the id of a job that was stored, so that a second try does not store it twice. */
const DUPLICATE_WINDOW = 120_000;

/** How long results are kept when nobody says: an hour. */
const DEFAULT_RESULT_TTL = 3_600_000;

/** After how long without a sign of life a job is given to another worker, when nobody says. */
export const DEFAULT_ACK_WAIT = 10_000;

/** How often a job may be given to a worker that dies with it, when nobody says. */
export const DEFAULT_MAX_DELIVER = 5;

/** Beyond this many deliveries over the most that a job may have, the server itself gives up: a net, see `dead_letters.ts`. */
const DELIVERIES_TO_SPARE = 3;

/** What the server says of a request that it refuses, by number. */
export const ApiCode = {
  STREAM_NOT_FOUND: 10059,
  CONSUMER_NOT_FOUND: 10014,
  WRONG_LAST_SEQUENCE: 10071,
  NO_SPACE: 10047,
} as const;

/** How often it is tried to make what another makes at the same moment. */
const TRIES = 5;

/** How long to wait before a server is asked again for what it could not do, in milliseconds. */
const PAUSE = 500;

/** How long a queue keeps what. */
export interface StructureSettings {
  readonly replicas: number;
  /** How long results are kept, in milliseconds; `undefined`: as it is there, or an hour. */
  readonly resultTtl: number | undefined;
  /** After how long without a sign of life a job is given to another worker, in milliseconds; `undefined`: as it is there, or 10 s. */
  readonly ackWait: number | undefined;
  /** How often a job may be given to a worker that then dies; `undefined`: as it is there, or 5. */
  readonly maxDeliver: number | undefined;
}

/** The streams, consumers and buckets of one queue. */
export class Structures {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #settings: StructureSettings;
  #limits: Promise<KV> | null = null;
  #args: Promise<ObjectStore> | null = null;
  #parts: Promise<ObjectStore> | null = null;
  readonly #lanes = new Map<number, Promise<void>>();
  #resultTtl = DEFAULT_RESULT_TTL;
  /** When the stream of the jobs was made: if it is of another time, the server has lost what it had stored. */
  #madeAt = "";
  #restoring: Promise<boolean> | null = null;
  /** Ends when it is known after a break whether the server has lost what it stored. */
  #unsure: PromiseWithResolvers<void> | null = null;
  /** How often it had. */
  #losses = 0;

  constructor(connection: Connection, names: QueueNames, settings: StructureSettings) {
    this.#connection = connection;
    this.#names = names;
    this.#settings = settings;
    connection.onBreak(() => this.#unsure ??= Promise.withResolvers());
  }

  /**
   * Does something about a stored message that came at the time of `losses`, unless the server has lost it: its number may
   * be that of another then.
   */
  async about(losses: number, act: () => void): Promise<void> {
    await this.#unsure?.promise;
    if (losses === this.#losses) act();
  }

  /** How often the server has lost all that it stored. */
  get losses(): number {
    return this.#losses;
  }

  /** Whether it is known that what came before is there still. */
  get isSure(): boolean {
    return this.#unsure === null;
  }

  /** Makes the streams. */
  async make(): Promise<void> {
    const names = this.#names;
    const { replicas, resultTtl } = this.#settings;
    const common = { storage: "file", num_replicas: replicas } as const;
    const newest = { ...common, max_msgs_per_subject: 1, allow_direct: true } as const;
    await Promise.all([
      this.#stream({
        ...common,
        name: names.jobs,
        subjects: [names.all("job.>")],
        retention: "workqueue",
        duplicate_window: nanos(DUPLICATE_WINDOW),
        republish: { src: names.all("job.>"), dest: names.all("wake.>"), headers_only: true },
      }),
      this.#stream({
        ...common,
        name: names.later,
        subjects: [names.all("later.>")],
        retention: "workqueue",
        duplicate_window: nanos(DUPLICATE_WINDOW),
      }),
      this.#stream({
        ...newest,
        name: names.results,
        subjects: [names.all("result.>")],
        discard: "new",
        discard_new_per_subject: true,
        max_age: nanos(resultTtl ?? DEFAULT_RESULT_TTL),
        republish: { src: names.all("result.>"), dest: names.all("done.>") },
      }).then((config) => this.#keepResults(config)),
      this.#stream({ ...newest, name: names.dead, subjects: [names.all("dead.>")] }),
    ]);
  }

  /**
   * Makes anew what a server has not any more that was away and has come back without its store.
   *
   * Ends with whether that was so, once all is there, however long that takes.
   */
  restore(): Promise<boolean> {
    this.#restoring ??= this.#restore().then((isLost) => {
      if (isLost) this.#losses++;
      this.#restoring = null;
      this.#unsure?.resolve();
      this.#unsure = null;
      return isLost;
    });
    return this.#restoring;
  }

  async #restore(): Promise<boolean> {
    const { streams } = this.#connection.jsm;
    while (!this.#connection.isClosed) {
      try {
        const { created } = await streams.info(this.#names.jobs).catch((error) => {
          if (codeOf(error) === ApiCode.STREAM_NOT_FOUND) return { created: "" };
          throw error;
        });
        if (created === this.#madeAt) return false;
        const lanes = [...this.#lanes.keys()];
        this.#lanes.clear();
        this.#limits = this.#args = this.#parts = null;
        await this.make();
        await Promise.all([this.later(), ...lanes.map((lane) => this.lane(lane))]);
        return true;
      } catch (error) {
        if (error instanceof BrokenExecutorError) {
          console.error(`Queue ${this.#names.queue} cannot be made again:`, error);
          return false;
        }
        await this.#pause(); // it is away again, or not ready yet: nothing can be done without it
      }
    }
    return false;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimer(resolve, PAUSE);
      this.#connection.closed.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Makes the consumer of a lane; once. */
  lane(lane: number): Promise<void> {
    let made = this.#lanes.get(lane);
    if (made === undefined) {
      const { ackWait, maxDeliver } = this.#settings;
      const most = maxDeliver === undefined ? undefined : maxDeliver + DELIVERIES_TO_SPARE;
      made = this.#consumer(this.#names.jobs, {
        durable_name: laneConsumer(lane),
        ack_policy: "explicit",
        filter_subject: this.#names.all(`job.${lane}.>`),
        ack_wait: nanos(ackWait ?? DEFAULT_ACK_WAIT),
        max_ack_pending: 100_000,
        max_deliver: most ?? DEFAULT_MAX_DELIVER + DELIVERIES_TO_SPARE,
      }, { ackWait, most }).then(() => {
        // Workers that are busy have to know of it before its first job is there.
        this.#connection.send(this.#names.all(`lane.${lane}`), "");
      });
      made.catch(() => this.#lanes.delete(lane));
      this.#lanes.set(lane, made);
    }
    return made;
  }

  /** The lanes that somebody has used. */
  async lanes(): Promise<number[]> {
    const found: number[] = [];
    for await (const { name } of this.#connection.jsm.consumers.list(this.#names.jobs)) {
      const lane = Number(/^lane_(\d)$/.exec(name)?.[1] ?? LANES);
      if (lane < LANES) found.push(lane);
    }
    return found;
  }

  /** Makes the consumer of the jobs that wait for their time. Those are given back with a delay, so any number is pending. */
  later(): Promise<void> {
    return this.#consumer(this.#names.later, {
      durable_name: LATER_CONSUMER,
      ack_policy: "explicit",
      ack_wait: nanos(DEFAULT_ACK_WAIT),
      max_ack_pending: -1,
      max_deliver: -1,
    }, {});
  }

  /** Who holds places under which limit. */
  limits(): Promise<KV> {
    const { client, nc } = this.#connection;
    const { replicas } = this.#settings;
    this.#limits ??= beside(() =>
      new client.kv.Kvm(nc).create(this.#names.limits, { history: 1, replicas })
    );
    return this.#limits;
  }

  /** Arguments that are too big for a message: they stay until they were used. */
  args(): Promise<ObjectStore> {
    this.#args ??= this.#objects(this.#names.args, 0);
    return this.#args;
  }

  /** Results and items that are too big for a message: they go with the results. */
  parts(): Promise<ObjectStore> {
    this.#parts ??= this.#objects(this.#names.parts, this.#resultTtl);
    return this.#parts;
  }

  #objects(name: string, ttl: number): Promise<ObjectStore> {
    const { client, nc } = this.#connection;
    const { replicas } = this.#settings;
    return beside(() =>
      new client.obj.Objm(nc).create(name, {
        replicas,
        storage: client.obj.StorageType.File,
        ...(ttl > 0 ? { ttl: nanos(ttl) } : {}),
      })
    );
  }

  async #stream(config: Partial<StreamConfig> & { name: string }): Promise<StreamConfig> {
    const { streams } = this.#connection.jsm;
    const made = await orMake(
      () => streams.info(config.name),
      () => streams.add(config),
    );
    this.#compare(config, made.config);
    if (config.name === this.#names.jobs) this.#madeAt = made.created;
    return made.config;
  }

  #compare(asked: Partial<StreamConfig> & { name: string }, made: StreamConfig): void {
    for (
      const key of [
        "retention",
        "republish",
        "discard_new_per_subject",
        "max_msgs_per_subject",
      ] as const
    ) {
      if (asked[key] === undefined) continue;
      if (JSON.stringify(asked[key]) === JSON.stringify(made[key])) continue;
      throw new BrokenExecutorError(
        `Cannot use stream ${asked.name}: its ${key} is ${JSON.stringify(made[key])} and not ${
          JSON.stringify(asked[key])
        }; it was made by something else, or the server (${this.#connection.nc.info?.version}) is too old: delete it, or give another queue`,
      );
    }
  }

  /** Keeps results as long as was asked for, if somebody did; else as long as it is there. */
  async #keepResults(config: StreamConfig): Promise<void> {
    const { resultTtl } = this.#settings;
    if (resultTtl === undefined || config.max_age === nanos(resultTtl)) {
      this.#resultTtl = config.max_age / 1_000_000;
      return;
    }
    this.#resultTtl = resultTtl;
    await this.#connection.jsm.streams.update(config.name, {
      max_age: nanos(resultTtl),
      duplicate_window: Math.min(config.duplicate_window, nanos(resultTtl)),
    });
  }

  /** Makes a consumer; one that is there is only changed in what somebody asked for. */
  async #consumer(
    stream: string,
    config: Partial<ConsumerConfig> & { durable_name: string },
    wanted: { readonly ackWait?: number | undefined; readonly most?: number | undefined },
  ): Promise<void> {
    const { consumers } = this.#connection.jsm;
    const known = await orMake(
      () => consumers.info(stream, config.durable_name),
      () => consumers.add(stream, config),
    );
    const { ack_wait = 0, max_deliver = -1 } = known.config;
    const wait = wanted.ackWait === undefined ? ack_wait : nanos(wanted.ackWait);
    const most = Math.max(max_deliver, wanted.most ?? max_deliver);
    if (wait === ack_wait && most === max_deliver) return;
    await consumers.update(stream, config.durable_name, { ack_wait: wait, max_deliver: most });
  }
}

/** The number of what the server said; 0 if it was not the server. */
export function codeOf(error: unknown): number {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "number" ? code : 0;
}

/** What is there, or is made. */
function orMake<T>(find: () => Promise<T>, make: () => Promise<T>): Promise<T> {
  return beside(async () => {
    try {
      return await find();
    } catch (error) {
      const code = codeOf(error);
      if (code !== ApiCode.STREAM_NOT_FOUND && code !== ApiCode.CONSUMER_NOT_FOUND) throw error;
      return await make();
    }
  });
}

/** Makes something that another may make at the same moment: the server tells that in many ways, and then it is there. */
async function beside<T>(make: () => Promise<T>): Promise<T> {
  for (let left = TRIES;; left--) {
    try {
      return await make();
    } catch (error) {
      if (codeOf(error) === 0 || left === 0) throw error;
    }
  }
}

/** Milliseconds as the server counts. */
function nanos(ms: number): number {
  return Math.round(ms * 1_000_000);
}
