/** Waiting for a condition in tests, bounded, and saying what was waited for in vain. */

/** Waits until `condition()` holds; fails after `limit` milliseconds with `what`, which is asked for then if it is a function. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string) = String(condition),
  limit = 60_000,
): Promise<void> {
  const end = performance.now() + limit;
  for (let turn = 0; !(await condition()); turn++) {
    if (performance.now() > end) {
      const said = typeof what === "string" ? what : what();
      throw new Error(`waited ${limit} ms in vain for: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, turn < 20 ? 0 : 1));
  }
}
