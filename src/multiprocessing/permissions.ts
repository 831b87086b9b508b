/** What a child process may do: never more than its parent. */

/** What a child is given of one kind of access: all that the parent has, nothing, or what is listed. */
export type Access = boolean | "inherit" | readonly string[];

/** What a child process may do; a kind of access that is not named is not given. */
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

/** Whence Deno imports without being asked. */
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
 * @throws {Deno.errors.NotCapable} if the parent does not have what the child is to be given.
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
    const own = kind === "import" ? importHosts(needs.modules, access) : needsOf(kind, needs);
    const list = [...(access === false ? [] : access), ...own];
    if (list.length > 0) {
      flags.push(`--allow-${kind}=${list.map((each) => each.replaceAll(",", ",,")).join(",")}`);
    }
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
      `Cannot use permissions ${String(permissions)}: give "inherit", "none" or an object`,
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
        String(list)
      }: give true, false, "inherit" or a list of strings`,
    );
  }
  for (const each of list) {
    if (Deno.permissions.querySync(descriptor(kind, each)).state !== "granted") {
      throw new Deno.errors.NotCapable(
        `Cannot give a child process ${kind} access to "${each}": this process does not have it`,
      );
    }
  }
  return list;
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

/** A list of import hosts replaces Deno's own, so these are added to it. */
function importHosts(modules: readonly string[], access: false | readonly string[]): string[] {
  const hosts = modules.map((each) => new URL(each))
    .filter((url) => url.protocol === "http:" || url.protocol === "https:")
    .map((url) => `${url.hostname}:${url.port || (url.protocol === "https:" ? 443 : 80)}`)
    .filter((host) => !DEFAULT_IMPORT_HOSTS.includes(host));
  if (hosts.length === 0 && access === false) return [];
  return [...new Set([...hosts, ...(access === false ? DEFAULT_IMPORT_HOSTS : [])])];
}
