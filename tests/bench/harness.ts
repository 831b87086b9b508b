/**
 * Measures contenders against each other in one run.
 *
 * Each round measures every contender once, in an order that rotates, so that a machine that is slow for a
 * while is slow for all. What counts are ratios, taken round by round; their median is shown.
 *
 * A peer that fails or hangs is a line of the report and not the end; without ours or the limit there is
 * nothing to say, and the file fails.
 *
 * A file run by itself prints every contender. `all.ts` has it write its rows to the file of BENCH_ROWS instead,
 * and take fewer rounds with BENCH_QUICK.
 */
import type { Contender, Measure } from "./report/contender.ts";
import { Figures } from "./report/figures.ts";
import { type Failure, type Part, rowsOf } from "./report/row.ts";
import { contendersTable } from "./report/table.ts";

export type { Contender, Measure, Opened } from "./report/contender.ts";

/** The longest time that one contender may take in a round, in milliseconds. */
const PATIENCE = 15_000;

/** What has run for so long is warm, in milliseconds. */
const WARM = 1_000;

/** A peer that has taken so long, in milliseconds, is measured in no more than so many rounds. */
const SLOW = { taken: 4_000, rounds: 2 };

const QUICK_ROUNDS = 3;

/**
 * Measures, and prints a table or writes rows.
 *
 * Where ours or the limit fails, the program goes on and exits with 1. Where the file is not the program, it does nothing.
 */
export async function bench(measure: Measure, contenders: readonly Contender[]): Promise<Part> {
  const part = partName();
  if (part === null) return { part: "", title: measure.title, rows: [], failures: [] };
  const { rounds = 5, warmUps = 1 } = measure;
  const quick = Deno.env.get("BENCH_QUICK") !== undefined;
  const { figures, failures } = await race(
    contenders,
    quick ? Math.min(rounds, QUICK_ROUNDS) : rounds,
    warmUps,
  );
  if (failures.some(({ role }) => role !== "peer")) Deno.exitCode = 1;
  const found = rowsOf(part, measure, figures, failures);
  const file = Deno.env.get("BENCH_ROWS");
  if (file === undefined) console.log(contendersTable(measure, figures, failures));
  else await Deno.writeTextFile(file, JSON.stringify(found) + "\n", { append: true });
  return found;
}

async function race(contenders: readonly Contender[], rounds: number, warmUps: number) {
  const figures = new Figures(contenders);
  const failures: Failure[] = [];
  const taken = new Map<Contender, number>();
  const failed = ({ name }: Contender) => failures.some((each) => each.name === name);
  using strays = new Strays();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length]!;
      const before = taken.get(contender) ?? 0;
      const isSlow = contender.role === "peer" && before > SLOW.taken && round >= SLOW.rounds;
      if (failed(contender) || isSlow) continue;
      const began = performance.now();
      try {
        const figure = await within(strays.watch(take(contender, warmUps)));
        if (!Number.isFinite(figure)) throw new Error(`measured ${figure}`);
        figures.note(contender, round, figure);
      } catch (error) {
        const why = String(error).split("\n")[0]!;
        failures.push({ name: contender.name, role: contender.role, why });
        strays.expected = true;
      }
      taken.set(contender, before + performance.now() - began);
    }
  }
  return { figures, failures };
}

async function take(contender: Contender, warmUps: number): Promise<number> {
  const opened = await contender.open();
  try {
    const began = performance.now();
    for (let i = 0; i < warmUps && performance.now() - began < WARM; i++) await opened.measure();
    return await opened.measure();
  } finally {
    await opened.close?.();
  }
}

async function within(work: Promise<number>): Promise<number> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors that nobody handles: they fail the contender that is measured, and not the program. */
class Strays implements Disposable {
  /** Whether a contender has failed: what it left behind may throw while others are measured. */
  expected = false;
  #fail: (error: unknown) => void = () => {};

  constructor() {
    addEventListener("unhandledrejection", this.#onStray);
    addEventListener("error", this.#onStray);
  }

  /** Gives what `work` gives, or fails with a stray error of its time. */
  watch<T>(work: Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // it counts in the race below only
    this.#fail = reject;
    return Promise.race([work, promise]);
  }

  [Symbol.dispose](): void {
    removeEventListener("unhandledrejection", this.#onStray);
    removeEventListener("error", this.#onStray);
  }

  readonly #onStray = (event: PromiseRejectionEvent | ErrorEvent): void => {
    event.preventDefault();
    const error = event instanceof ErrorEvent ? event.error ?? event.message : event.reason;
    if (!this.expected) this.#fail(error);
  };
}

/** The name of the file that runs, without what all have; `null` in a thread or a process of ours that loads it, too. */
function partName(): string | null {
  return /\/(\w+)_bench\.ts$/.exec(new URL(Deno.mainModule).pathname)?.[1] ?? null;
}
