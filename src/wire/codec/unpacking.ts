import { type Handle, revive, type Source } from "../../shared/memory/handle.ts";
import { type ErrorRecord, fillError, fromErrorRecord } from "./error_record.ts";
import { isWhole, knownOf, MARK } from "./value_kinds.ts";

/** Restores a message in place: it is a copy that belongs to this side. */
export class Unpacking {
  readonly #source: Source;
  readonly #done = new Map<object, unknown>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** What `value` stands for. */
  unpack(value: unknown): unknown {
    if (typeof value !== "object" || value === null || isLeaf(value)) return value;
    const known = this.#done.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      this.#done.set(value, value);
      this.#fields(value as never); // an array may have named fields
      return value;
    }
    if (value instanceof Map) {
      this.#done.set(value, value);
      const entries = [...value];
      value.clear();
      for (const [key, item] of entries) value.set(this.unpack(key), this.unpack(item));
      return value;
    }
    if (value instanceof Set) {
      this.#done.set(value, value);
      const items = [...value];
      value.clear();
      for (const item of items) value.add(this.unpack(item));
      return value;
    }
    const record = value as Record<string, unknown>;
    switch (record[MARK]) {
      case "handle": {
        const object = revive(record.handle as Handle, this.#source);
        this.#done.set(value, object);
        return object;
      }
      case "error": {
        const sent = record.error as ErrorRecord;
        const error = fromErrorRecord(sent);
        this.#done.set(value, error); // before its parts: it can be its own cause
        fillError(error, {
          fields: this.#fields(sent.fields),
          cause: sent.cause.map((each) => this.unpack(each)),
          errors: sent.errors?.map((each) => this.unpack(each)) ?? null,
        });
        return error;
      }
      case "plain": {
        const plain = record.value as Record<string, unknown>;
        if (typeof plain !== "object" || plain === null) {
          throw new TypeError("Cannot read a value: a mark stands alone");
        }
        this.#done.set(value, plain);
        return this.#fields(plain);
      }
      default:
        this.#done.set(value, value);
        return this.#fields(record);
    }
  }

  #fields(record: Record<string, unknown>): Record<string, unknown> {
    for (const key of Object.keys(record)) record[key] = this.unpack(record[key]);
    return record;
  }
}

/** Calls `found` for each handle in a message, whatever a hostile sender calls one. However deep it is: there is a list. */
export function visitHandles(message: unknown, found: (handle: Partial<Handle>) => void): void {
  const seen = new Set<object>();
  const open: object[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null || isLeaf(value) || seen.has(value)) return;
    seen.add(value);
    open.push(value);
  };
  look(message);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next instanceof Map) {
      for (const [key, item] of next) look(key), look(item);
    } else if (next instanceof Set) {
      for (const item of next) look(item);
    } else if ((next as Record<string, unknown>)[MARK] === "handle") {
      const { handle } = next as { handle?: unknown };
      if (typeof handle === "object" && handle !== null) found(handle);
    } else {
      for (const key of Object.keys(next)) look((next as Record<string, unknown>)[key]);
    }
  }
}

/** Whether a value of a message holds no others. */
function isLeaf(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null || prototype === Array.prototype) {
    return false;
  }
  return isWhole(knownOf(prototype).kind);
}
