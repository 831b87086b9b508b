/**
 * Has a child process keep this one alive, or lets this one end in spite of it; nothing happens when the child has ended.
 *
 * The platform itself throws between the end of a child and the callback that tells of it.
 */
export function holdProgramFor(child: Deno.ChildProcess, holds: boolean): void {
  try {
    if (holds) child.ref();
    else child.unref();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
