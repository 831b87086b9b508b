/**
 * What is written into messages, as JSON, in front of values.
 *
 * Whoever can write to the queue can write anything: each is checked as it is read, and what is wrong is a
 * `TransferError` that says so.
 */
import { TransferError } from "../core/errors.ts";
import type { Target } from "../wire/codec/portable.ts";
import { isJobId } from "./names.ts";
import { readRecord } from "./packed.ts";

/** How often, and when, a job that failed is tried again. */
export interface RetryHead {
  readonly attempts: number;
  readonly delay: number;
  readonly factor: number;
  readonly maxDelay: number;
  readonly jitter: boolean;
  /** The function that says for which errors. */
  readonly when?: Target;
}

/** A job on its way; behind it stand its arguments. */
export interface JobHead {
  readonly v: 1;
  readonly id: string;
  readonly target: Target;
  readonly shape: "call" | "chunk" | "stream";
  readonly lane: number;
  /** Who is told of what happens to it. */
  readonly caller: string;
  /** When it was submitted, in milliseconds since the epoch. */
  readonly at: number;
  /** After how long without a sign of life it is given to another worker, in milliseconds. */
  readonly ackWait: number;
  /** How often it may be given to a worker that then dies. */
  readonly maxDeliver: number;
  /** The longest run, in milliseconds. */
  readonly timeout?: number | undefined;
  /** Whether the values of context variables stand before the arguments. */
  readonly carries?: boolean | undefined;
  /** Whether somebody wants its progress. */
  readonly progress?: boolean | undefined;
  readonly retries?: RetryHead | undefined;
  readonly limit?: { readonly key: string; readonly max: number } | undefined;
  /** Whether a result may be there already, so that the worker has to look before it runs it. */
  readonly look?: boolean | undefined;
  /** How many attempts have failed. */
  readonly tries?: number | undefined;
  /** How often it was lost with its worker before it was published again. */
  readonly lost?: number | undefined;
  /** How often it was published: each is stored once. */
  readonly round?: number | undefined;
  /** How often in a row there was no place for it under its limit. */
  readonly deferred?: number | undefined;
  /** When it may run, in milliseconds since the epoch. */
  readonly due?: number | undefined;
  /** The arguments are an object in `args`, not here. */
  readonly apart?: boolean | undefined;
}

/** How a job ended; behind it stands the value, or the error. */
export interface ResultHead {
  readonly v: 1;
  readonly id: string;
  readonly end: "done" | "failed" | "cancelled";
  /** The worker that ran it, and which run it was. */
  readonly worker: string;
  readonly run: string;
  /** How long it ran, in milliseconds. */
  readonly ms: number;
  /** When it began, in milliseconds since the epoch. */
  readonly began: number;
  /** How many notes were sent before: they may still be on their way. */
  readonly notes: number;
  /** Of one that was tried more than once: how often. */
  readonly attempts?: number | undefined;
  /** The value is the object of that name in `parts`, not here. */
  readonly apart?: string | undefined;
}

/** What a worker tells a caller of a job that runs; behind a note of progress or an item stands the value. */
export interface NoteHead {
  readonly id: string;
  readonly worker: string;
  /** This run: a job that is given to another worker has another one. */
  readonly run: string;
  readonly kind: "began" | "progress" | "item";
  /** Of progress and items: which one it is, from 0. */
  readonly n: number;
  readonly apart?: string | undefined;
}

/** A job that was given up, in front of all that it was; see {@link DeadLetter}. */
export interface DeadHead {
  readonly v: 1;
  readonly id: string;
  readonly error: { readonly name: string; readonly message: string };
  readonly attempts: number;
  readonly at: number;
}

/** What a worker tells of itself. */
export interface PresenceHead {
  readonly worker: string;
  readonly host: string;
  /** At most how many jobs it runs at once. */
  readonly places: number;
  /** How many threads, processes or event loops it has. */
  readonly workers: number;
  readonly running: number;
  readonly completed: number;
  readonly duplicates: number;
  readonly refused: number;
  /** Whether it goes. */
  readonly leaves: boolean;
}

/** What a caller asks of one worker. */
export type OrderHead =
  | { readonly ask: "room"; readonly run: string; readonly seen: number; readonly upTo: number }
  | { readonly ask: "finish"; readonly run: string }
  | { readonly ask: "broadcast"; readonly target: Target };

/** Reads a job. */
export function readJob(bytes: Uint8Array): { head: JobHead; body: Uint8Array } {
  const { head, body } = readRecord(bytes);
  const job = head as unknown as JobHead;
  const isWhole = job.v === 1 && isJobId(job.id) && isTarget(job.target) &&
    ["call", "chunk", "stream"].includes(job.shape) && isCount(job.lane) && job.lane < 10 &&
    typeof job.caller === "string" && /^[A-Za-z0-9]+$/.test(job.caller) && isTime(job.at) &&
    isTime(job.ackWait) && isCount(job.maxDeliver) &&
    [job.timeout, job.due].every((each) => each === undefined || isTime(each)) &&
    [job.tries, job.lost, job.round, job.deferred].every((each) =>
      each === undefined || isCount(each)
    ) &&
    (job.retries === undefined || isRetry(job.retries)) &&
    (job.limit === undefined || isLimit(job.limit));
  if (!isWhole) throw wrong("a job");
  return { head: job, body };
}

/** Reads a result. */
export function readResult(bytes: Uint8Array): { head: ResultHead; body: Uint8Array } {
  const { head, body } = readRecord(bytes);
  const result = head as unknown as ResultHead;
  const isWhole = result.v === 1 && isJobId(result.id) &&
    ["done", "failed", "cancelled"].includes(result.end) && isName(result.run) &&
    isCount(result.notes) &&
    isTime(result.ms) && isTime(result.began) && isPart(result.apart) &&
    (result.attempts === undefined || isCount(result.attempts));
  if (!isWhole) throw wrong("a result");
  return { head: result, body };
}

/** Reads a note. */
export function readNote(bytes: Uint8Array): { head: NoteHead; body: Uint8Array } {
  const { head, body } = readRecord(bytes);
  const note = head as unknown as NoteHead;
  const isWhole = isJobId(note.id) && isName(note.worker) && isName(note.run) &&
    ["began", "progress", "item"].includes(note.kind) && isCount(note.n) && isPart(note.apart);
  if (!isWhole) throw wrong("a note");
  return { head: note, body };
}

/** Reads a job that was given up. */
export function readDead(bytes: Uint8Array): { head: DeadHead; body: Uint8Array } {
  const { head, body } = readRecord(bytes);
  const dead = head as unknown as DeadHead;
  const isWhole = dead.v === 1 && isJobId(dead.id) && typeof dead.error?.message === "string" &&
    typeof dead.error.name === "string" && isCount(dead.attempts) && isTime(dead.at);
  if (!isWhole) throw wrong("a dead letter");
  return { head: dead, body };
}

/** Reads what a worker tells of itself. */
export function readPresence(bytes: Uint8Array): PresenceHead {
  const presence = readRecord(bytes).head as unknown as PresenceHead;
  const { places, workers, running, completed, duplicates, refused } = presence;
  const isWhole = isName(presence.worker) && typeof presence.host === "string" &&
    [places, workers, running, completed, duplicates, refused].every(isCount) &&
    typeof presence.leaves === "boolean";
  if (!isWhole) throw wrong("a worker");
  return presence;
}

/** Reads what a caller asks. */
export function readOrder(bytes: Uint8Array): { head: OrderHead; body: Uint8Array } {
  const { head, body } = readRecord(bytes);
  const order = head as unknown as OrderHead;
  const isWhole = order.ask === "room"
    ? isName(order.run) && isCount(order.seen) && isCount(order.upTo)
    : order.ask === "finish"
    ? isName(order.run)
    : order.ask === "broadcast" && isTarget(order.target);
  if (!isWhole) throw wrong("an order");
  return { head: order, body };
}

function isTarget(value: unknown): value is Target {
  const { module, name, source } = (value ?? {}) as Record<string, unknown>;
  return typeof name === "string" && typeof (module ?? source) === "string" &&
    (module === undefined) !== (source === undefined);
}

function isRetry(value: RetryHead): boolean {
  return isCount(value?.attempts) && isTime(value.delay) && isTime(value.maxDelay) &&
    isTime(value.factor) && (value.when === undefined || isTarget(value.when));
}

function isLimit(value: { key: string; max: number }): boolean {
  return typeof value?.key === "string" && isCount(value.max) && value.max > 0;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9]{1,64}$/.test(value);
}

function isPart(value: unknown): boolean {
  return value === undefined || isName(value);
}

function wrong(what: string): TransferError {
  return new TransferError(
    `Cannot read ${what} that came from the queue: its fields are not those of one`,
  );
}
