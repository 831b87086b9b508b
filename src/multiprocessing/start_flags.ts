/**
 * The flags by which a child resolves imports as its parent does.
 *
 * Deno finds the configuration from the main module, and the child's is not the user's. Where this
 * process may read its own command line (Linux, with all permissions), what was given there is given
 * on; else the configuration is looked for from the user's main module upward, as Deno does it.
 */

/** Flags that take a value and have to do with resolving or running modules. */
const WITH_VALUE: readonly string[] = ["--config", "-c", "--import-map", "--lock"];

/** Beginnings of the flags that stand alone or carry their value with them. */
const ALONE: readonly string[] = [
  "--config=",
  "--import-map=",
  "--lock=",
  "--no-lock",
  "--no-config",
  "--no-remote",
  "--no-npm",
  "--cached-only",
  "--node-modules-dir",
  "--node-modules-linker=",
  "--vendor",
  "--unstable-",
  "--conditions=",
  "--cert=",
  "--unsafely-ignore-certificate-errors",
  "--v8-flags=",
  "--use-env-proxy",
];

/** Its subcommands, those that run the user's module among them; the flags stand behind. */
const RUNS: readonly string[] = ["run", "test", "bench", "serve", "eval", "repl", "task"];

let found: readonly string[] | null = null;

/** The flags; found out once. */
export function startFlags(): readonly string[] {
  return found ??= withLock(commandLineFlags());
}

/** Those flags among `args` that have to do with resolving modules; `args` begins with Deno itself. */
export function resolvingFlags(args: readonly string[]): string[] {
  const flags: string[] = [];
  for (let i = 1; i < args.length; i++) {
    const arg = args[i] as string;
    if (!arg.startsWith("-")) {
      if (RUNS.includes(arg)) continue;
      break; // the user's module: what follows is his
    }
    if (WITH_VALUE.includes(arg)) flags.push(arg, args[++i] ?? "");
    else if (ALONE.some((each) => arg.startsWith(each))) flags.push(arg);
  }
  return flags;
}

/** A lock file pins what imports resolve to, so it is kept where there is one; the child never makes one. */
function withLock(flags: string[]): string[] {
  if (flags.some((flag) => flag.startsWith("--lock") || flag === "--no-lock")) return flags;
  const config = configOf(flags);
  if (config !== null && isFile(`${folderOf(config)}/deno.lock`)) return flags;
  return [...flags, "--no-lock"];
}

function commandLineFlags(): string[] {
  const flags = resolvingFlags(commandLine());
  const chosen = flags.some((flag) => /^(-c|--config|--no-config)/.test(flag));
  if (chosen) return flags;
  const config = discoverConfig(startFolder());
  return [...flags, ...(config === null ? ["--no-config"] : ["--config", config])];
}

function configOf(flags: readonly string[]): string | null {
  const at = flags.findIndex((flag) => flag === "--config" || flag === "-c");
  if (at >= 0) return flags[at + 1] ?? null;
  return flags.find((flag) => flag.startsWith("--config="))?.slice("--config=".length) ?? null;
}

function commandLine(): string[] {
  if (Deno.build.os !== "linux") return [];
  return attempt(() => Deno.readTextFileSync("/proc/self/cmdline").split("\0")) ?? [];
}

/** Where Deno began to look for the configuration of this process. */
function startFolder(): string | null {
  const main = new URL(Deno.mainModule);
  if (main.protocol !== "file:") return attempt(() => Deno.cwd()) ?? null;
  return folderOf(toPath(main));
}

/** The configuration that Deno finds from a folder upward; `null` if there is none or it may not be read. */
export function discoverConfig(folder: string | null): string | null {
  for (let at = folder; at !== null;) {
    for (const name of ["deno.json", "deno.jsonc"]) {
      const path = `${at === "/" ? "" : at}/${name}`;
      if (isFile(path)) return path;
    }
    const parent = folderOf(at);
    at = parent === at ? null : parent;
  }
  return null;
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
