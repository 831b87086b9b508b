/**
 * How an error travels: as a record, because structured clone drops its class and its fields.
 *
 * The class is found again by where it is defined and its name, never by its bare name: the language's and
 * Deno's own classes, quartet's, those made portable, and those that the module of a job's function exports.
 * The near side looks into no module for that which it did not load itself.
 *
 * | the class                                  | arrives as                                           |
 * |--------------------------------------------|------------------------------------------------------|
 * | is found here                              | an instance of it                                    |
 * | is not, but one that it extends is         | an instance of that, with its own name               |
 * | is not, and extends none but `Error`       | a `RemoteError` with the original's name and fields  |
 * | has private fields, which cannot be filled | as if it were not found, and `leftOut` says so       |
 */
import { toText } from "../../core/check.ts";
import * as errors from "../../core/errors.ts";
import { ExceptionGroup } from "../../core/errors.ts";
import { type ErrorClass, findErrorClass, homeOfErrorClass } from "./portable.ts";
import { isStackOverflow } from "./value_kinds.ts";

/** What of an error crosses. Its values are encoded by the codec like any others. */
export interface ErrorRecord {
  readonly name: string;
  readonly className: string;
  /** Its class and those that it extends: where each is found, and under which name; `null` where it cannot be. */
  readonly classes: readonly (readonly [home: string, name: string] | null)[];
  readonly message: string;
  readonly stack: string;
  /** Its own fields, but for the ones above. */
  readonly fields: Record<string, unknown>;
  /** `[cause]` when there is one, so that a cause of `undefined` survives. */
  readonly cause: readonly unknown[];
  /** Of an `AggregateError`. */
  readonly errors: readonly unknown[] | null;
  /** What could not cross with it: the path and why. */
  readonly leftOut: readonly string[];
}

const HOME = { QUARTET: "quartet", PLATFORM: "platform", DENO: "deno" } as const;

const ours: Record<string, unknown> = { ...errors, ExceptionGroup };

/** Fields that have a place of their own in the record. */
const KEPT = new Set(["name", "message", "stack", "cause", "errors", "leftOut"]);

/** Fields of the platform's errors that are not enumerable. */
const HIDDEN = ["error", "suppressed"];

/**
 * Takes `error` apart; what of it cannot be read is added to `leftOut`. One that is deep in others passes a stack
 * overflow on: the stack may have ended with them, and then its message is not at fault.
 */
export function toErrorRecord(error: Error, leftOut: string[], depth: number): ErrorRecord {
  const read = <T>(name: string, get: () => T, otherwise: T): T => {
    try {
      return get();
    } catch (thrown) {
      if (isOfDepth(thrown, depth)) throw thrown;
      leftOut.push(`${name}: reading it failed with ${toText(thrown)}`);
      return otherwise;
    }
  };
  const fields: Record<string, unknown> = {};
  const names = read("fields", () => Object.keys(error), []);
  for (const key of [...names, ...HIDDEN.filter((each) => Object.hasOwn(error, each))]) {
    if (KEPT.has(key)) continue;
    const value = read<unknown>(key, () => (error as never)[key], MISSING);
    if (value !== MISSING) setField(fields, key, value);
  }
  const earlier = (error as { leftOut?: unknown }).leftOut;
  if (Array.isArray(earlier)) leftOut.push(...earlier.map(String));
  const makers = read("constructor", () => makersOf(error), []);
  const isRemote = error instanceof errors.RemoteError;
  return {
    name: read("name", () => String(error.name), "Error"),
    className: isRemote ? String(error.remoteName) : makers[0]?.name || "Error",
    classes: makers.map(located),
    message: read("message", () => String(error.message), ""),
    stack: read("stack", () => String(error.stack ?? ""), ""),
    fields,
    cause: read<unknown[]>("cause", () => "cause" in error ? [error.cause] : [], []),
    errors: read<unknown[] | null>(
      "errors",
      () => error instanceof AggregateError ? [...error.errors] : null,
      null,
    ),
    leftOut,
  };
}

/** Makes the error again, as near to what it was as this side's classes allow; {@link fillError} gives it its parts. */
export function fromErrorRecord(record: ErrorRecord): Error {
  const leftOut = [...record.leftOut];
  const found = findClass(record, leftOut);
  const error = found === null
    ? new errors.RemoteError(record.message, {
      remoteName: record.className,
      remoteStack: record.stack,
    })
    : build(found.maker, record);
  const name = nameOf(record, found);
  if (error.name !== name) define(error, "name", name);
  if (leftOut.length > 0) setField(error, "leftOut", leftOut);
  if (record.stack !== "") define(error, "stack", record.stack);
  return error;
}

/** Gives an error that was made again what it carries. */
export function fillError(
  error: Error,
  parts: Pick<ErrorRecord, "fields" | "cause" | "errors">,
): void {
  for (const [key, value] of Object.entries(parts.fields)) setField(error, key, value);
  if (parts.cause.length > 0) define(error, "cause", parts.cause[0]);
  if (parts.errors !== null) define(error, "errors", parts.errors);
}

/** A class that stands for an error's: its own, or one that its own extends. */
interface Found {
  readonly maker: ErrorClass;
  readonly isExact: boolean;
}

function findClass({ classes }: ErrorRecord, leftOut: string[]): Found | null {
  for (const [index, at] of classes.entries()) {
    const maker = at === null ? undefined : classAt(at[0], at[1]);
    if (maker === undefined) continue;
    if (maker === errors.RemoteError || (maker === Error && index > 0)) return null;
    if (!hasPrivateFields(maker)) return { maker, isExact: index === 0 };
    leftOut.push(`the private fields of ${maker.name}, without which it cannot be one`);
  }
  return null;
}

/** A class that does not name its errors lends them its own name when it is not there to be looked at. */
function nameOf({ name, className }: ErrorRecord, found: Found | null): string {
  if (found?.isExact) return name;
  const inherited = found === null ? "Error" : String(found.maker.prototype.name);
  return name === inherited || name === "RemoteError" ? className : name;
}

/**
 * Made without running the class's constructor, whose parameters nobody here knows; the prototype and the
 * fields are what callers look at. A `DOMException` keeps its name and message out of reach.
 */
function build(maker: ErrorClass, record: ErrorRecord): Error {
  if (maker === DOMException) return new DOMException(record.message, record.name);
  if (maker.prototype instanceof DOMException) return new maker(record.message);
  const error = record.errors === null
    ? new Error(record.message)
    : new AggregateError([], record.message);
  Object.setPrototypeOf(error, maker.prototype);
  return error;
}

/** The class of an error and those that it extends, but for `Error` if there is another. */
function makersOf(error: Error): ErrorClass[] {
  const makers: ErrorClass[] = [];
  let each = Object.getPrototypeOf(error);
  for (; each !== null && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    const maker = Object.getOwnPropertyDescriptor(each, "constructor")?.value;
    if (typeof maker === "function") makers.push(maker);
  }
  return makers;
}

function located(maker: ErrorClass): readonly [home: string, name: string] | null {
  const name = String(maker.name);
  if (ours[name] === maker) return [HOME.QUARTET, name];
  if (ofPlatform(name) === maker) return [HOME.PLATFORM, name];
  if (ofDeno(name) === maker) return [HOME.DENO, name];
  return homeOfErrorClass(maker) ?? null;
}

function classAt(home: string, name: string): ErrorClass | undefined {
  const found = home === HOME.QUARTET
    ? Object.hasOwn(ours, name) ? ours[name] : undefined
    : home === HOME.PLATFORM
    ? ofPlatform(name)
    : home === HOME.DENO
    ? ofDeno(name)
    : findErrorClass(home, name);
  return isErrorClass(found) ? found : undefined;
}

function ofPlatform(name: string): unknown {
  // Not read: a name that came may be that of a getter, which does something.
  return Object.getOwnPropertyDescriptor(globalThis, name)?.value;
}

function ofDeno(name: string): unknown {
  return Object.hasOwn(Deno.errors, name) ? (Deno.errors as never)[name] : undefined;
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" && (value === Error || value.prototype instanceof Error);
}

const privacy = new WeakMap<ErrorClass, boolean>();

/** Whether a class, or one that it extends, has private fields, as its text shows. */
function hasPrivateFields(maker: ErrorClass): boolean {
  let known = privacy.get(maker);
  if (known === undefined) {
    known = false;
    for (let each: unknown = maker; typeof each === "function" && each !== Error;) {
      if (/[.?]\s*#[\p{ID_Start}$_]|#[\p{ID_Continue}$]+\s+in\s/u.test(textOf(each))) known = true;
      each = Object.getPrototypeOf(each);
    }
    privacy.set(maker, known);
  }
  return known;
}

function textOf(maker: unknown): string {
  // Those of the platform are built by hand where they need it.
  return maker === DOMException || located(maker as ErrorClass)?.[0] === HOME.PLATFORM
    ? ""
    : Function.prototype.toString.call(maker);
}

const MISSING = Symbol("missing");

/** Sets a field whatever its name, without running a setter. */
function setField(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, {
    value,
    configurable: true,
    enumerable: !HIDDEN.includes(key),
    writable: true,
  });
}

function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, configurable: true, writable: true });
}

/**
 * Where the stack overflows inside an error, what is left out is so many levels bigger: to leave it out takes
 * stack as well, and far more of it where the platform has to compile a function first.
 */
const ROOM = 200;

/** Whether this is a stack overflow that may come of the depth, and not of a getter without end. */
export function isOfDepth(error: unknown, depth: number): boolean {
  return depth > ROOM && isStackOverflow(error);
}

/** Stack overflows on their way up through an error, one after another. */
export class Overflows {
  /** Up to where the one under way rises; `null` while there is none. */
  #to: number | null = null;

  /** Whether `error`, caught at `depth`, is one that has to rise further, to where there is room to handle it. */
  rises(error: unknown, depth: number): boolean {
    if (!isStackOverflow(error)) return false;
    this.#to ??= isOfDepth(error, depth) ? depth - ROOM : depth;
    if (depth > this.#to) return true;
    this.#to = null;
    return false;
  }
}
