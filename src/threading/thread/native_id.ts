/** By which library and function each system tells a thread its number. */
const SOURCES = {
  linux: { library: "libc.so.6", symbol: "gettid" },
  windows: { library: "kernel32.dll", symbol: "GetCurrentThreadId" },
} as const;

let known: number | null | undefined;

/**
 * The number by which the operating system knows the thread that this code runs on, as debuggers and `top -H` show it.
 *
 * `null` where it cannot be had: without `--allow-ffi`, and on other systems than Linux and Windows.
 *
 * Not like Python: a thread can tell only its own number, so there is no `nativeId` on a `Thread`; have its target tell it.
 *
 * Source: Python's `threading.get_native_id`.
 *
 * @example
 * ```ts
 * import { assertNotEquals } from "@std/assert";
 * import { getNativeId } from "@quartet/concurrency/threading";
 *
 * const id = getNativeId();
 * if (id !== null) assertNotEquals(id, 0);
 * ```
 */
export function getNativeId(): number | null {
  return known === undefined ? known = ask() : known;
}

function ask(): number | null {
  const { os } = Deno.build;
  if (os !== "linux" && os !== "windows") return null;
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") return null;
  const { library, symbol } = SOURCES[os];
  const loaded = Deno.dlopen(library, {
    id: { name: symbol, parameters: [], result: "u32" },
  });
  try {
    return loaded.symbols.id();
  } finally {
    loaded.close();
  }
}
