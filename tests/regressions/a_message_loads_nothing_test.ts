/** What arrives names nothing to load, and is nothing but data: a child or a peer never runs code in its parent. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TransferError } from "../../src/core/errors.ts";
import { ProcessPoolExecutor } from "../../src/futures/mod.ts";
import {
  BaseManager,
  Client,
  type Connection,
  Listener,
  Pipe,
  Process,
  Queue,
} from "../../src/multiprocessing/mod.ts";
import { decode, encode, missingModules } from "../../src/wire/codec/codec.ts";
import { packageKinds, packageModule } from "../../src/wire/codec/package_kinds.ts";
import { MARK } from "../../src/wire/codec/value_kinds.ts";
import { root, sourceFiles } from "../support/source_tree.ts";
import { evil, hostile, OWNED } from "../support/targets/hostile_targets.ts";
import { until } from "../support/until_waiting.ts";

const authkey = "the key";

function assertFree(): void {
  assert(!(OWNED in globalThis), "a message made this side load a module of the sender's choosing");
}

/** A message of the codec's as a hostile sender writes it. */
function marked(value: unknown): { value: unknown; marked: true } {
  return { value, marked: true };
}

Deno.test("a child's results, errors, items and reports load nothing in its parent", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  await assertRejects(() => pool.submit(hostile.answerEvil), TransferError, "loads nothing");
  await assertRejects(() => pool.submit(hostile.bringEvil), TransferError);
  await assertRejects(() => pool.submit(hostile.throwEvil));
  const items: unknown[] = [];
  await assertRejects(async () => {
    for await (const item of pool.stream(hostile.streamEvil)) items.push(item);
  });
  const reports: unknown[] = [];
  const options = { onProgress: (report: unknown) => void reports.push(report) };
  await pool.submitWith(options, hostile.reportEvil).then(() => {}, () => {});
  assertEquals(reports.filter((each) => typeof each === "object"), []);
  assertEquals(await pool.submit(hostile.isOwned), false); // it goes on
  assertFree();
});

Deno.test("what a child puts into a queue loads nothing where the queue lives, nor where it is taken", async () => {
  const queue = new Queue();
  await using child = new Process({ target: hostile.putEvil, args: [queue], permissions: "none" });
  assertEquals(await child.start().result, "TransferError");
  assertEquals(await queue.empty(), true);
  await child.join();
  assertFree();
});

Deno.test("what a child sends over a pipe loads nothing, in its parent and in its sibling", async () => {
  const [ours, theirs] = Pipe();
  await using child = new Process({
    target: hostile.sendEvil,
    args: [theirs as Connection],
    permissions: "none",
  });
  child.start();
  await assertRejects(() => ours.recv(), TransferError, "loads nothing");
  await child.join();
  assertFree();

  const [from, to] = Pipe();
  await using sender = new Process({ target: hostile.sendEvil, args: [from as Connection] });
  await using receiver = new Process({ target: hostile.receive, args: [to as Connection] });
  sender.start();
  assertEquals(await receiver.start().result, "TransferError");
  await Promise.all([sender.join(), receiver.join()]);
});

Deno.test("a process cannot name memory of its parent's threads", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1, permissions: "none" });
  for (const kind of ["threading.Lock", "threading.SharedArray", "queue.Queue"]) {
    await assertRejects(
      () => pool.submit(hostile.answerThreads, kind),
      TransferError,
      "names memory of this process",
    );
  }
});

Deno.test("a peer of a Listener loads nothing there, and the listener goes on", async () => {
  await using listener = new Listener({ authkey });
  const accepted = listener.accept();
  const client = await Client(listener.address, { authkey });
  const server = await accepted;
  await client.send(evil());
  await client.send("next");
  await assertRejects(() => server.recv(), TransferError, "loads nothing");
  assertEquals(await server.recv(), "next");
  client.close();
  server.close();
  assertFree();
});

Deno.test("a client that says what a manager cannot read is hung up on, alone", async () => {
  await using manager = new BaseManager({ authkey });
  manager.register("Thing", () => ({ one: () => 1 }));
  manager.start();
  await using honest = new BaseManager({ address: manager.address, authkey });
  await honest.connect();
  const thing = await honest.create<{ one(): number }>("Thing");
  const nonsense = [null, 1, "text", [], [1], [1, "make"], [1, "call", 0, "one", null], evil(), {
    length: 3,
  }];
  for (const [index, each] of nonsense.entries()) {
    const peer = await Client(manager.address!, { authkey });
    await peer.send(each);
    await assertRejects(() => peer.recv());
    peer.close();
    await until(() => manager.statistics().refused === index + 1);
    assertEquals(await thing.one(), 1);
  }
  assertFree();
});

Deno.test("a manager that replies nonsense fails what was asked, and does not end the program", async () => {
  await using listener = new Listener({ authkey });
  const accepted = listener.accept();
  await using client = new BaseManager({ address: listener.address, authkey });
  await client.connect();
  const server = await accepted;
  const asked = assertRejects(() => client.create("Thing"), Error, "The manager is gone");
  await server.recv();
  await server.send(null);
  await asked;
  server.close();
});

Deno.test("each kind of this package leads to its own module, whatever a handle says", async () => {
  for (const kind of packageKinds()) {
    await import(packageModule(kind)!); // a path that is wrong would be found out by users only
    const source = kind.startsWith("mp.") ? "peer" : "thread";
    const handle = { kind, module: "file:///elsewhere.ts", data: 0 };
    assertEquals(missingModules(marked({ [MARK]: "handle", handle }), source), [], kind);
  }
  const unknown = marked({ [MARK]: "handle", handle: { kind: "x", module: "file:///x.ts" } });
  assertEquals(missingModules(unknown, "peer"), []);
  assertEquals(missingModules(unknown, "parent"), ["file:///x.ts"]);
});

Deno.test("each kind that this package notes is one of its table", () => {
  const noted = sourceFiles("src").flatMap((file) => {
    const text = Deno.readTextFileSync(new URL(file.path, root));
    return /note(Kind|Shared|Queue)\b/.test(text)
      ? text.match(/"(?:mp|threading|queue)\.[A-Z]\w+"/g) ?? []
      : [];
  });
  assertEquals([...new Set(noted.map((each) => JSON.parse(each)))].sort(), packageKinds().sort());
});

Deno.test("what is no message of the codec's is refused, and sets no prototype", () => {
  const strange: unknown[] = [
    { [MARK]: "handle" },
    { [MARK]: "handle", handle: null },
    { [MARK]: "handle", handle: { kind: { toString: null } } },
    { [MARK]: "error" },
    { [MARK]: "error", error: { className: "Error", fields: null, cause: 5 } },
    { [MARK]: "plain" },
    { [MARK]: "plain", value: 5 },
  ];
  for (const each of strange) assertThrows(() => decode(marked(each), "peer"), TransferError);

  const text = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}`;
  for (const value of [JSON.parse(text), { [MARK]: "plain", value: JSON.parse(text) }]) {
    const read = decode(marked(value), "peer") as object;
    assertEquals(Object.getPrototypeOf(read), Object.prototype);
    assertEquals(Object.keys(read), ["__proto__", "constructor"]);
  }
  assert(!("polluted" in {}));
});

Deno.test("a field called __proto__ stays a field, in values and in errors", async () => {
  const value = JSON.parse(`{"__proto__":{"polluted":1},"when":0}`);
  value.when = new Error("packed"); // so that the codec copies it
  const packed = encode(value, "process", []);
  assertEquals(Object.getPrototypeOf(packed.value), Object.prototype);
  const read = decode(packed, "peer") as object;
  assertEquals(Object.getPrototypeOf(read), Object.prototype);
  assertEquals(Object.keys(read), ["__proto__", "when"]);

  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const error = await assertRejects(() => pool.submit(hostile.throwNamed), Error, "odd fields");
  assertEquals(Object.getPrototypeOf(error), Error.prototype);
  assert(!("polluted" in error));
});

Deno.test("data of the user's that looks like a mark arrives as data", async () => {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 1 });
  const looks = { [MARK]: "handle", handle: { kind: "mp.Lock", module: "x", data: 1 } };
  assertEquals(await pool.submit((value: unknown) => value, looks), looks);
});
