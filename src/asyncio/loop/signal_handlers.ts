import { inCallersContext } from "../../core/inheritance.ts";
import type { Callback } from "./handles.ts";
import type { Loop } from "./contract.ts";

/** Signals that no program can catch. */
const UNCATCHABLE: readonly string[] = ["SIGKILL", "SIGSTOP"];

/** What a loop does when a signal arrives; listens only while the loop runs. */
export class SignalHandlers {
  readonly #loop: Loop;
  readonly #listeners = new Map<Deno.Signal, () => void>();
  #listening = false;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** Sets what is called when `signal` arrives, in place of what was. */
  add(signal: Deno.Signal, callback: Callback, args: readonly unknown[]): void {
    if (UNCATCHABLE.includes(signal)) {
      throw new RangeError(`Cannot handle ${signal}: no program can catch it`);
    }
    const call = inCallersContext(() => callback(...args));
    Object.defineProperty(call, "name", { value: callback.name });
    const listener = (): void => {
      this.#loop.callSoon(call);
    };
    // First the platform, which refuses a name that it does not know.
    if (this.#listening) Deno.addSignalListener(signal, listener);
    this.remove(signal);
    this.#listeners.set(signal, listener);
  }

  /** Takes the handler of `signal` back. */
  remove(signal: Deno.Signal): boolean {
    const listener = this.#listeners.get(signal);
    if (listener === undefined) return false;
    this.#listeners.delete(signal);
    if (this.#listening) Deno.removeSignalListener(signal, listener);
    return true;
  }

  /** Begins to listen: the loop runs. */
  resume(): void {
    this.#listening = true;
    for (const [signal, listener] of this.#listeners) Deno.addSignalListener(signal, listener);
  }

  /** Stops listening: the loop does not run, and signals do what they do by themselves. */
  pause(): void {
    this.#listening = false;
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
  }

  /** Takes all back. */
  clear(): void {
    for (const signal of [...this.#listeners.keys()]) this.remove(signal);
  }
}
