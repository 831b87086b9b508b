/** The server of the live view: what it answers, to whom, and that nothing is left of it. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async";
import { children, killIfThere } from "../../support/children.ts";
import { threadTest } from "../../support/threads_gone.ts";
import { serveLive } from "../../../src/compare/live/serve.ts";
import type { RaceCommand, RaceEvent } from "../../../src/compare/live/race_messages.ts";
import { FIRST_SETTINGS, type RaceSettings } from "../../../src/compare/live/race_settings.ts";

/** Small enough for a busy machine. */
const SMALL: RaceSettings = { ...FIRST_SETTINGS, tasks: 3, workers: 2, taskMs: 2, delayMs: 10 };

/** Deno's own sockets may say where they come from, which a browser's may not. */
const OriginSocket = WebSocket as unknown as new (
  url: string,
  options: { readonly headers: { readonly origin: string } },
) => WebSocket;

/** A page's side of the socket. */
class Client implements AsyncDisposable {
  readonly events: RaceEvent[] = [];
  readonly #socket: WebSocket;
  readonly #closed: Promise<CloseEvent>;
  #heard = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.onclose = resolve);
    socket.onmessage = ({ data }) => {
      this.events.push(...JSON.parse(data));
      this.#heard.resolve();
      this.#heard = Promise.withResolvers();
    };
  }

  static async open(url: string, origin = new URL(url).origin): Promise<Client> {
    const socket = new OriginSocket(`${url.replace("http", "ws")}race`, { headers: { origin } });
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = (event) => reject(new Error((event as ErrorEvent).message));
    });
    socket.onerror = null;
    return new Client(socket);
  }

  send(command: RaceCommand | string): void {
    this.#socket.send(typeof command === "string" ? command : JSON.stringify(command));
  }

  /** Until an event came that `wanted` wants; those before it are passed. */
  async until(wanted: (event: RaceEvent) => boolean): Promise<RaceEvent> {
    for (let i = 0;; i++) {
      while (i >= this.events.length) await deadline(this.#heard.promise, 60_000);
      if (wanted(this.events[i]!)) return this.events.splice(0, i + 1).at(-1)!;
    }
  }

  get closed(): Promise<CloseEvent> {
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#closed;
  }
}

const over = ({ is }: RaceEvent): boolean => is === "over";

async function statusOf(url: string, headers: Record<string, string> = {}, method = "GET") {
  const response = await fetch(url, { headers, method });
  const text = await response.text();
  return [response.status, text] as const;
}

threadTest("the live view serves one page, with a policy, and nothing else", async () => {
  await using server = serveLive(0);
  const page = await fetch(server.url);
  assertStringIncludes(await page.text(), "<!doctype html>");
  assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'none'");
  for (const path of ["favicon.ico", "deno.json", "..%2f..%2fetc/passwd", "race/x"]) {
    assertEquals((await statusOf(server.url + path))[0], 404, path);
  }
  assertEquals((await statusOf(server.url, {}, "POST"))[0], 405);
  assertEquals((await statusOf(`${server.url}race`))[0], 426);
});

threadTest(
  "the live view answers to its own name only, and takes commands from its own page only",
  async () => {
    await using server = serveLive(0);
    const { port } = new URL(server.url);
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const request = `GET / HTTP/1.1\r\nHost: quartet.example:${port}\r\nConnection: close\r\n\r\n`;
    await socket.write(new TextEncoder().encode(request));
    const answer = new TextDecoder().decode(
      (await new Response(socket.readable).bytes()).subarray(),
    );
    assertStringIncludes(answer, "421");
    assert(!answer.includes("<html"));
    for (
      const origin of ["http://quartet.example", `http://127.0.0.1:${Number(port) ^ 1}`, "null"]
    ) {
      const refused = await Client.open(server.url, origin).then(() => false, () => true);
      assert(refused, origin);
    }
  },
);

threadTest("every model runs every task, step by step, and says how long it took", async () => {
  await using server = serveLive(0);
  await using client = await Client.open(server.url);
  client.send({ do: "start", settings: SMALL });
  const heard: RaceEvent[] = [];
  await client.until((event) => heard.push(event) > 0 && over(event));
  for (const model of SMALL.models) {
    const own = heard.filter((event) => "model" in event && event.model === model);
    assertEquals(own.map(({ is }) => is).filter((is) => is !== "step"), [
      "opening",
      "began",
      "ended",
    ]);
    for (let task = 0; task < SMALL.tasks; task++) {
      const steps = own.flatMap((event) =>
        event.is === "step" && event.task === task && event.state !== "lock" ? [event] : []
      );
      assertEquals([...new Set(steps.map(({ state }) => state))], ["running", "io", "done"], model);
      assertEquals(steps.map(({ at }) => at), steps.map(({ at }) => at).sort((a, b) => a - b));
    }
    const workers = own.flatMap((event) => event.is === "step" ? [event.worker] : []);
    if (model === "sync" || model === "async") assertEquals(new Set(workers).size, 1);
  }
  assertEquals(heard.filter(({ is }) => is === "error"), []);
});

threadTest("one after the other, a model begins when the one before has ended", async () => {
  await using server = serveLive(0);
  await using client = await Client.open(server.url);
  client.send({
    do: "start",
    settings: { ...SMALL, models: ["sync", "threads", "async"], together: false },
  });
  const order: string[] = [];
  await client.until((event) => {
    if (event.is === "began" || event.is === "ended") order.push(`${event.model} ${event.is}`);
    return over(event);
  });
  assertEquals(order, [
    "sync began",
    "sync ended",
    "threads began",
    "threads ended",
    "async began",
    "async ended",
  ]);
});

threadTest("a pause holds every model, and its time is counted for none", async () => {
  await using server = serveLive(0);
  await using client = await Client.open(server.url);
  const before = performance.now();
  client.send({ do: "start", settings: { ...SMALL, tasks: 2, delayMs: 300 } });
  client.send({ do: "pause" }); // before a model is ready: one that is quick cannot be over by then
  await client.until((event) => event.is === "paused" && event.paused);
  for (let begun = 0; begun < 4; begun++) await client.until(({ is }) => is === "began");
  // Longer than all tasks of any model but sync: what did not pause would be done.
  await new Promise((resolve) => setTimeout(resolve, 400));
  assertEquals(client.events.filter(({ is }) => is === "ended"), []);
  client.send({ do: "resume" });
  const ended = new Map<string, number>();
  await client.until((event) => {
    if (event.is === "ended") ended.set(event.model, event.wallMs);
    return over(event);
  });
  assertEquals(ended.size, 4);
  const whole = performance.now() - before;
  for (const [model, wallMs] of ended) {
    assert(wallMs < whole - 395, `${model}: ${wallMs} of ${whole}`);
  }
});

threadTest("a race can be stopped, and a new one ends the one before", async () => {
  await using server = serveLive(0);
  await using first = await Client.open(server.url);
  await using second = await Client.open(server.url);
  const long: RaceSettings = { ...SMALL, tasks: 100, delayMs: 2000 };
  first.send({ do: "start", settings: long });
  await first.until(({ is }) => is === "step");
  first.send({ do: "pause" });
  await first.until(({ is }) => is === "paused");
  first.send({ do: "stop" });
  assertEquals(await first.until(over), { is: "over", stopped: true });
  first.send({ do: "start", settings: long });
  await first.until(({ is }) => is === "step");
  second.send({ do: "start", settings: SMALL });
  assertStringIncludes(
    JSON.stringify(await first.until(({ is }) => is === "error")),
    "Another page",
  );
  assertEquals(await first.until(over), { is: "over", stopped: true });
  assertEquals(await second.until(over), { is: "over", stopped: false });
});

threadTest("a page that closes ends its own race, and no other that was asked for", async () => {
  await using server = serveLive(0);
  await using second = await Client.open(server.url);
  {
    await using first = await Client.open(server.url);
    first.send({ do: "start", settings: { ...SMALL, tasks: 100, delayMs: 2000 } });
    await first.until(({ is }) => is === "step");
    second.send({ do: "start", settings: SMALL });
    first.send({ do: "stop" });
  }
  assertEquals(await second.until(over), { is: "over", stopped: false });
  second.send({ do: "pause" }); // it is over: there is nothing to pause
  second.send({ do: "start", settings: { ...SMALL, models: ["async"] } });
  const heard: string[] = [];
  await second.until((event) => heard.push(event.is) > 0 && over(event));
  assertEquals(heard.includes("paused"), false);
});

threadTest("a command that is none changes nothing, and the sender is told why", async () => {
  await using server = serveLive(0);
  await using client = await Client.open(server.url);
  const wrong = [
    "{",
    "null",
    "[]",
    '{"do":"fly"}',
    '{"do":"start"}',
    '{"do":"start","settings":{"models":[]}}',
  ];
  for (const command of wrong) {
    client.send(command);
    const { is } = await client.until(() => true);
    assertEquals(is, "error", command);
  }
  client.send({ do: "pause" }); // nothing runs: nothing happens
  client.send("x".repeat(10_000));
  assertEquals((await client.closed).code, 1009);
});

threadTest("closing the server in the middle of a race leaves nothing behind", async () => {
  await using client = await (async () => {
    await using server = serveLive(0);
    const client = await Client.open(server.url);
    client.send({ do: "start", settings: { ...SMALL, tasks: 100, taskMs: 20, delayMs: 2000 } });
    await client.until(({ is }) => is === "step");
    return client;
  })();
  await client.closed;
});

threadTest(
  "a process that is killed ends the race, also while it is paused, and the page is told why",
  async () => {
    if (Deno.build.os !== "linux") return;
    await using server = serveLive(0);
    await using client = await Client.open(server.url);
    client.send({
      do: "start",
      settings: { ...SMALL, models: ["threads", "processes"], tasks: 100, delayMs: 2000 },
    });
    await client.until((event) => event.is === "step" && event.model === "processes");
    client.send({ do: "pause" });
    await client.until(({ is }) => is === "paused");
    for (const pid of children()) killIfThere(pid);
    const error = await client.until(({ is }) => is === "error");
    assertStringIncludes(JSON.stringify(error), "The race failed");
    await client.until(over);
    client.send({ do: "start", settings: { ...SMALL, models: ["async"] } });
    assertEquals(await client.until(over), { is: "over", stopped: false });
  },
);

threadTest("of many starts at once the last one counts", async () => {
  await using server = serveLive(0);
  await using client = await Client.open(server.url);
  for (let tasks = 1; tasks <= 50; tasks++) {
    client.send({ do: "start", settings: { ...SMALL, models: ["async"], tasks } });
  }
  const begun: number[] = [];
  await client.until((event) => {
    if (event.is === "race") begun.push(event.settings.tasks);
    return event.is === "over" && begun.at(-1) === 50;
  });
  assert(begun.length <= 2, `${begun}`);
});
