import type { WaitOptions } from "../../core/deadline.ts";
import { EOFError } from "../../core/errors.ts";
import { type Leave, withdrawable } from "../../core/withdrawal/signalled_wait.ts";
import type { Source } from "../../core/withdrawal/withdrawable.ts";
import { type Handle, noteKind, travels } from "../../shared/memory/handle.ts";
import { Family } from "../family/family.ts";
import { Ring } from "../family/ring.ts";
import { detached } from "../objects/detached.ts";
import { timeoutOf } from "../objects/bounds.ts";
import { noteShared, SharedObject, stand } from "../objects/shared_object.ts";
import type { Class } from "../../core/construct_for.ts";
import { LateAnswers } from "./late_answers.ts";
import { MappedQueue, MappedQueueCore, type RingPlace } from "./mapped_queue.ts";
import { QueueCore, type QueueStatistics } from "./queue_core.ts";
import { RemoteQueue } from "./remote_queue.ts";

/** What a put waits for: it is done, and nothing to be given back. */
const DEED: Source<void> = { stands: true };

/** Queues that nobody here has any more. */
const collected = new FinalizationRegistry<RemoteQueue<unknown>>((remote) => remote.end());

/** Has a queue that came from another process use the memory in which it is, if this process sees that. */
let attach: (queue: BaseQueue<unknown>, place: RingPlace | undefined) => void;

/** A queue in the family's memory; `null` if its home serves it here. For the queues of this module. */
export let mappedOf: (queue: BaseQueue<unknown>) => MappedQueue | null;

/** The queue as this process uses it that its parent serves; `null` if it is none, or is not used yet. */
export let remoteOf: (queue: BaseQueue<unknown>) => RemoteQueue<unknown> | null;

/** The queue in the family's memory, where a thread can block on it; for the queues of this module. */
export function blocking(queue: BaseQueue<unknown>, call: string): MappedQueue {
  const mapped = mappedOf(queue);
  if (mapped !== null) return mapped;
  throw new Deno.errors.NotSupported(
    `Cannot call ${call}: the queue is served by the event loop of the process that made it; grant --allow-ffi to both, on Linux, where that memory is not full, or use the method without Sync`,
  );
}

/** What every queue between processes can do; see `Queue` and `SimpleQueue`. */
export abstract class BaseQueue<T> extends SharedObject {
  /** The queue in the family's memory; `null` if its home serves it here. */
  #mapped: MappedQueue | null;
  /** Where that is, for who gets it from here. */
  #place: RingPlace | undefined;
  /** The queue as this process borrows from it; `null` where it cannot, `undefined` before the first get. */
  #remote: RemoteQueue<T> | null | undefined = undefined;
  readonly #late = new LateAnswers();
  /** Where items go back to that nobody uses. */
  readonly #items: Source<T> = { returned: (item) => this.#putBack(item) };

  /** For the queues of this module; 0 is no bound. */
  protected constructor(maxsize: number) {
    super(() => MappedQueueCore.make(maxsize) ?? new QueueCore(maxsize));
    const { core } = this;
    this.#mapped = core instanceof MappedQueueCore ? core.queue : null;
    this.#place = this.#mapped?.place;
  }

  /** How many items are in it. */
  async qsize(): Promise<number> {
    return this.#mapped?.qsize() ?? await this.ask<number>("qsize");
  }

  /** Whether nothing is in it. */
  async empty(): Promise<boolean> {
    return await this.qsize() === 0;
  }

  /** Returns a snapshot of its counters. */
  async statistics(): Promise<QueueStatistics> {
    if (this.#mapped !== null) return Object.freeze(this.#mapped.statistics());
    return await this.inspect<QueueStatistics>();
  }

  /** How it crosses: by the address of its home, and where it is in the family's memory. */
  override [travels](reach: "thread" | "process"): Handle {
    const handle = super[travels](reach);
    if (this.#place === undefined) return handle;
    return { ...handle, data: { ...handle.data as object, place: this.#place } };
  }

  /** Puts an item; `check` throws if this process may not. */
  protected putting(
    item: T,
    options: WaitOptions | undefined,
    call: string,
    check?: () => void,
  ): Promise<void> {
    return withdrawable<void>((leave) => {
      check?.();
      const timeout = options === undefined ? null : timeoutOf(options);
      if (this.#mapped !== null) return this.#mapped.put(item, { timeout, leave });
      if (this.core !== null) return this.question("put", [detached(item), timeout], leave);
      const remote = this.#remote === undefined ? this.#findRemote() : this.#remote;
      return remote === null
        ? this.question("put", [item, timeout], leave)
        : remote.put(item, timeout, leave);
    }, { options, call, source: DEED });
  }

  /** Gets an item. */
  protected getting(options: WaitOptions | undefined, call: string): Promise<T> {
    return withdrawable<T>((leave) => {
      const timeout = options === undefined ? null : timeoutOf(options);
      if (this.#mapped !== null) return this.#mapped.get({ timeout, leave }) as T | Promise<T>;
      return this.#late.after(() => this.#getServed(timeout, leave), leave);
    }, {
      options,
      call,
      source: this.#items,
      answersLate: this.#mapped === null && this.core === null ? this.#late.add : undefined,
    });
  }

  #getServed(timeout: number | null, leave: Leave): T | Promise<T> {
    const remote = this.#remote === undefined ? this.#findRemote() : this.#remote;
    return remote === null ? this.question<T>("get", [timeout], leave) : remote.get(timeout, leave);
  }

  #findRemote(): RemoteQueue<T> | null {
    const address = this.#place === undefined ? this.servedAt : null;
    this.#remote = address === null ? null : RemoteQueue.at<T>(address, this.#late);
    if (this.#remote !== null) collected.register(this, this.#remote);
    return this.#remote;
  }

  #putBack(item: T): void {
    if (this.#mapped === null) {
      this.#remote?.beforePutBack();
      this.#late.add(this.ask<void>("putBack", [item]).catch(reportLost));
      return;
    }
    try {
      const back = this.#mapped.putBack(item);
      if (back instanceof Promise) back.catch(reportLost);
    } catch (error) {
      reportLost(error);
    }
  }

  static {
    mappedOf = (queue) => queue.#mapped;
    remoteOf = (queue) => queue.#remote ?? null;
    attach = (queue, place) => {
      if (place === undefined || queue.#place !== undefined) return;
      queue.#place = place;
      const family = Family.join(place.family);
      const ring = family === null ? null : Ring.find(family, place.at, place.owner);
      if (family === null || ring === null) return; // it is asked in its home, and says so where that is gone
      queue.#mapped = new MappedQueue(family, ring, {
        deposit: (item) => queue.ask<number>("deposit", [item]),
        claim: (number) => queue.ask("claim", [number]),
      });
    };
  }
}

/** An item that came too late for its taker cannot go back to a queue that is gone. */
function reportLost(error: unknown): void {
  if (!(error instanceof EOFError)) reportError(error);
}

/** Notes how queues of a class cross; once for each, in the class's module. */
export function noteQueue<Q extends BaseQueue<unknown>>(
  kind: `mp.${string}`,
  type: Class<Q>,
  module: string,
): void {
  noteShared(kind, type, module);
  noteKind(kind, (data: { place?: RingPlace } | null) => {
    const queue = stand(data, type);
    attach(queue, data?.place);
    return queue;
  });
}
