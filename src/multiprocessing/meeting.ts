/**
 * The private place where one child finds its parent.
 *
 * On Linux and macOS a Unix socket in a folder that only this user can enter; on Windows, and where no
 * temporary folder may be made or no socket in it, loopback TCP. The folder is gone as soon as the child has come. A file
 * in it, without a name from then on, carries what must reach a child that does not return to its event loop.
 */
import { authenticateClient, authenticateToListener, randomKey } from "../wire/authentication.ts";
import { UrgentReader, UrgentWriter } from "./urgent.ts";

/** How long a child may take until it has found its parent, in milliseconds. */
const PATIENCE = 60_000;

/** Where a child finds its parent; not secret. */
export type Place =
  | { readonly transport: "unix"; readonly path: string; readonly urgent: string }
  | { readonly transport: "tcp"; readonly hostname: string; readonly port: number };

/** The parent's end: the stream to the child, and the file for what is urgent if there is one. */
export interface ParentLine {
  readonly duplex: Deno.TcpConn | Deno.UnixConn;
  readonly urgent: UrgentWriter | null;
}

/** The child's end. */
export interface ChildLine {
  readonly duplex: Deno.Conn;
  readonly urgent: UrgentReader | null;
}

/** The parent's side, for one child. */
export class Meeting {
  readonly place: Place;
  /** What proves that the child is the one; given to it privately. */
  readonly key: Uint8Array<ArrayBuffer> = randomKey();
  readonly #listener: Deno.TcpListener | Deno.UnixListener;
  readonly #folder: string | null;
  #urgent: UrgentWriter | null;
  #open = true;

  constructor() {
    const folder = makeFolder();
    if (folder === null) {
      const hostname = "127.0.0.1";
      const listener = Deno.listen({ transport: "tcp", hostname, port: 0 });
      this.place = { transport: "tcp", hostname, port: listener.addr.port };
      this.#listener = listener;
      this.#urgent = null;
    } else {
      const path = `${folder}/s`;
      const urgent = `${folder}/u`;
      this.#listener = Deno.listen({ transport: "unix", path });
      this.#urgent = new UrgentWriter(urgent);
      this.place = { transport: "unix", path, urgent };
    }
    this.#folder = folder;
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
  async wait(): Promise<ParentLine> {
    for (;;) {
      const duplex = await this.#listener.accept();
      try {
        await authenticateClient(duplex, this.key, PATIENCE);
      } catch {
        continue; // a stranger; its stream is closed, and the child may still come
      }
      const urgent = this.#urgent;
      this.#urgent = null;
      this.close();
      return { duplex, urgent };
    }
  }

  /** Ends it: nobody is let in any more, and no file stays. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#listener.close();
    this.#urgent?.close();
    if (this.#folder !== null) Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** The child's side: goes to the parent and proves itself. */
export async function meet(place: Place, key: Uint8Array<ArrayBuffer>): Promise<ChildLine> {
  if (place.transport === "tcp") {
    const duplex = await Deno.connect(place);
    duplex.setNoDelay(true);
    await authenticateToListener(duplex, key, PATIENCE);
    return { duplex, urgent: null };
  }
  const urgent = new UrgentReader(place.urgent);
  const duplex = await Deno.connect({ transport: "unix", path: place.path });
  await authenticateToListener(duplex, key, PATIENCE);
  return { duplex, urgent };
}

/** A folder that only this user can enter, or `null` where there is none to be had. */
function makeFolder(): string | null {
  if (Deno.build.os === "windows") return null;
  // The name of the socket is made here, so only access to every address covers it.
  if (Deno.permissions.querySync({ name: "net" }).state !== "granted") return null;
  try {
    return Deno.makeTempDirSync({ prefix: "quartet-" });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) {
      return null;
    }
    throw error;
  }
}
