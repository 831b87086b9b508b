import type { Mailbox } from "../process/link.ts";
import type { ObjectAddress } from "./journey.ts";
import { isWithin } from "./served_objects.ts";

/** Where this process has delivered what the homes of objects post to it. */
export class Mailboxes {
  readonly #boxes = new Map<string, Mailbox>();

  /** Delivers what the object's home posts to `mailbox`. */
  add({ home, id }: ObjectAddress, mailbox: Mailbox): void {
    this.#boxes.set(`${home} ${id}`, mailbox);
  }

  /** Delivers no more of it to `mailbox`; another may have its place by now. */
  remove({ home, id }: ObjectAddress, mailbox: Mailbox): void {
    const key = `${home} ${id}`;
    if (this.#boxes.get(key) === mailbox) this.#boxes.delete(key);
  }

  /** Delivers a letter, unless nobody waits for it any more. */
  deliver(home: string, id: string, what: string, content: readonly unknown[]): void {
    this.#boxes.get(`${home} ${id}`)?.posted(what, content);
  }

  /** Tells those whose home has ended, or stood below one that has. */
  ended(path: string): void {
    for (const [key, mailbox] of this.#boxes) {
      if (isWithin(key.slice(0, key.indexOf(" ")), path)) mailbox.homeEnded();
    }
  }
}
