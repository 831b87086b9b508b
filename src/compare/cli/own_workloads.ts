import { basename, extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { checkSpread, isWorkload, type Workload } from "../workloads/workload.ts";
import { type AnyFunction, findTarget, portable } from "../../wire/codec/portable.ts";
import { nearName } from "../../command/near_name.ts";
import type { OwnWork } from "./settings.ts";
import { UsageError } from "../../command/usage_error.ts";

/** More inputs than these are a generator without an end. */
const MOST_INPUTS = 1_000_000;

/**
 * The workloads that a module of the user's has: one function with its inputs, or all that it defines.
 *
 * @throws {UsageError} if they cannot be had.
 */
export async function ownWorkloads(own: OwnWork): Promise<Workload[]> {
  const url = moduleUrl(own.module);
  const exported = await load(url, own.module);
  return own.name === undefined
    ? definedIn(url, own.module, exported)
    : [await ownFunction(url, own.module, exported, own, own.name)];
}

async function ownFunction(
  url: string,
  module: string,
  exported: Record<string, unknown>,
  { inputs, inputsFrom, spread }: OwnWork,
  name: string,
): Promise<Workload> {
  const run = exported[name];
  if (isWorkload(run)) {
    throw new UsageError(`${module}#${name} is a workload and has inputs: write ${module} alone`);
  }
  if (typeof run !== "function") {
    const functions = functionsOf(exported);
    throw new UsageError(
      `${module} exports no function ${name}${nearName(name, functions)}; it exports ` +
        `${functions.join(", ") || "none"}`,
    );
  }
  makePortable(url, name, run as AnyFunction);
  const given = inputs !== undefined ? inputList(inputs) : await inputsOf(inputsFrom!);
  if (given.length === 0) throw new UsageError(`${module}#${name} needs at least one input`);
  const title = name === "default" ? stemOf(url) : name;
  try {
    checkSpread(title, spread, given);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message}, as in --inputs '[[1,2],[3,4]]'`);
  }
  const workload = {
    name: title,
    kind: "mixed",
    run: run as Workload["run"],
    inputs: given,
  } as const;
  return spread ? { ...workload, spread } : workload;
}

/** All workloads among the exports, those in arrays as well. */
function definedIn(url: string, module: string, exported: Record<string, unknown>): Workload[] {
  for (const name of functionsOf(exported)) makePortable(url, name, exported[name] as AnyFunction);
  const found = Object.values(exported).flat().filter(isWorkload);
  if (found.length > 0) return [...new Set(found)];
  const functions = functionsOf(exported);
  throw new UsageError(
    functions.length === 0
      ? `${module} exports no workload; make one with defineWorkload()`
      : `${module} exports no workload; make one with defineWorkload(), or write for example ` +
        `${module}#${functions[0]} --inputs '[…]'`,
  );
}

/** Notes a function under the name that it is exported with, so that workers find it there. */
function makePortable(url: string, name: string, run: AnyFunction): void {
  if (findTarget({ module: url, name }) !== undefined) return;
  portable({ url } as ImportMeta, { [name]: run });
}

async function load(url: string, module: string): Promise<Record<string, unknown>> {
  try {
    return await import(url);
  } catch (error) {
    throw new UsageError(`${module} cannot be loaded: ${String(error).split("\n")[0]}`);
  }
}

function functionsOf(exported: Record<string, unknown>): string[] {
  return Object.keys(exported).filter((key) => typeof exported[key] === "function");
}

function inputList(text: string): unknown[] {
  const inputs = json(text, "--inputs");
  if (Array.isArray(inputs) && inputs.length > 0) return inputs;
  throw new UsageError("--inputs takes a JSON array with at least one element, one for each task");
}

/** The inputs that a file has, by what its name ends with. */
async function inputsOf(spec: string): Promise<unknown[]> {
  const hash = spec.lastIndexOf("#");
  const [file, name] = hash > 0 ? [spec.slice(0, hash), spec.slice(hash + 1)] : [spec, undefined];
  if (/\.[mc]?[jt]sx?$/.test(file)) return await itemsOfModule(file, name);
  const text = await read(spec);
  const kind = extname(spec);
  if (kind === ".json") {
    const inputs = json(text, spec);
    if (Array.isArray(inputs)) return inputs;
    throw new UsageError(`${spec} holds no JSON array, one element for each task`);
  }
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (kind !== ".jsonl" && kind !== ".ndjson") return lines;
  return lines.map((line, i) => json(line, `line ${i + 1} of ${spec}`));
}

/** An array, a generator or a function that makes one, from a module. */
async function itemsOfModule(file: string, name = "default"): Promise<unknown[]> {
  const exported = await load(moduleUrl(file), file);
  if (!(name in exported)) {
    const names = Object.keys(exported);
    throw new UsageError(
      `${file} exports no ${name}${nearName(name, names)}; it exports ${
        names.join(", ") || "nothing"
      }` +
        `${name === "default" && names.length > 0 ? `: write ${file}#${names[0]}` : ""}`,
    );
  }
  const subject = exported[name];
  const made = Object(typeof subject === "function" ? await subject() : subject);
  if (!(Symbol.iterator in made) && !(Symbol.asyncIterator in made)) {
    throw new UsageError(`${file}#${name} is no array, generator or function that makes one`);
  }
  const items: unknown[] = [];
  for await (const item of made as AsyncIterable<unknown>) {
    if (items.push(item) > MOST_INPUTS) {
      throw new UsageError(`${file}#${name} makes more than ${MOST_INPUTS} inputs: give it an end`);
    }
  }
  return items;
}

async function read(file: string): Promise<string> {
  try {
    return file === "-"
      ? await new Response(Deno.stdin.readable).text()
      : await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  }
}

function json(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${what} is no JSON: ${error.message}`);
  }
}

/** The name of a module's file, for a function that has no name of its own. */
function stemOf(url: string): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : new URL(url).pathname;
  return basename(path, extname(path)) || "default";
}

/** A file is found from where the command is called; `C:` is no scheme, but `https:` and `jsr:` are. */
function moduleUrl(module: string): string {
  return /^[a-z][a-z+.-]+:/i.test(module) ? module : pathToFileURL(module).href;
}
