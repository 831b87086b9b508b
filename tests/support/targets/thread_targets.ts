/** What the threads of the tests run. */
import {
  type Barrier,
  checkpoint,
  type Condition,
  currentSignal,
  currentThread,
  enumerate,
  type Event,
  getIdent,
  type Gil,
  type Local,
  type Lock,
  mainThread,
  portable,
  type RLock,
  type Semaphore,
  type SharedArray,
  Thread,
  type Value,
} from "../../../src/threading/mod.ts";
import type { Queue } from "../../../src/queue/mod.ts";

export const targets = portable(import.meta, {
  add(a: number, b: number) {
    return a + b;
  },
  async addLater(a: number, b: number) {
    await Promise.resolve();
    return a + b;
  },
  fail(message: string): never {
    throw new TypeError(message);
  },
  who() {
    const { name, id, daemon } = currentThread();
    const same = currentThread() === currentThread();
    return { name, id, daemon, same, ident: getIdent(), main: mainThread().name };
  },
  waitFor(event: Event) {
    return event.waitSync();
  },
  async awaitFor(event: Event) {
    return await event.wait();
  },
  spin(started: Event) {
    started.set();
    while (true) checkpoint();
  },
  async untilAborted(started: Event) {
    const signal = currentSignal();
    started.set();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return String(signal.reason?.cause);
  },
  setAfter(event: Event, milliseconds: number) {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    event.set();
  },
  nest(a: number, b: number) {
    const child = new Thread({ target: targets.add, args: [a, b] }).start();
    child.joinSync();
    return child.isAlive;
  },
  async nestLater(a: number, b: number) {
    return await new Thread({ target: targets.add, args: [a, b] }).start().result;
  },
  leaveChild(event: Event) {
    new Thread({ target: targets.setAfter, args: [event, 30] }).start();
  },
  closeItself() {
    (globalThis as unknown as { close(): void }).close();
  },
  exits() {
    Deno.exit(3);
  },
  daemons() {
    const thread = new Thread({ target: targets.add, args: [1, 1] });
    const inherited = thread.daemon;
    thread.start().joinSync();
    return inherited;
  },
  names() {
    return enumerate().map((thread) => thread.name);
  },
  increment(lock: Lock, cell: Int32Array, times: number) {
    for (let i = 0; i < times; i++) {
      lock.acquireSync();
      cell[0]!++;
      lock.release();
    }
  },
  incrementUsing(lock: RLock, cell: Int32Array, times: number) {
    for (let i = 0; i < times; i++) {
      using _outer = lock.acquireSync();
      using _inner = lock.acquireSync();
      cell[0]!++;
    }
  },
  async incrementLater(lock: Lock, cell: Int32Array, times: number) {
    for (let i = 0; i < times; i++) {
      using _held = await lock.acquire();
      cell[0]!++;
    }
  },
  hold(lock: Lock | RLock, held: Event, go: Event) {
    using _held = lock.acquireSync();
    held.set();
    go.waitSync();
  },
  keep(lock: Lock | RLock) {
    lock.acquireSync();
  },
  tryRelease(lock: Lock | RLock): string {
    try {
      lock.release();
      return "released";
    } catch (error) {
      return (error as Error).name;
    }
  },
  take(lock: Lock | RLock, timeout: number) {
    const guard = lock.acquireSync({ timeout });
    guard?.[Symbol.dispose]();
    return guard !== null;
  },
  limit(semaphore: Semaphore, counts: Int32Array, times: number) {
    for (let i = 0; i < times; i++) {
      semaphore.acquireSync();
      const inside = Atomics.add(counts, 0, 1) + 1;
      if (inside > Atomics.load(counts, 1)) Atomics.store(counts, 1, inside);
      Atomics.sub(counts, 0, 1);
      semaphore.release();
    }
  },
  pass(barrier: Barrier, passes: Int32Array, me: number, times: number) {
    const numbers: number[] = [];
    for (let pass = 1; pass <= times; pass++) {
      Atomics.store(passes, me, pass);
      numbers.push(barrier.waitSync());
      for (let other = 0; other < passes.length; other++) {
        const seen = Atomics.load(passes, other);
        if (seen !== pass && seen !== pass + 1) throw new Error(`out of step: ${passes}`);
      }
    }
    return numbers;
  },
  consume(filled: Condition, cell: Int32Array, times: number) {
    let got = 0;
    for (let i = 0; i < times; i++) {
      using _held = filled.acquireSync();
      filled.waitForSync(() => cell[0]! > 0);
      cell[0]!--;
      got++;
    }
    return got;
  },
  produce(filled: Condition, cell: Int32Array, times: number) {
    for (let i = 0; i < times; i++) {
      using _held = filled.acquireSync();
      cell[0]!++;
      filled.notify();
    }
  },
});

/** What needs the other order of two locks. */
export const crossing = portable(import.meta, {
  cross(first: Lock, second: Lock, ready: Barrier) {
    using _one = first.acquireSync();
    ready.waitSync();
    using _two = second.acquireSync();
  },
  bump(value: Value, times: number) {
    for (let i = 0; i < times; i++) value.add(1);
  },
  bumpFloat(array: SharedArray<"f64">, times: number) {
    for (let i = 0; i < times; i++) array.add(0, 0.5);
    array.view[1] = 7.5;
  },
  local(local: Local<string>) {
    const before = local.get();
    local.value = "theirs";
    return [before ?? null, local.get()];
  },
  compute(gil: Gil, milliseconds: number) {
    return gil.run(() => {
      const end = performance.now() + milliseconds;
      let rounds = 0;
      while (performance.now() < end) {
        rounds++;
        checkpoint();
      }
      return rounds;
    });
  },
  share(things: { lock: Lock; deep: [Queue<unknown>] }) {
    const guard = things.lock.acquireSync();
    things.deep[0].putSync({ lock: things.lock, queue: things.deep[0] });
    guard[Symbol.dispose]();
  },
  echo(inbox: Queue<unknown>, outbox: Queue<unknown>) {
    for (const item of inbox) outbox.putSync(item);
    outbox.shutdown();
  },
  async echoLater(inbox: Queue<unknown>, outbox: Queue<unknown>) {
    for await (const item of inbox) await outbox.put(item);
    outbox.shutdown();
  },
  getOne(queue: Queue<unknown>) {
    return queue.getSync();
  },
});
