/** What a child process may do: never more than its parent. */
import { show } from "../../core/check.ts";

/** What a child is given of one kind of access: all that the parent has, nothing, or what is listed. */
export type Access = boolean | "inherit" | readonly string[];

/**
 * What a child process may do; a kind of access that is not named is not given.
 *
 * What this process does not have itself it cannot give, nor what it has with exceptions (`--deny-…`): a folder in which
 * something is denied, `"MY_*"` or a host without a port of which a part is. Deno does not say what is denied, so a
 * pattern, and a host's name where all but some addresses are allowed, are only given by one that has everything.
 * One hole is left: addresses that are denied beside a list of names that are allowed are not seen.
 */
export interface ProcessPermissions {
  /** Hosts, as in `["127.0.0.1", "example.com:443"]`. */
  readonly net?: Access;
  /** Paths that may be read. */
  readonly read?: Access;
  /** Paths that may be written. */
  readonly write?: Access;
  /** Environment variables. */
  readonly env?: Access;
  /** Programs that may be run. */
  readonly run?: Access;
  /** Dynamic libraries that may be loaded. */
  readonly ffi?: Access;
  /** What may be asked about the system. */
  readonly sys?: Access;
  /** Hosts from which modules may be imported; without it those that Deno allows by default. */
  readonly import?: Access;
}

type Kind = keyof ProcessPermissions;

const KINDS: readonly Kind[] = ["net", "read", "write", "env", "run", "ffi", "sys", "import"];

/** The hosts that Deno imports from without being asked. */
const DEFAULT_IMPORT_HOSTS: readonly string[] = [
  "deno.land:443",
  "jsr.io:443",
  "esm.sh:443",
  "raw.esm.sh:443",
  "cdn.jsdelivr.net:443",
  "raw.githubusercontent.com:443",
  "gist.githubusercontent.com:443",
];

/** What a child needs for itself, whatever it is given: its channel and the modules that it begins with. */
export interface Needs {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly net: readonly string[];
  readonly modules: readonly string[];
}

/**
 * The flags for `deno run` that give a child what `permissions` says and what it needs for itself.
 *
 * @throws {TypeError} if a kind of access is unknown or ill-formed.
 * @throws {Deno.errors.NotCapable} if the parent does not have what the child is to be given, or not all of it.
 */
export function permissionFlags(
  permissions: ProcessPermissions | "inherit" | "none" | undefined,
  needs: Needs,
): string[] {
  const given = read(permissions);
  if (KINDS.every((kind) => given[kind] === true && holdsAll(kind))) return ["-A"];
  const flags = ["--no-prompt"];
  for (const kind of KINDS) {
    const access = given[kind];
    if (access === true) {
      flags.push(`--allow-${kind}`);
      continue;
    }
    if (kind === "import") {
      flags.push(...importFlags(needs.modules, access));
      continue;
    }
    const list = [...(access === false ? [] : access), ...needsOf(kind, needs)];
    if (list.length > 0) flags.push(`--allow-${kind}=${list.join(",")}`);
  }
  return flags;
}

/** What is really given: `true` for all, or a list; inherits only what the parent has whole. */
function read(
  permissions: ProcessPermissions | "inherit" | "none" | undefined,
): Record<Kind, true | false | readonly string[]> {
  const all = permissions === undefined || permissions === "inherit";
  if (!all && permissions !== "none" && (typeof permissions !== "object" || permissions === null)) {
    throw new TypeError(
      `Cannot use permissions ${show(permissions)}: give "inherit", "none" or an object`,
    );
  }
  const named: ProcessPermissions = typeof permissions === "object" ? permissions : {};
  for (const kind of Object.keys(named)) {
    if (!KINDS.includes(kind as Kind)) {
      throw new TypeError(
        `Cannot give permission "${kind}": there are ${KINDS.join(", ")}`,
      );
    }
  }
  const given = {} as Record<Kind, true | false | readonly string[]>;
  for (const kind of KINDS) {
    const access = all ? "inherit" : named[kind] ?? false;
    if (access === "inherit") given[kind] = holdsAll(kind);
    else if (access === true) given[kind] = requireAll(kind);
    else if (access === false) given[kind] = false;
    else given[kind] = requireEach(kind, access);
  }
  return given;
}

function requireAll(kind: Kind): true {
  if (holdsAll(kind)) return true;
  throw new Deno.errors.NotCapable(
    `Cannot give a child process all ${kind} access: this process does not have it; name what it has, permissions: { ${kind}: […] }`,
  );
}

function requireEach(kind: Kind, list: readonly string[]): readonly string[] {
  if (!Array.isArray(list) || list.some((each) => typeof each !== "string")) {
    throw new TypeError(
      `Cannot use permissions.${kind} ${
        show(list)
      }: give true, false, "inherit" or a list of strings`,
    );
  }
  for (const each of list) {
    if (each === "" || each.includes(",")) {
      throw new TypeError(
        `Cannot use permissions.${kind} ${
          show(each)
        }: Deno cannot be told of an empty name, or of one with a comma`,
      );
    }
    if (!holds(kind, each)) {
      throw new Deno.errors.NotCapable(
        `Cannot give a child process ${kind} access to "${each}": this process does not have it, or not all of it`,
      );
    }
  }
  return list;
}

/**
 * Whether this process has access to all that `name` stands for.
 *
 * What it is denied cannot be asked for, so a name that stands for more than can be looked at is only had by one that
 * has everything: a pattern of variables or hosts, and a host name where addresses are denied.
 */
function holds(kind: Kind, name: string): boolean {
  const status = query(kind, name);
  if (status.state !== "granted" || status.partial) return false;
  if (holdsAll(kind)) return true;
  if (kind === "env") return !name.includes("*");
  if (kind !== "net" && kind !== "import") return true;
  if (/^(unix|vsock):/.test(name)) return true;
  if (/[*/]/.test(name)) return false;
  if (!isAddress(name) && query(kind).state === "granted") return false;
  if (/^localhost(:|$)/i.test(name)) {
    const port = name.slice("localhost".length);
    if (["127.0.0.1", "[::1]"].some((each) => isDenied(kind, each, port))) return false;
  }
  return hasPort(name) || holdsEachPort(kind, name);
}

function isDenied(kind: Kind, host: string, port: string): boolean {
  return query(kind, `${host}${port}`).state === "denied";
}

/** Whether a host is an IP address, with a port or without. */
function isAddress(host: string): boolean {
  return host.startsWith("[") || /^\d+\.\d+\.\d+\.\d+(:\d+)?$/.test(host);
}

function hasPort(host: string): boolean {
  return /(^|[^:]|\]):\d+$/.test(host);
}

/** Hosts of which each port was found to be open to this process; looking takes a tenth of a second. */
const portsHeld = new Set<string>();

function holdsEachPort(kind: Kind, host: string): boolean {
  if (portsHeld.has(`${kind} ${host}`)) return true;
  for (let port = 0; port < 65536; port++) {
    if (query(kind, `${host}:${port}`).state !== "granted") return false;
  }
  portsHeld.add(`${kind} ${host}`);
  return true;
}

function query(kind: Kind, name?: string): Deno.PermissionStatus {
  try {
    return Deno.permissions.querySync(descriptor(kind, name));
  } catch (error) {
    throw new TypeError(
      `Cannot use permissions.${kind} ${show(name)}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Whether this process has a kind of access without exception. */
export function holdsAll(kind: Kind): boolean {
  const status = Deno.permissions.querySync(descriptor(kind));
  return status.state === "granted" && !status.partial;
}

function descriptor(kind: Kind, value?: string): Deno.PermissionDescriptor {
  switch (kind) {
    case "net":
      return { name: kind, host: value };
    case "import":
      // Deno knows it; its types do not yet.
      return { name: kind, host: value } as unknown as Deno.PermissionDescriptor;
    case "env":
      return { name: kind, variable: value };
    case "run":
      return { name: kind, command: value };
    case "sys":
      return { name: kind, kind: value as Deno.SysPermissionDescriptor["kind"] };
    default:
      return { name: kind, path: value };
  }
}

function needsOf(kind: Kind, needs: Needs): readonly string[] {
  return kind === "read" || kind === "write" || kind === "net" ? needs[kind] : [];
}

/**
 * A list of import hosts replaces Deno's own, so these are added to it; without a list those count, so that a parent that
 * may not import from all of them says which.
 */
function importFlags(modules: readonly string[], access: false | readonly string[]): string[] {
  const defaults = query("import").state === "denied"
    ? []
    : DEFAULT_IMPORT_HOSTS.filter((host) => query("import", host).state === "granted");
  const hosts = modules.map((each) => new URL(each))
    .filter((url) => url.protocol === "http:" || url.protocol === "https:")
    .map((url) => `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`);
  for (const host of hosts) {
    if (holdsAll("import") || query("import", host).state === "granted") continue;
    throw new Deno.errors.NotCapable(
      `Cannot have a child process import from "${host}": this process may not import from there`,
    );
  }
  const isDefault = access === false && defaults.length === DEFAULT_IMPORT_HOSTS.length;
  const missing = hosts.filter((host) => !isDefault || !DEFAULT_IMPORT_HOSTS.includes(host));
  if (isDefault && missing.length === 0) return [];
  const list = [...new Set([...(access === false ? defaults : access), ...missing])];
  return [list.length === 0 ? "--deny-import" : `--allow-import=${list.join(",")}`];
}
