import { now, setSoon } from "../../core/clock.ts";
import { perturbation } from "../../core/perturbation.ts";
import { addReadinessProbe } from "../../core/readiness.ts";
import { runAsNobody } from "../../core/flow/async_work.ts";
import { CallLine } from "./call_line.ts";
import { Handle } from "./handles.ts";
import { current } from "./running_loop.ts";
import type { Entry, Ready } from "./contract.ts";

/** What a pass tells the loop that the line belongs to. */
export interface PassOwner {
  /** Before what is ready runs: the place to add what has come due. */
  beginPass(): void;
  /** After it ran. */
  endPass(): void;
  /** Whether slow entries are warned of. */
  readonly debug: boolean;
  /** From how many milliseconds on an entry is slow. */
  readonly slowCallbackDuration: number;
  /** Who sees deadlocks. */
  readonly watch: { idle(): void } | null;
}

/** How many light turns may follow each other before time and input are let in. */
const LIGHT_TURNS = 256;

let turnsAhead = 0;
addReadinessProbe(() => turnsAhead > 0);

/**
 * What is ready to run in a loop, first in, first out, run in passes.
 *
 *     push ──▶ line ──(the platform's next turn: async functions have come to their next wait)──▶ pass
 *     wake ──▶ line ──(a microtask, if only wake-ups are in line)──▶ light turn
 *
 * - A pass runs what is in line when it begins; what that adds waits for the next pass. CPython's loop
 *   does the same, so the order is the same.
 * - Between passes the promise reactions drain. An async function woken in one pass has therefore begun
 *   its next wait before the next pass.
 * - The wake-up of an async function only resolves a promise. When nothing but such wake-ups is in line,
 *   no pass is needed for them: a microtask runs them, in order, at a tenth of the cost. After some
 *   hundred of these in a row a pass is made all the same, so that timers and input get their turn.
 */
export class ReadyQueue implements Ready {
  readonly #owner: PassOwner;
  #line = new CallLine();
  /** The line for what is added while that one runs. */
  #spare = new CallLine();
  #open = false;
  #onlyWakes = true;
  #passAhead = false;
  #lightAhead = false;
  #lightTurns = 0;
  #passes = 0;
  readonly #pass = (): void => runAsNobody(this.#makePass);
  readonly #light = (): void => this.#makeLightTurn();

  constructor(owner: PassOwner) {
    this.#owner = owner;
  }

  /** How many passes have been made. */
  get passes(): number {
    return this.#passes;
  }

  /** How many are in line. */
  get size(): number {
    return this.#line.size;
  }

  /** Whether passes are made. */
  get open(): boolean {
    return this.#open;
  }

  /** Adds a call for the next pass. */
  push(entry: Entry, a?: unknown, b?: unknown): void {
    this.#line.push(entry, a, b);
    this.#onlyWakes = false;
    if (this.#open && !this.#passAhead) this.requestPass();
  }

  /** Adds the wake-up of a promise; at once when no passes are made, since then no order is to be kept. */
  wake(entry: Entry, a?: unknown, b?: unknown): void {
    if (!this.#open) return entry(a, b);
    this.#line.push(entry, a, b);
    if (this.#passAhead || this.#lightAhead) return;
    if (!this.#onlyWakes || this.#lightTurns >= LIGHT_TURNS) return this.requestPass();
    this.#lightAhead = true;
    turnsAhead++;
    queueMicrotask(this.#light);
  }

  /** Begins to make passes. */
  start(): void {
    this.#open = true;
    this.requestPass();
  }

  /** Makes no more passes; what is in line stays there. */
  stop(): void {
    this.#open = false;
  }

  /** Has a pass made even if nothing is in line. */
  requestPass(): void {
    if (this.#passAhead) return;
    this.#passAhead = true;
    turnsAhead++;
    setSoon(this.#pass);
  }

  /** Forgets what is in line. */
  clear(): void {
    this.#line.clear();
  }

  readonly #makePass = (): void => {
    this.#passAhead = false;
    this.#passes++;
    turnsAhead--;
    this.#lightTurns = 0;
    if (!this.#open) return;
    const { task, generator, loop } = current;
    this.#owner.beginPass();
    current.task = null;
    current.generator = false;
    this.#runLine();
    current.task = task;
    current.generator = generator;
    current.loop = loop;
    this.#owner.endPass();
    if (this.#open && this.#line.size > 0) this.requestPass();
  };

  #makeLightTurn(): void {
    this.#lightAhead = false;
    turnsAhead--;
    if (!this.#open || !this.#onlyWakes || this.#passAhead) {
      if (this.#open && this.#line.size > 0) this.requestPass();
      return;
    }
    this.#lightTurns++;
    this.#takeLine().run();
    this.#owner.watch?.idle();
  }

  #runLine(): void {
    const line = this.#takeLine();
    this.#onlyWakes = true;
    const { by } = perturbation;
    if (by !== null) line.reorder((left) => by.choose(left));
    if (this.#owner.debug) line.runBy((entry, a, b) => this.#runWatched(entry, a, b));
    else line.run();
  }

  /** What is in line now; what is added from here on stands in another one. */
  #takeLine(): CallLine {
    const line = this.#line;
    this.#line = this.#spare;
    return this.#spare = line;
  }

  /** Runs one entry, and warns when it is slow. */
  #runWatched(entry: Entry, a: unknown, b: unknown): void {
    const start = now();
    entry(a, b);
    const took = now() - start;
    if (took < this.#owner.slowCallbackDuration) return;
    console.warn(`Executing ${nameOf(a) ?? nameOf(b) ?? entry.name} took ${took.toFixed(0)} ms`);
  }
}

/** What the debug mode calls the thing that was run. */
function nameOf(thing: unknown): string | undefined {
  if (thing instanceof Handle) return `${thing.callback?.name || "(anonymous)"}()`;
  const name = (thing as { name?: unknown } | undefined)?.name;
  return typeof name === "string" ? `task ${name}` : undefined;
}
