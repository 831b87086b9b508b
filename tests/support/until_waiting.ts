/** Waiting for a condition in tests, bounded, and saying what was waited for in vain. */

/** Waits until `condition()` holds; fails after `limit` milliseconds with `what`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = String(condition),
  limit = 20_000,
): Promise<void> {
  const end = performance.now() + limit;
  for (let turn = 0; !(await condition()); turn++) {
    if (performance.now() > end) throw new Error(`waited ${limit} ms in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, turn < 20 ? 0 : 1));
  }
}
