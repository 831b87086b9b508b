import type { Mailbox } from "../process/link.ts";
import type { ObjectAddress } from "./journey.ts";
import { isWithin } from "./served_objects.ts";

/** Where this process has delivered what the homes of objects post to it. */
export class Mailboxes {
  readonly #byHome = new Map<string, Map<string, Mailbox>>();

  /** Delivers what the object's home posts to `mailbox`. */
  add({ home, id }: ObjectAddress, mailbox: Mailbox): void {
    const those = this.#byHome.get(home);
    if (those === undefined) this.#byHome.set(home, new Map([[id, mailbox]]));
    else those.set(id, mailbox);
  }

  /** Delivers no more of it to `mailbox`; another may have its place by now. */
  remove({ home, id }: ObjectAddress, mailbox: Mailbox): void {
    const those = this.#byHome.get(home);
    if (those?.get(id) !== mailbox) return;
    those.delete(id);
    if (those.size === 0) this.#byHome.delete(home);
  }

  /** Delivers a letter, unless nobody waits for it any more. */
  deliver(home: string, id: string, what: string, content: readonly unknown[]): void {
    this.#byHome.get(home)?.get(id)?.posted(what, content);
  }

  /** Tells those whose home has ended, or stood below one that has. */
  ended(path: string): void {
    for (const [home, those] of [...this.#byHome]) {
      if (!isWithin(home, path)) continue;
      for (const mailbox of [...those.values()]) mailbox.homeEnded();
    }
  }
}
