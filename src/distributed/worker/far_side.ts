/**
 * Where a job runs: in the thread, the process or the task that a worker has for it.
 *
 * Arguments come and results go packed, so that the side between, which talks to the broker, loads no module of a job,
 * and an error keeps its class through it.
 */
import { currentWork } from "../../core/current.ts";
import type { ChunkCalls } from "../../core/mapping/chunk.ts";
import { captureOnce, encodeFailure } from "../../wire/codec/codec.ts";
import {
  type AnyFunction,
  portable,
  resolveTarget,
  type Target,
} from "../../wire/codec/portable.ts";
import { EncodedChunk, runEach } from "../../wire/rpc/chunk.ts";
import { checkStreamable } from "../../wire/rpc/stream.ts";
import { pack, type Packed, unpack } from "../packed.ts";
import { TransferError } from "../../core/errors.ts";

/** What is to be run. */
export interface RunOrder {
  readonly target: Target;
  readonly isChunk: boolean;
  /** Whether the values of context variables stand before the arguments. */
  readonly carries: boolean;
  /** The function that says of which errors it is worth another attempt. */
  readonly when: Target | null;
}

/** How it ended. */
export interface RunOutcome {
  /** `final`: failed, and no other attempt is wanted. */
  readonly end: "done" | "failed" | "final";
  /** The result or the error, packed. */
  readonly value: Packed;
}

/** What a worker has run in the place of each job's function. */
export const farSide = portable(import.meta, {
  /** Calls a function, or makes the calls of a chunk. */
  async runJob(order: RunOrder, body: Packed): Promise<RunOutcome> {
    try {
      const { fn, args } = await prepare(order, body);
      if (order.isChunk) return { end: "done", value: await runCalls(fn, args) };
      const value = await fn(...args as never[]);
      return { end: "done", value: await pack(captureOnce(value, "process")) };
    } catch (error) {
      return await failure(order, error);
    }
  },

  /** Whether an error, packed, is worth another attempt. */
  async isWorthIt(when: Target, error: Packed): Promise<boolean> {
    return Boolean(await (await resolveTarget(when))(await unpackFailure(error) as never));
  },

  /** Runs a generator; its items are packed, and what is returned tells how it ended. */
  async *runStream(
    order: RunOrder,
    body: Packed,
  ): AsyncGenerator<Packed, RunOutcome> {
    let iterator: Iterator<unknown> | AsyncIterator<unknown> | null = null;
    try {
      const { fn, args } = await prepare(order, body);
      const source = checkStreamable(await fn(...args as never[])) as AsyncIterable<unknown>;
      iterator = source[Symbol.asyncIterator]?.() ??
        (source as unknown as Iterable<unknown>)[Symbol.iterator]();
      for (;;) {
        const open: Iterator<unknown> | AsyncIterator<unknown> = iterator;
        iterator = null; // one that throws or ends has ended itself
        const step = await open.next();
        if (step.done) {
          return { end: "done", value: await pack(captureOnce(step.value, "process")) };
        }
        iterator = open;
        yield await pack(captureOnce(step.value, "process"));
      }
    } catch (error) {
      await iterator?.return?.();
      iterator = null;
      return await failure(order, error);
    } finally {
      await iterator?.return?.();
    }
  },
});

/** A job that runs, whose context variables are set here. */
interface Carrier {
  context?: unknown;
  carried?: Readonly<Record<string, unknown>>;
}

async function prepare(
  { target, carries }: RunOrder,
  body: Packed,
): Promise<{ fn: AnyFunction; args: unknown[] }> {
  const args = await unpack(body);
  if (!Array.isArray(args)) throw new TransferError("Cannot run a job: its arguments are no list");
  const work = currentWork() as Carrier | undefined;
  if (work !== undefined) work.context = undefined; // that of the worker is not the caller's
  if (carries) {
    const carried = args.shift();
    if (work !== undefined && typeof carried === "object" && carried !== null) {
      work.carried = carried as Record<string, unknown>;
    }
  }
  return { fn: await resolveTarget(target), args };
}

async function runCalls(fn: AnyFunction, calls: unknown[]): Promise<Packed> {
  const chunk = new EncodedChunk("process");
  if (!Array.isArray(calls[0])) {
    throw new TransferError("Cannot run a chunk: it is no list of calls");
  }
  await runEach(fn, calls as unknown as ChunkCalls, chunk);
  return await pack(chunk.encoded);
}

async function failure({ when }: RunOrder, error: unknown): Promise<RunOutcome> {
  if (when === null) return { end: "failed", value: await packFailure(error) };
  try {
    const isWorthIt = await (await resolveTarget(when))(error as never);
    return { end: isWorthIt ? "failed" : "final", value: await packFailure(error) };
  } catch (broken) {
    return { end: "final", value: await packFailure(broken) };
  }
}

/** An error, packed; what cannot leave the machine is stood in for by the error that says so. */
export async function packFailure(error: unknown): Promise<Packed> {
  try {
    return await pack(encodeFailure(error, "process"));
  } catch (refusal) {
    return await pack(encodeFailure(refusal, "process"));
  }
}

/** What {@link packFailure} packed; when it cannot be read, the error that says why. */
export async function unpackFailure(bytes: string | Uint8Array): Promise<unknown> {
  try {
    const value = await unpack(bytes);
    if (typeof value === "object" && value !== null && "error" in value) return value.error;
    throw new TransferError("Cannot read how a job failed: it is no error");
  } catch (error) {
    return error;
  }
}
