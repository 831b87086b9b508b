/**
 * Functions for workers that are kept. The state of this module stays as long as the worker does: each function counts the
 * threads that called one here, and `uses()` tells how many that were.
 */
import * as asyncio from "../../../src/asyncio/mod.ts";
import { ContextVar, type EventLoop, getEventLoop } from "../../../src/asyncio/mod.ts";
import {
  currentThread,
  Local,
  type Lock,
  originalExcepthook,
  portable,
  setExcepthook,
  sleepSync,
  Thread,
} from "../../../src/threading/mod.ts";

let threads = 0;

const own = new Local<string>();
const variable = new ContextVar<string>("of a thread");
let loop: EventLoop | null = null;
let earlier: ReturnType<typeof currentThread> | null = null;

/** What a thread can find of the one before it. */
export interface Found {
  readonly threads: number;
  readonly name: string;
  readonly globalName: string;
  readonly id: number | null;
  readonly own: string | undefined;
  readonly passed: unknown;
  readonly variable: string | undefined;
  readonly isSameLoop: boolean;
  readonly isOwnHook: boolean;
}

/** Keeps nothing for the threads, but the module. */
export const quiet = portable(import.meta, {
  uses() {
    return ++threads;
  },
  async usesLater() {
    await Promise.resolve();
    return ++threads;
  },
  fail() {
    threads++;
    throw new TypeError("no");
  },
  useLock(lock: Lock) {
    using _held = lock.acquireSync();
    return ++threads;
  },
  waits() {
    return new Promise<number>((resolve) => setTimeout(() => resolve(++threads), 1));
  },
  async runsLoop() {
    await asyncio.run(async () => {
      await asyncio.gather(asyncio.sleep(1), asyncio.sleep(2));
    });
    return ++threads;
  },
  async reads() {
    await Deno.stat(".");
    return ++threads;
  },
  async serves() {
    const server = Deno.serve({ port: 0, onListen() {} }, () => new Response("served"));
    const text = await (await fetch(`http://localhost:${server.addr.port}`)).text();
    await server.shutdown();
    threads++;
    return text;
  },
  /** Sets what belongs to a thread, and tells what it found. */
  find(passed: Local<string>): Found {
    const found: Found = {
      threads: ++threads,
      name: currentThread().name,
      globalName: (globalThis as unknown as { name: string }).name,
      id: currentThread().id,
      own: own.get(),
      passed: passed.get(),
      variable: variable.get(undefined),
      isSameLoop: loop === getEventLoop(),
      isOwnHook: setExcepthook(() => {}) !== originalExcepthook,
    };
    loop = getEventLoop();
    own.set(found.name);
    passed.set(found.name);
    variable.set(found.name);
    return found;
  },
  /** The thread object that a thread before has kept. */
  remember() {
    const before = earlier;
    const now = currentThread();
    earlier = now;
    return before === null ? null : { isSame: before === now, isAlive: before.isAlive };
  },
});

/** Each leaves something that the next thread in its worker could notice. */
export const leaving = portable(import.meta, {
  timer() {
    threads++;
    setTimeout(() => {}, 60_000);
  },
  interval() {
    threads++;
    setInterval(() => {}, 60_000);
  },
  timerLetGo() {
    threads++;
    Deno.unrefTimer(setTimeout(() => {}, 60_000) as unknown as number);
  },
  chainOfImmediates() {
    threads++;
    const { setImmediate } = globalThis as unknown as { setImmediate(fn: () => void): void };
    const again = (): void => setImmediate(again);
    again();
  },
  async nodeTimer() {
    threads++;
    const { setTimeout } = await import("node:timers");
    setTimeout(() => {}, 60_000);
  },
  abortSignal() {
    threads++;
    AbortSignal.timeout(60_000);
  },
  async exitHook() {
    threads++;
    const { default: process } = await import("node:process");
    process.on("exit", () => {});
  },
  server() {
    threads++;
    Deno.serve({ port: 0, onListen() {} }, () => new Response());
  },
  request() {
    threads++;
    const listener = Deno.listen({ port: 0 }); // accepts, and never replies
    void fetch(`http://localhost:${listener.addr.port}`);
  },
  file() {
    threads++;
    Deno.openSync(new URL(import.meta.url));
  },
  reading() {
    threads++;
    void Deno.readTextFile(new URL(import.meta.url));
  },
  rejectingLater() {
    threads++;
    void Deno.readTextFile(new URL("./there is none", import.meta.url)); // nobody listens
  },
  listener() {
    threads++;
    addEventListener("message", () => {});
  },
  handler() {
    threads++;
    globalThis.onunload = () => {};
  },
  signalListener() {
    threads++;
    Deno.addSignalListener("SIGUSR2", () => {});
  },
  global() {
    threads++;
    Object.assign(globalThis, { left: 1 });
  },
  random() {
    threads++;
    Math.random = () => 4;
  },
  consoleMethod() {
    threads++;
    console.log = () => {};
  },
  prototype() {
    threads++;
    Object.assign(Array.prototype, { last: () => {} });
  },
  globalTaken() {
    threads++;
    Reflect.deleteProperty(globalThis, "fetch");
  },
  timersReplaced() {
    threads++;
    Object.assign(globalThis, { setTimeout: () => 1 });
  },
  permissions() {
    threads++;
    Deno.permissions.revokeSync({ name: "ffi" });
  },
  channel() {
    threads++;
    new BroadcastChannel("left").onmessage = () => {};
  },
  worker() {
    threads++;
    new Worker("data:application/javascript,setInterval(()=>{},60000)", { type: "module" });
  },
  child() {
    threads++;
    new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  },
  webLock() {
    threads++;
    const { locks } = navigator as unknown as {
      locks: { request(name: string, held: () => Promise<void>): void };
    };
    locks.request("left", () => new Promise<void>(() => {}));
  },
  wait(lock: Lock) {
    threads++;
    void lock.acquire(); // ends with its thread
  },
  lock(lock: Lock) {
    threads++;
    lock.acquireSync();
  },
  async threads() {
    threads++;
    await new Thread({ target: () => 1 }).start().join();
  },
  daemon() {
    threads++;
    new Thread({ target: () => new Promise(() => {}), daemon: true }).start();
  },
  loopWithTask() {
    threads++;
    getEventLoop().createTask(new Promise<void>(() => {}));
  },
});

/** What ends its thread otherwise than by returning or throwing. */
export const ending = portable(import.meta, {
  close() {
    threads++;
    self.close();
  },
  exit() {
    threads++;
    Deno.exit();
  },
  rejects() {
    threads++;
    Promise.reject(new Error("nobody listens"));
    return new Promise<void>(() => {});
  },
  untilStopped() {
    threads++;
    while (true) sleepSync(1_000);
  },
});

/** Whether this thread may read the environment. */
export const state = portable(import.meta, function state(): string {
  return Deno.permissions.querySync({ name: "env" }).state;
});

/** Leaves an error that comes when the thread has ended, by what cannot be seen: a wait of the platform on shared memory. */
export const late = portable(import.meta, function late(): void {
  const words = new Int32Array(new SharedArrayBuffer(4));
  const sleep = Atomics.waitAsync(words, 0, 0, 20);
  void (sleep.value as Promise<unknown>).then(() => {
    throw new Error("late");
  });
});
