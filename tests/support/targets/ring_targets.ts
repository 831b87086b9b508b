/** What the tests of mapped queues and pipes run in other processes. */
import {
  type Connection,
  EOFError,
  type Event,
  InvalidStateError,
  type JoinableQueue,
  Lock,
  Pipe,
  portable,
  Queue,
} from "../../../src/multiprocessing/mod.ts";

export const ringTargets = portable(import.meta, {
  /** Sends a connection on, not knowing yet that the other end of the carrier is closed. */
  async sendUnaware(carrier: Connection, cargo: Connection, told: Connection): Promise<void> {
    await told.send("here");
    told.recvSync();
    await carrier.send(cargo);
    await told.poll(Infinity);
  },
  /** Sends a large message and small ones, for which it leaves no room. */
  async sendTooMuch(end: Connection, told: Connection): Promise<void> {
    await end.send("x".repeat(600_000));
    for (let i = 0; i < 10; i++) await end.send(i);
    await told.send("sent");
  },
  /** Receives until the end, and returns how many came. */
  async countAll(end: Connection): Promise<number> {
    let count = 0;
    for await (const _ of end) count++;
    return count;
  },
  /** Sends a connection on, behind a message that leaves no room. */
  async sendBehind(carrier: Connection, cargo: Connection, told: Connection): Promise<void> {
    await carrier.send("x".repeat(600_000));
    await carrier.send(cargo);
    await told.send("sent");
    await told.recv();
    await told.poll(Infinity);
  },
  /** Passes its end on while two receives wait for letters. */
  async passWaiting(end: Connection, told: Connection): Promise<Connection> {
    await told.recv();
    for (let i = 0; i < 2; i++) {
      end.recv().catch((error) => {
        if (!(error instanceof EOFError)) throw error;
      });
    }
    return end;
  },
  /** Puts back what it gets, each in a list, until "end". */
  async echo(from: Queue<unknown>, to: Queue<unknown>): Promise<void> {
    for (let item = await from.get(); item !== "end"; item = await from.get()) await to.put([item]);
  },
  echoSync(from: Queue<unknown>, to: Queue<unknown>): void {
    for (let item = from.getSync(); item !== "end"; item = from.getSync()) to.putSync([item]);
  },
  /** What it says when it cannot block. */
  triesSync(queue: Queue<unknown>): string {
    try {
      return String(queue.getSync());
    } catch (error) {
      return String(error);
    }
  },
  async putLock(queue: JoinableQueue<unknown>): Promise<boolean> {
    const lock = new Lock();
    await queue.put({ lock });
    const held = await lock.acquire();
    await queue.put("held");
    await queue.join();
    await held[Symbol.asyncDispose]();
    return await lock.locked();
  },
  async makeQueue(made: Queue<Queue<unknown>>): Promise<void> {
    await made.put(new Queue());
    await new Promise(() => setInterval(() => {}, 1000));
  },
  /** Puts numbers with who puts them, as fast as it can, until it is killed. */
  putForEver(queue: Queue<unknown>, who: number): void {
    for (let i = 0;; i++) {
      queue.putSync([who, i, i % 7 === 0 ? "x".repeat(20_000) : "x".repeat(i % 50)]);
    }
  },
  async putSome(queue: Queue<unknown>, who: number, count: number): Promise<void> {
    for (let i = 0; i < count; i++) await queue.put([who, i, "x".repeat(i % 50)]);
  },
  /** Takes items and says so, as fast as it can, until it is killed. */
  takeForEver(queue: JoinableQueue<unknown>): void {
    for (;;) queue.getSync();
  },
  async takeAll(queue: Queue<[number, number]>, seen: Queue<number[]>): Promise<void> {
    const numbers: number[] = [];
    for await (const [, number] of queue) numbers.push(number);
    await seen.put(numbers);
  },
  /** Sends back what it receives, each in a list, until the end. */
  async answer(connection: Connection<unknown>): Promise<void> {
    for await (const message of connection) await connection.send([message]);
  },
  answerSync(connection: Connection<unknown>): void {
    for (;;) {
      try {
        connection.sendSync([connection.recvSync()]);
      } catch (error) {
        if (error instanceof EOFError) return;
        throw error;
      }
    }
  },
  /** What it says when it cannot block. */
  triesRecvSync(connection: Connection<unknown>): string {
    try {
      return String(connection.recvSync());
    } catch (error) {
      return String(error);
    }
  },
  /** Sends numbers as fast as it can, until it is killed. */
  sendForEver(connection: Connection<unknown>): void {
    for (let i = 0;; i++) {
      connection.sendSync([i, i % 7 === 0 ? "x".repeat(20_000) : "x".repeat(i % 50)]);
    }
  },
  /** Sends `count` texts of `length` characters, each with its number in front, and closes the connection. */
  async sendAndClose(
    to: Connection<[number, string]>,
    count: number,
    length: number,
  ): Promise<void> {
    for (let i = 0; i < count; i++) await to.send([i, "x".repeat(i % 3 === 0 ? length : 10)]);
    to.close();
  },
  /** The numbers of all that comes. */
  async recvAll(from: Connection<[number, string]>): Promise<number[]> {
    const numbers: number[] = [];
    try {
      for (;;) numbers.push((await from.recv())[0]);
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
      return numbers;
    }
  },
  /** As `recvAll`, and says before that it is here. */
  async recvAllOnce(from: Connection<[number, string]>, ready: Event): Promise<number[]> {
    await ready.set();
    return await ringTargets.recvAll(from);
  },
  /** Gets an item, and gives it back once the event is set, as a get does that was given up meanwhile. */
  async getAndGiveBack(queue: Queue<unknown>, got: Event, go: Event): Promise<void> {
    const item = await queue.get();
    await got.set();
    await go.wait();
    await (queue as unknown as { ask(method: string, args: unknown[]): Promise<void> })
      .ask("putBack", [item]);
  },
  /** Sends on what comes from one to the other, and its answers back. */
  async relay(from: Connection<unknown>, to: Connection<unknown>): Promise<void> {
    for await (const message of from) {
      await to.send(message);
      await from.send((await to.recv() as [unknown])[0] === message ? [message] : "wrong");
    }
  },
  /** Tries to send its connection together with one that is closed, and answers over it when that has failed. */
  async answerAfterAll(connection: Connection<unknown>): Promise<void> {
    const [near, far] = Pipe<unknown>();
    far.close();
    try {
      await near.send([connection, far]);
    } catch (error) {
      if (!(error instanceof InvalidStateError)) throw error;
    }
    near.close();
    for await (const message of connection) await connection.send([message]);
  },
  /** Receives one, says that it has, and receives until it is killed. */
  async recvThenForEver(connection: Connection<unknown>): Promise<void> {
    await connection.send(await connection.recv());
    for (;;) connection.recvSync();
  },
  /** Receives one, and gives the connection back with the rest unread. */
  async recvOne(connection: Connection<unknown>): Promise<[unknown, Connection<unknown>]> {
    return [await connection.recv(), connection];
  },
  /** The same, once the event is set; what came meanwhile is unread too. */
  async recvOneAfter(
    connection: Connection<unknown>,
    go: Event,
  ): Promise<[unknown, Connection<unknown>]> {
    await connection.poll(Infinity);
    await go.wait();
    return await ringTargets.recvOne(connection);
  },
  /** Answers over a connection it was given through a queue. */
  async answerOver(queue: Queue<Connection<string>>): Promise<void> {
    await using connection = await queue.get();
    await connection.send(`got ${await connection.recv()}`);
  },
});
