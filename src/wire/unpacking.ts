import { type Handle, revive, type Source } from "../shared/handle.ts";
import { type Fault, fromFault } from "./fault.ts";
import { isLeaf, MARK } from "./value_kinds.ts";

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
      for (const key of Object.keys(value)) value[Number(key)] = this.unpack(value[Number(key)]);
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
      case "fault": {
        const fault = record.fault as Fault;
        this.#fields(fault.fields);
        // An error can be its own cause; the cause is set once the error exists.
        const error = fromFault({
          ...fault,
          cause: [],
          errors: fault.errors === null ? null : fault.errors.map((each) => this.unpack(each)),
        });
        this.#done.set(value, error);
        if (fault.cause.length > 0) {
          Object.defineProperty(error, "cause", {
            value: this.unpack(fault.cause[0]),
            configurable: true,
            writable: true,
          });
        }
        return error;
      }
      case "plain": {
        const plain = record.value as Record<string, unknown>;
        if (typeof plain !== "object" || plain === null) throw new TypeError("a mark stands alone");
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

/** Calls `found` for each handle in a message. */
export function visitHandles(
  value: unknown,
  seen: Set<object>,
  found: (handle: Handle) => void,
): void {
  if (typeof value !== "object" || value === null || isLeaf(value) || seen.has(value)) return;
  seen.add(value);
  const record = value as Record<string, unknown>;
  if (record[MARK] === "handle") found(record.handle as Handle);
  else if (value instanceof Map) {
    for (const entry of value) for (const part of entry) visitHandles(part, seen, found);
  } else if (value instanceof Set) {
    for (const item of value) visitHandles(item, seen, found);
  } else {
    for (const key of Object.keys(record)) visitHandles(record[key], seen, found);
  }
}
