import { TransferError } from "../../core/errors.ts";
import { drainTrace, trace } from "../../core/trace.ts";
import { captureOnce, type EncodedValue, encodeFailure } from "../codec/codec.ts";
import { Code, Op, SETTLED_WIDTH } from "./protocol.ts";
import type { Claims } from "./slot_table.ts";
import type { Transport } from "./transport.ts";
import { isAtom } from "../codec/value_kinds.ts";

/** For how many milliseconds of calls, the first one's own time included, outcomes are held back to go together. */
const HOLD = 0.2;

/** A call that took longer than this was not short, in milliseconds. */
const LONG = 5;
/** For so many calls a function counts as one that may take long. */
const CAREFUL = 100;

/** A result that is encoded already, piece by piece: an outcome of many calls. */
export abstract class EncodedResult {
  /** The result, ready to be sent. */
  abstract readonly encoded: EncodedValue;
}

/**
 * The outcomes of a worker's calls on their way home, in batches.
 *
 * A value is captured when its call ends: the calls behind it cannot change it any more. One with something to move
 * travels alone, so that whatever becomes of its neighbours is not its harm, nor its theirs.
 */
export class ResultBatcher {
  readonly #transport: Transport;
  #held: unknown[] = [];
  #heldSince = 0;
  /** What is held as JSON, which the notes are made of too; `null` when JSON cannot carry it. */
  #text: string | null = "";
  readonly #claims: Claims | null;
  /** Functions of which a call took long lately, and for how many more calls that counts. */
  readonly #slow = new Map<number, number>();
  /** Calls that have sent something before their outcome, which must not overtake it. */
  readonly #spoke = new Set<number>();

  constructor(transport: Transport, claims: Claims | null) {
    this.#transport = transport;
    this.#claims = claims;
  }

  /** Sends what is held back when a call may take long and nobody could fetch it, or when the call is not noted. */
  before({ fn, slot }: { readonly fn: number; readonly slot: number }): void {
    if (slot < 0) this.flush();
    if (this.#slow.size === 0 || this.#claims?.note !== undefined) return;
    const left = this.#slow.get(fn);
    if (left === undefined) return;
    this.flush();
    if (left === 0) this.#slow.delete(fn);
    else this.#slow.set(fn, left - 1);
  }

  /** A call of the function with this number took so many milliseconds. */
  took(fn: number, ms: number): void {
    if (ms > LONG) this.#slow.set(fn, CAREFUL);
  }

  /** The call has sent items or its progress. */
  spoke(id: number): void {
    this.#spoke.add(id);
  }

  /** The call was taken back before it began. */
  revoked(id: number): void {
    this.#settle(id, Code.REVOKED, null, 0, 0);
  }

  /** The call ended with a value; one that cannot cross is a failure. */
  succeeded(id: number, value: unknown, began: number, ended: number): void {
    if (value === undefined) return this.#settle(id, Code.VOID, null, began, ended);
    if (isAtom(value)) return this.#settle(id, Code.PLAIN, value, began, ended);
    let encoded: EncodedValue;
    try {
      encoded = value instanceof EncodedResult
        ? value.encoded
        : captureOnce(value, this.#transport.reach);
    } catch (error) {
      this.failed(id, error, began, ended);
      return;
    }
    const code = encoded.marked ? Code.MARKED : Code.PLAIN;
    if (encoded.moves === undefined || encoded.moves.length === 0) {
      this.#settle(id, code, encoded.value, began, ended);
      return;
    }
    this.#spoke.delete(id);
    this.flush();
    this.#sendAlone([id, code, encoded.value, ended - began], encoded.moves);
  }

  /** The call ended with an error. */
  failed(id: number, error: unknown, began: number, ended: number): void {
    const { value } = encodeFailure(error, this.#transport.reach);
    this.#settle(id, Code.FAILED, value, began, ended);
  }

  #settle(id: number, code: number, value: unknown, began: number, ended: number): void {
    if (this.#held.length === 0) this.#heldSince = began;
    this.#held.push(id, code, value, ended - began);
    if (this.#claims?.note === undefined) {
      if (ended - this.#heldSince > HOLD) this.flush();
      return;
    }
    const spoke = this.#spoke.size > 0 && this.#spoke.delete(id);
    const note = spoke ? null : this.#claims.note(id, code, value, ended - began);
    if (note === null) this.#text = null;
    else if (this.#text !== null) this.#text += note.text;
    if (note?.isKept !== true || ended - this.#heldSince > HOLD) this.flush();
  }

  /** Sends what is held. */
  flush(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    this.#claims?.sent?.();
    const text = this.#text;
    this.#text = "";
    if (trace.active) this.#transport.send([Op.SPANS, drainTrace()]);
    if (text !== null && text !== "" && this.#transport.sendJson !== undefined) {
      return this.#transport.sendJson(`[${Op.SETTLED}${text}]`);
    }
    try {
      this.#transport.send([Op.SETTLED, ...held]);
    } catch {
      // One of them cannot cross, for a reason that only the platform knows: send each on its own.
      for (let i = 0; i < held.length; i += SETTLED_WIDTH) {
        this.#sendAlone(held.slice(i, i + SETTLED_WIDTH));
      }
    }
  }

  #sendAlone(outcome: unknown[], moves?: readonly Transferable[]): void {
    try {
      this.#transport.send([Op.SETTLED, ...outcome], moves === undefined ? undefined : [...moves]);
    } catch (error) {
      const refusal = new TransferError(`Cannot send this result: ${(error as Error).message}`, {
        cause: error,
      });
      const { value } = encodeFailure(refusal, this.#transport.reach);
      this.#transport.send([Op.SETTLED, outcome[0], Code.FAILED, value, outcome[3]]);
    }
  }
}
