/** With which program and arguments a child is started. */
import { mainModule } from "../../wire/codec/import_guard.ts";
import { portableModules } from "../../wire/codec/portable.ts";
import { ownFlags, preloadsAmong, withLock } from "../../wire/rpc/start_flags.ts";
import type { ChildOptions } from "./child_transport.ts";
import { type ChildInfo, type ChildStart, identity, MAIN_NAME } from "./process_identity.ts";
import type { RendezvousAddress } from "./rendezvous.ts";
import { holdsAll, type Needs, permissionFlags } from "./permissions.ts";
import { journalOf } from "./control_channel.ts";
import { parentGuard } from "./parent_guard.ts";
import { recallsOf, takesOf } from "./ledger.ts";

const entry = new URL("./entry.ts", import.meta.url).href;

/** Whether a child may load whatever modules it is told to, without having been given them at its start. */
export function readsAll({ permissions }: Pick<ChildOptions, "permissions">): boolean {
  return (permissions === undefined || permissions === "inherit") && holdsAll("read");
}

/** The program to start, its arguments, and what the child is told. */
export function childArguments(
  place: RendezvousAddress,
  path: string,
  options: ChildOptions,
  isSpare: boolean,
): { program: string; args: string[]; start: ChildStart } {
  // A child that may not read may not import either, but for what it is given here.
  const main = mainModule();
  const flags = startFlags();
  const modules = options.modules ??
    (readsAll(options)
      ? []
      : [...new Set([...(main === null ? [] : [main]), ...portableModules()])]);
  const info = childInfo(path, options.info);
  const start: ChildStart = {
    place,
    info,
    isSpare,
    main,
    preloads: preloadsAmong(flags),
    flags,
  };
  const args = [
    "run",
    "--quiet",
    ...flags,
    ...permissionFlags(options.permissions, needsOf(place, modules)),
    startModule(modules),
    ...Deno.args,
  ];
  const [program, ...rest] = [...parentGuard(), Deno.execPath(), ...args];
  return { program: program!, args: rest, start };
}

/** What a child is told about itself. */
export function childInfo(path: string, given: Partial<ChildInfo> = {}): ChildInfo {
  return {
    name: given.name ?? "Process",
    daemon: given.daemon ?? false,
    path,
    parentName: identity.info?.name ?? MAIN_NAME,
    parentPid: Deno.pid,
    family: identity.family ?? identity.info?.family ?? null,
  };
}

/**
 * The child's main module. It names each module in an import of its own, so that Deno loads them
 * while it starts and asks for no permission; what fails there fails again where it is needed. The text says nothing about
 * the one child: see `handover.ts`.
 */
function startModule(modules: readonly string[]): string {
  const loads = modules.map((each) => `${JSON.stringify(each)}:()=>import(${JSON.stringify(each)})`)
    .join();
  const text = `import{serve}from${JSON.stringify(entry)};serve({${loads}})`;
  return `data:application/javascript,${encodeURIComponent(text)}`;
}

function needsOf({ address, urgent }: RendezvousAddress, modules: readonly string[]): Needs {
  const isUnix = address.transport === "unix";
  const path = isUnix ? [address.path] : [];
  return {
    read: urgent === null ? path : [...path, urgent, recallsOf(urgent)],
    write: urgent === null ? path : [...path, journalOf(urgent), takesOf(urgent)],
    net: [isUnix ? `unix:${address.path}` : `${address.hostname}:${address.port}`],
    modules: [entry, ...modules],
  };
}

let found: readonly string[] | null = null;

/** The flags by which a child resolves imports as this process does; found out once. */
function startFlags(): readonly string[] {
  return found ??= identity.flags ?? withLock(ownFlags());
}
