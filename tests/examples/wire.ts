/** A wire to a port of this machine that can be cut and mended. */
export class Wire implements AsyncDisposable {
  /** Where it begins. */
  readonly port: number;
  readonly #target: number;
  #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #running: Promise<unknown>[] = [];

  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running.push(this.#serve());
  }

  /** Nothing passes any more, and nobody is told. */
  cut(): void {
    this.#listener.close();
    for (const conn of this.#open) close(conn);
    this.#open.clear();
  }

  /** It can be taken again. */
  mend(): void {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#running.push(this.#serve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await Promise.all(this.#running);
  }

  async #serve(): Promise<void> {
    for await (const near of this.#listener) {
      const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(near).add(far);
      this.#running.push(carry(near, far), carry(far, near));
    }
  }
}

/** Carries bytes until either side is closed. */
async function carry(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
    }
  } catch (error) {
    if (!(error instanceof Error && error.name in Deno.errors)) throw error;
  }
  close(to);
  close(from);
}

function close(conn: Deno.TcpConn): void {
  try {
    conn.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // it is closed
  }
}
