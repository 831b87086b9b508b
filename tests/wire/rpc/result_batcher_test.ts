import "../../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { TransferError } from "../../../src/core/errors.ts";
import { decodeFailure } from "../../../src/wire/codec/codec.ts";
import { transfer } from "../../../src/wire/codec/transfer.ts";
import { Code, Op, SETTLED_WIDTH } from "../../../src/wire/rpc/protocol.ts";
import { ResultBatcher } from "../../../src/wire/rpc/result_batcher.ts";
import type { Claims, Note } from "../../../src/wire/rpc/slot_table.ts";
import type { Transport } from "../../../src/wire/rpc/transport.ts";

/** A transport that keeps what is sent, as a port would deliver it. */
function recorder(sendsJson = false): { transport: Transport; sent: unknown[][]; json: string[] } {
  const sent: unknown[][] = [];
  const json: string[] = [];
  const transport: Transport = {
    reach: sendsJson ? "process" : "thread",
    onMessage: () => {},
    onClose: () => {},
    start: () => {},
    send: (message, moves) => {
      sent.push(structuredClone(message, { transfer: moves ?? [] }) as unknown[]);
    },
    sendControl: () => {},
    poll: () => {},
    close: () => {},
  };
  if (sendsJson) transport.sendJson = (text) => json.push(text);
  return { transport, sent, json };
}

/** The outcomes of one message: number, code and value of each. */
function outcomes(message: unknown[]): unknown[][] {
  assertEquals(message[0], Op.SETTLED);
  const found: unknown[][] = [];
  for (let i = 1; i < message.length; i += SETTLED_WIDTH) found.push(message.slice(i, i + 3));
  return found;
}

Deno.test("outcomes of short calls go home together, and none is held longer than 0.2 ms of calls", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  batcher.succeeded(1, "a", 0, 0.05);
  batcher.succeeded(2, undefined, 0.05, 0.1);
  batcher.failed(3, new RangeError("no"), 0.1, 0.2);
  assertEquals(sent.length, 0);
  batcher.succeeded(4, 4, 0.2, 0.3);
  assertEquals(sent.length, 1);
  const [first, second, third, fourth] = outcomes(sent[0]!);
  assertEquals([first, second, fourth], [[1, Code.PLAIN, "a"], [2, Code.VOID, null], [4, 0, 4]]);
  assertEquals(third!.slice(0, 2), [3, Code.FAILED]);
  assertInstanceOf(decodeFailure(third![2], "thread"), RangeError);
  batcher.flush();
  assertEquals(sent.length, 1, "nothing was left to send");
});

Deno.test("a result is what it was when its call ended, whatever the next call does to it", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  const shared = { n: 1 };
  batcher.succeeded(1, shared, 0, 0);
  shared.n = 2;
  batcher.succeeded(2, shared, 0, 0);
  batcher.flush();
  assertEquals(outcomes(sent[0]!).map((each) => each[2]), [{ n: 1 }, { n: 2 }]);
});

Deno.test("a result that cannot cross is a failure of its own call", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  batcher.succeeded(1, "before", 0, 0);
  batcher.succeeded(2, () => {}, 0, 0);
  batcher.succeeded(3, "after", 0, 0);
  batcher.flush();
  const [before, bad, after] = outcomes(sent[0]!);
  assertEquals([before![2], bad![1], after![2]], ["before", Code.FAILED, "after"]);
  assertInstanceOf(decodeFailure(bad![2], "thread"), TransferError);
});

Deno.test("of a batch that the platform refuses only what it refuses fails", () => {
  const { transport, sent } = recorder();
  const send = transport.send;
  transport.send = (message, moves) => {
    if (JSON.stringify(message).includes("refuse me")) {
      throw new DOMException("no", "DataCloneError");
    }
    send(message, moves);
  };
  const batcher = new ResultBatcher(transport, null);
  for (const [id, value] of ["a", "refuse me", "c"].entries()) batcher.succeeded(id, value, 0, 0);
  batcher.flush();
  assertEquals(sent.map((message) => outcomes(message)[0]!.slice(0, 2)), [
    [0, Code.PLAIN],
    [1, Code.FAILED],
    [2, Code.PLAIN],
  ]);
});

Deno.test("a result with something to move travels alone, behind what ended before it", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  const view = new Uint8Array([1, 2, 3]);
  batcher.succeeded(1, "before", 0, 0);
  batcher.succeeded(2, transfer(view), 0, 0);
  batcher.succeeded(3, "after", 0, 0);
  batcher.flush();
  assertEquals(sent.map(outcomes), [
    [[1, Code.PLAIN, "before"]],
    [[2, Code.PLAIN, new Uint8Array([1, 2, 3])]],
    [[3, Code.PLAIN, "after"]],
  ]);
  assertEquals(view.byteLength, 0);
});

Deno.test("what is held goes before a call that may take long, for a hundred calls after one that did", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  batcher.took(7, 6);
  let early = 0;
  for (let call = 0; call < 150; call++) {
    batcher.succeeded(call, call, 0, 0);
    batcher.before({ fn: 8, slot: call });
    assertEquals(sent.length, early, "another function's call holds nothing up");
    batcher.before({ fn: 7, slot: call });
    if (sent.length > early) early++;
  }
  assertEquals(early, 101);
});

Deno.test("before a call that cannot be taken back everything goes", () => {
  const { transport, sent } = recorder();
  const batcher = new ResultBatcher(transport, null);
  batcher.succeeded(1, 1, 0, 0);
  batcher.before({ fn: 0, slot: -1 });
  assertEquals(sent.length, 1);
});

/** Claims that note everything but what says not to, and keep all of that but what says that it is long. */
class Notes implements Claims {
  noted = 0;
  isSent = 0;
  take(): boolean {
    return true;
  }
  note(id: number, code: number, value: unknown, ms: number): Note | null {
    if (value === "unnotable") return null;
    this.noted++;
    return { text: `,${id},${code},${JSON.stringify(value)},${ms}`, isKept: value !== "long" };
  }
  sent(): void {
    this.isSent++;
  }
}

Deno.test("what is noted goes as the JSON of its notes, and what cannot be noted goes at once", () => {
  const { transport, sent, json } = recorder(true);
  const notes = new Notes();
  const batcher = new ResultBatcher(transport, notes);
  batcher.succeeded(1, "a", 0, 0);
  batcher.revoked(2);
  assertEquals([json.length, notes.noted], [0, 2]);
  batcher.flush();
  assertEquals(json.map((text) => outcomes(JSON.parse(text))), [
    [[1, Code.PLAIN, "a"], [2, Code.REVOKED, null]],
  ]);
  batcher.succeeded(3, "b", 0, 0);
  batcher.succeeded(4, "unnotable", 0, 0);
  assertEquals([sent.length, json.length], [1, 1], "both went at once, as one message");
  assertEquals(outcomes(sent[0]!), [[3, Code.PLAIN, "b"], [4, Code.PLAIN, "unnotable"]]);
  assertEquals(notes.isSent, 2);
});

Deno.test("what is noted and not kept goes at once, with the JSON of its note and those before it", () => {
  const { transport, sent, json } = recorder(true);
  const notes = new Notes();
  const batcher = new ResultBatcher(transport, notes);
  batcher.succeeded(1, "a", 0, 0);
  assertEquals(json.length, 0);
  batcher.succeeded(2, "long", 0, 0);
  assertEquals([sent.length, notes.isSent], [0, 1]);
  assertEquals(json.map((text) => outcomes(JSON.parse(text))), [
    [[1, Code.PLAIN, "a"], [2, Code.PLAIN, "long"]],
  ]);
});

Deno.test("the outcome of a call that has spoken is not noted: it must not overtake what the call sent", () => {
  const { transport, sent } = recorder(true);
  const notes = new Notes();
  const batcher = new ResultBatcher(transport, notes);
  batcher.spoke(1);
  batcher.succeeded(1, "a", 0, 0);
  assertEquals([notes.noted, sent.length], [0, 1]);
  batcher.succeeded(1, "another call of that number", 0, 0);
  assert(notes.noted === 1, "it counts once");
});
