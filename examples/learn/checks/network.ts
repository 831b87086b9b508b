/** The first port that is tried next; below those that the system gives to whoever asks for any. */
let next = 20_000 + Math.floor(Math.random() * 10_000);

/** A port that nobody listens on, and that the system gives to nobody else meanwhile. */
export function freePort(): number {
  while (true) {
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: next++ });
      return listener.addr.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

/** A connection to a port on which somebody is about to listen. */
export async function dial(port: number): Promise<Deno.TcpConn> {
  while (true) {
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
