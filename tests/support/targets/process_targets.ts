/** What the multiprocessing tests run in other processes. */
import { setTimer } from "../../../src/core/clock.ts";
import { checkpoint } from "../../../src/core/current.ts";
import { EOFError } from "../../../src/core/errors.ts";
import {
  type Barrier,
  Client,
  type Condition,
  type Connection,
  currentProcess,
  type Event,
  type JoinableQueue,
  type ListenerAddress,
  Lock,
  type ManagedDict,
  type ManagedList,
  parentProcess,
  portable,
  Process,
  type Queue,
  type RLock,
  type Semaphore,
  type SharedArray,
  SharedMemory,
  type Value,
} from "../../../src/multiprocessing/mod.ts";

/** A failure with a class of its own. */
export class Misfortune extends Error {
  override name = "Misfortune";
  readonly day: string;

  constructor(message: string, day: string, options?: ErrorOptions) {
    super(message, options);
    this.day = day;
  }
}
portable(import.meta, Misfortune);

export const targets = portable(import.meta, {
  square(n: number): number {
    return n * n;
  },
  power(base: number, exponent: number): number {
    return base ** exponent;
  },
  async failOnTwo(ran: Value, n: number): Promise<number> {
    await ran.add(1);
    if (n === 2) throw new Misfortune("two is too much", "Monday");
    return n;
  },
  failOnTwoOf([ran, n]: [Value, number]): Promise<number> {
    return targets.failOnTwo(ran, n);
  },
  async addOne(value: Value): Promise<void> {
    await value.add(1);
  },
  async killMyself(): Promise<void> {
    Deno.kill(Deno.pid, "SIGKILL");
    await targets.sleepForever();
  },
  echo<T>(value: T): T {
    return value;
  },
  who(): { name: string; pid: number; parent: number | undefined; daemon: boolean } {
    const { name, pid, daemon } = currentProcess();
    return { name, pid, parent: parentProcess()?.pid, daemon };
  },
  fail(): never {
    throw new Misfortune("it rained", "Friday", { cause: { wet: true } });
  },
  exit(code: number): void {
    Deno.exit(code);
  },
  throwLater(): Promise<void> {
    setTimer(() => {
      throw new RangeError("nobody catches this");
    }, 1);
    return new Promise(() => {});
  },
  spin(): void {
    for (;;);
  },
  spinPolitely(): void {
    for (;;) checkpoint();
  },
  async sleepForever(): Promise<void> {
    setInterval(() => {}, 1000);
    await new Promise(() => {});
  },
  leaveTimersBehind(): string {
    setInterval(() => {}, 1000);
    return "done";
  },
  env(name: string): string | undefined {
    return Deno.env.get(name);
  },
  args(): string[] {
    return Deno.args;
  },
  readFile(path: string): string {
    return Deno.readTextFileSync(path);
  },
  async fetchHost(): Promise<void> {
    await Deno.connect({ hostname: "127.0.0.1", port: 9 });
  },
  granted(): Record<string, string> {
    const names = ["read", "write", "net", "env", "run", "ffi", "sys"] as const;
    return Object.fromEntries(
      names.map((name) => [name, Deno.permissions.querySync({ name }).state]),
    );
  },
  inputIsEmpty(): boolean {
    return Deno.stdin.readSync(new Uint8Array(8)) === null;
  },
  async startChild(): Promise<string> {
    const child = new Process({ target: targets.square, args: [3] });
    child.start();
    const result = await child.result;
    await child.join();
    return `${child.name} ${result}`;
  },
  async answer(connection: Connection): Promise<void> {
    for await (const message of connection) await connection.send(message);
  },
  giveBack(connection: Connection): Connection {
    return connection;
  },
  async answerBytes(connection: Connection): Promise<void> {
    while (await connection.poll(Infinity)) {
      const bytes = await connection.recvBytes().catch((error) => {
        if (error instanceof EOFError) return null;
        throw error;
      });
      if (bytes === null) return;
      await connection.sendBytes(bytes);
    }
  },
  async keep(_connection: Connection): Promise<void> {
    await targets.sleepForever();
  },
  async sendNumbers(connection: Connection<number>, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await connection.send(i);
  },
  async sendAndPassOn(
    connection: Connection<number>,
    count: number,
    by: Connection<Connection<number>>,
  ): Promise<void> {
    await targets.sendNumbers(connection, count);
    await by.send(connection);
  },
  async takeConnection(queue: Queue<Connection<string>>): Promise<string> {
    const connection = await queue.get();
    await connection.send(`got ${await connection.recv()}`);
    return "passed";
  },
  async callHome(address: ListenerAddress, authkey: string): Promise<number> {
    using connection = await Client<string, number>(address, { authkey });
    await connection.send("hello");
    return await connection.recv() * 2;
  },
  async waitFor(lock: Lock, reached: Event): Promise<void> {
    await reached.set();
    await lock.acquire();
  },
  async release(held: Lock | Semaphore): Promise<void> {
    await held.release();
  },
  makeLock(): Lock {
    return new Lock();
  },
  /** Gives away a lock that it holds, and stays. */
  async lendHeld(into: Queue<Lock>): Promise<void> {
    const lock = new Lock();
    await lock.acquire();
    await into.put(lock);
    await targets.sleepForever();
  },
  /** Blocks until it is notified or stopped, and returns whether it has the lock then. */
  blockUntilStopped(condition: Condition): string {
    using _held = condition.acquireSync();
    try {
      condition.waitSync();
    } catch (error) {
      condition.notify(); // only with the lock
      return (error as Error).message;
    }
    return "notified";
  },
  /** Takes one lock, says so, and blocks for the other once all have one. */
  async takeBoth(first: Lock, second: Lock, ready: Semaphore, go: Event): Promise<void> {
    using _first = first.acquireSync();
    await ready.release();
    go.waitSync();
    second.acquireSync();
  },
  /** Blocks for a lock, and returns what it threw. */
  async blockFor(lock: Lock, reached: Event): Promise<string> {
    await reached.set();
    try {
      lock.acquireSync();
    } catch (error) {
      return (error as Error).name;
    }
    return "acquired";
  },
  async tryRLock(lock: RLock): Promise<[boolean, boolean, string]> {
    const taken = await lock.tryAcquire() !== null;
    const owned = await lock.isOwned();
    const error = await lock.release().then(() => "none", (error) => error.name);
    return [taken, owned, error];
  },
  async awaitValue(condition: Condition, value: Value): Promise<number> {
    await using _held = await condition.acquire();
    await condition.wait();
    return await value.get();
  },
  awaitEvent(event: Event): Promise<boolean> {
    return event.wait();
  },
  meet(barrier: Barrier): Promise<number> {
    return barrier.wait();
  },
  async finishAll(queue: JoinableQueue<number>, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await queue.get();
      await queue.taskDone();
    }
  },
  async addMany(value: Value, times: number): Promise<void> {
    for (let i = 0; i < times; i++) await value.add(1);
  },
  fillMemory(memory: SharedMemory, byte: number): number {
    const before = memory.buf![1] as number;
    memory.buf!.fill(byte);
    memory.close();
    return before;
  },
  makeMemory(): string {
    return new SharedMemory({ size: 16 }).name;
  },
  addToArray(array: SharedArray<"i32" | "f64">, times: number): void {
    for (let i = 0; i < times; i++) array.add(0, 1);
    array.close();
  },
  async setInDict(
    dict: ManagedDict<string, number>,
    key: string,
    value: number,
  ): Promise<[string, number][]> {
    await dict.set(key, value);
    return await dict.entries();
  },
  async appendTo(list: ManagedList<number>, value: number): Promise<void> {
    await list.append(value);
  },
  async appendToNamed(names: ManagedDict<string, unknown>, value: number): Promise<void> {
    await (await names.get("inner") as ManagedList<number>).append(value);
  },
  async popFrom(list: ManagedList): Promise<void> {
    await list.pop();
  },
  async sayAndSpin(pids: Queue<number>): Promise<void> {
    await pids.put(Deno.pid);
    // The word must be on its way before this process hears nothing any more.
    await pids.qsize();
    targets.spin();
  },
  async startDaemon(pids: Queue<number>): Promise<void> {
    const daemon = new Process({ target: targets.sleepForever, daemon: true }).start();
    await pids.put(daemon.pid as number);
  },
  makeNoise(n: number): number {
    console.log("noise");
    console.error("complaint");
    console.log("more noise");
    return n * n;
  },
  /** Holds the lock and says so, then never lets go. */
  async holdForever(lock: Lock, held: Event): Promise<void> {
    await lock.acquire();
    await held.set();
    await targets.sleepForever();
  },
  async increment(value: Value, times: number): Promise<void> {
    const lock = await value.lock;
    for (let i = 0; i < times; i++) {
      await using _held = await lock.acquire();
      await value.set(await value.get() + 1);
    }
  },
  async consume(from: Queue<number>, into: Queue<[number, number]>): Promise<void> {
    for await (const item of from) await into.put([item, Deno.pid]);
  },
  /** Starts a grandchild of the one who asks, says its number, and spins. */
  async spinWithChild(pids: Queue<number>, polite: boolean): Promise<void> {
    const child = new Process({ target: polite ? targets.sleepForever : targets.spin, args: [] });
    child.start();
    await pids.put(child.pid as number);
    await targets.sleepForever();
  },
});
