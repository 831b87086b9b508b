import { InvalidStateError } from "../../core/errors.ts";

let loading: string | null = null;
let main: string | null = null;
let preloads: readonly string[] | null = null;

/** The user's main module; `null` where only its owner knows it: in a Web Worker that this package did not start. */
export function mainModule(): string | null {
  return main ?? (Deno.mainModule as string | undefined) ?? null;
}

/** Notes the user's main module in a thread, where the platform does not tell it, or a child, whose own main module is another. */
export function noteMainModule(url: string | null): void {
  main = url;
}

/** The modules to be run before a thread's own, as `--preload` names them; `null` while nobody has found out. */
export function notedPreloads(): readonly string[] | null {
  return preloads;
}

/** Notes those modules. */
export function notePreloads(urls: readonly string[]): void {
  preloads = urls;
}

/** Runs `load` while nothing may be started: what a module does at its top level happens on every side. */
export async function importing<T>(module: string, load: () => Promise<T>): Promise<T> {
  const before = loading;
  loading = module;
  try {
    return await load();
  } finally {
    loading = before;
  }
}

/**
 * Refuses to start a thread or process while this side imports the module that it was told to run.
 *
 * Without this a script that starts workers at its top level would start workers in each worker, without
 * end. Python refuses the same with its "bootstrapping phase" error.
 */
export function refuseWhileImporting(what: string): void {
  if (loading === null) return;
  throw new InvalidStateError(
    `Cannot start ${what} while ${loading} is being imported by a thread or process: ` +
      `what the script does by itself must stand under the main guard, if (import.meta.main) { … }`,
  );
}
