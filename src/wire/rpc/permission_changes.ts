/**
 * How often this thread has changed its permissions.
 *
 * A worker or a child process has the permissions that its maker had when it was started. One that waits to be used
 * is of no use any more once those are others: it would do what its maker gave up. The platform tells of no change, so
 * the methods that make one are watched.
 */

const CHANGING = ["revoke", "revokeSync", "request", "requestSync"] as const;

let changes = 0;
let isWatching = false;

/** The number of changes so far, counted from the first call on. */
export function permissionChanges(): number {
  if (!isWatching) watch();
  return changes;
}

function watch(): void {
  isWatching = true;
  const platform = Object.getPrototypeOf(Deno.permissions);
  for (const name of CHANGING) {
    const change = platform[name];
    // A method by its shorthand, as the platform's own is: no constructor, and of this name.
    const { [name]: watched } = {
      [name](this: Deno.Permissions, ...args: unknown[]): unknown {
        changes++;
        return Reflect.apply(change, this, args);
      },
    };
    Object.defineProperty(platform, name, {
      value: watched,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  }
}
