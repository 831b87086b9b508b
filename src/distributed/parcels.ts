import type { ObjectStore } from "@nats-io/obj";
import { TransferError } from "../core/errors.ts";
import type { Connection } from "./connection.ts";
import { bytesOf, type Packed } from "./packed.ts";
import { randomName } from "./names.ts";
import type { Structures } from "./structures.ts";

/** Values above this travel apart from their message, in bytes: a server takes a mebibyte unless it is told otherwise. */
const LARGEST_INLINE = 512 * 1024;

/** Values that are too big for a message: they are kept in an object store, and the message says where. */
export class Parcels {
  readonly #connection: Connection;
  readonly #structures: Structures;

  constructor(connection: Connection, structures: Structures) {
    this.#connection = connection;
    this.#structures = structures;
  }

  /** Whether such a value travels apart. */
  isBig(bytes: Packed): boolean {
    const most = typeof bytes === "string" ? 3 * bytes.length : bytes.length;
    return most > Math.min(LARGEST_INLINE, this.#connection.maxPayload / 2);
  }

  /** Keeps the arguments of a job, under its id. */
  async keepArgs(id: string, packed: Packed): Promise<void> {
    await put(await this.#structures.args(), id, bytesOf(packed));
  }

  /** The arguments of a job. */
  async args(id: string): Promise<Uint8Array> {
    return await get(await this.#structures.args(), id, "arguments");
  }

  /** The job has ended. */
  async dropArgs(id: string): Promise<void> {
    await (await this.#structures.args()).delete(id);
  }

  /** Keeps a result or an item, if it is too big; returns its name, and what goes into the message. */
  async keep(
    packed: Packed,
  ): Promise<{ readonly apart: string | undefined; readonly body: Packed }> {
    if (!this.isBig(packed)) return { apart: undefined, body: packed };
    const apart = randomName();
    await put(await this.#structures.parts(), apart, bytesOf(packed));
    return { apart, body: new Uint8Array(0) };
  }

  /** What {@link keep} kept. */
  async fetch(apart: string | undefined, body: Uint8Array): Promise<Uint8Array> {
    return apart === undefined ? body : await get(await this.#structures.parts(), apart, "value");
  }

  /** Nobody will ask for it. */
  async drop(apart: string | undefined): Promise<void> {
    if (apart !== undefined) await (await this.#structures.parts()).delete(apart);
  }
}

async function put(store: ObjectStore, name: string, bytes: Uint8Array): Promise<void> {
  await store.putBlob({ name }, bytes);
}

async function get(store: ObjectStore, name: string, what: string): Promise<Uint8Array> {
  const bytes = await store.getBlob(name);
  if (bytes !== null) return bytes;
  throw new TransferError(
    `Cannot read the ${what} of a job: the object ${name} is not there any more; it was deleted, or resultTtl has passed`,
  );
}
