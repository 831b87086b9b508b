/** Computes in bare processes: no library between the loop and its caller. */
import { jobs } from "./jobs.ts";

/** Bare processes, each of which does its share of the calls. */
export class BarePrimes {
  readonly #children: BareChild[];

  private constructor(children: BareChild[]) {
    this.#children = children;
  }

  /** Starts so many, and waits until each computes. */
  static async start(count: number): Promise<BarePrimes> {
    const bare = new BarePrimes(Array.from({ length: count }, () => new BareChild()));
    await bare.primes(count, 10);
    return bare;
  }

  /** Calls `primes(limit)` so many times, the same number in each process. */
  async primes(times: number, limit: number): Promise<void> {
    const share = times / this.#children.length;
    await Promise.all(this.#children.map((child) => child.primes(share, limit)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.close()));
  }
}

class BareChild {
  readonly #child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-lock", import.meta.filename!],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  readonly #orders = this.#child.stdin.getWriter();
  readonly #replies = this.#child.stdout.getReader();

  async primes(times: number, limit: number): Promise<void> {
    await this.#orders.write(new TextEncoder().encode(JSON.stringify([times, limit])));
    const { done } = await this.#replies.read();
    if (done) throw new Error("Cannot compute in a bare process: it has ended");
  }

  async close(): Promise<void> {
    await this.#orders.close();
    await this.#replies.cancel();
    await this.#child.status;
  }
}

if (import.meta.main) {
  for await (const order of Deno.stdin.readable) {
    const [times, limit] = JSON.parse(new TextDecoder().decode(order));
    for (let i = 0; i < times; i++) jobs.primes(limit);
    Deno.stdout.writeSync(new Uint8Array(1));
  }
}
