import { assertEquals, assertStringIncludes } from "@std/assert";
import { TimeoutError, waitFor } from "@quartet/concurrency/asyncio";
import { until } from "@quartet/concurrency/testing";
import { freePort } from "./network.ts";
import { pathOf } from "./load.ts";
import { PATIENCE } from "./patience.ts";

/** One of the two, as a process of its own. */
class Peer implements AsyncDisposable {
  text = "";
  readonly #child: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(port: number, peer: number, name: string) {
    const flags = ["run", "--quiet", "--no-prompt", "--allow-read=.", "--allow-net=127.0.0.1"];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [...flags, pathOf("10_messenger"), String(port), String(peer), name],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#keys = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async type(line: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(`${line}\n`));
  }

  async leave(): Promise<void> {
    await this.#keys.close();
  }

  /** Waits until it has shown the line; returns whether it did in time. */
  async shows(line: string): Promise<boolean> {
    const shown = until(() => this.text.includes(`${line}\n`), { timeout: PATIENCE });
    return await inTime(shown) ?? false;
  }

  /** Its exit code, or `null` if it does not end in time. */
  async ended(): Promise<number | null> {
    return (await inTime(waitFor(this.#child.status, PATIENCE)))?.code ?? null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await Promise.all([this.#child.status, this.#reading]);
    await this.#keys.abort().catch((error) => {
      if (!(error instanceof Error)) throw error; // closed, or broken with the process
    });
  }

  async #read(): Promise<void> {
    for await (const piece of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.text += piece;
    }
  }
}

async function inTime<T>(waiting: Promise<T>): Promise<T | null> {
  try {
    return await waiting;
  } catch (error) {
    if (error instanceof TimeoutError) return null;
    throw error;
  }
}

function pair(): [Peer, Peer] {
  const [a, b] = [freePort(), freePort()];
  return [new Peer(a, b, "alice"), new Peer(b, a, "bob")];
}

Deno.test("what one types the other one sees at once, while both may still type", async () => {
  const [first, second] = pair();
  await using alice = first;
  await using bob = second;
  await alice.type("hello");
  assertEquals(await bob.shows("alice: hello"), true, "bob does not see what alice has typed");
  await bob.type("hello yourself");
  assertEquals(await alice.shows("bob: hello yourself"), true, "alice does not see the reply");
});

Deno.test("when one leaves, all has arrived, and both programs end", async () => {
  const [first, second] = pair();
  await using alice = first;
  await using bob = second;
  await alice.type("last words");
  await alice.leave();
  assertEquals(await bob.ended(), 0, "bob's program does not end when alice has left");
  assertStringIncludes(bob.text, "alice: last words\n* the other one has left\n");
  assertEquals(await alice.ended(), 0, "alice's program does not end");
});
