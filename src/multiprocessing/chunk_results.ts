import type { Outcome } from "./imap_iterator.ts";
import type { Inputs } from "./pool_options.ts";

/** A chunk that runs, and how to know it among others. */
interface Running<R> {
  readonly self: Promise<Running<R>>;
  readonly outcomes: Outcome<R>[];
}

/**
 * The outcomes of inputs that are run in chunks of `size`, a few chunks ahead of who takes them.
 *
 * An input that cannot be read ends it: what came before is run, then the failure is the last outcome.
 */
export async function* chunkResults<T, R>(
  inputs: Inputs<T>,
  size: number,
  run: (chunk: T[]) => Promise<Outcome<R>[]>,
  { ordered, ahead }: { ordered: boolean; ahead: number },
): AsyncGenerator<Outcome<R>, void, void> {
  const source = chunksOf(inputs, size);
  const running = new Set<Promise<Running<R>>>();
  let failure: Outcome<R> | null = null;
  let more = true;
  try {
    while (true) {
      while (more && running.size < ahead) {
        try {
          const next = await source.next();
          if (next.done) more = false;
          else {
            const self: Promise<Running<R>> = run(next.value)
              .then((outcomes) => ({ self, outcomes }));
            running.add(self);
          }
        } catch (error) {
          more = false;
          failure = { error };
        }
      }
      const [oldest] = running;
      if (oldest === undefined) break;
      const { self, outcomes } = await (ordered ? oldest : Promise.race(running));
      running.delete(self);
      yield* outcomes;
    }
    if (failure !== null) yield failure;
  } finally {
    await source.return();
  }
}

/** The inputs in lists of `size`. */
async function* chunksOf<T>(inputs: Inputs<T>, size: number): AsyncGenerator<T[], void, void> {
  let chunk: T[] = [];
  try {
    for await (const input of inputs) {
      chunk.push(input);
      if (chunk.length < size) continue;
      yield chunk;
      chunk = [];
    }
  } catch (error) {
    if (chunk.length > 0) yield chunk; // what came before the failure
    throw error;
  }
  if (chunk.length > 0) yield chunk;
}
