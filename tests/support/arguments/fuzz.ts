/**
 * Calls everything that a module exports with careless arguments, and prints what is wrong with the
 * way in which they are taken. Run by `arguments_test.ts` in a process of its own, since a call that blocks
 * its thread can only be seen from outside: the line before each call names it.
 *
 *     deno run -A tests/support/arguments/fuzz.ts MODULE SIGNATURES.json [CALLS TO PASS OVER]
 */
import { harmlessFor, type Hostile, hostileFor, OwnError } from "./hostile.ts";
import { show } from "../../../src/core/check.ts";
import { instances, type Maker, SKIPPED } from "./instances.ts";
import type { Parameter, Signatures } from "./signatures.ts";

const [moduleName, signaturesFile, passOver = "0"] = Deno.args as [string, string, string?];
const signatures = JSON.parse(Deno.readTextFileSync(signaturesFile)) as Signatures;
const makers = instances[moduleName] ?? {};

/** The errors of the engine for a mistake of ours: they name neither the argument nor the way out. */
const UNCLEAR =
  /Cannot (read prop|set prop|destructure|convert (a|object|undefined)|assign to|mix BigInt|perform|access .* before|use .in. operator)|is not (a function|iterable|a constructor|async iterable|defined|extensible)|must (be an instance|have a)|invalid length|Invalid (array|typed|time)|out of (bounds|range)$|Illegal|private (member|field)|Class extends|Iterator value|undefined is not|Method .* called on|Reflect\.|could not be cloned|Maximum call stack/i;

let calling = "";
let uncaught: string[] = [];
addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  if (!(event.reason instanceof OwnError)) uncaught.push(`rejection: ${event.reason}`);
});
addEventListener("error", (event) => {
  event.preventDefault();
  if (!(event.error instanceof OwnError)) uncaught.push(`error: ${event.error ?? event.message}`);
});

let calls = 0;

/** Each finding is a line of its own, so that those before a call that never ends are kept. */
function report(what: string): void {
  console.log(`! ${calling}: ${what}`);
}

/** How a call ended, within what a refusal takes. */
async function outcome(call: () => unknown): Promise<["value" | "error" | "pending", unknown]> {
  try {
    let value = call();
    if (isThenable(value) || isIterator(value)) {
      const settled = isThenable(value) ? value : firstOf(value as AsyncIterator<unknown>);
      value = await Promise.race([
        Promise.resolve(settled).then((v) => ["value", v], (e) => ["error", e]),
        new Promise((resolve) => setTimeout(() => resolve(["pending", value]), 30)),
      ]);
      return value as ["value", unknown];
    }
    return ["value", value];
  } catch (error) {
    return ["error", error];
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null)?.then === "function";
}

function isIterator(value: unknown): boolean {
  return typeof (value as { next?: unknown } | null)?.next === "function" &&
    Symbol.asyncIterator in (value as object);
}

async function firstOf(iterator: AsyncIterator<unknown>): Promise<unknown> {
  const { value } = await iterator.next();
  await iterator.return?.();
  return value;
}

function judge(
  { text, value, mustFail }: Hostile,
  parameter: Parameter,
  [how, what]: [string, unknown],
): void {
  if (how === "error") {
    if (what instanceof OwnError) return;
    if (!(what instanceof Error)) return report(`fails with ${String(what)}, which is no Error`);
    if (UNCLEAR.test(what.message)) {
      return report(`unclear: ${what.name}: ${what.message.split("\n")[0]}`);
    }
    if (!mustFail) return;
    if (!(what instanceof TypeError || what instanceof RangeError)) {
      return report(
        `fails with ${what.name} in place of a TypeError or RangeError: ${what.message}`,
      );
    }
    const property = /\{ (?:get )?(\w+)/.exec(text)?.[1];
    const names = [parameter.name, property, text, show(value)].filter(Boolean);
    if (!names.some((name) => what.message.includes(name!))) {
      report(`names neither ${parameter.name} nor the value: ${what.message.split("\n")[0]}`);
    }
  } else if (mustFail) {
    report(how === "pending" ? "waits on, as if nothing was wrong" : `is taken: ${brief(what)}`);
  }
}

function brief(value: unknown): string {
  return Deno.inspect(value, { depth: 0, compact: true }).slice(0, 60).replaceAll("\n", " ");
}

/** The parameters that stand alone; a rest of none is the least that can be given. */
function untilRest(parameters: readonly Parameter[]): readonly Parameter[] {
  const rest = parameters.findIndex((parameter) => parameter.rest);
  return rest < 0 ? parameters : parameters.slice(0, rest);
}

/** Tries each value in the place of each parameter. */
async function fuzz(
  name: string,
  parameters: readonly Parameter[],
  maker: Maker | null,
  call: (target: never, args: unknown[]) => unknown,
): Promise<void> {
  for (const [place, parameter] of parameters.entries()) {
    if (parameter.rest) continue;
    for (const hostile of hostileFor(parameter)) {
      const before = parameters.slice(0, place);
      const args = SKIPPED.harmless[name]?.() ?? untilRest(parameters).map(harmlessFor);
      args[place] = hostile.value;
      calling = `${name}(${[...before.map(({ name }) => name), hostile.text].join(", ")})`;
      if (SKIPPED.meant.some((pattern) => pattern.test(calling))) continue;
      if (++calls <= Number(passOver)) continue;
      console.log(`> ${calling}`);
      uncaught = [];
      const made = await maker?.();
      const end = await outcome(() => call(made?.subject as never, args));
      judge(hostile, parameter, end);
      await made?.dispose?.(end[1]);
      await new Promise((resolve) => setTimeout(resolve, 0));
      for (const what of uncaught) report(`uncaught ${what.split("\n")[0]}`);
    }
  }
}

function membersOf(
  constructor: { readonly name: string; readonly prototype: object },
  folder: string,
) {
  const found = new Map<string, Parameter[]>();
  for (
    let one: object | null = constructor.prototype;
    one !== null && one !== Object.prototype;
    one = Object.getPrototypeOf(one)
  ) {
    const declared = signatureOf(one.constructor.name, folder)?.members ?? {};
    for (const [key, parameters] of Object.entries(declared)) {
      if (!key.startsWith("static ") && !found.has(key)) found.set(key, parameters);
    }
  }
  return found;
}

function signatureOf(name: string, folder: string) {
  const { classes } = signatures;
  const key = `${folder}/${name}` in classes
    ? `${folder}/${name}`
    : Object.keys(classes).find((each) => each.endsWith(`/${name}`));
  return key === undefined ? undefined : classes[key];
}

function constructsOf(constructor: object, folder: string): Parameter[] {
  for (
    let one = constructor as { name: string } | null;
    one !== null && one !== Function.prototype as unknown;
    one = Object.getPrototypeOf(one)
  ) {
    const signature = signatureOf(one.name, folder);
    if (signature !== undefined && signature.constructs !== null) return signature.constructs;
  }
  return [];
}

async function fuzzModule(exported: Record<string, unknown>, prefix: string): Promise<void> {
  for (const [name, value] of Object.entries(exported)) {
    const full = `${prefix}${name}`;
    if (SKIPPED.internal.has(full)) continue;
    if (
      typeof value === "object" && value !== null &&
      Object.prototype.toString.call(value) === "[object Module]"
    ) {
      await fuzzModule(value as Record<string, unknown>, `${full}.`);
    }
    if (typeof value !== "function") continue;
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    if (!isClass) {
      const { functions } = signatures;
      const key = `${moduleName}/${name}` in functions
        ? `${moduleName}/${name}`
        : Object.keys(functions).find((each) => each.endsWith(`/${name}`));
      if (key === undefined) continue;
      const maker = makers[full] ?? null;
      await fuzz(
        full,
        functions[key]!,
        maker,
        (_, args) => (value as (...a: unknown[]) => unknown)(...args),
      );
      continue;
    }
    if (value === Error || value.prototype instanceof Error) continue;
    const constructor = value as unknown as new (...args: unknown[]) => object;
    await fuzz(
      `new ${full}`,
      constructsOf(constructor, moduleName),
      null,
      (_, args) => new constructor(...args),
    );
    const maker = makers[full];
    const members = membersOf(constructor, moduleName);
    if (maker === undefined) {
      const taking = [...members].filter(([, parameters]) => parameters.length > 0);
      if (taking.length > 0) console.log(`! ${full}: instances.ts does not say how one is made`);
      continue;
    }
    for (const [member, parameters] of members) {
      await fuzz(
        `${full}.${member}`,
        parameters,
        maker,
        (subject: Record<string, unknown>, args) => {
          if (member.startsWith("set ")) {
            subject[member.slice(4)] = args[0];
            return undefined;
          }
          return (subject[member] as (...a: unknown[]) => unknown)(...args);
        },
      );
    }
  }
}

const path = moduleName === "mod" ? "../../../mod.ts" : `../../../src/${moduleName}/mod.ts`;
await fuzzModule(await import(path) as Record<string, unknown>, "");
console.log(`= ${calls}`);
Deno.exit(0);
