/**
 * Portable functions: how a function is named so that another thread or process can run it.
 *
 * A closure cannot cross a thread. `portable(import.meta, fn)` notes a function under its module's URL
 * and its name; the far side imports the same module, where the same line notes the same function. It is
 * what Python's pickle does with functions: by name, never by value.
 */
import { show } from "../../core/check.ts";
import { TransferError } from "../../core/errors.ts";

/** Any function, seen from outside. */
export type AnyFunction = (...args: never[]) => unknown;

/** A class of errors, seen from outside. */
// deno-lint-ignore no-explicit-any
export type ErrorClass = new (...args: any[]) => Error;

/** How the far side finds a function. */
export type Target =
  | { readonly module: string; readonly name: string; readonly source?: undefined }
  | { readonly source: string; readonly name: string; readonly module?: undefined };

const targets = new WeakMap<AnyFunction, Target>();
const registry = new Map<string, AnyFunction>();
/** Classes made portable, by module and name; `null` when a module has several of that name. */
const errorClasses = new Map<string, ErrorClass | null>();
const errorHomes = new WeakMap<ErrorClass, readonly [module: string, name: string]>();
/** Modules whose exports were looked into; `null` while that is under way. */
const namespaces = new Map<string, Record<string, unknown> | null>();
const imported = Symbol("loads its module on the first call");

/**
 * Makes functions of this module runnable on threads, in processes and on other machines.
 *
 * - Returns the same function (or object of functions, or error class) with the same type; in line it is
 *   called as before.
 * - The far side imports the module and finds the function by its name, so a script must guard what it
 *   does by itself: `if (import.meta.main) { … }`, as Python needs `if __name__ == "__main__"`.
 * - Functions, async functions, generators and async generators are portable. Arguments and results
 *   cross as copies.
 * - Works for modules on `file:`, `https:` and `jsr:`.
 * - An error class that the function's module exports arrives as an instance of that class. One that it does not
 *   export must be made portable for that, and so must one of the main module that is thrown while its top-level
 *   `await` is pending: until that ends nobody can look into its exports.
 *
 * Source: CPython's `pickle` of functions by reference, and `multiprocessing`'s start method "spawn".
 *
 * @param meta `import.meta` of the module that the function stands in.
 * @param subject a named function, an object of functions, or an error class.
 * @throws {TypeError} if the function has no name, or the name is taken in this module.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { portable } from "@quartet/concurrency/futures";
 *
 * const square = portable(import.meta, function square(n: number) {
 *   return n * n;
 * });
 * assertEquals(square(7), 49);
 * ```
 */
export function portable<T extends object>(
  meta: ImportMeta,
  subject: T,
): T {
  if (typeof meta?.url !== "string") {
    throw new TypeError(
      `Cannot make a function portable: pass import.meta first, got ${show(meta)}`,
    );
  }
  if (isErrorClass(subject)) {
    registerErrorClass(meta.url, subject);
  } else if (typeof subject === "function") {
    const fn = subject as unknown as AnyFunction;
    // An anonymous default export has this name, whatever it is exported as; in an object the name is meant.
    register(meta.url, fn.name === "default" ? "" : fn.name, fn);
  } else if (typeof subject === "object" && subject !== null) {
    for (const [name, fn] of Object.entries(subject)) {
      if (typeof fn !== "function") {
        throw new TypeError(`Cannot make ${name} portable: it is ${typeof fn}, not a function`);
      }
      register(meta.url, name, fn as AnyFunction);
    }
  } else {
    throw new TypeError(`Cannot make ${show(subject)} portable: pass a named function`);
  }
  return subject;
}

/** The functions among a module's exports. */
export type PortableModule<M extends object> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? K : never]: M[K];
};

/**
 * The functions of a module, portable, without loading it here.
 *
 * Calling one in line loads the module first, so it returns a promise.
 *
 * @param url the module's absolute URL, from `import.meta.resolve("./work.ts")`.
 *
 * @example
 * ```ts ignore
 * const work = portableModule<typeof import("./work.ts")>(import.meta.resolve("./work.ts"));
 * await executor.submit(work.square, 7);
 * ```
 */
export function portableModule<M extends object>(url: string): PortableModule<M> {
  if (typeof url !== "string" || !URL.canParse(url)) {
    throw new TypeError(
      `Cannot load module ${show(url)}: give an absolute URL, as import.meta.resolve does`,
    );
  }
  const known = new Map<string, AnyFunction>();
  return new Proxy({}, {
    get(_, key) {
      if (typeof key !== "string" || key === "then") return undefined;
      const before = known.get(key);
      if (before !== undefined) return before;
      const target: Target = { module: url, name: key };
      const stub = async (...args: never[]) => (await resolveTarget(target))(...args);
      Object.defineProperty(stub, "name", { value: key });
      Object.defineProperty(stub, imported, { value: true });
      targets.set(stub, target);
      known.set(key, stub);
      return stub;
    },
  }) as PortableModule<M>;
}

/**
 * How the far side finds `fn`: by its module, or by its own source text when it was not made portable.
 *
 * @throws {TypeError} if it is no function.
 * @throws {TransferError} if it has no source text (a built-in or bound function) or is a class.
 */
export function targetOf(fn: AnyFunction): Target {
  if (typeof fn !== "function") {
    throw new TypeError(`Cannot run ${show(fn)}: pass a function`);
  }
  const target = targets.get(fn);
  if (target !== undefined) return target;
  const source = Function.prototype.toString.call(fn);
  const made: Target = { source, name: fn.name || "anonymous" };
  if (source.includes("[native code]") || source.startsWith("class ")) {
    throw new TransferError(
      `Cannot send function ${made.name}: it has no source of its own; wrap it in a named function and make that portable(import.meta, …)`,
    );
  }
  targets.set(fn, made);
  return made;
}

/** Whether a call in line has to go through {@link resolveTarget} first, because `fn` only stands for another. */
export function isStub(fn: AnyFunction): boolean {
  return imported in fn;
}

/** Modules that failed while they were imported, with the error: what they made portable before is of no use. */
const brokenModules = new Map<string, unknown>();

/** Says that a module failed to load here. */
export function noteBroken(module: string, error: unknown): void {
  brokenModules.set(module, error);
}

/** Finds the function that `target` names, importing its module if need be. */
export async function resolveTarget(target: Target): Promise<AnyFunction> {
  if (target.module === undefined) {
    const { functionFromSource } = await import("./source_function.ts");
    return await functionFromSource(target.source, target.name);
  }
  if (brokenModules.has(target.module)) throw loadError(target, brokenModules.get(target.module));
  const known = registry.get(keyOf(target.module, target.name));
  if (known !== undefined) {
    await lookInto(target.module);
    return known;
  }
  const module = await import(target.module).catch((error) => {
    throw loadError(target, error);
  }) as Record<string, unknown>;
  noteNamespace(target.module, module);
  const found = registry.get(keyOf(target.module, target.name)) ?? module[target.name];
  if (typeof found !== "function") {
    throw new TransferError(
      `Cannot run ${target.name}: ${target.module} neither exports it nor makes it portable when it is imported; is portable(import.meta, …) inside the main guard?`,
    );
  }
  return found as AnyFunction;
}

/** Why a module is not loaded: its own error, unless it is the text of `deno run -` or `deno eval`, which no file holds. */
function loadError({ module, name }: Target, error: unknown): unknown {
  if (!module!.includes("/$deno$")) return error;
  return new TransferError(
    `Cannot run ${name} in another process: its module is text that only the first deno was given, as by deno run - or deno eval; put it in a file`,
    { cause: error },
  );
}

/** Notes the error classes that a module exports. */
function noteNamespace(module: string, exports: Record<string, unknown>): void {
  if (namespaces.get(module)) return;
  namespaces.set(module, exports);
  for (const name of Object.keys(exports)) {
    const subject = exports[name];
    if (isErrorClass(subject) && !errorHomes.has(subject)) errorHomes.set(subject, [module, name]);
  }
}

/** Looks into the exports of a module that is loaded here, once; one that has made something portable is. */
async function lookInto(module: string): Promise<void> {
  if (namespaces.has(module)) return;
  namespaces.set(module, null);
  const exports = await import(module).catch(() => null); // it failed: whoever imports it is told
  if (exports !== null) noteNamespace(module, exports);
}

/** Looks into the module of a target, if it is loaded here; soon, but not before it has been evaluated. */
export function lookIntoTarget(target: Target): void {
  if (findTarget(target) !== undefined) void lookInto(target.module!);
}

/** The portable function noted for `target` in this realm, if its module is loaded. */
export function findTarget(target: Target): AnyFunction | undefined {
  return target.module === undefined ? undefined : registry.get(keyOf(target.module, target.name));
}

/** The modules here that have made functions portable. */
export function portableModules(): string[] {
  return [...new Set(registry.keys().map((key) => key.slice(0, key.lastIndexOf("#"))))];
}

/** The error class that is found in that module under that name, made portable or exported; loads nothing. */
export function findErrorClass(module: string, name: string): ErrorClass | undefined {
  const portable = errorClasses.get(keyOf(module, name));
  if (portable !== undefined) return portable ?? undefined;
  const exports = namespaces.get(module);
  if (!exports || !Object.hasOwn(exports, name)) return undefined;
  const subject = exports[name];
  return isErrorClass(subject) ? subject : undefined;
}

/** Where the far side finds an error class, if it can. */
export function homeOfErrorClass(
  subject: ErrorClass,
): readonly [module: string, name: string] | undefined {
  return errorHomes.get(subject);
}

function registerErrorClass(module: string, subject: ErrorClass): void {
  const key = keyOf(module, subject.name);
  const before = errorClasses.get(key);
  errorClasses.set(key, before === undefined || before === subject ? subject : null);
  errorHomes.set(subject, [module, subject.name]);
}

function register(module: string, name: string, fn: AnyFunction): void {
  if (name === "") {
    throw new TypeError(
      "Cannot make a function without a name portable: the far side finds it by its name; write function name(…) { … }",
    );
  }
  const key = keyOf(module, name);
  const before = registry.get(key);
  if (before !== undefined && before !== fn) {
    throw new TypeError(
      `Cannot make ${name} portable: ${module} has a portable function of that name`,
    );
  }
  registry.set(key, fn);
  targets.set(fn, { module, name });
}

function keyOf(module: string, name: string): string {
  return `${module}#${name}`;
}

function isErrorClass(subject: unknown): subject is ErrorClass {
  return typeof subject === "function" && subject.prototype instanceof Error;
}

/** The numbers by which one worker knows functions: a name travels once, afterwards its number does. */
export class FunctionIndex {
  readonly #known = new WeakMap<AnyFunction, number>();
  readonly #indices = new Map<string, number>();

  /** The number of the function; `define` tells the worker of one that is new. */
  of(
    call: { readonly fn: AnyFunction; readonly target: Target },
    define: (index: number, target: Target) => void,
  ): number {
    const { fn } = call;
    const known = this.#known.get(fn);
    if (known !== undefined) return known;
    const { target } = call;
    const { module, name, source } = target;
    const key = source ?? `${module}#${name}`; // a closure made anew each time has the same text
    let index = this.#indices.get(key);
    if (index === undefined) {
      index = this.#indices.size;
      this.#indices.set(key, index);
      define(index, target);
      lookIntoTarget(target); // its error classes are known by the time at which it may fail
    }
    this.#known.set(fn, index);
    return index;
  }
}
