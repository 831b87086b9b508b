import "../../support/leak_guard.ts";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { BrokenExecutorError, TransferError } from "../../../src/core/errors.ts";
import { type AnyFunction, targetOf } from "../../../src/wire/codec/portable.ts";
import { transfer } from "../../../src/wire/codec/transfer.ts";
import type { Call } from "../../../src/wire/rpc/call.ts";
import { Controller } from "../../../src/wire/rpc/controller.ts";
import { Code, Op, RUN_WIDTH } from "../../../src/wire/rpc/protocol.ts";
import { SlotClaims, type SlotTable } from "../../../src/wire/rpc/slot_table.ts";
import type { Transport } from "../../../src/wire/rpc/transport.ts";
import { KeptTable } from "../../support/kept_table.ts";

const square = (n: number): number => n * n;
const cube = (n: number): number => n * n * n;

/** A controller, and the far side's place played by the test. */
class Stage implements Disposable {
  readonly sent: unknown[][] = [];
  readonly transport: Transport = {
    reach: "thread",
    onMessage: () => {},
    onClose: () => {},
    start: () => {},
    send: (message, moves) => {
      this.refuse(message as unknown[]);
      this.sent.push(structuredClone(message, { transfer: moves ?? [] }) as unknown[]);
    },
    sendControl: (message) => this.sent.push(message as unknown[]),
    poll: () => {},
    close: () => {},
  };
  /** Throws where the platform is to refuse a message. */
  refuse: (message: unknown[]) => void = () => {};
  readonly #kept = new KeptTable();
  readonly slots: SlotTable = this.#kept.table;
  readonly claims: SlotClaims = new SlotClaims(this.slots.address);
  readonly settled: Call[] = [];
  readonly returned: Call[] = [];
  readonly controller: Controller = new Controller(
    this.transport,
    { name: "far", concurrency: 1 },
    {
      onSettled: (call) => this.settled.push(call),
      onReturned: (call) => this.returned.push(call),
    },
    this.slots,
  );

  /** The messages of that kind. */
  of(op: number): unknown[][] {
    return this.sent.filter((message) => message[0] === op);
  }

  /** The calls that were sent, message by message: number and arguments of each. */
  get runs(): unknown[][][] {
    return this.of(Op.RUN).map((message) => {
      const calls: unknown[][] = [];
      for (let i = 1; i < message.length; i += RUN_WIDTH) calls.push([message[i], message[i + 2]]);
      return calls;
    });
  }

  /** The slot of the call of that number. */
  slotOf(id: number): number {
    for (const message of this.of(Op.RUN)) {
      for (let i = 1; i < message.length; i += RUN_WIDTH) {
        if (message[i] === id) return message[i + 5] as number;
      }
    }
    throw new Error(`call ${id} was not sent`);
  }

  receive(...message: unknown[]): void {
    this.transport.onMessage(message);
  }

  end(): void {
    this.transport.onClose({ kind: "lost", detail: "it was killed" });
  }

  [Symbol.dispose](): void {
    if (!this.controller.isGone) this.end();
    this.#kept[Symbol.dispose]();
  }
}

/** A call that writes down what it is told. */
function call(fn: AnyFunction, ...args: unknown[]): Call & { told: [string, unknown][] } {
  const told: [string, unknown][] = [];
  return {
    fn,
    target: targetOf(fn),
    args,
    isChunk: false,
    onItems: null,
    told,
    done: (value) => told.push(["done", value]),
    failed: (error) => told.push(["failed", error]),
    lost: (error) => told.push(["lost", error]),
  };
}

/** Those of the calls, in this order. */
function pick(calls: readonly Call[], ...which: number[]): Call[] {
  return which.map((n) => calls[n]!);
}

Deno.test("calls of one turn travel as one message, and a function's name travels once, before them", async () => {
  using stage = new Stage();
  for (const n of [1, 2]) stage.controller.run(call(square, n));
  stage.controller.run(call(cube, 3));
  stage.controller.run(call(square, 4));
  await Promise.resolve();
  stage.controller.run(call(cube, 5));
  stage.controller.flush();
  assertEquals(stage.sent.map((message) => message[0]), [
    Op.SETUP,
    Op.DEFINE,
    Op.RUN, // what was called before a new function keeps its place
    Op.DEFINE,
    Op.RUN,
    Op.RUN,
  ]);
  assertEquals(stage.runs, [[[0, [1]], [1, [2]]], [[2, [3]], [3, [4]]], [[4, [5]]]]);
});

Deno.test("arguments that cannot cross are refused before anything is sent, and take nothing along", () => {
  using stage = new Stage();
  const view = new Uint8Array(3);
  const bad = call(square, transfer(view), () => {});
  assertThrows(() => stage.controller.run(bad), TransferError);
  stage.controller.flush();
  assertEquals([stage.of(Op.RUN), view.byteLength, bad.told, stage.controller.load], [
    [],
    3,
    [],
    0,
  ]);
});

Deno.test("of a batch that the platform refuses only what it refuses fails", () => {
  using stage = new Stage();
  stage.refuse = (message) => {
    if (JSON.stringify(message).includes("refuse me")) {
      throw new DOMException("no", "DataCloneError");
    }
  };
  const calls = ["a", "refuse me", "c"].map((each) => call(square, each));
  for (const each of calls) stage.controller.run(each);
  stage.controller.flush();
  assertEquals(stage.runs, [[[0, ["a"]]], [[2, ["c"]]]]);
  assertEquals(calls.map(({ told }) => told.length), [0, 1, 0]);
  assertInstanceOf(calls[1]!.told[0]![1], TransferError);
  assertEquals(stage.settled, pick(calls, 1));
  assertEquals(stage.slots.revoke([stage.slotOf(0)]).length, 1, "its neighbour can still be begun");
});

Deno.test("a call with something to move travels alone, in its place, and cannot be taken back", () => {
  using stage = new Stage();
  const view = new Uint8Array([1, 2]);
  stage.controller.run(call(square, "before"));
  const id = stage.controller.run(call(square, transfer(view)));
  stage.controller.run(call(square, "after"));
  stage.controller.flush();
  assertEquals(stage.runs, [[[0, ["before"]]], [[1, [new Uint8Array([1, 2])]]], [[2, ["after"]]]]);
  assertEquals([view.byteLength, stage.slotOf(id)], [0, -1]);
  assertEquals([stage.controller.begun(id), stage.controller.revoke([id])], [true, []]);
});

Deno.test("each outcome reaches its call once, and nobody twice", () => {
  using stage = new Stage();
  const calls = [1, 2, 3].map((n) => call(square, n));
  for (const each of calls) stage.controller.run(each);
  stage.controller.flush();
  stage.receive(Op.SETTLED, 1, Code.VOID, null, 0.1, 0, Code.PLAIN, "a", 0.1);
  stage.receive(Op.SETTLED, 0, Code.PLAIN, "again", 0.1, 99, Code.PLAIN, "nobody's", 0.1);
  stage.receive(Op.SETTLED, 2, Code.FAILED, "no error record", NaN);
  assertEquals(calls.map(({ told }) => told.map(([how]) => how)), [["done"], ["done"], ["failed"]]);
  assertEquals(calls.map(({ told }) => told[0]![1]).slice(0, 2), ["a", undefined]);
  assertEquals(stage.settled, pick(calls, 1, 0, 2));
  assertEquals(stage.controller.load, 0);
});

Deno.test("revoke() gives back what has not begun; whatever comes of that later is nobody's", () => {
  using stage = new Stage();
  const calls = [1, 2, 3].map((n) => call(square, n));
  for (const each of calls) stage.controller.run(each);
  stage.controller.flush();
  stage.claims.take(stage.slotOf(0));
  assertEquals(stage.controller.revoke([2, 1, 0]), pick(calls, 2, 1));
  assertEquals(stage.controller.revoke([2, 1, 0]), [], "once");
  stage.receive(Op.PROGRESS, 1, "late", false);
  stage.receive(Op.ITEMS, 1, 0, "late", false);
  stage.receive(Op.SETTLED, 1, Code.PLAIN, "late", 0, 2, Code.REVOKED, null, 0);
  assertEquals(calls.map(({ told }) => told), [[], [], []]);
  assertEquals([stage.returned, stage.settled], [[], []], "whoever took them back has them");
  const free = [stage.slots.offer(), stage.slots.offer()];
  assertEquals(new Set(free), new Set([stage.slotOf(1), stage.slotOf(2)]), "their slots are free");
});

Deno.test("a call that the worker passed over unasked is returned", () => {
  using stage = new Stage();
  const one = call(square, 1);
  stage.controller.run(one);
  stage.controller.flush();
  stage.receive(Op.SETTLED, 0, Code.REVOKED, null, 0);
  assertEquals([stage.returned, one.told, stage.settled], [[one], [], []]);
});

Deno.test("when the worker is gone what it began is lost, the rest is returned, the last first", () => {
  using stage = new Stage();
  stage.receive(Op.READY);
  const calls = [1, 2, 3, 4].map((n) => call(square, n));
  for (const each of calls) stage.controller.run(each);
  stage.controller.flush();
  stage.claims.take(stage.slotOf(0));
  assertEquals(stage.controller.revoke([2]), pick(calls, 2));
  stage.end();
  assertEquals(stage.returned, pick(calls, 3, 1));
  assertEquals(calls.map(({ told }) => told.length), [1, 0, 0, 0]);
  const [how, error] = calls[0]!.told[0]!;
  assertEquals(how, "lost");
  assertInstanceOf(error, BrokenExecutorError);
  assertEquals(stage.controller.load, 0);
});

Deno.test("after a message that nobody could read only what is missing over there fails", () => {
  using stage = new Stage();
  const calls = [1, 2, 3].map((n) => call(square, n));
  for (const each of calls) stage.controller.run(each);
  stage.controller.flush();
  assertEquals(stage.controller.revoke([2]), pick(calls, 2));
  stage.receive(Op.UNREAD);
  assertEquals(stage.of(Op.ASK), [[Op.ASK, 2]]);
  const late = call(square, 4);
  stage.controller.run(late);
  stage.receive(Op.HAVE, 2, 0, 0);
  assertEquals(calls.map(({ told }) => told.map(([how]) => how)), [[], ["failed"], []]);
  assertInstanceOf(calls[1]!.told[0]![1], TransferError);
  assertEquals(late.told, [], "it was sent after the question");
});
