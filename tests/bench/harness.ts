/**
 * Measures contenders against each other in one run.
 *
 * Each round measures every contender once, in an order that rotates, so that a machine that is slow for a
 * while is slow for all. What counts is the ratio to the limit, taken round by round; its median is shown.
 */

/** A contender, opened anew in each round. */
export interface Contender {
  readonly name: string;
  /** `limit`: what the ratios are to. `ours`: what is judged. */
  readonly role: "ours" | "limit" | "peer";
  /** Readies it; `measure` gives one figure, and is called once before to warm up. */
  open(): Promise<Opened> | Opened;
}

/** A contender that is ready. */
export interface Opened {
  measure(): Promise<number> | number;
  close?(): Promise<unknown> | unknown;
}

/** What is measured. */
export interface Measure {
  readonly title: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
  readonly rounds?: number;
  /** How often the measurement is taken before the one that counts; default 1. */
  readonly warmUps?: number;
  /** What is to be reached, as a ratio to the limit, for the last line. */
  readonly target?: string;
}

/** The longest time that one contender may take in a round, in milliseconds. */
const PATIENCE = 30_000;

/** Measures and prints a table; returns the median ratio to the limit of each contender. */
export async function bench(
  measure: Measure,
  contenders: readonly Contender[],
): Promise<Map<string, number>> {
  const { rounds = 5, warmUps = 1 } = measure;
  const figures = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length]!;
      if (failures.has(contender.name)) continue;
      try {
        figures.get(contender.name)!.push(await within(take(contender, warmUps)));
      } catch (error) {
        failures.set(contender.name, String(error).split("\n")[0]!);
      }
    }
  }
  return report(measure, contenders, figures, failures);
}

async function take(contender: Contender, warmUps: number): Promise<number> {
  const opened = await contender.open();
  try {
    for (let i = 0; i < warmUps; i++) await opened.measure();
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

function report(
  measure: Measure,
  contenders: readonly Contender[],
  figures: ReadonlyMap<string, readonly number[]>,
  failures: ReadonlyMap<string, string>,
): Map<string, number> {
  const limit = contenders.find(({ role }) => role === "limit")!;
  const limits = figures.get(limit.name)!;
  const ratios = new Map<string, number>();
  console.log(`\n${measure.title} (${measure.unit}, ${measure.better} is better)`);
  const rows = contenders.map(({ name, role }) => {
    const failure = failures.get(name);
    if (failure !== undefined) return [name, role, "failed:", failure, "", ""];
    const own = figures.get(name)!;
    const ratio = median(own.map((value, round) => value / limits[round]!));
    ratios.set(name, ratio);
    return [
      name,
      role,
      ...[median(own), Math.min(...own), Math.max(...own)].map(show),
      show(ratio),
    ];
  });
  const table = [["contender", "role", "median", "min", "max", `x ${limit.name}`], ...rows];
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)));
  for (const row of table) {
    console.log("  " + row.map((cell, i) => cell.padEnd(widths[i]!)).join("  ").trimEnd());
  }
  if (measure.target !== undefined) console.log(`  target: ${measure.target}`);
  return ratios;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function show(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
