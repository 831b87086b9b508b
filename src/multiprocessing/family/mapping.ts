/**
 * Memory without a name that stays mapped until this process ends, and what only the system can do with it.
 *
 * As long as a library is loaded it counts as a leak in whatever test first needed it. So the library is let go of at once. Its
 * functions can be called on, and addresses too: the C library itself never leaves a process.
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
interface SystemCalls extends PipeCalls {
  /** Blocks this thread while the word at `address` is `expected`, at most `timeout` milliseconds. */
  futexWait(address: number, expected: number, timeout: number): void;
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

/** What it can do with pipes. */
interface PipeCalls {
  /** Makes a pipe; `null` if this process can have no more files. */
  makePipe(): Pipe | null;
  /** Opens the pipe that process `pid` has as `file`, to write into; -1 if it cannot, or that file is not the pipe of `inode`. */
  openPipe(pid: number, file: number, inode: number): number;
  /** Writes a byte, unless the pipe is full. */
  writeByte(file: number): void;
  /** Closes a file. */
  close(file: number): void;
}

/** A pipe as this process has it. */
export interface Pipe {
  /** The file to read from. */
  readonly from: number;
  /** The file to write into. */
  readonly into: number;
  /** By which the system tells it from all other pipes, as a word has it. */
  readonly inode: number;
}

const MFD_CLOEXEC = 1;
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
/** Only names a file: whatever it is, nothing is done to it. */
const O_PATH = 0o10000000;
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
  const { futex } = symbols;
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
      futex(SYS_FUTEX, BigInt(address), FUTEX_WAIT, expected >>> 0, timespec(timeout));
    },
    futexWake: (address) => {
      futex(SYS_FUTEX, BigInt(address), FUTEX_WAKE, EVERYBODY, null);
    },
    tryLock: (byte) => setLock(F_WRLCK, byte),
    unlock: (byte) => {
      setLock(F_UNLCK, byte);
    },
    back: (from, bytes) => back.call(fd, BigInt(from), BigInt(bytes)) === 0,
    release: (from, bytes) => {
      punch.call(fd, PUNCH_HOLE, BigInt(from), BigInt(bytes));
    },
    ...pipeCalls(symbols),
  };
}

function pipeCalls(symbols: FamilyLibc["symbols"]): PipeCalls {
  const { open, write, close } = symbols;
  const pipe2 = callable(symbols.pipe2Function, { parameters: ["buffer", "i32"], result: "i32" });
  const readlink = callable(symbols.readlinkFunction, {
    parameters: ["buffer", "buffer", "usize"],
    result: "isize",
  });
  const inodeOf = (file: number): number | null => {
    const text = new Uint8Array(64);
    const length = Number(readlink.call(cString(`/proc/self/fd/${file}`), text, 64n));
    const found = /^pipe:\[(\d+)\]$/.exec(new TextDecoder().decode(text.subarray(0, length)));
    return found === null ? null : Number(found[1]) | 0;
  };
  const byte = new Uint8Array(1);
  return {
    makePipe: () => {
      const files = new Int32Array(2);
      const bytes = new Uint8Array(files.buffer);
      if (pipe2.call(bytes, O_CLOEXEC | O_NONBLOCK) !== 0) return null;
      const [from, into] = files as unknown as [number, number];
      const inode = inodeOf(into);
      if (inode !== null) return { from, into, inode };
      close(from);
      close(into);
      return null;
    },
    openPipe: (pid, file, inode) => {
      const found = open(cString(`/proc/${pid}/fd/${file}`), O_PATH | O_CLOEXEC, 0);
      if (found < 0) return -1;
      // To read too: so there is a reader as long as somebody writes.
      const opened = inodeOf(found) === inode
        ? open(cString(`/proc/self/fd/${found}`), O_RDWR | O_CLOEXEC | O_NONBLOCK, 0)
        : -1;
      close(found);
      return opened;
    },
    writeByte: (file) => {
      write(file, byte, 1n);
    },
    close: (file) => {
      close(file);
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
