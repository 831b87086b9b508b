/** Runs the example of many machines on this one: a server, workers of which one is killed, a caller. */
import "../support/leak_guard.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { until } from "@quartet/concurrency/testing";
import { NatsServer, natsTest } from "../support/nats_server.ts";
import { commandOf, ROOT, runExample, userEnvironment } from "./run_example.ts";

const FOLDER = "examples/many_machines";

/** A worker of the example. */
class Worker {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<number>;
  /** What it has printed. */
  text = "";

  private constructor(child: Deno.ChildProcess) {
    this.child = child;
    this.ended = this.#read();
  }

  /** Starts it, and waits until it takes jobs. */
  static async start(server: NatsServer): Promise<Worker> {
    const command = new Deno.Command(Deno.execPath(), {
      args: [...await commandOf(`${FOLDER}/worker.ts`), server.url],
      cwd: ROOT,
      clearEnv: true,
      env: userEnvironment(),
      stdout: "piped",
    });
    const worker = new Worker(command.spawn());
    await until(() => worker.text === "ready\n");
    return worker;
  }

  async #read(): Promise<number> {
    const pieces = this.child.stdout.pipeThrough(new TextDecoderStream());
    for await (const piece of pieces) this.text += piece;
    return (await this.child.status).code;
  }
}

natsTest(
  "the primes below two million are counted by workers, of which one is killed",
  async () => {
    await using server = await NatsServer.start();
    const [first, second] = await Promise.all([Worker.start(server), Worker.start(server)]);
    const calling = runExample(`${FOLDER}/caller.ts`, { args: [server.url] });
    first.child.kill("SIGKILL");
    const { code, text, stderr } = await calling;
    assertEquals([code, text, stderr], [0, "148933\n", ""]);
    second.child.kill("SIGTERM");
    assertEquals(await second.ended, 0);
    assertMatch(second.text, /^ready\ndone \d+\n$/);
    await first.ended;
  },
);
