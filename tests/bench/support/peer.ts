/**
 * Loads another library to be measured beside ours.
 *
 * By a name that is only known at run time: peers are no dependencies of the package, so neither its checks
 * nor its lock file are to know of them. Run benchmarks with `--no-lock`.
 */
// deno-lint-ignore no-explicit-any -- some have no types, and the others' are not loaded
export function peer(name: string): Promise<any> {
  return import(`npm:${name}`);
}
