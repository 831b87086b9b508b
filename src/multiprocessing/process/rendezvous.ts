/**
 * The private place where one child finds its parent.
 *
 * On Linux and macOS a Unix socket in a folder that only this user can enter; on Windows, and where no temporary folder can be
 * had or its path is too long for a socket, loopback TCP. The folder is gone as soon as the child has come. A file in it, without
 * a name from then on, carries what must reach a child that does not return to its event loop.
 *
 * Each side proves itself by its half of a random key, which the parent gave the child through its standard input and which
 * is used once. A challenge as in `Listener` would add nothing to that, but ten milliseconds to each start.
 */
import { AuthenticationError } from "../../core/errors.ts";
import { isHangup } from "../../wire/frames/channel.ts";
import { type Duplex, hangUp, readExactly, writeAll } from "../../wire/frames/frame.ts";
import { Strangers } from "../../wire/frames/strangers.ts";
import type { JournalReader } from "./journal.ts";
import { identity } from "./process_identity.ts";
import { fitsSocket, mayHavePrivateFolders, PrivateFolder } from "./private_folder.ts";
import { ControlReader, ControlWriter } from "./control_channel.ts";

/** Each side proves itself by its half of the key. */
const HALF = 32;
/** The length of the key. */
export const KEY_LENGTH: number = 2 * HALF;

/** The most bytes of one message between a parent and its child, who trust each other. */
export const MESSAGE_LIMIT: number = 2 ** 33;

/** Where a child finds its parent; not secret. */
export interface RendezvousAddress {
  readonly address:
    | { readonly transport: "unix"; readonly path: string }
    | { readonly transport: "tcp"; readonly hostname: string; readonly port: number };
  /** The file for what is urgent; `null` where there is none. */
  readonly urgent: string | null;
}

/** The parent's end: the stream to the child, and the file for what is urgent if there is one. */
export interface ParentLine {
  readonly duplex: Deno.TcpConn | Deno.UnixConn;
  readonly urgent: ControlWriter | null;
}

/** The child's end. */
export interface ChildLine {
  readonly duplex: Deno.Conn;
  readonly urgent: ControlReader | null;
}

/** The parent's side, for one child. */
export class Rendezvous {
  readonly place: RendezvousAddress;
  /** What proves that the child is the one; given to it privately. */
  readonly key: Uint8Array<ArrayBuffer> = crypto.getRandomValues(new Uint8Array(KEY_LENGTH));
  readonly #listener: Deno.TcpListener | Deno.UnixListener;
  readonly #folder: PrivateFolder | null;
  #urgent: ControlWriter | null;
  /** Who has connected and not proved anything yet. */
  readonly #strangers = new Strangers<Deno.TcpConn | Deno.UnixConn>();
  #open = true;

  /**
   * Begins to listen.
   *
   * @throws {Error} if this process can listen neither in a folder of its own nor on the loopback interface.
   */
  constructor() {
    const { folder, urgent, listener, place } = privately() ?? onLoopback(null, null);
    this.#folder = folder;
    this.#urgent = urgent;
    this.#listener = listener;
    this.place = place;
  }

  /** What the child notes before it begins a call, if there is a file for it. */
  get journal(): JournalReader | null {
    return this.#urgent?.journal ?? null;
  }

  /** Lets the process end although nobody has come. */
  unref(): void {
    this.#listener.unref();
  }

  /** Keeps the process alive until somebody has come. */
  ref(): void {
    this.#listener.ref();
  }

  /** Resolves with the child once it has come and proved itself; strangers are turned away. */
  wait(): Promise<ParentLine> {
    const { promise, resolve, reject } = Promise.withResolvers<ParentLine>();
    // One after another would let a silent stranger keep the child out.
    this.#strangers.acceptFrom(this.#listener, (conn, duplex) => {
      this.#greet(conn, duplex).then((line) => line !== null && resolve(line), reject);
    }).catch(reject);
    return promise;
  }

  /** Hears whether it is the child. Silence is borne until the rendezvous ends, or others need the place. */
  async #greet(
    conn: Deno.TcpConn | Deno.UnixConn,
    duplex: Duplex,
  ): Promise<ParentLine | null> {
    try {
      const given = await readExactly(duplex, HALF);
      if (this.#open && isSame(given, this.key.subarray(0, HALF))) {
        this.#turnAway(conn);
        await writeAll(conn, this.key.subarray(HALF));
        const urgent = this.#urgent;
        this.#urgent = null; // from here on it is the line's to close
        return { duplex: conn, urgent };
      }
    } catch (error) {
      if (!isHangup(error)) throw error;
    } finally {
      this.#strangers.leave(conn);
    }
    hangUp(conn);
    return null;
  }

  /** Ends it: nobody is let in any more, no file stays, and what was not handed over is closed. */
  close(): void {
    this.#turnAway(null);
    this.#urgent?.close();
    this.#urgent = null;
  }

  /** Lets nobody in any more, and hangs up on all but the one who came. */
  #turnAway(child: Deno.TcpConn | Deno.UnixConn | null): void {
    this.#strangers.close(child);
    if (!this.#open) return;
    this.#open = false;
    this.#listener.close();
    this.#folder?.close();
  }
}

/** The child's side: goes to the parent, proves itself, and has the parent do so. */
export async function meet(
  place: RendezvousAddress,
  key: Uint8Array<ArrayBuffer>,
): Promise<ChildLine> {
  const urgent = place.urgent === null ? null : new ControlReader(place.urgent);
  try {
    const { address } = place;
    let duplex: Deno.Conn;
    if (address.transport === "unix") duplex = await Deno.connect(address);
    else {
      const conn = duplex = await Deno.connect(address);
      conn.setNoDelay(true);
    }
    await prove(duplex, key);
    return { duplex, urgent };
  } catch (error) {
    urgent?.close();
    throw error;
  }
}

async function prove(duplex: Deno.Conn, key: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await writeAll(duplex, key.subarray(0, HALF));
    if (isSame(await readExactly(duplex, HALF), key.subarray(HALF))) return;
    throw new AuthenticationError("What listens here is not the parent");
  } catch (error) {
    hangUp(duplex);
    throw error;
  }
}

/** Compares all of it, so that the time does not tell how much was right. */
function isSame(given: Uint8Array, expected: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < HALF; i++) difference |= (given[i] as number) ^ (expected[i] as number);
  return difference === 0;
}

/** What a rendezvous is made of. */
interface Parts {
  readonly folder: PrivateFolder | null;
  readonly urgent: ControlWriter | null;
  readonly listener: Deno.TcpListener | Deno.UnixListener;
  readonly place: RendezvousAddress;
}

/** A Unix socket in a private folder, or `null` where that cannot be had. */
function privately(): Parts | null {
  if (!mayHavePrivateFolders()) return null; // a child may not read what its parent may not
  let folder: PrivateFolder | null = null;
  let urgent: ControlWriter | null = null;
  try {
    folder = new PrivateFolder();
    const path = `${folder.path}/u`;
    urgent = new ControlWriter(path);
    const address = { transport: "unix", path: `${folder.path}/s` } as const;
    if (!fitsSocket(address.path)) return onLoopback(folder, urgent);
    const listener = Deno.listen(address);
    return { folder, urgent, listener, place: { address, urgent: path } };
  } catch {
    // A disk that is full, read-only or without sockets is no reason to have no child. What hinders it also on the loopback
    // interface is thrown from there.
    urgent?.close();
    folder?.close();
    return null;
  }
}

/** A port that only this machine reaches. */
function onLoopback(folder: PrivateFolder | null, urgent: ControlWriter | null): Parts {
  const hostname = "127.0.0.1";
  const listener = listenOn(hostname);
  const address = { transport: "tcp", hostname, port: listener.addr.port } as const;
  return {
    folder,
    urgent,
    listener,
    place: { address, urgent: folder === null ? null : `${folder.path}/u` },
  };
}

function listenOn(hostname: string): Deno.TcpListener {
  try {
    return Deno.listen({ transport: "tcp", hostname, port: 0 });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    const grant = identity.info === null
      ? `grant --allow-net=${hostname}`
      : `give this one permissions: { net: ["${hostname}"], … } where it is started, since a list is not inherited`;
    throw new Deno.errors.NotCapable(
      `Cannot start a process: it has no way to reach this one; ${grant}, or all of net, read and write for a private socket`,
      { cause: error },
    );
  }
}
