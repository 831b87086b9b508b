import { InvalidStateError } from "../../core/errors.ts";
import { runningLoop } from "./running_loop.ts";
import type { Loop } from "./contract.ts";

/** Which loop a primitive belongs to: the one in which somebody first had to wait for it. */
export class LoopBinding {
  readonly #what: string;
  #loop: Loop | null = null;

  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Binds to the loop that runs here, or checks that it is the one.
   *
   * @throws {InvalidStateError} if it is another loop, and the first one is still in use.
   */
  check(loop: Loop | undefined = runningLoop()): void {
    if (loop === this.#loop || loop === undefined || loop.isAmbient) return;
    if (this.#loop !== null && !this.#loop.isClosed) {
      throw new InvalidStateError(
        `Cannot wait for this ${this.#what}: it is bound to another event loop`,
      );
    }
    this.#loop = loop;
  }
}
