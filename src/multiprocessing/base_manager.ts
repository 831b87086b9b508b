import { EOFError, InvalidStateError } from "../core/mod.ts";
import type { AuthKey } from "../wire/mod.ts";
import type { ListenerAddress } from "./address.ts";
import { Client } from "./client.ts";
import type { Connection } from "./connection.ts";
import { detached } from "./detached.ts";
import { Listener } from "./listener.ts";
import { ProxyCore } from "./proxy_core.ts";

/** How a manager is reached. */
export interface BaseManagerOptions {
  /** Where it listens, or where the one to connect to does; see {@link Listener}. */
  readonly address?: ListenerAddress;
  /** The secret that both sides know. */
  readonly authkey: AuthKey;
}

/** How a class is registered. */
export interface RegisterOptions {
  /** The methods and properties that others may use; by default all public ones. */
  readonly exposed?: readonly string[];
}

/** An object of a manager: each method answers a promise. */
export type Managed<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : () => Promise<Awaited<T[K]>>;
};

/** What is asked: a new object, or a method of one. Answered with the same number. */
type Question =
  | readonly [number, "make", type: string, args: unknown[]]
  | readonly [number, "call", object: number, name: string, args: unknown[]];
type Answer = readonly [number, good: boolean, value: unknown];

interface Registered {
  // deno-lint-ignore no-explicit-any -- a maker of anything, with any arguments
  readonly make: (...args: any[]) => object;
  readonly exposed: readonly string[] | null;
}

const never = new AbortController().signal;

/**
 * Serves objects to processes that know the key, also such that are no relatives.
 *
 * - `register` says what can be made. The server calls `start()`; others `connect()` and then `create()`.
 * - Each call of `create` makes an object, unless what was registered answers the same one again.
 * - Methods that begin with `_`, and those that every object has, are out of reach; `exposed` bounds it further.
 *
 * Source: `multiprocessing.managers.BaseManager`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BaseManager } from "@quartet/concurrency/multiprocessing";
 *
 * class Counter {
 *   #count = 0;
 *   add(n: number): number {
 *     return this.#count += n;
 *   }
 * }
 * const counter = new Counter();
 *
 * await using server = new BaseManager({ authkey: "a secret" });
 * server.register("Counter", () => counter);
 * server.start();
 *
 * await using client = new BaseManager({ address: server.address, authkey: "a secret" });
 * await client.connect();
 * const remote = await client.create<Counter>("Counter");
 * await remote.add(2);
 * assertEquals(await remote.add(3), 5);
 * ```
 */
export class BaseManager implements AsyncDisposable {
  readonly #options: BaseManagerOptions;
  readonly #registered = new Map<string, Registered>();
  readonly #connections = new Set<Connection<Answer, Question>>();
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #listener: Listener | null = null;
  #client: Connection<Question, Answer> | null = null;
  #serving: Promise<void> | null = null;
  #lastQuestion = 0;

  /** Makes it; nothing happens before {@link BaseManager.start} or {@link BaseManager.connect}. */
  constructor(options: BaseManagerOptions) {
    this.#options = options;
  }

  /** Where it listens; `undefined` before it does. */
  get address(): ListenerAddress | undefined {
    return this.#listener?.address ?? this.#options.address;
  }

  /**
   * Says what can be made.
   *
   * @param type its name.
   * @param make makes it, on the server.
   */
  register(
    type: string,
    // deno-lint-ignore no-explicit-any -- see Registered
    make: (...args: any[]) => object,
    options: RegisterOptions = {},
  ): void {
    this.#registered.set(type, { make, exposed: options.exposed ?? null });
  }

  /**
   * Begins to serve.
   *
   * @throws {InvalidStateError} if it serves or is connected.
   */
  start(): void {
    this.#checkNew("start");
    this.#listener = new Listener(this.#options);
    this.#serving = this.#serve(this.#listener);
  }

  /** Begins to serve, and resolves when it is shut down. */
  async serveForever(): Promise<void> {
    if (this.#serving === null) this.start();
    await this.#serving;
  }

  /**
   * Connects to one that serves.
   *
   * @throws {AuthenticationError} if the keys differ.
   */
  async connect(): Promise<void> {
    this.#checkNew("connect");
    const { address, authkey } = this.#options;
    if (address === undefined) throw new TypeError("Cannot connect: give the server's address");
    this.#client = await Client<Question, Answer>(address, { authkey });
    this.#serving = this.#hear(this.#client);
  }

  /**
   * Has an object made on the server and answers its stand-in.
   *
   * @throws {InvalidStateError} if nothing of that name is registered there.
   */
  async create<T extends object>(type: string, ...args: unknown[]): Promise<Managed<T>> {
    const object = await this.#ask((id) => [id, "make", type, args]) as number;
    return new Proxy({}, {
      get: (_, name) =>
        typeof name !== "string" || name === "then"
          ? undefined
          : (...args: unknown[]) => this.#ask((id) => [id, "call", object, name, args]),
    }) as Managed<T>;
  }

  /** Ends serving, or the connection. */
  async shutdown(): Promise<void> {
    this.#listener?.close();
    this.#client?.close();
    for (const connection of this.#connections) connection.close();
    this.#lose();
    await this.#serving;
    await this.#listener?.[Symbol.asyncDispose]();
  }

  /** How it stands. */
  statistics(): { readonly clients: number; readonly registered: number } {
    return Object.freeze({
      clients: this.#connections.size,
      registered: this.#registered.size,
    });
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #serve(listener: Listener): Promise<void> {
    const conversations: Promise<void>[] = [];
    for (;;) {
      try {
        const connection = await listener.accept<Answer, Question>();
        this.#connections.add(connection);
        conversations.push(this.#answerAll(connection));
      } catch (error) {
        if (error instanceof InvalidStateError) break; // it is closed
        // Somebody did not know the key: that is counted, and does not concern the others.
      }
    }
    await Promise.all(conversations);
  }

  async #answerAll(connection: Connection<Answer, Question>): Promise<void> {
    const objects: ProxyCore[] = [];
    for await (const question of connection) {
      this.#answer(question, objects).then(
        (value) => connection.send([question[0], true, value]),
        (error) => connection.send([question[0], false, error]),
      ).catch((error) => {
        // It has left, or what it asked for cannot cross: the latter it should know.
        if (!connection.closed && !(error instanceof EOFError)) {
          return connection.send([question[0], false, error]);
        }
      });
    }
    this.#connections.delete(connection);
    connection.close();
  }

  async #answer(question: Question, objects: ProxyCore[]): Promise<unknown> {
    if (question[1] === "make") {
      const [, , type, args] = question;
      const registered = this.#registered.get(type);
      if (registered === undefined) {
        throw new InvalidStateError(`cannot make ${type}: it is not registered`);
      }
      objects.push(new ProxyCore(await registered.make(...args), registered.exposed));
      return objects.length - 1;
    }
    const [, , object, name, args] = question;
    const core = objects[object];
    if (core === undefined) throw new InvalidStateError(`cannot find object ${object}`);
    return await core.call({ path: "", owner: "", signal: never }, name, detached(args));
  }

  async #hear(connection: Connection<Question, Answer>): Promise<void> {
    for await (const [id, good, value] of connection) {
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      if (good) asked?.resolve(value);
      else asked?.reject(value);
    }
    this.#lose();
  }

  async #ask(question: (id: number) => Question): Promise<unknown> {
    if (this.#client === null) {
      throw new InvalidStateError("cannot ask the manager: connect to it first");
    }
    const id = ++this.#lastQuestion;
    const asked = Promise.withResolvers<unknown>();
    this.#asked.set(id, asked);
    await this.#client.send(question(id));
    return await asked.promise;
  }

  #lose(): void {
    for (const asked of this.#asked.values()) {
      asked.reject(new EOFError("the manager is gone"));
    }
    this.#asked.clear();
  }

  #checkNew(what: string): void {
    if (this.#serving === null) return;
    throw new InvalidStateError(`cannot ${what} the manager: it serves or is connected already`);
  }
}
