import { Deque } from "../../core/collections/deque.ts";
import { decodeFailure } from "../../wire/codec/codec.ts";
import { type EncodedMessage, readMessage } from "../objects/message.ts";
import type { Mailbox } from "../process/link.ts";
import { callerOf } from "../objects/bounds.ts";
import { thisNode } from "../objects/node.ts";
import { closedError, endError } from "./end_error.ts";
import { AHEAD, Receipts, toldCount } from "./receipts.ts";
import { type Caller, newTicket } from "../objects/served_objects.ts";
import type { Journey, ObjectAddress } from "../objects/journey.ts";
import { CallerList } from "../sync/caller_waiter.ts";

/** An end of a pipe in a process that is not its home: messages come by themselves. */
export class RemotePipeEnd implements Mailbox {
  readonly #address: ObjectAddress;
  readonly #asks: boolean;
  /** The ticket of the journey here, until the home has noted its end. What comes before that was for an end that has left. */
  #journey: string | null;
  /** Whether the home passes on what is in memory: before it begins to, it may tell of the end, and knows not what comes first. */
  #isBridged = false;
  readonly #inbox = new Deque<EncodedMessage>();
  /** Who has received nothing yet; of an end that asks: whose letter has not come. */
  readonly receivers: CallerList<EncodedMessage> = new CallerList();
  readonly #pollers = new CallerList<true>();
  readonly #senders = new CallerList<true>();
  #ended = false;
  /** Why nothing more comes, where that is not that the other end is closed. */
  #failure: unknown = null;
  /** Letters sent of which it is not known that they were received. */
  #ahead = 0;
  readonly #receipts = new Receipts();
  /** How many messages have come. */
  #arrived = 0;

  /** @param asks whether each message is asked for: where most go through memory, and only letters come here. */
  constructor(journey: Journey, asks: boolean) {
    this.#asks = asks;
    const { home, id, ticket } = journey;
    this.#address = { home, id };
    this.#journey = ticket;
    const node = thisNode();
    node.mailboxes.add(this.#address, this);
    node.hold(journey);
  }

  send(encoded: EncodedMessage): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#failure ?? closedError());
    const content: unknown[] = [encoded.isBytes, encoded.value, encoded.marked];
    const told = this.#receipts.dueBeside;
    if (told > 0) content.push(told);
    this.#post("message", ...content);
    this.#receipts.told(told);
    if (++this.#ahead > AHEAD) {
      return this.#senders.wait(callerOf());
    }
    return this.settled();
  }

  /** Takes what has come, if something has. */
  take(): EncodedMessage | null {
    const encoded = this.#inbox.shift();
    if (encoded === undefined) return null;
    this.#taken();
    return encoded;
  }

  recv(caller: Caller, timeout: number | null): Promise<EncodedMessage | null> {
    const there = this.take();
    if (there !== null) return Promise.resolve(there);
    if (this.#ended) return Promise.reject(this.#endError());
    if (this.#asks) this.#post("letter", this.#arrived);
    return this.receivers.wait(caller, timeout);
  }

  async poll(caller: Caller, timeout: number | null): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#ended) return true;
    return await this.#pollers.wait(caller, timeout) !== null;
  }

  /** Takes back what was received and is not used; it comes first again. */
  putBack(encoded: EncodedMessage): void {
    if (this.receivers.give(encoded)) return;
    this.#receipts.takeBack();
    this.#inbox.unshift(encoded);
    this.#pollers.grantAll(true);
  }

  /** Has the home pass messages on, since this process does not see the pipe's memory. */
  askForBridge(): void {
    this.#isBridged = true;
    this.#post("bridge");
  }

  /** Resolves when what was sent is handed to the system. */
  settled(): Promise<void> {
    return thisNode().settled(this.#address.home);
  }

  close(): void {
    this.#leave();
    this.#post("close");
    thisNode().drop(this.#address.home, this.#address.id);
  }

  /** It leaves this process; what was not received here goes back and then after it. */
  leave(): Journey {
    const { home, id } = this.#address;
    const journey = { home, id, ticket: newTicket() };
    thisNode().lend(journey);
    const unread = [...this.#inbox].map((each) => [each.isBytes, each.value, each.marked]);
    this.#post("leaves", unread, journey.ticket, this.#arrived);
    this.#leave();
    thisNode().drop(home, id);
    return journey;
  }

  posted(what: string, content: readonly unknown[]): void {
    if (this.#journey !== null) {
      if (what === "here" && content[0] === this.#journey) this.#journey = null;
      return;
    }
    switch (what) {
      case "message": {
        this.#arrived++;
        if (content.length > 4) this.#wereTaken(content[4]);
        const isVouched = content[3] === true;
        const encoded = readMessage(
          content,
          isVouched ? thisNode().sourceOf(this.#address.home) : "peer",
        );
        if (this.receivers.give(encoded)) {
          this.#taken();
          break;
        }
        this.#inbox.push(encoded);
        this.#pollers.grantAll(true);
        break;
      }
      case "taken":
        this.#wereTaken(content[0]);
        break;
      case "end":
        if (!this.#isBridged || content[0] === true) this.homeEnded();
        break;
      case "failed":
        this.#failure = decodeFailure(content[0], thisNode().sourceOf(this.#address.home));
        this.#senders.failAll(this.#endError);
        this.homeEnded();
        break;
    }
  }

  homeEnded(): void {
    this.#ended = true;
    this.receivers.failAll(this.#endError);
    this.#pollers.grantAll(true);
    this.#senders.grantAll(true);
  }

  readonly #endError = (): unknown => this.#failure ?? endError();

  /** So many of what was sent was received. */
  #wereTaken(count: unknown): void {
    this.#ahead = Math.max(0, this.#ahead - toldCount(count));
    this.#senders.grantAll(true);
  }

  #leave(): void {
    thisNode().mailboxes.remove(this.#address, this);
    this.#inbox.clear();
    this.homeEnded();
  }

  #taken(): void {
    if (this.#asks || !this.#receipts.add()) return;
    const told = this.#receipts.due;
    this.#receipts.told(told);
    this.#post("room", told);
  }

  #post(what: string, ...content: unknown[]): void {
    thisNode().postHome(this.#address, what, ...content);
  }
}
