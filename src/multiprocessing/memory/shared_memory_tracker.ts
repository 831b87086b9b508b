/**
 * Sees to it that the names of shared memory go with the process that created them, however it ends.
 *
 * - When the program exits, also by an error that nobody caught, no JavaScript runs any more. So the C library is told to
 *   call `unlink` itself, each time with the path that stands in a slot then; an empty path unlinks nothing.
 * - A signal ends the program without that. So a shell reads from a pipe which names there are. When the process is gone, the
 *   pipe ends, and it removes those that are left: Python's resource tracker in eight lines. It is in a session of its own,
 *   so what ends all processes of a terminal does not end it.
 */
import { FOLDER, type Libc, pathOf, withLibc } from "./libc.ts";

/** The room for a path and the zero behind it. */
const SLOT = 256;

const slots = new Map<string, Uint8Array<ArrayBuffer>>();
const free: Uint8Array<ArrayBuffer>[] = [];
/** The pipe to the tracker; `null` where there is none. */
let pipe: number | null | undefined;

/** Has a name removed at the end of this process. */
export function keepName(name: string): void {
  withLibc((lib) => {
    const slot = free.pop() ?? newSlot(lib);
    slot.set(pathOf(name));
    slots.set(name, slot);
    if (pipe === undefined) pipe = startTracker(lib);
    tell(lib, `+${name}`);
  });
}

/** Takes {@link keepName} back; nothing happens for other names. */
export function dropName(name: string): void {
  const slot = slots.get(name);
  if (slot === undefined) return;
  slots.delete(name);
  slot[0] = 0;
  free.push(slot);
  withLibc((lib) => tell(lib, `-${name}`));
}

/** Memory that is not the engine's: it is still there when the engine is gone. */
function newSlot({ symbols }: Libc): Uint8Array<ArrayBuffer> {
  const pointer = symbols.calloc(1n, BigInt(SLOT));
  if (pointer === null) throw new RangeError("Cannot keep a name: the system has no memory");
  symbols.__cxa_atexit(symbols.unlinkFunction, pointer, null);
  return new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(pointer, SLOT));
}

function tell(lib: Libc, line: string): void {
  if (pipe === undefined || pipe === null) return;
  const bytes = new TextEncoder().encode(`${line}\n`);
  lib.symbols.write(pipe, bytes, BigInt(bytes.length));
}

/** Runs in a process of its own; ignores what ends the others. */
const SCRIPT = `trap '' HUP INT QUIT TERM
cd ${FOLDER} && exec 3<&0 0</dev/null >/dev/null 2>&1 || exit
{ names=' '
while IFS= read -r line <&3; do name=\${line#?}
case $line in +*) names="$names$name " ;;
*) case $names in *" $name "*) names="\${names%%" $name "*} \${names#*" $name "}" ;; esac ;; esac; done
rm -f -- $names; } &`;

const O_CLOEXEC = 0o2000000;
const POSIX_SPAWN_SETSID = 0x80;
/** More than each of the C library's structures takes. */
const STRUCTURE = 1024;

/**
 * Starts the tracker and returns the pipe to it; `null` where the system has no such pipe, or no shell.
 *
 * It is started by the C library: a `Deno.Command` would count as a leak in tests, and may be forbidden.
 */
function startTracker({ symbols }: Libc): number | null {
  const ends = new Int32Array(2);
  if (symbols.pipe2 === null || symbols.pipe2(ends, O_CLOEXEC) !== 0) return null;
  const [reading, writing] = ends as unknown as [number, number];
  const actions = new Uint8Array(STRUCTURE);
  const attributes = new Uint8Array(STRUCTURE);
  symbols.posix_spawn_file_actions_init(actions);
  symbols.posix_spawn_file_actions_adddup2(actions, reading, 0);
  symbols.posix_spawnattr_init(attributes);
  symbols.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID);
  const pid = new Int32Array(1);
  const args = cStrings(["sh", "-c", SCRIPT]);
  const env = cStrings(["PATH=/usr/bin:/bin"]);
  const shell = new TextEncoder().encode("/bin/sh\0");
  const failed = symbols.posix_spawn(pid, shell, actions, attributes, args, env) !== 0;
  symbols.posix_spawn_file_actions_destroy(actions);
  symbols.posix_spawnattr_destroy(attributes);
  symbols.close(reading);
  if (failed) {
    symbols.close(writing);
    return null;
  }
  // The shell leaves the rest to a process behind it and ends at once.
  symbols.waitpid(pid[0] as number, new Int32Array(1), 0);
  return writing;
}

/** What C reads by its address is kept here, where the collector of garbage leaves it alone. */
const kept: unknown[] = [];

/** An array of C strings, which ends with a null pointer. */
function cStrings(texts: readonly string[]): BigUint64Array<ArrayBuffer> {
  const strings = texts.map((text) => new TextEncoder().encode(`${text}\0`));
  kept.push(strings);
  const addresses = strings.map((each) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(each)));
  return new BigUint64Array([...addresses, 0n]);
}
