import { InvalidStateError } from "../../core/errors.ts";
import { detached } from "./detached.ts";
import type { Caller, Core } from "./served_objects.ts";

type Members = Record<string, unknown>;

/** What other processes may ask it. */
const QUESTIONS: ReadonlySet<string> = new Set(["call", "value", "statistics"]);

/** Any object, served: its public methods can be called and its plain properties read. */
export class ProxyCore implements Core {
  readonly questions: ReadonlySet<string> = QUESTIONS;
  readonly #target: object;
  readonly #exposed: ReadonlySet<string> | null;
  #calls = 0;

  /** `exposed` bounds what may be called or read; without it everything public may. */
  constructor(target: object, exposed: Iterable<string> | null = null) {
    this.#target = target;
    this.#exposed = exposed === null ? null : new Set(exposed);
  }

  /** Calls a method, or returns a property. */
  async call(_caller: Caller, name: string, args: unknown[]): Promise<unknown> {
    this.#calls++;
    const member = this.#member(name);
    if (typeof member !== "function") return detached(member);
    return detached(await member.apply(this.#target, args));
  }

  /** A copy of the object itself. */
  value(): unknown {
    return detached(this.#target);
  }

  statistics(): { readonly calls: number } {
    return { calls: this.#calls };
  }

  /** What is private, inherited from every object, or makes functions out of text is out of reach. */
  #member(name: string): unknown {
    const isHidden = name.startsWith("_") || name === "constructor" || name in Object.prototype;
    const isExposed = this.#exposed === null ? !isHidden : this.#exposed.has(name);
    const target = this.#target as Members;
    if (!isExposed || !(name in target)) {
      throw new InvalidStateError(
        `Cannot call ${name}: the managed object does not expose it; name it in exposed`,
      );
    }
    return target[name];
  }
}
