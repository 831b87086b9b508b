/** The work of the `file` workload. Lean, because every worker that does it loads this module. */
import { setTimer } from "../../core/clock.ts";
import { portable } from "../../wire/codec/portable.ts";

/** A file to write and to read. */
export interface FileOrder {
  readonly folder: string;
  readonly number: number;
  /** In bytes. */
  readonly size: number;
  /** Between the two, in milliseconds. */
  readonly delay: number;
}

/** Writes a file, reads it again, and returns the sum of its bytes. */
export const writeAndRead: (order: FileOrder) => Promise<number> = portable(
  import.meta,
  async function writeAndRead({ folder, number, size, delay }: FileOrder): Promise<number> {
    const path = `${folder}/${number}`;
    await Deno.writeFile(path, new Uint8Array(size).fill(number % 251 + 1));
    if (delay > 0) await new Promise<void>((resolve) => setTimer(resolve, delay));
    const bytes = await Deno.readFile(path);
    let sum = 0;
    for (let i = 0; i < bytes.length; i++) sum += bytes[i]!;
    return sum;
  },
);
