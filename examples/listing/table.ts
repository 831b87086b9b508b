/** The 47 listings of the course: where each stands in TypeScript, in Python, and as the slide has it. */

/** One listing of the slides. */
export interface Entry {
  /** Its number in the course. */
  readonly number: number;
  /** Its name in the course, of which the recorded output is. */
  readonly name: string;
  /** The name of the programs; that of another listing where a slide repeats one. */
  readonly program: string;
  /** The program with the slide's mistake, where there is one. */
  readonly printed?: string;
  /** Whether the program can be run under CPython's lock, with `--gil`. */
  readonly gil: boolean;
}

/** The folder of the examples. */
export const EXAMPLES = new URL("../", import.meta.url);

/** Listings that a slide prints again. */
const REPEATED: Readonly<Record<number, string>> = {
  11: "11_condition_orders_repeat",
  23: "23_event_loop_hello_repeat",
  37: "37_thread_clock_annotated",
  42: "42_process_clock_annotated",
};

/** Reads the folders; all 47, in their order. */
export async function readListings(): Promise<Entry[]> {
  const names = async (folder: string, ext: string): Promise<string[]> =>
    (await Array.fromAsync(Deno.readDir(new URL(folder, EXAMPLES))))
      .filter(({ name }) => /^\d\d_/.test(name) && name.endsWith(ext))
      .map(({ name }) => name.slice(0, -ext.length)).sort();
  const programs = await names("listings/", ".ts");
  const printed = await names("python/printed/", ".py");
  const entries: Entry[] = [];
  for (const program of programs) {
    const source = await Deno.readTextFile(new URL(`listings/${program}.ts`, EXAMPLES));
    const gil = source.includes('"--gil"');
    const number = Number(program.slice(0, 2));
    for (const each of [number, number + 1]) {
      const name = each === number ? program : REPEATED[each];
      if (name === undefined) continue;
      entries.push({ number: each, name, program, printed: printed.find((p) => p === name), gil });
    }
  }
  return entries.sort((a, b) => a.number - b.number);
}
