/**
 * A folder among the temporary ones that only this user can enter, for sockets and files that need a name.
 *
 * It goes when it is closed and when the program ends. A program that is killed cannot remove it, so the next one that
 * makes such a folder does: the owner of a folder holds a lock on a file in it, and the system takes the lock from a process
 * that ends, however it ends. A lock cannot be mistaken as a process number can, which comes again.
 */

import { listenGlobally } from "../../core/parts.ts";

/** What the names begin with. Deno appends 16 digits or, when they begin with zeros, fewer. */
const PREFIX = "quartet-";
const NAME = /^quartet-[0-9a-f]{1,16}$/;
/** The file whose lock says that the owner lives; and that the folder is one of these, as a program may name its own like them. */
const LOCK = "quartet.lock";
/** Under this name it is no lock yet: it is renamed once it is held, so that nobody finds it without its holder. */
const UNHELD = "quartet.lock.new";
/** How long an empty folder without a lock counts as one that is just being made, in milliseconds. */
const YOUTH = 60_000;

/** The longest path that a socket can have, in bytes: what the system keeps for it, less the zero at its end. */
const LONGEST_PATH = Deno.build.os === "darwin" ? 103 : 107;

/**
 * Whether this process may have such folders and sockets in them. The names are made here, so only access to all covers them;
 * asking the user for access to a name that says nothing would be of no use.
 */
export function mayHavePrivateFolders(): boolean {
  return Deno.build.os !== "windows" && (["net", "read", "write"] as const)
    .every((name) => Deno.permissions.querySync({ name }).state === "granted");
}

/** Whether a socket can be at `path`. */
export function fitsSocket(path: string): boolean {
  return new TextEncoder().encode(path).length <= LONGEST_PATH;
}

/** A Unix socket in a folder of its own, or `null` where that cannot be had: then loopback TCP has to do. */
export function listenPrivately(): { folder: PrivateFolder; listener: Deno.UnixListener } | null {
  if (!mayHavePrivateFolders()) return null;
  let folder: PrivateFolder | null = null;
  try {
    folder = new PrivateFolder();
    const path = `${folder.path}/s`;
    if (fitsSocket(path)) return { folder, listener: Deno.listen({ transport: "unix", path }) };
    folder.close();
    return null;
  } catch {
    // A disk that is full, read-only or without sockets does not hinder TCP. What hinders that too is thrown from there.
    folder?.close();
    return null;
  }
}

const open = new Set<PrivateFolder>();
listenGlobally("unload", () => {
  for (const folder of open) folder.close();
});

let swept = false;

/** The folder. */
export class PrivateFolder implements Disposable {
  /** Where it is. */
  readonly path: string;
  readonly #lock: Deno.FsFile;

  /**
   * Makes it, and removes those whose owner was killed.
   *
   * @throws {Error} if there is no temporary folder, it may not be written to, or it knows no locks.
   */
  constructor() {
    this.path = Deno.makeTempDirSync({ prefix: PREFIX });
    try {
      this.#lock = holdLock(this.path);
    } catch (error) {
      Deno.removeSync(this.path, { recursive: true });
      throw error;
    }
    open.add(this);
    if (swept) return;
    swept = true;
    sweep(this.path);
  }

  /** Removes it with all that is in it. Twice does nothing. */
  close(): void {
    if (!open.delete(this)) return;
    this.#lock.close();
    try {
      Deno.removeSync(this.path, { recursive: true });
    } catch (error) {
      // Somebody has cleaned up; or this program has given up the permission, and the next one sweeps.
      if (!isOutOfReach(error)) throw error;
    }
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }
}

function holdLock(folder: string): Deno.FsFile {
  const file = Deno.openSync(`${folder}/${UNHELD}`, { write: true, createNew: true, mode: 0o600 });
  try {
    file.lockSync(true);
    Deno.renameSync(`${folder}/${UNHELD}`, `${folder}/${LOCK}`);
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Removes the folders beside `own` that belong to this user and to no living process. */
function sweep(own: string): void {
  try {
    const parent = own.slice(0, own.lastIndexOf("/"));
    const user = Deno.lstatSync(own).uid;
    for (const { name, isDirectory } of Deno.readDirSync(parent)) {
      if (isDirectory && NAME.test(name)) removeAbandoned(`${parent}/${name}`, user);
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error; // what may not be looked at is left to a program that may
  }
}

function removeAbandoned(folder: string, user: number | null): void {
  try {
    // Nobody but its owner can put a link in its place or in it, so what is read here stays true.
    const { isDirectory, uid, mtime } = Deno.lstatSync(folder);
    if (!isDirectory || uid !== user) return;
    const isHeld = isLocked(`${folder}/${LOCK}`);
    if (isHeld === false) return Deno.removeSync(folder, { recursive: true });
    const isYoung = mtime !== null && Date.now() - mtime.getTime() < YOUTH;
    if (isHeld === null && !isYoung && isUnused(folder)) {
      Deno.removeSync(folder, { recursive: true });
    }
  } catch (error) {
    if (!isOutOfReach(error)) throw error; // it is being removed by its owner or by another program
  }
}

/** Whether a living process holds the lock at `path`; `null` if there is none. */
function isLocked(path: string): boolean | null {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { write: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  try {
    return !file.tryLockSync(true);
  } finally {
    file.close();
  }
}

/** Whether nothing is in a folder but what its owner begins with. */
function isUnused(folder: string): boolean {
  for (const { name } of Deno.readDirSync(folder)) if (name !== UNHELD) return false;
  return true;
}

/** Whether an error of the file system says that something is gone, or not for this program. */
function isOutOfReach(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable ||
    error instanceof Deno.errors.PermissionDenied;
}
