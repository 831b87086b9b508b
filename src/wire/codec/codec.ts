/**
 * What may cross, and as what: value ⇄ message.
 *
 * | in the value                        | in the message                      |
 * |-------------------------------------|-------------------------------------|
 * | an object with `[travels]` (a Lock) | `{ MARK: "handle", … }`             |
 * | an error                            | `{ MARK: "error", … }`               |
 * | an object that has the key MARK     | `{ MARK: "plain", value }`          |
 * | a function, a symbol, a Response …  | `TransferError` naming its path     |
 * | everything else                     | a copy of what it is at this moment |
 *
 * What crosses where stands in `value_kinds.ts`. A message says whether anything was replaced, so plain ones
 * cost the far side nothing.
 */
import { TransferError } from "../../core/errors.ts";
import type { ChunkCalls } from "../../core/mapping/chunk.ts";
import {
  type Handle,
  isThreadKind,
  knowsKind,
  recall,
  returns,
  revive,
  type Source,
} from "../../shared/memory/handle.ts";
import { packageCollection, packageModule } from "./package_kinds.ts";
import { Packing } from "./packing.ts";
import {
  anyMarked,
  forgetTransfers,
  type Holding,
  markedTransfers,
  moveNow,
  type Pending,
  replaceMoved,
  seal,
  transfer,
} from "./transfer.ts";
import type { Reach } from "../rpc/transport.ts";
import { Unpacking, visitHandles } from "./unpacking.ts";
import { areAtoms, isAtom } from "./value_kinds.ts";

export { visitHandles };

/** A value on its way. */
export interface EncodedValue {
  /** What structured clone can take. */
  readonly value: unknown;
  /** Whether something in it was replaced and has to be restored by {@link decode}. */
  readonly marked: boolean;
  /** What is moved with the message that carries it. */
  readonly moves?: readonly Transferable[];
  /** Locks and the like in it, which set out when it is sent: {@link sealEncoded}. */
  readonly pending?: readonly Pending[] | undefined;
}

const NO_ARGUMENTS: EncodedValue = { value: [], marked: false };

let idle: Packing | null = new Packing();

/**
 * Readies `value` for a message that is sent at once; what was marked with `transfer()` is added to `moves`.
 *
 * @throws {TransferError} naming the path of what cannot cross; nothing has been moved then.
 */
export function encode(value: unknown, reach: Reach, moves: Transferable[]): EncodedValue {
  const encoded = pack(value, reach, "sent now");
  for (const move of encoded.moves ?? []) moves.push(move);
  sealEncoded(encoded, reach);
  return encoded;
}

/**
 * Readies `value` for a message that is sent later, perhaps more than once: nothing that is done to it from here on
 * shows. What was marked with `transfer()` is moved now. {@link sealEncoded} before it is sent.
 *
 * @throws {TransferError} naming the path of what cannot cross; nothing has been moved then.
 */
export function capture(value: unknown, reach: Reach): EncodedValue {
  return pack(value, reach, "kept");
}

/** As {@link capture}, for a message that is sent once. */
export function captureOnce(value: unknown, reach: Reach): EncodedValue {
  const encoded = pack(value, reach, "given");
  sealEncoded(encoded, reach);
  return encoded;
}

/**
 * Readies an item of a queue between threads, which is written as bytes at once.
 *
 * @throws {TransferError} naming the path of what cannot be written.
 */
export function encodeItem(value: unknown): EncodedValue {
  const encoded = pack(value, "thread", "queued");
  sealEncoded(encoded, "thread");
  return encoded;
}

/**
 * Readies what was thrown, or a reason, as `{ error }`; always possible: what cannot cross at all is stood in for by the
 * `TransferError` that says so, and of an error only what cannot is left out.
 */
export function encodeFailure(error: unknown, reach: Reach): EncodedValue {
  try {
    return { value: captureOnce({ error }, reach).value, marked: true };
  } catch (refusal) {
    const instead = refusal instanceof TransferError
      ? new TransferError(refusal.message, { path: refusal.path })
      : new TransferError(`Cannot send this error: ${typeof refusal}`);
    return { value: captureOnce({ error: instead }, reach).value, marked: true };
  }
}

/** What {@link encodeFailure} readied; when it cannot be read, the error that says why. */
export function decodeFailure(value: unknown, source: Source): unknown {
  try {
    return (decode({ value, marked: true }, source) as { error: unknown }).error;
  } catch (error) {
    return error;
  }
}

/** A message could not be sent: what was shared in it stays here, and what was to move comes back. */
export function takeBack(message: unknown): void {
  visitHandles(message, (handle) => recall(handle as Handle));
}

/** Has the locks and the like in a captured value set out; once, however often the message is sent. */
export function sealEncoded(encoded: EncodedValue, reach: Reach): void {
  if (encoded.pending === undefined) return;
  try {
    for (const each of encoded.pending) if (each.stand.handle === null) seal(each, reach);
  } catch (error) {
    discardEncoded(encoded); // those before it have set out, and the message is not sent
    throw error;
  }
}

/** Brings back the locks and the like that have set out with a captured value which nobody will read. */
export function discardEncoded(encoded: EncodedValue): void {
  for (const { traveller, stand } of encoded.pending ?? []) {
    const handle = stand.handle as Handle | null;
    if (handle === null) continue;
    if (traveller[returns] !== undefined) recall(handle);
    else revive(handle, "thread"); // what comes back to where it set out has arrived
    stand.handle = null;
  }
}

/**
 * Restores what the other side sent.
 *
 * @param source where it comes from: see {@link Source}.
 * @throws {TransferError} if it is no message of the codec's, or holds what cannot come from there.
 */
export function decode(encoded: EncodedValue, source: Source): unknown {
  if (!encoded.marked) return encoded.value;
  try {
    return new Unpacking(source).unpack(encoded.value);
  } catch (error) {
    if (error instanceof TransferError) throw error;
    throw new TransferError(
      `Cannot read what the other side sent: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

/**
 * The modules that have to be imported before {@link decode} can restore this message; and unless `only` it
 * counts, before what comes by way of it can be: a thread that blocks can import nothing.
 *
 * Whatever a message says, only its kinds of this package lead to a module; a module that the message names
 * itself counts when it comes from another thread of this program or from the parent.
 */
export function missingModules(encoded: EncodedValue, source: Source, only = false): string[] {
  if (!encoded.marked) return [];
  const modules = new Set<string>();
  const add = (made: unknown, own: (kind: string) => string | undefined): void => {
    const module = moduleOf(made, source, own);
    if (module !== undefined) modules.add(module);
  };
  visitHandles(encoded.value, (handle) => {
    add(handle, packageModule);
    if (!only && handle.brings !== undefined) add(handle.brings, packageCollection);
  });
  return [...modules];
}

function moduleOf(
  named: unknown,
  source: Source,
  own: (kind: string) => string | undefined,
): string | undefined {
  const { kind, module } = (named ?? {}) as { kind?: unknown; module?: unknown };
  if (typeof kind !== "string" || knowsKind(kind)) return undefined;
  if (isThreadKind(kind) && source !== "thread") return undefined;
  const ours = own(kind);
  if (ours !== undefined) return ours;
  return source !== "peer" && typeof module === "string" ? module : undefined;
}

function pack(value: unknown, reach: Reach, holding: Holding): EncodedValue {
  if (isAtom(value)) return { value, marked: false };
  const packing = idle ?? new Packing(); // a getter in the value may itself send something
  idle = null;
  try {
    const copy = packing.pack(value, reach, holding);
    const { marked } = packing;
    const pending = packing.pending.length === 0 ? undefined : [...packing.pending];
    for (const carrier of packing.carriers) forgetTransfers(carrier);
    if (packing.moved.length === 0 && packing.given.length === 0) {
      return { value: copy, marked, pending };
    }
    const listed = new Set(packing.moved);
    if (holding === "sent now") return { value: copy, marked, pending, moves: [...listed] };
    const moved = moveNow(listed);
    return {
      value: moved.size === 0 ? copy : replaceMoved(copy, moved, packing.views),
      marked,
      pending,
      moves: [...moved.values(), ...packing.given],
    };
  } finally {
    packing.clear();
    idle = packing;
  }
}

/**
 * Readies the arguments of a call, as {@link capture} does, behind the values of context variables that go along.
 *
 * @throws {TransferError} naming the path of what cannot cross; nothing has been moved then.
 */
export function captureArguments(
  args: readonly unknown[],
  carried: Record<string, unknown> | null | undefined,
  reach: Reach,
): EncodedValue {
  const transfers = anyMarked ? markedTransfers(args) : undefined;
  if (carried !== undefined && carried !== null) {
    const all = [carried, ...args];
    if (transfers !== undefined) transfer(all, transfers);
    return capture(all, reach);
  }
  if (transfers !== undefined) return capture(args, reach);
  if (args.length === 0) return NO_ARGUMENTS;
  if (!areAtoms(args)) return capture(args, reach);
  return { value: args.slice(), marked: false };
}

/**
 * The same for the calls of a chunk, whose list is the job's own: it does not change any more, and has no named fields
 * that would have to be looked for.
 */
export function captureCalls(calls: ChunkCalls, reach: Reach): EncodedValue {
  const [lists, isFlat] = calls;
  return isFlat && areAtoms(lists) ? { value: calls, marked: false } : capture(calls, reach);
}

/** Whether something is moved with it: it can be sent only once. */
export function isMoving(encoded: EncodedValue | null | undefined): boolean {
  return encoded?.moves !== undefined && encoded.moves.length > 0;
}
