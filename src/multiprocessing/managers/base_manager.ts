import { checkFunction, checkIterable, checkOptions, checkText } from "../../core/check.ts";
import {
  AuthenticationError,
  EOFError,
  InvalidStateError,
  TransferError,
} from "../../core/errors.ts";
import { type AuthKey, keyBytes } from "../../wire/frames/authentication.ts";
import { isHangup } from "../../wire/frames/channel.ts";
import { NEVER } from "../../core/current.ts";
import type { ListenerAddress } from "../objects/address.ts";
import { Client } from "../connection/client.ts";
import type { Connection } from "../connection/connection.ts";
import { detached } from "../objects/detached.ts";
import { Listener } from "../connection/listener.ts";
import { ProxyCore } from "../objects/proxy_core.ts";

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

/** How a manager stands. */
export interface BaseManagerStatistics {
  /** How many are connected. */
  readonly clients: number;
  /** How many names are registered. */
  readonly registered: number;
  /** How many did not know the key, or said what cannot be read; that ended their connections. */
  readonly refused: number;
}

/** An object of a manager: each method returns a promise. */
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

/** So many questions of one client may be open at once. */
const MOST_OPEN = 10_000;

/**
 * Serves objects to processes that know the key, also such that are no relatives.
 *
 * - `register` says what can be made. The server calls `start()`; others `connect()` and then `create()`.
 * - Each call of `create` makes an object, unless what was registered returns the same one again.
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
  /** Has those go on that wait until a client takes its answers. */
  readonly #paused = new Set<() => void>();
  #listener: Listener | null = null;
  #client: Connection<Question, Answer> | null = null;
  #serving: Promise<void> | null = null;
  #lastQuestion = 0;
  #refused = 0;

  /** Makes it; nothing happens before {@link BaseManager.start} or {@link BaseManager.connect}. */
  constructor(options: BaseManagerOptions) {
    checkOptions(options, "new BaseManager()", 'authkey: "…"');
    keyBytes(options.authkey);
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
    checkText(type, "type");
    checkFunction(make, "make");
    checkOptions(options, "register()", 'exposed: ["name"]');
    if (options.exposed !== undefined) checkIterable(options.exposed, "exposed");
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
    this.#serving.catch(() => {}); // the caller of serveForever() hears of it
  }

  /**
   * Begins to serve, and resolves when it is shut down.
   *
   * @throws {InvalidStateError} if it could not go on; its cause says why.
   */
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
   * Has an object made on the server and returns its stand-in.
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
    for (const resume of this.#paused) resume();
    this.#lose();
    await this.#serving?.catch(() => {}); // what ended it before matters no more
    await this.#listener?.[Symbol.asyncDispose]();
  }

  /** Returns a snapshot of its counters. */
  statistics(): BaseManagerStatistics {
    return Object.freeze({
      clients: this.#connections.size,
      registered: this.#registered.size,
      refused: this.#refused + (this.#listener?.statistics().refused ?? 0),
    });
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #serve(listener: Listener): Promise<void> {
    const conversations = new Set<Promise<void>>();
    for (;;) {
      try {
        const connection = await listener.accept<Answer, Question>();
        this.#connections.add(connection);
        const conversation = this.#answerAll(connection)
          .finally(() => conversations.delete(conversation));
        conversations.add(conversation);
      } catch (error) {
        if (error instanceof AuthenticationError) continue; // counted; it does not concern the others
        await Promise.all(conversations);
        if (error instanceof InvalidStateError && error.cause === undefined) return; // it is closed
        throw error;
      }
    }
  }

  /** Answers a client until it leaves, or says what cannot be read: that ends its connection and no other. */
  async #answerAll(connection: Connection<Answer, Question>): Promise<void> {
    const objects: ProxyCore[] = [];
    let open = 0;
    let resume: (() => void) | null = null;
    const onRoom = (): void => {
      resume?.();
      resume = null;
    };
    this.#paused.add(onRoom);
    try {
      for await (const question of connection) {
        if (!isQuestion(question)) throw unreadable();
        // A client that asks without taking its replies has to wait.
        if (++open > MOST_OPEN) await new Promise<void>((resolve) => resume = resolve);
        this.#answer(question, objects).then(
          (value) => connection.send([question[0], true, value]),
          (error) => connection.send([question[0], false, error]),
        ).catch((error) => {
          // It has left, or what it asked for cannot cross: the latter it should know.
          if (connection.closed || error instanceof EOFError) return;
          return connection.send([question[0], false, error]).catch((again) => {
            if (!connection.closed && !isHangup(again)) connection.close();
          });
        }).finally(() => {
          open--;
          onRoom();
        });
      }
    } catch (error) {
      if (!isHangup(error)) this.#refused++;
    } finally {
      this.#paused.delete(onRoom);
      this.#connections.delete(connection);
      connection.close();
    }
  }

  async #answer(question: Question, objects: ProxyCore[]): Promise<unknown> {
    if (question[1] === "make") {
      const [, , type, args] = question;
      const registered = this.#registered.get(type);
      if (registered === undefined) {
        throw new InvalidStateError(`Cannot make ${type}: it is not registered`);
      }
      objects.push(new ProxyCore(await registered.make(...args), registered.exposed));
      return objects.length - 1;
    }
    const [, , object, name, args] = question;
    const core = objects[object];
    if (core === undefined) {
      throw new InvalidStateError(
        `Cannot use object ${object}: the manager has none of that number`,
      );
    }
    return await core.call({ path: "", owner: "", signal: NEVER }, name, detached(args));
  }

  async #hear(connection: Connection<Question, Answer>): Promise<void> {
    let cause: unknown;
    try {
      for await (const answer of connection) {
        if (!isAnswer(answer)) throw unreadable();
        const [id, good, value] = answer;
        const asked = this.#asked.get(id);
        this.#asked.delete(id);
        if (good) asked?.resolve(value);
        else asked?.reject(value);
      }
    } catch (error) {
      cause = error;
      connection.close();
    }
    this.#lose(cause);
  }

  async #ask(question: (id: number) => Question): Promise<unknown> {
    if (this.#client === null) {
      throw new InvalidStateError("Cannot ask the manager: connect to it first");
    }
    const id = ++this.#lastQuestion;
    const asked = Promise.withResolvers<unknown>();
    this.#asked.set(id, asked);
    try {
      await this.#client.send(question(id));
    } catch (error) {
      this.#asked.delete(id);
      asked.promise.catch(() => {}); // it may have been lost meanwhile; this error says why
      throw error;
    }
    return await asked.promise;
  }

  #lose(cause?: unknown): void {
    for (const asked of this.#asked.values()) {
      asked.reject(
        new EOFError("The manager is gone", cause === undefined ? undefined : { cause }),
      );
    }
    this.#asked.clear();
  }

  #checkNew(what: string): void {
    if (this.#serving === null) return;
    throw new InvalidStateError(`Cannot ${what} the manager: it serves or is connected already`);
  }
}

function isQuestion(given: unknown): given is Question {
  if (!Array.isArray(given) || !Number.isSafeInteger(given[0])) return false;
  if (given[1] === "make") return typeof given[2] === "string" && Array.isArray(given[3]);
  return given[1] === "call" && Number.isSafeInteger(given[2]) && typeof given[3] === "string" &&
    Array.isArray(given[4]);
}

function isAnswer(given: unknown): given is Answer {
  return Array.isArray(given) && Number.isSafeInteger(given[0]) && typeof given[1] === "boolean";
}

function unreadable(): TransferError {
  return new TransferError("Cannot read what the other side sent: a manager does not speak so");
}
