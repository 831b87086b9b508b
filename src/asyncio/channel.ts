import { Deque, EmptyError, EOFError, FullError, ShutDownError, WaitList } from "../core/mod.ts";
import { Place, type PlaceOwner } from "./place.ts";

/** What a channel counts. */
export interface ChannelStatistics {
  /** How many items are on their way. */
  readonly size: number;
  /** How many it can hold; 0: each item waits for its receiver. */
  readonly capacity: number;
  /** How many open sending ends there are. */
  readonly senders: number;
  /** How many open receiving ends there are. */
  readonly receivers: number;
  /** How many wait to send. */
  readonly sending: number;
  /** How many wait to receive. */
  readonly receiving: number;
}

/** One who waits to send, with what. */
export class SendPlace<T> extends Place<void> {
  readonly item: T;

  constructor(owner: PlaceOwner<void>, item: T) {
    super(owner);
    this.item = item;
  }
}

/** What both ends share. */
export class Channel<T> {
  readonly capacity: number;
  readonly items = new Deque<T>();
  readonly sending = new WaitList<Place<void>>();
  readonly receiving = new WaitList<Place<T>>();
  senders = 0;
  receivers = 0;

  readonly sendOwner: PlaceOwner<void> = {
    timedOut: () => {
      throw new FullError("nobody received in time");
    },
  };

  readonly receiveOwner: PlaceOwner<T> = {
    timedOut: () => {
      throw new EmptyError("nothing was sent in time");
    },
    givenBack: (item) => {
      const next = this.receiving.shift();
      if (next === null) this.items.unshift(item);
      else next.grant(item);
    },
  };

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Sends if that needs no wait; answers whether. */
  offer(item: T): boolean {
    if (this.receivers === 0) throw new ShutDownError("all receivers of the channel are closed");
    const next = this.receiving.shift();
    if (next !== null) next.grant(item);
    else if (this.items.size < this.capacity) this.items.push(item);
    else return false;
    return true;
  }

  /** Receives if that needs no wait. */
  take(): { readonly item: T } | null {
    if (this.items.size > 0) {
      const item = this.items.shift() as T;
      const sender = this.sending.shift() as SendPlace<T> | null;
      if (sender !== null) {
        this.items.push(sender.item);
        sender.grant(undefined);
      }
      return { item };
    }
    const sender = this.sending.shift() as SendPlace<T> | null;
    if (sender !== null) {
      sender.grant(undefined);
      return { item: sender.item };
    }
    if (this.senders === 0) throw new EOFError("all senders of the channel are closed");
    return null;
  }

  /** One sending end less; with the last, those who wait to receive learn of the end. */
  dropSender(): void {
    if (--this.senders > 0) return;
    for (let next = this.receiving.shift(); next !== null; next = this.receiving.shift()) {
      next.fail(new EOFError("all senders of the channel are closed"));
    }
  }

  /** One receiving end less; with the last, those who wait to send learn that it is in vain. */
  dropReceiver(): void {
    if (--this.receivers > 0) return;
    this.items.clear();
    for (let next = this.sending.shift(); next !== null; next = this.sending.shift()) {
      next.fail(new ShutDownError("all receivers of the channel are closed"));
    }
  }

  statistics(): ChannelStatistics {
    return Object.freeze({
      size: this.items.size,
      capacity: this.capacity,
      senders: this.senders,
      receivers: this.receivers,
      sending: this.sending.size,
      receiving: this.receiving.size,
    });
  }
}
