import type { Inputs } from "./executor.ts";

/** One or several iterables as rows of arguments, taken one by one; ends with the shortest. */
export async function* rows(inputs: Inputs<unknown>[]): AsyncGenerator<unknown[], void> {
  const iterators = inputs.map(iterate);
  try {
    while (true) {
      const row: unknown[] = [];
      for (const iterator of iterators) {
        const step = await iterator.next();
        if (step.done) return;
        row.push(step.value);
      }
      yield row;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}

/** So many rows together. */
export async function* chunks(
  source: AsyncIterable<unknown[]>,
  size: number,
): AsyncGenerator<unknown[][], void> {
  let chunk: unknown[][] = [];
  for await (const row of source) {
    chunk.push(row);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** Whether a value can be an input of `map`. */
export function isInputs(value: unknown): value is Inputs<unknown> {
  return typeof value === "string" || (typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value));
}

function iterate(inputs: Inputs<unknown>): Iterator<unknown> | AsyncIterator<unknown> {
  return Symbol.asyncIterator in Object(inputs)
    ? (inputs as AsyncIterable<unknown>)[Symbol.asyncIterator]()
    : (inputs as Iterable<unknown>)[Symbol.iterator]();
}
