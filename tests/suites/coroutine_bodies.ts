/** The two bodies of a task, so that one promise can be tested on both. */
import { CancelledError, type Eventual } from "../../src/asyncio/mod.ts";

/** How to write the same body both ways. */
export interface Body {
  readonly name: string;
  /** Waits for what `begin` answers. */
  waits(begin: () => Eventual<unknown>): () => Promise<void> | Generator<unknown, void>;
  /** Waits and returns what comes. */
  returns<T>(begin: () => Eventual<T>): () => Promise<T> | Generator<unknown, T>;
  /** Waits, and returns `value` when it is cancelled meanwhile. */
  catches<T>(begin: () => Eventual<unknown>, value: T): () => Promise<T> | Generator<unknown, T>;
}

export const bodies: readonly Body[] = [
  {
    name: "async function",
    waits: (begin) => async () => {
      await begin();
    },
    returns: (begin) => async () => await begin(),
    catches: (begin, value) => async () => {
      try {
        await begin();
      } catch (error) {
        if (!(error instanceof CancelledError)) throw error;
      }
      return value;
    },
  },
  {
    name: "generator",
    waits: (begin) =>
      function* () {
        yield* begin();
      },
    returns: (begin) =>
      function* () {
        return yield* begin();
      },
    catches: (begin, value) =>
      function* () {
        try {
          yield* begin();
        } catch (error) {
          if (!(error instanceof CancelledError)) throw error;
        }
        return value;
      },
  },
];
