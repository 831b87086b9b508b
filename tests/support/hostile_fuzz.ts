/** What hostile peers, children and messages could say, made up from a seed, and where it is said to. */
import { assert, assertEquals } from "@std/assert";
import { TransferError } from "../../src/core/errors.ts";
import type { Link } from "../../src/multiprocessing/process/link.ts";
import { BaseManager, Client, Listener } from "../../src/multiprocessing/mod.ts";
import { LockCore } from "../../src/multiprocessing/sync/lock.ts";
import { LockState } from "../../src/sync/lock.ts";
import { Node } from "../../src/multiprocessing/objects/node.ts";
import { Kind } from "../../src/multiprocessing/objects/object_message.ts";
import { loadStructured, toPacket } from "../../src/wire/codec/bytes.ts";
import { decode, missingModules } from "../../src/wire/codec/codec.ts";
import { authenticateToListener, keyBytes } from "../../src/wire/frames/authentication.ts";
import { Channel, isHangup } from "../../src/wire/frames/channel.ts";
import { type Duplex, HEADER } from "../../src/wire/frames/frame.ts";
import { FrameWriter } from "../../src/wire/frames/frame_writer.ts";
import { promisedCall } from "../../src/wire/rpc/call.ts";
import { Controller } from "../../src/wire/rpc/controller.ts";
import type { Ending, Transport } from "../../src/wire/rpc/transport.ts";
import { Op } from "../../src/wire/rpc/protocol.ts";
import { MARK } from "../../src/wire/codec/value_kinds.ts";
import { until } from "./until_waiting.ts";

type Random = (count: number) => number;

/** How often what was said, and what came of it. */
export type Tally = Record<string, number>;

function note(tally: Tally, what: string): void {
  tally[what] = (tally[what] ?? 0) + 1;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const NUMBERS = [0, 1, -1, 0.5, 1e9, 2 ** 31, 2 ** 53, -0, NaN, Infinity];
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "then",
  "length",
  "",
  "a",
  MARK,
  "handle",
  "fault",
  "plain",
];
const WORDS = [...NAMES, "mp.Lock", "mp.Connection", "mp.SharedMemory", "threading.Lock"];

/** Anything that the platform can clone, and marks that nobody made. */
export function anyValue(random: Random, depth = 0): unknown {
  const more = (): unknown => anyValue(random, depth + 1);
  switch (random(depth > 5 ? 7 : 17)) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      return random(2) === 0;
    case 3:
      return pick(random, NUMBERS);
    case 4:
      return pick(random, WORDS);
    case 5:
      return BigInt(random(1000));
    case 6:
      return new Uint8Array(random(40));
    case 7:
      return Array.from({ length: random(6) }, more);
    case 8:
      return new Map([[more(), more()]]);
    case 9:
      return new Set([more(), more()]);
    case 10:
      return new Date(random(1e9));
    case 11:
      return { [MARK]: "handle", handle: handle(random, more) };
    case 12:
      return { [MARK]: "fault", fault: fault(random, more) };
    case 13:
      return { [MARK]: pick(random, ["plain", "handle", "fault", "?"]), value: more() };
    case 14: {
      let deep: unknown = 1;
      for (let i = random(5) === 0 ? random(1_500) : random(30); i > 0; i--) deep = [deep];
      return deep;
    }
    default:
      return record(random, more);
  }
}

function record(random: Random, more: () => unknown): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (let i = random(4); i > 0; i--) {
    Object.defineProperty(made, pick(random, NAMES), {
      value: more(),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}

function handle(random: Random, more: () => unknown): unknown {
  if (random(4) === 0) return more();
  const journey = { home: pick(random, ["t", "t.1", "zz", 5]), id: "1-x", ticket: "x" };
  return {
    kind: random(4) === 0 ? more() : pick(random, WORDS),
    module: pick(random, ["data:text/javascript,globalThis.quartetOwned=1", 5, null]),
    data: pick<unknown>(random, [journey, { address: journey, readable: 1 }, "name", more()]),
    brings: pick<unknown>(random, [undefined, { kind: "x", module: "file:///x.ts" }, more()]),
  };
}

function fault(random: Random, more: () => unknown): unknown {
  if (random(4) === 0) return more();
  return {
    name: more(),
    className: pick(random, ["Error", "__proto__", "localStorage", "TransferError"]),
    classes: pick<unknown>(random, [[["platform", pick(random, NAMES)]], [null], more()]),
    message: more(),
    stack: pick<unknown>(random, ["", "at", more()]),
    fields: random(3) === 0 ? more() : record(random, more),
    cause: pick<unknown>(random, [[], [more()], more()]),
    errors: pick<unknown>(random, [null, [more()], more()]),
    leftOut: pick<unknown>(random, [[], more()]),
  };
}

/** A stream of frames that may be whole, changed, cut off, or lie about their lengths. */
export async function anyStream(random: Random): Promise<Uint8Array<ArrayBuffer>> {
  if (random(8) === 0) return crypto.getRandomValues(new Uint8Array(random(300)));
  await loadStructured();
  const parts: number[] = [];
  const sink: Duplex = {
    read: () => Promise.resolve(null),
    write: (from) => {
      for (const byte of from) parts.push(byte);
      return Promise.resolve(from.length);
    },
    close: () => {},
  };
  const writer = new FrameWriter(sink, (error) => {
    throw error;
  });
  for (let i = 1 + random(3); i > 0; i--) {
    if (random(30) === 0) { // deeper than anything that is cloned
      const deep = new TextEncoder().encode(`[false,${"[".repeat(random(200_000))}`);
      writer.push(1, deep.fill(0x5d, 7 + (deep.length - 7) / 2));
      continue;
    }
    const value = random(2) === 0 ? [false, anyValue(random), random(2) === 0] : anyValue(random);
    const packet = await toPacket(structuredClone(value));
    const attachments = random(8) === 0 ? [new Uint8Array(random(100))] : packet.attachments;
    writer.push(packet.kind | pick(random, [0, 0, 0, 0x10, 0x20, 0x70]), packet.body, attachments);
  }
  await writer.flushed();
  const bytes = Uint8Array.from(parts);
  for (let i = random(4); i > 0 && bytes.length > 0; i--) {
    bytes[random(bytes.length)] = random(256);
  }
  if (random(3) === 0) new DataView(bytes.buffer).setUint32(0, random(2 ** 30) * 4, true);
  if (random(8) === 0) new DataView(bytes.buffer).setUint16(6, random(65_536), true);
  return random(3) === 0 ? bytes.subarray(0, Math.max(HEADER, random(bytes.length))) : bytes;
}

function streamOf(bytes: Uint8Array, size: number): Duplex {
  let at = 0;
  return {
    read: (into) => {
      if (at >= bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + Math.min(size, into.length));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
    write: (from) => Promise.resolve(from.length),
    close: () => {},
  };
}

/** A channel that hears a hostile stream ends, with an error or without. */
export async function fuzzChannel(random: Random, tally: Tally): Promise<void> {
  const channel = new Channel(
    streamOf(await anyStream(random), 1 + random(100)),
    2 ** 28,
    () => {},
  );
  try {
    await channel.listen(() => {});
    note(tally, "channel: ended");
  } catch (error) {
    assert(error instanceof Error, String(error));
    note(tally, `channel: ${error.name}`);
  }
}

/** What a hostile message decodes to is data, or a TransferError. */
export function fuzzCodec(random: Random, tally: Tally): void {
  const depth = random(50_000);
  const value: unknown = random(50) === 0
    ? JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`)
    : structuredClone(anyValue(random));
  const parcel = { value, marked: true };
  assertEquals(missingModules(parcel, "peer").filter((each) => !each.startsWith("file:")), []);
  try {
    decode(parcel, "peer");
    note(tally, "codec: read");
  } catch (error) {
    assert(error instanceof TransferError, String((error as Error).stack));
    note(tally, "codec: refused");
  }
  assert(!("polluted" in {}) && !("quartetOwned" in globalThis));
  assertEquals(Object.keys(Object.prototype).concat(Object.keys(Array.prototype)), []);
}

class Ear implements Link {
  onObjectMessage: (message: unknown) => void = () => {};
  readonly heard: unknown[][] = [];
  refused = 0;
  sendObjectMessage(message: unknown): void {
    this.heard.push(message as unknown[]);
  }
  refuse(): void {
    this.refused++;
  }
}

/** An answer of the node's; what the liar says to its sibling is for that one to judge. */
function isAnswer(message: unknown[]): boolean {
  return message[1] === "t" && message[2] === Kind.ANSWER;
}

/** A node between a liar and an honest child, who share a lock with it. */
export class NodeFuzz {
  readonly #node = new Node("t", null);
  readonly #liar = new Ear();
  readonly #honest = new Ear();
  readonly #lock = new LockCore(new LockState<string>());
  readonly #id: string;
  #number = 0;

  constructor() {
    this.#node.attach("t.1", this.#liar);
    this.#node.attach("t.2", this.#honest);
    const shared = this.#node.served.setOut(this.#lock);
    this.#id = shared.id;
    this.#honest.onObjectMessage(["t", "t.2", Kind.HOLD, shared.id, shared.ticket]);
  }

  /** The liar says something; the honest one acquires and releases. */
  async round(random: Random, tally: Tally): Promise<void> {
    const refusedBefore = this.#liar.refused;
    this.#liar.onObjectMessage(this.#lie(random));
    note(tally, this.#liar.refused > refusedBefore ? "node: ended" : "node: ignored or answered");
    for (const method of ["acquire", "release"]) {
      const number = ++this.#number;
      this.#honest.onObjectMessage(
        ["t", "t.2", Kind.ASK, number, this.#id, method, [null], false, "t.2"],
      );
      await until(() => this.#honest.heard.some(isAnswer));
      const answers = this.#honest.heard.filter(isAnswer);
      assertEquals(answers.map((each) => [each[3], each[4]]), [[number, true]]);
      this.#honest.heard.length = this.#liar.heard.length = 0;
    }
    assertEquals([this.#honest.refused, this.#lock.statistics().waiting], [0, 0]);
  }

  #lie(random: Random): unknown {
    if (random(6) === 0) return anyValue(random);
    const paths = ["t", "t.1", "t.1.4", "t.2", "t.9", "*", "", "zz", 5, "t.1\n"];
    const ids = ["1-00000000", `${this.#number}`, this.#id.slice(0, -1), "1", "", null, NaN, 1];
    const message: unknown[] = [
      pick(random, paths),
      random(2) === 0 ? "t.1" : pick(random, paths),
      random(3) === 0 ? anyValue(random) : random(11),
      random(2) === 0 ? pick<unknown>(random, ids) : anyValue(random),
      pick<unknown>(random, [...ids, anyValue(random)]),
      pick<unknown>(random, ["release", "processEnded", "constructor", "close", anyValue(random)]),
      pick<unknown>(random, [[], anyValue(random)]),
      random(2) === 0,
      pick<unknown>(random, ["t.1", "t.2", "t.1#1", anyValue(random)]),
    ];
    return message.slice(0, 2 + random(message.length - 1));
  }
}

/** A controller whose worker says anything: each job ends once. */
export async function fuzzHost(random: Random, tally: Tally): Promise<void> {
  const transport: Transport & { reach: "process" } = {
    reach: "process",
    onMessage: () => {},
    onClose: () => {},
    start: () => {},
    send: () => {},
    sendControl: () => {},
    poll: () => {},
    close: () => {},
  };
  const host = new Controller(transport, { name: "fuzzed", concurrency: 1 });
  const ready = host.ready.then(() => {}, () => {}); // either is well
  const outcomes: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { call, outcome } = promisedCall((n: number) => n, [i]);
    host.run(call);
    outcome.then(() => outcomes.push("done"), () => outcomes.push("failed"));
  }
  host.flush();
  let ending: Ending = { kind: "lost", detail: "the fuzz is over" };
  try {
    for (let i = random(12); i > 0; i--) {
      const operation = pick(random, [...Object.values(Op), 99, NaN]);
      const message = [operation, random(4), random(5), anyValue(random), anyValue(random)];
      transport.onMessage(structuredClone(message.slice(0, 1 + random(5))));
      if (random(4) === 0) await Promise.resolve();
    }
    note(tally, "host: ignored or settled");
  } catch (error) {
    assert(error instanceof Error);
    note(tally, `host: ${error.name}`);
    ending = { ...ending, cause: error };
  }
  transport.onClose(ending);
  await until(() => outcomes.length === 3, "each job ends");
  await ready;
}

/** A listener and a manager among peers who know the key, or not, and say anything. */
export class ListenerFuzz implements AsyncDisposable {
  readonly #authkey = "the key";
  readonly #listener = new Listener({ authkey: this.#authkey, patience: 2_000 });
  readonly #manager = new BaseManager({ authkey: this.#authkey });
  #running: Promise<void> | null = null;

  async start(): Promise<void> {
    this.#manager.register("Thing", () => ({ one: () => 1 }));
    this.#manager.start();
    this.#running = this.#accept();
    await this.#check();
  }

  /** What comes in is read until it ends; what cannot be read ends that connection only. */
  async #accept(): Promise<void> {
    for (;;) {
      try {
        const connection = await this.#listener.accept();
        (async () => {
          try {
            for await (const message of connection) await connection.send(message).catch(() => {}); // it may be gone
          } catch (error) {
            assert(error instanceof Error, String(error));
          } finally {
            connection.close();
          }
        })();
      } catch (error) {
        if ((error as Error).name === "AuthenticationError") continue;
        return;
      }
    }
  }

  async round(random: Random, tally: Tally): Promise<void> {
    const target = random(2) === 0 ? this.#listener.address : this.#manager.address;
    const conn = await Deno.connect({ transport: "unix", path: target as string });
    try {
      const isProven = random(3) > 0;
      if (isProven) await authenticateToListener(conn, keyBytes(this.#authkey));
      const bytes = random(3) === 0
        ? crypto.getRandomValues(new Uint8Array(random(200)))
        : await anyStream(random);
      await conn.write(bytes);
      note(tally, isProven ? "listener: proven peers" : "listener: strangers");
    } catch (error) {
      if (!isHangup(error)) throw error;
      note(tally, "listener: hung up on");
    } finally {
      conn.close();
    }
    if (random(20) === 0) await this.#check();
  }

  /** The honest are served. */
  async #check(): Promise<void> {
    const options = { authkey: this.#authkey };
    const client = await Client(this.#listener.address, options);
    await client.send("honest");
    assertEquals(await client.recv({ timeout: 60_000 }), "honest");
    client.close();
    await using manager = new BaseManager({ ...options, address: this.#manager.address });
    await manager.connect();
    assertEquals(await (await manager.create<{ one(): number }>("Thing")).one(), 1);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#check();
    await this.#listener[Symbol.asyncDispose]();
    await this.#running;
    await this.#manager.shutdown();
  }
}
