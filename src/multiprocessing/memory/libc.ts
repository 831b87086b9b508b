/** The few functions of the C library by which memory is shared between processes. */

const symbols = {
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  unlink: { parameters: ["buffer"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  calloc: { parameters: ["usize", "usize"], result: "pointer" },
  /** Has a function called with an argument when the program exits, whatever ends it but a signal. */
  __cxa_atexit: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  unlinkFunction: { name: "unlink", type: "pointer" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  posix_spawn: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  // macOS has none of these two.
  pipe2: { parameters: ["buffer", "i32"], result: "i32", optional: true },
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32", optional: true },
} as const;

/**
 * What a family's memory takes (`family/mapping.ts`): functions where it is called often, as a function takes 0.1 ms to load and
 * 0.5 µs to call, an address nothing and 5 µs.
 */
const familySymbols = {
  open: symbols.open,
  close: symbols.close,
  write: symbols.write,
  /** `syscall`, as the call of a futex has its arguments. */
  futex: {
    name: "syscall",
    parameters: ["isize", "usize", "i32", "u32", "buffer"],
    result: "isize",
  },
  ftruncate: symbols.ftruncate,
  lseek: symbols.lseek,
  mmap: symbols.mmap,
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  fallocateFunction: { name: "fallocate", type: "pointer" },
  posix_fallocateFunction: { name: "posix_fallocate", type: "pointer" },
  fcntlFunction: { name: "fcntl", type: "pointer" },
  pipe2Function: { name: "pipe2", type: "pointer" },
  readlinkFunction: { name: "readlink", type: "pointer" },
} as const;

/** The C library, while it is loaded. */
export type Libc = Deno.DynamicLibrary<typeof symbols>;
/** The same, with what a family's memory takes. Linux. */
export type FamilyLibc = Deno.DynamicLibrary<typeof familySymbols>;

const isLinux = Deno.build.os === "linux";
const LIBRARY = Deno.build.os === "darwin" ? "libSystem.B.dylib" : "libc.so.6";
/** Where shared memory has its names. */
export const FOLDER: string = isLinux ? "/dev/shm" : "/tmp";
/** To read and write. */
export const O_RDWR = 2;
const O_CREAT_EXCL = isLinux ? 0o100 | 0o200 : 0x200 | 0x800;
const SEEK_END = 2;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
/** The address by which `mmap` says that it failed. */
const FAILED = 2n ** 64n - 1n;

/** A file's bytes in this process's memory, and how to take them out. */
export interface Mapping {
  readonly buffer: ArrayBuffer;
  unmap(): void;
}

let libc: Libc | null = null;
let users = 0;

/**
 * Creates a file of `size` bytes that is nothing but memory, and maps it.
 *
 * @throws {Deno.errors.AlreadyExists} if it exists.
 */
export function createShared(name: string, size: number): Mapping {
  return using((lib) => {
    const path = pathOf(name);
    const fd = create(lib, path);
    if (fd < 0) {
      throw new Deno.errors.AlreadyExists(
        `Cannot create shared memory "${name}": there is some of that name, or no room`,
      );
    }
    const mapping = reserve(lib, fd, size) ? map(lib, fd, size) : null;
    lib.symbols.close(fd);
    if (mapping !== null) return mapping;
    lib.symbols.unlink(path);
    throw new RangeError(
      `Cannot create ${size} bytes of shared memory: the system has no room for them; create less, or unlink what is not needed`,
    );
  });
}

/**
 * Maps a file that was created.
 *
 * @throws {Deno.errors.NotFound} if there is none.
 */
export function attachShared(name: string): Mapping {
  return using((lib) => {
    const fd = lib.symbols.open(pathOf(name), O_RDWR, 0);
    if (fd < 0) {
      throw new Deno.errors.NotFound(
        `Cannot find shared memory "${name}": there is none of that name that this user may open`,
      );
    }
    const mapping = map(lib, fd, sizeOf(lib, fd));
    lib.symbols.close(fd);
    if (mapping === null) {
      throw new Error(
        `Cannot map shared memory "${name}": it is empty, or this process has no room`,
      );
    }
    return mapping;
  });
}

/** Removes the name of a file, if it is there. */
export function unlinkShared(name: string): void {
  withLibc((lib) => lib.symbols.unlink(pathOf(name)));
}

/** Calls `use` with the library; it is loaded meanwhile. */
export function withLibc<T>(use: (lib: Libc) => T): T {
  users++;
  try {
    return use(load());
  } finally {
    letGo();
  }
}

/** Calls `use` with what a family's memory takes; `null` where the C library is another one. Linux. */
export function withFamilyLibc<T>(use: (lib: FamilyLibc) => T): T | null {
  let lib: FamilyLibc;
  try {
    lib = Deno.dlopen(LIBRARY, familySymbols);
  } catch {
    return null; // an old one, or not GNU's
  }
  try {
    return use(lib);
  } finally {
    lib.close();
  }
}

/** The library is loaded as long as something is mapped. */
function using(makeMapping: (lib: Libc) => Mapping): Mapping {
  users++;
  try {
    return makeMapping(load());
  } catch (error) {
    letGo();
    throw error;
  }
}

/**
 * Gives a new file its size. Bytes that are promised and not there would end the program when they are touched, so they are
 * reserved where the system can.
 */
function reserve(lib: Libc, fd: number, size: number): boolean {
  const { ftruncate, posix_fallocate } = lib.symbols;
  if (posix_fallocate === null) return ftruncate(fd, BigInt(size)) === 0;
  return posix_fallocate(fd, 0n, BigInt(size)) === 0;
}

function map(lib: Libc, fd: number, size: number): Mapping | null {
  const pointer = mapFile(lib, fd, size);
  if (pointer === null) return null;
  const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
  return {
    buffer,
    unmap: () => {
      buffer.transfer(); // views become empty: nobody can touch what is no longer there
      lib.symbols.munmap(pointer, BigInt(size));
      letGo();
    },
  };
}

/** Where a file's bytes are in this process's memory; `null` if there is no room for them. */
export function mapFile(
  { symbols }: Libc | FamilyLibc,
  fd: number,
  size: number,
): Deno.PointerObject | null {
  const pointer = symbols.mmap(null, BigInt(size), PROT_READ_WRITE, MAP_SHARED, fd, 0n);
  return pointer === null || Deno.UnsafePointer.value(pointer) === FAILED ? null : pointer;
}

/** How many bytes a file has. */
export function sizeOf({ symbols }: Libc | FamilyLibc, fd: number): number {
  return Number(symbols.lseek(fd, 0n, SEEK_END));
}

/** Linux takes the mode as an ordinary argument; elsewhere it would have to be passed as a variable one. */
function create(lib: Libc, path: Uint8Array<ArrayBuffer>): number {
  if (isLinux) return lib.symbols.open(path, O_RDWR | O_CREAT_EXCL, 0o600);
  const file = new TextDecoder().decode(path.subarray(0, -1));
  Deno.openSync(file, { write: true, createNew: true, mode: 0o600 }).close();
  return lib.symbols.open(path, O_RDWR, 0);
}

/** The path of shared memory of a name: a file that is nothing but memory, or at least passes away. */
export function pathOf(name: string): Uint8Array<ArrayBuffer> {
  return cString(`${FOLDER}/${name}`);
}

/** A text as C has it: with a zero at its end. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

function load(): Libc {
  if (libc !== null) return libc;
  const { os } = Deno.build;
  if (os === "windows") {
    throw new Deno.errors.NotSupported(
      "Cannot share memory between processes on Windows: use a Value, a Queue or a Manager",
    );
  }
  try {
    return libc = Deno.dlopen(LIBRARY, symbols);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(
      "Cannot share memory between processes: it takes the C library; grant --allow-ffi",
      { cause: error },
    );
  }
}

function letGo(): void {
  if (--users > 0) return;
  libc?.close();
  libc = null;
}
