/**
 * The flags by which a child resolves imports as its parent does, and the modules that were to run before the main one.
 *
 * Deno finds the configuration from the main module, and the child's is not the user's. So, in this order:
 *
 * - a child gives on what it was given itself;
 * - where this process may read its own command line (Linux, with all permissions), what was given there is given on;
 * - else the configuration is looked for from the user's main module upward, as Deno does it.
 */
import { mainModule, notedPreloads, notePreloads } from "../codec/import_guard.ts";

/** Flags that have to do with resolving or running modules; their value is the next argument, or stands behind "=". */
const WITH_VALUE: readonly string[] = [
  "--config",
  "--import-map",
  "--lock",
  "--cert",
  "--conditions",
  "--node-modules-linker",
  "--preload",
  "--import",
  "--require",
];

/** Flags of that kind that stand alone, or with a value behind "=". */
const ALONE: readonly string[] = [
  "--no-lock",
  "--no-config",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--node-modules-dir",
  "--vendor",
  "--unsafely-ignore-certificate-errors",
  "--v8-flags",
  "--use-env-proxy",
];

/** Flags that a child does not need, and whose value is the next argument. */
const SKIPPED_WITH_VALUE: readonly string[] = [
  "--ext",
  "--filter",
  "--host",
  "--inspect-publish-uid",
  "--junit-path",
  "--location",
  "--log-level",
  "-L",
  "--min-dep-age",
  "--port",
  "--reporter",
  "--seed",
];

/** Flags whose value is a path, which means something else in another folder. */
const PATHS: readonly string[] = [
  "--config",
  "--import-map",
  "--lock",
  "--cert",
  "--preload",
  "--import",
  "--require",
];

/** Flags that name a module to be run before the main one. */
const PRELOADS: readonly string[] = ["--preload", "--import", "--require"];

/** Its subcommands, those that run the user's module among them; the flags stand behind. */
const RUNS: readonly string[] = ["run", "test", "bench", "serve", "eval", "repl", "task"];

/**
 * The modules that `--preload` and its like have run before this program's main one, by their URLs; found out once.
 *
 * The platform runs them in no Web Worker, so each thread is told to.
 */
export function preloads(): readonly string[] {
  const noted = notedPreloads();
  if (noted !== null) return noted;
  const found = mayReadCommandLine() ? preloadsAmong(ownWholeFlags()) : [];
  notePreloads(found);
  return found;
}

/** The URLs of those modules among flags with whole paths. */
export function preloadsAmong(flags: readonly string[]): string[] {
  return flags.map(split).flatMap(([name, value]) =>
    !PRELOADS.includes(name) || !value
      ? []
      : [/^[a-z][a-z+.-]+:/i.test(value) ? value : fileUrl(value)]
  );
}

function fileUrl(path: string): string {
  return `file://${path.split(/[/\\]/).map(encodeURIComponent).join("/")}`;
}

/** Those flags among `args` that have to do with resolving modules, with their values behind "="; `args` begins with Deno itself. */
export function resolvingFlags(args: readonly string[]): string[] {
  const flags: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith("-")) {
      if (RUNS.includes(arg)) continue;
      break; // the user's module: what follows is the program's own
    }
    const [name, value] = split(arg);
    if (WITH_VALUE.includes(name)) flags.push(`${name}=${value ?? args[++i] ?? ""}`);
    else if (ALONE.includes(name) || name.startsWith("--unstable-")) flags.push(arg);
    else if (SKIPPED_WITH_VALUE.includes(name) && value === undefined) i++;
  }
  return flags;
}

/** A flag's long name and what stands behind "=", as in `-c=deno.json` and `-cdeno.json` too. */
function split(arg: string): [name: string, value: string | undefined] {
  const short = /^-c=?(.*)$/s.exec(arg);
  if (short !== null) return ["--config", short[1] || undefined];
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** A lock file pins what imports resolve to, so it is kept where there is one; the child never makes one. */
export function withLock(flags: string[]): string[] {
  if (flags.some((flag) => flag.startsWith("--lock=") || flag === "--no-lock")) return flags;
  const config = flags.find((flag) => flag.startsWith("--config="))?.slice("--config=".length);
  if (config !== undefined && isFile(`${folderOf(config)}/deno.lock`)) return flags;
  return [...flags, "--no-lock"];
}

export function ownFlags(): string[] {
  const flags = ownWholeFlags();
  const isChosen = flags.some((flag) => /^--(config=|no-config$)/.test(flag));
  return isChosen ? flags : [...flags, ...discoverFlags(startFolder(), flags)];
}

/** The flags of that kind that this process was given, with whole paths. */
function ownWholeFlags(): string[] {
  const args = commandLine();
  const given = resolvingFlags(args);
  const folder = given.some(isRelative) ? currentAtStart(args) : null;
  return folder === null ? given : given.map((flag) => withWholePath(flag, folder));
}

/** Without asking the user for it. */
function mayReadCommandLine(): boolean {
  const read = { name: "read", path: "/proc/self/cmdline" } as const;
  return Deno.build.os === "linux" && Deno.permissions.querySync(read).state === "granted";
}

function isRelative(flag: string): boolean {
  const [name, value] = split(flag);
  return value !== undefined && value !== "" && PATHS.includes(name) &&
    !/^([/\\]|[A-Za-z]:|[a-z]+:)/.test(value);
}

function withWholePath(flag: string, folder: string): string {
  const [name, value] = split(flag);
  return isRelative(flag) ? `${name}=${folder}/${value}` : flag;
}

/**
 * The current folder when the program was started, from which the paths on its command line go. It may be another by now, so it
 * is told from the main module, which was named there too.
 */
function currentAtStart(args: readonly string[]): string | null {
  const url = mainModule();
  if (url?.startsWith("file:")) {
    const main = toPath(new URL(url));
    if (main.includes("/$deno$")) return folderOf(main); // Deno's own module for tests and the like
    const named = args.map((arg) => `/${arg.replace(/^\.\//, "")}`).find((end) =>
      main.endsWith(end)
    );
    if (named !== undefined) return main.slice(0, -named.length) || "/";
  }
  return attempt(() => Deno.cwd()) ?? null;
}

function commandLine(): string[] {
  if (Deno.build.os !== "linux") return [];
  return attempt(() => Deno.readTextFileSync("/proc/self/cmdline").split("\0")) ?? [];
}

/** Where Deno began to look for the configuration of this process; `null` when it looked for none, as for a program from afar. */
function startFolder(): string | null {
  const url = mainModule() ?? (globalThis as { location?: { href: string } }).location?.href;
  if (url === undefined) return null;
  const main = new URL(url);
  return main.protocol === "file:" ? folderOf(toPath(main)) : null;
}

/**
 * The flags that stand for the configuration that Deno finds from a folder upward, as far as it may be read.
 *
 * A folder with only a package.json hides what lies above it, but for a workspace; no flag names it, but a child that looks
 * for packages in `node_modules` finds what it declares.
 */
export function discoverFlags(folder: string | null, given: readonly string[] = []): string[] {
  let hasPackage = false;
  for (let at = folder; at !== null;) {
    const config = configIn(at);
    if (config !== null && (!hasPackage || isWorkspace(config))) return [`--config=${config}`];
    hasPackage ||= isFile(`${at}/package.json`);
    const parent = folderOf(at);
    at = parent === at ? null : parent;
  }
  const isChosen = given.some((flag) => flag.startsWith("--node-modules-dir"));
  return hasPackage && !isChosen ? ["--no-config", "--node-modules-dir=manual"] : ["--no-config"];
}

function configIn(folder: string): string | null {
  for (const name of ["deno.json", "deno.jsonc"]) {
    const path = `${folder === "/" ? "" : folder}/${name}`;
    if (isFile(path)) return path;
  }
  return null;
}

function isWorkspace(config: string): boolean {
  return /"workspace"\s*:/.test(attempt(() => Deno.readTextFileSync(config)) ?? "");
}

function toPath(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return Deno.build.os === "windows" ? path.replace(/^\/([A-Za-z]:)/, "$1") : path;
}

function folderOf(path: string): string {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return at <= 0 ? "/" : path.slice(0, at);
}

function isFile(path: string): boolean {
  return attempt(() => Deno.statSync(path).isFile) ?? false;
}

/** What `look` finds; `undefined` where there is nothing, or it may not be looked at. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    const expected = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotADirectory;
    if (expected) return undefined;
    throw error;
  }
}
