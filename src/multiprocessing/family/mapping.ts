/**
 * Memory without a name that stays mapped until this process ends, and what only the system can do with it.
 *
 * As long as a library is loaded it counts as a leak in whatever test first needed it. So the library is let go of at once, and
 * what is needed later is called by its address: the C library itself never leaves a process.
 */
import {
  cString,
  type FamilyLibc,
  mapFile,
  O_RDWR,
  sizeOf,
  withFamilyLibc,
} from "../memory/libc.ts";

/** Memory and its file. */
export interface LastingMapping extends SystemCalls {
  readonly buffer: ArrayBuffer;
  /** Where it begins in this process's memory. */
  readonly address: number;
  /** Its file here; another process of the same user opens it as `/proc/PID/fd/FD`. */
  readonly fd: number;
}

/** What only the system can do. */
interface SystemCalls {
  /** Blocks this thread while the word at `address` is `expected`, at most `timeout` milliseconds. */
  futexWait(address: number, expected: number, timeout: number): void;
  /** The same on a thread of the platform's; this one goes on. */
  futexWaitAsync(address: number, expected: number, timeout: number): Promise<unknown>;
  /** Wakes all who sleep on the word at `address`. */
  futexWake(address: number): void;
  /** Takes the lock on one byte of the file; `false` if another process has it. It goes when its process ends. */
  tryLock(byte: number): boolean;
  unlock(byte: number): void;
  /** Has the system put memory behind bytes; `false` if it has none. */
  back(from: number, bytes: number): boolean;
  /** Gives the memory behind bytes back; they are zeros from then on. */
  release(from: number, bytes: number): void;
}

const MFD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
/** The number of the call in the system's table. */
const SYS_FUTEX = Deno.build.arch === "aarch64" ? 98n : 202n;
const FUTEX_WAIT = 0;
const FUTEX_WAKE = 1;
const EVERYBODY = 2 ** 31 - 1;
/** Locks that belong to an open file, not to whichever code of the process closes one. */
const F_OFD_SETLK = 37;
const F_WRLCK = 1;
const F_UNLCK = 2;
/** Gives memory back and keeps the size. */
const PUNCH_HOLE = 3;

/** Creates memory; nothing is behind its bytes yet. `null` where that cannot be had. */
export function createMapping(size: number): LastingMapping | null {
  return withFamilyLibc((lib) => {
    const { memfd_create, ftruncate, close } = lib.symbols;
    const fd = memfd_create(cString("quartet"), MFD_CLOEXEC);
    if (fd < 0) return null;
    const mapping = ftruncate(fd, BigInt(size)) === 0 ? lastingMapping(lib, fd, size) : null;
    if (mapping === null) close(fd);
    return mapping;
  });
}

/** Maps what process `pid` has open as `fd`; `null` if it is gone, or of another user. */
export function openMapping(pid: number, fd: number): LastingMapping | null {
  return withFamilyLibc((lib) => {
    const own = lib.symbols.open(cString(`/proc/${pid}/fd/${fd}`), O_RDWR | O_CLOEXEC, 0);
    if (own < 0) return null;
    const size = sizeOf(lib, own);
    const mapping = size > 0 ? lastingMapping(lib, own, size) : null;
    if (mapping === null) lib.symbols.close(own);
    return mapping;
  });
}

function lastingMapping(lib: FamilyLibc, fd: number, size: number): LastingMapping | null {
  const pointer = mapFile(lib, fd, size);
  if (pointer === null) return null;
  return {
    buffer: Deno.UnsafePointerView.getArrayBuffer(pointer, size),
    address: Number(Deno.UnsafePointer.value(pointer)),
    fd,
    ...systemCalls(lib, fd),
  };
}

function systemCalls({ symbols }: FamilyLibc, fd: number): SystemCalls {
  const futex = {
    parameters: ["isize", "usize", "i32", "u32", "buffer"],
    result: "isize",
  } as const;
  const wait = callable(symbols.syscallFunction, futex);
  const waitAsync = callable(symbols.syscallFunction, { ...futex, nonblocking: true });
  const lock = callable(symbols.fcntlFunction, {
    parameters: ["i32", "i32", "buffer"],
    result: "i32",
  });
  const back = callable(symbols.posix_fallocateFunction, {
    parameters: ["i32", "i64", "i64"],
    result: "i32",
  });
  const punch = callable(symbols.fallocateFunction, {
    parameters: ["i32", "i32", "i64", "i64"],
    result: "i32",
  });
  const setLock = (type: number, byte: number): boolean => {
    const flock = new DataView(new ArrayBuffer(32));
    flock.setInt16(0, type, true);
    flock.setBigInt64(8, BigInt(byte), true);
    flock.setBigInt64(16, 1n, true);
    return lock.call(fd, F_OFD_SETLK, new Uint8Array(flock.buffer)) === 0;
  };
  return {
    futexWait: (address, expected, timeout) => {
      wait.call(SYS_FUTEX, BigInt(address), FUTEX_WAIT, expected >>> 0, timespec(timeout));
    },
    futexWaitAsync: (address, expected, timeout) =>
      waitAsync.call(SYS_FUTEX, BigInt(address), FUTEX_WAIT, expected >>> 0, timespec(timeout)),
    futexWake: (address) => {
      wait.call(SYS_FUTEX, BigInt(address), FUTEX_WAKE, EVERYBODY, null);
    },
    tryLock: (byte) => setLock(F_WRLCK, byte),
    unlock: (byte) => {
      setLock(F_UNLCK, byte);
    },
    back: (from, bytes) => back.call(fd, BigInt(from), BigInt(bytes)) === 0,
    release: (from, bytes) => {
      punch.call(fd, PUNCH_HOLE, BigInt(from), BigInt(bytes));
    },
  };
}

function callable<const F extends Deno.ForeignFunction>(
  pointer: Deno.PointerValue,
  definition: F,
): Deno.UnsafeFnPointer<F> {
  return new Deno.UnsafeFnPointer(pointer as Deno.PointerObject<F>, definition);
}

/** Seconds and nanoseconds, as C has them. */
function timespec(ms: number): BigInt64Array<ArrayBuffer> {
  const seconds = Math.floor(ms / 1000);
  return new BigInt64Array([BigInt(seconds), BigInt(Math.ceil((ms - seconds * 1000) * 1e6))]);
}
