/**
 * The facts about Deno that the code rests on, measured again on the Deno that runs this.
 *
 * When one of these fails after an upgrade, a workaround may have become needless, or a promise of the
 * platform was taken back: `src/README.md` says which file rests on it.
 */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { receiveMessageOnPort } from "node:worker_threads";
import { deserialize, serialize } from "node:v8";

/** A worker from its text, gone at the end of the block. */
function startWorker(text: string): { worker: Worker } & Disposable {
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(text)}`, { type: "module" });
  return { worker, [Symbol.dispose]: () => worker.terminate() };
}

/** Web locks, which the types do not know yet; there since Deno 2.9, the floor. */
const { locks } = navigator as unknown as {
  locks: { request<T>(name: string, held: () => T): Promise<T> };
};

function words(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

/** What the worker posts first. */
function firstMessage<T>(worker: Worker): Promise<T> {
  return new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

/** Whether the platform is one on which all of this was seen; what a later one repairs is no failure. */
const isKnown = Deno.version.deno.localeCompare("2.9.6", "en", { numeric: true }) <= 0;

/** Runs `code` in a process of its own and returns how it ended within `timeout` ms. */
async function inProcess(
  code: string,
  timeout = 60_000,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, timeout);
  const output = await child.output();
  clearTimeout(timer);
  return {
    code: late ? null : output.code,
    stdout: new TextDecoder().decode(output.stdout),
    stderr: new TextDecoder().decode(output.stderr),
  };
}

Deno.test("blocking: the main thread may block, and a worker made just before still starts", () => {
  const shared = words(1);
  using started = startWorker(
    "onmessage = (e) => { Atomics.store(e.data, 0, 7); Atomics.notify(e.data, 0); };",
  );
  started.worker.postMessage(shared);
  assertEquals(Atomics.wait(shared, 0, 0, 60_000), "ok");
  assertEquals(shared[0], 7);
});

Deno.test("blocking: a blocked thread reads a message port, also one with a handler", () => {
  const shared = words(1);
  const { port1, port2 } = new MessageChannel();
  const handled: unknown[] = [];
  port1.onmessage = (event) => handled.push(event.data);
  using started = startWorker(`onmessage = ({ data: { shared, port } }) => {
    port.postMessage("first");
    port.postMessage("second");
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
  };`);
  started.worker.postMessage({ shared, port: port2 }, [port2]);
  Atomics.wait(shared, 0, 0, 60_000);
  // deno-lint-ignore no-explicit-any -- the types of node:worker_threads know their own port only
  const read = (): unknown => receiveMessageOnPort(port1 as any)?.message;
  assertEquals([read(), read(), read()], ["first", "second", undefined]);
  assertEquals(handled, []);
  port1.close();
});

Deno.test("waitAsync: it wakes promptly and keeps its timeout", async () => {
  const shared = words(2);
  const woken = Atomics.waitAsync(shared, 0, 0, 60_000);
  const late = Atomics.waitAsync(shared, 1, 0, 20);
  assert(woken.async && late.async);
  const alive = setTimeout(() => {}, 60_000); // waitAsync alone does not keep the process
  Atomics.notify(shared, 0);
  assertEquals(await woken.value, "ok");
  assertEquals(await late.value, "timed-out");
  clearTimeout(alive);
});

Deno.test("waitAsync: it does not keep the process alive", async () => {
  const { code, stderr } = await inProcess(
    "await Atomics.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000).value",
  );
  assert(code !== 0 && code !== null, "it did: the keep-alive timer may go");
  assert(stderr.includes("never resolved"), stderr);
});

Deno.test("terminate: a parked worker that is woken after it lets the process end", async () => {
  const { code } = await inProcess(`
    const shared = new Int32Array(new SharedArrayBuffer(8));
    const worker = new Worker("data:text/javascript," + encodeURIComponent(
      "onmessage = (e) => { Atomics.store(e.data, 1, 1); Atomics.notify(e.data, 1); Atomics.wait(e.data, 0, 0); }",
    ), { type: "module" });
    worker.postMessage(shared);
    Atomics.wait(shared, 1, 0, 5000);
    worker.terminate();
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
  `);
  assertEquals(code, 0);
});

Deno.test("terminate: whether it stops a busy worker, either way Deno.exit ends the process", async () => {
  const busy = (end: string): string => `
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker("data:text/javascript," + encodeURIComponent(
      "onmessage = (e) => { Atomics.store(e.data, 0, 1); Atomics.notify(e.data, 0); for (;;); }",
    ), { type: "module" });
    worker.postMessage(shared);
    Atomics.wait(shared, 0, 0, 5000);
    worker.terminate();
    ${end}
  `;
  assertEquals((await inProcess(busy("Deno.exit(3);"))).code, 3);
  // denoland/deno#35657: since 2.8 such a process never ends by itself. A later one may have been repaired.
  const { code } = await inProcess(busy(""), 600);
  if (isKnown) assertEquals(code, null, "terminate() stops a busy worker here: count no zombies");
});

Deno.test(
  "death: a worker that closes itself sends no event, but its lock comes free",
  async () => {
    const name = `quartet-test-${crypto.randomUUID()}`;
    using started = startWorker(`
    navigator.locks.request(${JSON.stringify(name)}, () => new Promise(() => {}));
    await new Promise((resolve) => setTimeout(resolve, 0));
    onmessage = () => self.close();
    postMessage("held");
  `);
    assertEquals(await firstMessage(started.worker), "held");
    let events = 0;
    started.worker.onmessage = started.worker.onmessageerror = started.worker.onerror = () =>
      events++;
    const free = locks.request(name, () => "free");
    started.worker.postMessage("end");
    assertEquals(await free, "free");
    assertEquals(events, 0);
  },
);

Deno.test("errors: an uncaught one reaches the parent as text only, and kills it unless prevented", async () => {
  const text = "class Odd extends RangeError { code = 7 }; throw new Odd('deep');";
  const url = `data:text/javascript,${encodeURIComponent(text)}`;
  const unprevented = await inProcess(`new Worker(${JSON.stringify(url)}, { type: "module" });`);
  assertEquals(unprevented.code, 1);
  const prevented = await inProcess(`
    const worker = new Worker(${JSON.stringify(url)}, { type: "module" });
    worker.onerror = (event) => {
      event.preventDefault();
      console.log(event.error === null, event.message.includes("deep"));
      worker.terminate();
    };
  `);
  assertEquals([prevented.code, prevented.stdout], [0, "true true\n"]);
});

Deno.test("errors: a clone loses class, own fields and the errors of an aggregate", () => {
  class Odd extends RangeError {
    override name = "Odd";
    code = 7;
  }
  const clone = structuredClone(new Odd("deep"));
  assertEquals([clone.constructor, clone.name, clone.code], [Error, "Error", undefined]);
  assertEquals(structuredClone(new AggregateError([new Error("a")], "many")).errors, undefined);
  const error = assertThrows(() => structuredClone({ fn: () => {} }), DOMException);
  assertEquals(error.name, "DataCloneError");
});

Deno.test("messages: what comes before a handler is set is lost, if the worker awaits first", async () => {
  const lost = `await new Promise((resolve) => setTimeout(resolve, 200));
    onmessage = (e) => postMessage(e.data);`;
  using started = startWorker(lost);
  const first = firstMessage<string>(started.worker);
  started.worker.postMessage("early");
  const resend = setInterval(() => started.worker.postMessage("again"), 10);
  const got = await first;
  clearInterval(resend);
  if (isKnown) {
    assertEquals(got, "again", "early messages are kept here: the handler need not come first");
  }
});

Deno.test("modules: import.meta.main is false in a module that a worker or a child imports", async () => {
  const module = "data:text/javascript,export const main = import.meta.main;";
  using started = startWorker(`
    const { main } = await import(${JSON.stringify(module)});
    postMessage(main);
  `);
  assertEquals(await firstMessage(started.worker), false);
  const { stdout } = await inProcess(
    `console.log((await import(${JSON.stringify(module)})).main, import.meta.main);`,
  );
  assertEquals(stdout, "false true\n");
});

Deno.test("bytes: node:v8 carries maps, dates, big integers, typed arrays and cycles", () => {
  const value: Record<string, unknown> = {
    map: new Map([["a", new Set([1n])]]),
    date: new Date(0),
    floats: new Float64Array([1.5, -0]),
    hole: undefined,
  };
  value.self = value;
  const back = deserialize(serialize(value)) as typeof value;
  assertEquals(back.map, value.map);
  assertEquals(back.date, value.date);
  assertEquals(back.floats, value.floats);
  assertEquals(back.self, back);
  assertInstanceOf(deserialize(serialize(new TypeError("x"))), Error);
});

Deno.test("workers: one that is idle keeps the process, and cannot be unreferenced", () => {
  assertEquals("unref" in Worker.prototype, false, "threads could be daemons by the platform");
});

Deno.test("permissions: what a main module imports by a literal name needs none, at any time", async () => {
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(file, "console.log('loaded');");
    const url = new URL(`file://${Deno.build.os === "windows" ? "/" : ""}${file}`).href;
    const main = `await Promise.resolve(); await import(${JSON.stringify(url)});`;
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", `data:application/javascript,${encodeURIComponent(main)}`],
      stderr: "null",
    }).output();
    assertEquals([success, new TextDecoder().decode(stdout)], [true, "loaded\n"]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("end of the process: what still keeps it alive can be asked", async () => {
  const { stdout } = await inProcess(`
    const left = () => [
      process.getActiveResourcesInfo().length,
      Object.keys(Deno[Deno.internal].core.resources()).length,
    ];
    const [timers, resources] = left();
    const timer = setTimeout(() => {}, 60_000);
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const [moreTimers, moreResources] = left();
    console.log(moreTimers > timers, moreResources > resources);
    clearTimeout(timer);
    listener.close();
  `);
  assertEquals(stdout, "true true\n");
});

Deno.test(
  "pipes: the poll of the event loop waits for a file of this process, which keeps it no longer",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    const { stdout, code } = await inProcess(`
    const { symbols } = Deno.dlopen("libc.so.6", {
      pipe2: { parameters: ["buffer", "i32"], result: "i32" },
      write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
    });
    const files = new Int32Array(2);
    symbols.pipe2(new Uint8Array(files.buffer), 0o2004000);
    const pipe = new (process.binding("pipe_wrap").Pipe)(0);
    pipe.open(files[0]);
    const told = new Promise((resolve) => pipe.onread = resolve);
    pipe.readStart();
    pipe.unref();
    const alive = setTimeout(() => {}, 60_000);
    symbols.write(files[1], new Uint8Array(1), 1n);
    await told;
    clearTimeout(alive);
    console.log("told");
  `);
    assertEquals([code, stdout], [0, "told\n"]);
  },
);

Deno.test(
  "libraries: a function of the C library can be called after the library is let go of",
  { ignore: Deno.build.os !== "linux" },
  () => {
    const library = Deno.dlopen("libc.so.6", {
      getppid: { parameters: [], result: "i32" },
      readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
    });
    const { getppid, readlink } = library.symbols;
    library.close();
    const path = new TextEncoder().encode("/proc/self/exe\0");
    const into = new Uint8Array(4096);
    const length = BigInt(Deno.execPath().length);
    for (let i = 0; i < 20_000; i++) { // until it is compiled, and after
      assertEquals(getppid(), Deno.ppid);
      assertEquals(readlink(path, into, 4096n), length);
    }
  },
);
