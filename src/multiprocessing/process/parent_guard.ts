/** util-linux's program by which the kernel is told to kill a process when its parent dies; Linux has it. */
const PROGRAM = "/usr/bin/setpriv";
const GUARD: readonly string[] = [PROGRAM, "--pdeathsig", "KILL"];
const NONE: readonly string[] = [];

let found: readonly string[] | null = null;

/**
 * What stands before the command of a child, so that it dies with its parent though it computes on and on and never looks:
 * nothing where there is no such program, or this process may not run it.
 */
export function parentGuard(): readonly string[] {
  return found ??= mayRun() && isThere() ? GUARD : NONE;
}

function mayRun(): boolean {
  return Deno.build.os === "linux" &&
    Deno.permissions.querySync({ name: "run", command: PROGRAM }).state === "granted";
}

function isThere(): boolean {
  try {
    return Deno.lstatSync(PROGRAM).isFile; // a link leads to busybox, whose setpriv cannot do it
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (!isRefusal(error)) throw error;
    return canDo();
  }
}

/** Whether it can do it, told by itself: a program that may run all may not be allowed to read it. That takes 2 ms. */
function canDo(): boolean {
  const [, ...args] = GUARD;
  try {
    const { success } = new Deno.Command(PROGRAM, {
      args: [...args, PROGRAM, "--version"],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || isRefusal(error)) return false;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied;
}
