import { TransferError } from "../core/errors.ts";
import { type Handle, isTraveller, travels } from "../shared/handle.ts";
import { toFault } from "./fault.ts";
import type { Reach } from "./transport.ts";
import { isLeaf, isShared, isUncloneable, MARK } from "./value_kinds.ts";

/** Copies a value, replacing what cannot cross as it is; keeps cycles and shared parts. */
export class Packing {
  readonly #reach: Reach;
  readonly #copies = new Map<object, unknown>();

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** The copy of `value`, which stands at `path` in the whole. */
  pack(value: unknown, path: string): unknown {
    if (typeof value === "function" || typeof value === "symbol") refuse(value, path);
    if (typeof value !== "object" || value === null) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    if (Array.isArray(value)) {
      const copy = this.#note(value, new Array(value.length));
      for (const key of Object.keys(value)) { // holes stay holes
        copy[Number(key)] = this.pack(value[Number(key)], `${path}[${key}]`);
      }
      return copy;
    }
    if (isLeaf(value)) {
      if (this.#reach === "process" && isShared(value)) {
        throw new TransferError(
          `Cannot send ${
            at(path)
          } to another process: shared memory stays within one process; send a copy, or use multiprocessing.SharedMemory`,
          { path },
        );
      }
      return value;
    }
    if (value instanceof Map) {
      const copy = this.#note(value, new Map());
      for (const [key, item] of value) {
        const name = typeof key === "string" ? JSON.stringify(key) : String(key);
        copy.set(this.pack(key, `${path}.key(${name})`), this.pack(item, `${path}.get(${name})`));
      }
      return copy;
    }
    if (value instanceof Set) {
      const copy = this.#note(value, new Set());
      for (const item of value) copy.add(this.pack(item, `${path}.item`));
      return copy;
    }
    if (isTraveller(value)) {
      const handle = this.#handle(() => value[travels](this.#reach), path);
      const copy = this.#note(value, { [MARK]: "handle", handle: null as unknown });
      // The data goes as it is: it is the class's own and holds shared buffers, never users' values.
      copy.handle = handle;
      return copy;
    }
    if (value instanceof Error) {
      const copy = this.#note(value, { [MARK]: "fault", fault: null as unknown });
      copy.fault = this.#fields(
        toFault(value) as unknown as Record<string, unknown>,
        path,
        {},
      );
      return copy;
    }
    if (isUncloneable(value)) refuse(value, path);
    if (MARK in value) {
      const copy = this.#note(value, { [MARK]: "plain", value: {} as Record<string, unknown> });
      this.#fields(value as Record<string, unknown>, path, copy.value);
      return copy;
    }
    return this.#fields(
      value as Record<string, unknown>,
      path,
      this.#note(value, {} as Record<string, unknown>),
    );
  }

  #fields(
    from: Record<string, unknown>,
    path: string,
    into: Record<string, unknown>,
  ): Record<string, unknown> {
    for (const key of Object.keys(from)) {
      const packed = this.pack(from[key], path === "" ? key : `${path}.${key}`);
      if (key === "__proto__") defineField(into, key, packed);
      else into[key] = packed;
    }
    return into;
  }

  #handle(make: () => Handle, path: string): Handle {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      throw new TransferError(`${error.message} (at ${at(path)})`, { path, cause: error });
    }
  }

  #note<C extends object>(original: object, copy: C): C {
    this.#copies.set(original, copy);
    return copy;
  }
}

/** A field of that name must not become the prototype. */
function defineField(into: object, key: string, value: unknown): void {
  Object.defineProperty(into, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
}

function at(path: string): string {
  return path === "" ? "this value" : path;
}

/** Throws the `TransferError` that says what cannot cross and where it stands. */
export function refuse(value: unknown, path: string): never {
  const what = typeof value === "function"
    ? `function ${value.name || "without a name"}`
    : typeof value === "symbol"
    ? String(value)
    : `a ${(value as object).constructor?.name ?? "generator"}`;
  throw new TransferError(
    `Cannot send ${at(path)}: ${what} cannot cross to another thread or process; ` +
      (typeof value === "function"
        ? "make it portable(import.meta, …) and submit it, or send data"
        : "send plain data"),
    { path },
  );
}
