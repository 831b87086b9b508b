import { Deque, EOFError } from "../core/mod.ts";
import { type Letter, letterOf } from "./letter.ts";
import type { Mailbox } from "./branch.ts";
import { here } from "./node.ts";
import { AHEAD, endError, TOLD_EACH } from "./pipe_end.ts";
import type { Caller } from "./served_objects.ts";
import type { Address } from "./shared_object.ts";
import { Waiters } from "./waiters.ts";

/** An end of a pipe in a process that is not its home: letters come by themselves. */
export class PipeStand implements Mailbox {
  readonly #address: Address;
  readonly #inbox = new Deque<Letter>();
  readonly #receivers = new Waiters<Letter>();
  readonly #pollers = new Waiters<true>();
  readonly #senders = new Waiters<true>();
  #ended = false;
  /** Letters sent of which it is not known that they were received. */
  #ahead = 0;
  #takenSinceTold = 0;

  constructor(address: Address) {
    this.#address = address;
    const node = here();
    node.addMailbox(address, this);
    node.hold(address.home, address.id);
  }

  send(letter: Letter, signal: AbortSignal): Promise<unknown> {
    if (this.#ended) {
      return Promise.reject(
        new EOFError("cannot send: the other end of the connection is closed"),
      );
    }
    here().postHome(this.#address, "letter", letter.isBytes, letter.value, letter.marked);
    if (++this.#ahead > AHEAD) {
      return this.#senders.wait({ path: "", owner: "", signal });
    }
    return this.settled();
  }

  recv(caller: Caller, timeout: number | null): Promise<Letter | null> {
    const letter = this.#inbox.shift();
    if (letter !== undefined) {
      this.#taken();
      return Promise.resolve(letter);
    }
    if (this.#ended) return Promise.reject(endError());
    return this.#receivers.wait(caller, timeout);
  }

  async poll(caller: Caller, timeout: number | null): Promise<boolean> {
    if (this.#inbox.size > 0 || this.#ended) return true;
    return await this.#pollers.wait(caller, timeout) !== null;
  }

  /** Resolves when what was sent is handed to the system. */
  settled(): Promise<void> {
    return here().settled(this.#address.home);
  }

  close(): void {
    this.#leave();
    this.#post("close");
    here().drop(this.#address.home, this.#address.id);
  }

  /** It leaves this process; what was not received here goes back and then after it. */
  leave(): Address {
    const { home, id } = this.#address;
    here().lend(home, id);
    this.#post("leaves", [...this.#inbox]);
    this.#leave();
    here().drop(home, id);
    return this.#address;
  }

  posted(what: string, content: readonly unknown[]): void {
    switch (what) {
      case "letter": {
        const isVouched = content[3] === true;
        const letter = letterOf(content, isVouched ? here().sourceOf(this.#address.home) : "peer");
        if (this.#receivers.wake(letter) !== undefined) {
          this.#taken();
          break;
        }
        this.#inbox.push(letter);
        this.#pollers.wakeAll(true);
        break;
      }
      case "taken":
        this.#ahead = Math.max(0, this.#ahead - (content[0] as number));
        this.#senders.wakeAll(true);
        break;
      case "end":
        this.homeEnded();
        break;
    }
  }

  homeEnded(): void {
    this.#ended = true;
    this.#receivers.refuseAll(endError);
    this.#pollers.wakeAll(true);
    this.#senders.wakeAll(true);
  }

  #leave(): void {
    here().removeMailbox(this.#address);
    this.#inbox.clear();
    this.homeEnded();
  }

  #taken(): void {
    if (++this.#takenSinceTold < TOLD_EACH) return;
    this.#takenSinceTold = 0;
    this.#post("room", TOLD_EACH);
  }

  #post(what: string, ...content: unknown[]): void {
    here().postHome(this.#address, what, ...content);
  }
}
