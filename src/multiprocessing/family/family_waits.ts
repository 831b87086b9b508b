/**
 * The waits of this process for words of the family's memory: blocking, or with a promise.
 *
 *     line of a word    waits with a promise, in the order in which they came; they share a record (`wait_records.ts`)
 *     blocking          one after another, each with a record of its own
 *
 *     a wait            begins             is chosen                 leaves by itself (time, signal)
 *                       enters the record  the first in line goes    if its record still counts it; else somebody chose one
 *                       looks at the word  on, and then the record   of the line meanwhile, and it is looked who that was
 *                                          is told that it is used
 *
 * What another process died in the middle of is made good by looking again at the words: after each death, and now and then,
 * every wait does. So it needs no note of what the dead was about to do.
 */
import { offAbort, onAbort } from "../../core/abort.ts";
import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { WaitList, WaitNode } from "../../core/collections/wait_list.ts";
import { EOFError } from "../../core/errors.ts";
import { currentWork } from "../../core/current.ts";
import { trace, traceTime } from "../../core/trace.ts";
import type { Memory } from "../../shared/memory/memory.ts";
import type { Parked } from "../../shared/parking/park.ts";
import { CallWork } from "../../wire/rpc/call_work.ts";
import type { Spin } from "../../shared/parking/spin.ts";
import { noteWait, type Step, type Waiting } from "../../shared/parking/waiting.ts";
import { aloneError } from "./alone_error.ts";
import type { Bell, Look } from "./bell.ts";
import type { Pages } from "./pages.ts";
import { MOST_WAITS, type WaitRecords } from "./wait_records.ts";

/** How a park ended here: as any other, because the process that keeps its word is gone, or because nobody can end it. */
type Ended = Parked | "gone" | "alone";

/** Waits with a promise that share a record. */
interface Line {
  readonly record: number;
  readonly at: number;
  readonly kind: number;
  readonly owes: number;
  readonly waits: WaitList<PromisedPark>;
  /** How many that were chosen are going on right now. */
  using: number;
  /** For the bell: lets those go on that were chosen. */
  readonly look: Look;
}

/** See the head of this file. */
export class FamilyWaits {
  readonly #memory: Memory;
  readonly #pages: Pages;
  readonly #bell: Bell;
  readonly #records: WaitRecords;
  readonly #spin: Spin | null;
  readonly #lines = new Map<number, Line[]>();

  /** @param spin how a blocking wait spins before it sleeps; `null`: it does not. */
  constructor(
    memory: Memory,
    pages: Pages,
    bell: Bell,
    records: WaitRecords,
    spin: Spin | null,
  ) {
    this.#memory = memory;
    this.#pages = pages;
    this.#bell = bell;
    this.#records = records;
    this.#spin = spin;
  }

  /**
   * Waits by blocking this thread.
   *
   * @throws {DeadlockError} if nobody is there who could ever end it.
   */
  block<T>(waiting: Waiting<T>): T {
    let held = 0;
    let isAlone = false;
    try {
      let next = waiting.next();
      while (next.done !== true) {
        const step = next.value;
        if (step.spin === true && this.#memory.spinWhile(step.at, step.expected)) {
          next = waiting.next("changed");
          continue;
        }
        const start = trace.active ? traceTime() : 0;
        const { how, record } = this.#parkSync(step);
        if (held !== 0) this.#records.useAndClose(held);
        held = record;
        if (trace.active) noteWait(step, start);
        isAlone ||= how === "alone";
        next = goOn(waiting, step, how);
      }
      if (isAlone) throw aloneError();
      return next.value;
    } catch (error) {
      throw isAlone ? aloneError() : error; // also where a barrier that was left says that it is broken
    } finally {
      if (held !== 0) this.#records.useAndClose(held);
    }
  }

  /**
   * Waits with a promise; what ends it early is the signal of its steps.
   *
   * @param keep what must not be collected meanwhile: the object that speaks for the words that are waited at.
   */
  run<T>(waiting: Waiting<T>, keep: object): Promise<T> {
    return new Promise((resolve, reject) => {
      const follow = (next: IteratorResult<Step, T>): void => {
        while (next.done !== true) {
          const step = next.value;
          const start = trace.active ? traceTime() : 0;
          const early = this.#parkLater(step, keep, (how) => {
            if (trace.active) noteWait(step, start);
            try {
              follow(goOn(waiting, step, how));
            } catch (error) {
              reject(error);
            }
          });
          if (early === null) return;
          next = goOn(waiting, step, early);
        }
        resolve(next.value);
      };
      follow(waiting.next()); // what it throws rejects the promise
    });
  }

  /** Whether a wait with a promise is at `at`. */
  isAwaited(at: number): boolean {
    return this.#lines.has(at);
  }

  /** Blocks for one step; `record` is one that was chosen, and has to be told when that is used. */
  #parkSync(step: Step): { how: Ended; record: number } {
    const records = this.#records;
    const record = records.open({
      at: step.at,
      kind: step.kind ?? 0,
      owner: step.owner ?? 0,
      owes: step.owes ?? 0,
      timed: step.deadline !== undefined && step.deadline.at !== Infinity,
      blocks: true,
    });
    records.setTicket(record, records.nextTicket());
    records.enter(record);
    const left = (how: Ended): boolean => {
      if (!records.leave(record)) return false;
      records.close(record);
      ended = how;
      return true;
    };
    let ended: Ended | null = null;
    const early = this.#verdictNow(step);
    if (early !== null && left(early)) return { how: ended!, record: 0 };
    step.enlisted?.();
    const look = (): boolean => {
      if (records.chosen(record) > 0) ended = "woken";
      else if (records.takeRefusal(record)) {
        ended = "refused";
        records.close(record);
      } else {
        const verdict = this.#verdictNow(step) ?? (isStopped(step) ? "aborted" : null);
        return verdict !== null && (left(verdict) || look());
      }
      return true;
    };
    this.#spin?.until(() => records.chosen(record) > 0);
    const rung = this.#bell.waitSync(look, step.deadline?.remaining());
    if (rung !== "ready" && !left(rung === "late" ? "timedOut" : "alone")) look();
    return { how: ended!, record: ended === "woken" ? record : 0 };
  }

  /** Begins to wait with a promise; returns how that ended if it did not begin. */
  #parkLater(step: Step, keep: object, ended: (how: Ended) => void): Ended | null {
    if (step.signal?.aborted && step.unstoppable !== true) return "aborted";
    const line = this.#lineFor(step);
    const park = new PromisedPark(this, line, step, this.#records.nextTicket(), keep, ended);
    if (line.waits.size === 0) this.#records.setTicket(line.record, park.ticket);
    this.#records.enter(line.record);
    const early = this.#verdictNow(step);
    if (early !== null && this.#records.leave(line.record)) {
      this.#closeIfFree(line);
      return early;
    }
    line.waits.push(park);
    step.enlisted?.();
    park.begin();
    if (park.list !== null) this.#bell.wait(line.look, step.at);
    return null;
  }

  /** Ends a wait of a line with `how`, unless it was chosen before: then that counts. */
  leave(park: PromisedPark, how: Ended): void {
    const { line } = park;
    this.#collect(line);
    if (park.list === null || !this.#records.leave(line.record)) return this.#collect(line);
    line.waits.remove(park);
    this.#noteFirst(line);
    park.end(how);
    this.#closeIfFree(line);
  }

  /** How a wait for a word ends that looks at it now; `null`: it waits on. */
  #verdictNow(step: Step): Ended | null {
    const memory = this.#memory;
    if (!memory.isRegistered(this.#pages.keeperOf(step.at))) return "gone";
    if (memory.load(step.at) !== step.expected) return "changed";
    if (step.owner === undefined || step.owner === 0) return null;
    const owner = memory.load(step.owner) >>> 1;
    return owner === 0 || memory.isRegistered(owner) ? null : "orphaned";
  }

  /** Lets those of a line go on that were chosen, and `again` those whose word has changed; whether nobody is left. */
  #look(line: Line, again: boolean): boolean {
    this.#collect(line);
    if (again) this.#lookAgain(line);
    return line.waits.size === 0 && line.using === 0;
  }

  #lookAgain(line: Line): void {
    for (const park of [...line.waits]) {
      const verdict = this.#verdictNow(park.step);
      if (verdict !== null && park.list !== null) this.leave(park, verdict);
    }
  }

  /** Lets those of a line go on that were chosen or turned away. */
  #collect(line: Line): void {
    const { record, waits } = line;
    const records = this.#records;
    while (records.chosen(record) > line.using) {
      const park = waits.shift();
      if (park === null) break; // all that were chosen are going on
      this.#noteFirst(line);
      line.using++;
      park.end("woken");
      line.using--;
      records.use(record);
    }
    if (records.takeRefusal(record)) {
      for (let park = waits.shift(); park !== null; park = waits.shift()) park.end("refused");
    }
    this.#closeIfFree(line);
  }

  #noteFirst({ record, waits }: Line): void {
    if (waits.first !== null) this.#records.setTicket(record, waits.first.ticket);
  }

  #lineFor(step: Step): Line {
    const kind = step.kind ?? 0, owes = step.owes ?? 0;
    const open = this.#lines.get(step.at)?.at(-1);
    if (open !== undefined) this.#collect(open); // what came before is not for the one that comes now
    let lines = this.#lines.get(step.at);
    if (lines === undefined) this.#lines.set(step.at, lines = []);
    const last = lines.at(-1);
    // One that is full stays so until it is empty: a later wait must not come before those of the next record.
    if (last?.kind === kind && last.owes === owes && last.waits.size + last.using < MOST_WAITS) {
      return last;
    }
    const note = { at: step.at, kind, owner: step.owner ?? 0, owes, timed: false, blocks: false };
    const record = this.#records.open(note);
    const line: Line = {
      ...{ record, at: step.at, kind, owes, waits: new WaitList<PromisedPark>(), using: 0 },
      look: (again) => this.#look(line, again),
    };
    lines.push(line);
    return line;
  }

  #closeIfFree(line: Line): void {
    if (line.waits.size > 0 || line.using > 0) return;
    const lines = this.#lines.get(line.at);
    const place = lines?.indexOf(line) ?? -1;
    if (lines === undefined || place < 0) return;
    lines.splice(place, 1);
    if (lines.length === 0) this.#lines.delete(line.at);
    this.#records.close(line.record);
    this.#bell.leave(line.look);
  }
}

/** One wait with a promise. */
class PromisedPark extends WaitNode<PromisedPark> {
  readonly line: Line;
  readonly step: Step;
  readonly ticket: number;
  /** What is not collected as long as it waits. */
  readonly keep: object;
  readonly #waits: FamilyWaits;
  readonly #ended: (how: Ended) => void;
  #timer: ClockTimer | null = null;

  constructor(
    waits: FamilyWaits,
    line: Line,
    step: Step,
    ticket: number,
    keep: object,
    ended: (how: Ended) => void,
  ) {
    super();
    this.#waits = waits;
    this.line = line;
    this.step = step;
    this.ticket = ticket;
    this.keep = keep;
    this.#ended = ended;
  }

  /** Begins to listen to what ends it early. */
  begin(): void {
    const { signal, deadline, unstoppable } = this.step;
    if (unstoppable !== true) onAbort(signal, this.#onAbort);
    const left = deadline?.remaining() ?? Infinity;
    if (left <= 0) this.#waits.leave(this, "timedOut");
    else if (left !== Infinity) {
      this.#timer = setTimer(() => this.#waits.leave(this, "timedOut"), left);
    }
  }

  /** Ends it; it has left its line. */
  end(how: Ended): void {
    offAbort(this.step.signal, this.#onAbort);
    this.#timer?.cancel();
    this.#ended(how);
  }

  readonly #onAbort = (): void => this.#waits.leave(this, "aborted");
}

/** Whether the call that blocks was asked to stop: nobody but itself looks, since its event loop stands still. */
function isStopped({ signal, unstoppable }: Step): boolean {
  if (signal === undefined || unstoppable === true) return false;
  const work = currentWork();
  if (work instanceof CallWork) work.poll();
  return signal.aborted;
}

/** Tells a wait how its step ended; where nobody could ever have ended it, it leaves as one whose time has passed. */
function goOn<T>(waiting: Waiting<T>, { at }: Step, how: Ended): IteratorResult<Step, T> {
  if (how === "gone") return waiting.throw(goneAt(at));
  return waiting.next(how === "alone" ? "timedOut" : how);
}

function goneAt(at: number): EOFError {
  return new EOFError(
    `Cannot wait for what is at ${at} in the family's memory any longer: the process that made it is gone`,
  );
}
