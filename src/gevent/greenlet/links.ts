import { show } from "../../core/check.ts";
import { reportRejection } from "../../core/returned.ts";
import { inCallersContext } from "../../core/inheritance.ts";
import { runningOrDefaultLoop } from "../../asyncio/loop/running_loop.ts";

/** Calls a link. One that throws, or whose promise rejects, is reported by the loop, and keeps no other from its call. */
export function callLink<A extends unknown[]>(link: (...args: A) => unknown, ...args: A): void {
  const loop = runningOrDefaultLoop();
  const report = (exception: unknown): void =>
    loop.callExceptionHandler({ message: "A link of gevent failed", exception });
  try {
    reportRejection(link(...args), report);
  } catch (error) {
    report(error);
  }
}

/** Functions that are called, soon, when something is ready: once each, and in the context of the code that linked them. */
export class Links {
  /** What is called, by the function that was given. */
  readonly #links = new Map<() => void, () => void>();
  readonly #ready: () => boolean;
  #scheduled = false;

  /** @param ready whether the thing is ready now. */
  constructor(ready: () => boolean) {
    this.#ready = ready;
  }

  /** Adds one; it is called soon if the thing is ready. */
  add(link: () => void): void {
    if (typeof link !== "function") {
      throw new TypeError(`Cannot link ${show(link)}: give a function`);
    }
    if (!this.#links.has(link)) this.#links.set(link, inCallersContext(link));
    if (this.#ready()) this.call();
  }

  /** Takes one back. */
  remove(link: () => void): void {
    this.#links.delete(link);
  }

  /** Has all called in the loop's next pass, if the thing is still ready then. */
  call(): void {
    if (this.#scheduled || this.#links.size === 0) return;
    this.#scheduled = true;
    runningOrDefaultLoop().callSoon(() => {
      this.#scheduled = false;
      for (const [link, call] of this.#links) {
        if (!this.#ready()) return;
        this.#links.delete(link);
        callLink(call);
      }
    });
  }
}
