/** Whoever can write to the server writes anything: nobody falls over it, and nothing is done for it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { connect } from "@nats-io/transport-node";
import { TransferError } from "@quartet/concurrency/distributed";
import { until } from "@quartet/concurrency/testing";
import { alone, bytesOf, pack, readRecord, record, unpack } from "../../src/distributed/packed.ts";
import {
  readDead,
  readJob,
  readNote,
  readOrder,
  readResult,
} from "../../src/distributed/records.ts";
import { Scene } from "../support/nats_scene.ts";
import { natsTest } from "../support/nats_server.ts";
import { randomOf } from "../support/seeded_random.ts";
import { jobs } from "../support/targets/jobs.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

const encoder = new TextEncoder();

/** Messages that are wrong each in another way. */
function* wrongMessages(): Generator<Uint8Array<ArrayBuffer>> {
  const random = randomOf(7);
  yield new Uint8Array(0);
  yield encoder.encode("{}");
  yield new Uint8Array([255, 255, 255, 255, 1]); // a length that lies
  for (const head of ["null", "[]", "7", '"x"', "{", '{"__proto__":{"v":1}}']) {
    const text = encoder.encode(head);
    const bytes = new Uint8Array(4 + text.length);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(text, 4);
    yield bytes;
  }
  for (let n = 0; n < 50; n++) {
    yield Uint8Array.from(
      { length: 1 + random(200) },
      () => random(256),
    );
  }
}

const target = { module: import.meta.url, name: "x" };
const job = {
  v: 1,
  id: "a-1",
  target,
  shape: "call",
  lane: 5,
  caller: "a",
  at: 0,
  ackWait: 1_000,
  maxDeliver: 1,
};

Deno.test("a record whose fields are not those of one is refused as such", () => {
  const NOTHING = new Uint8Array(0);
  for (const read of [readJob, readResult, readNote, readDead, readOrder]) {
    for (const bytes of wrongMessages()) {
      let refusal: unknown;
      try {
        read(bytes);
      } catch (error) {
        refusal = error;
      }
      assertInstanceOf(refusal, TransferError);
    }
  }
  assertEquals(readJob(record(job, NOTHING)).head.id, "a-1");
  for (
    const wrong of [
      { id: "a.b-1" },
      { id: "*-1" },
      { id: 7 },
      { lane: 10 },
      { lane: -1 },
      { caller: "a.b" },
      { caller: ">" },
      { target: { name: "x" } },
      { target: { module: "a", source: "b", name: "x" } },
      { ackWait: "1" },
      { timeout: -1 },
      { tries: 0.5 },
      { limit: { key: "a", max: 0 } },
      { retries: { attempts: "many" } },
      { v: 2 },
    ]
  ) {
    const bytes = record({ ...job, ...wrong }, NOTHING);
    let refusal: unknown;
    try {
      readJob(bytes);
    } catch (error) {
      refusal = error;
    }
    assertInstanceOf(refusal, TransferError, JSON.stringify(wrong));
  }
});

Deno.test("a value comes back as it was, and bytes that are none are refused", async () => {
  const values = [
    undefined,
    "ä€😀",
    { a: [1, { b: new Date(0) }] },
    new Uint8Array(100_000).fill(3),
    new Map([["k", new Set([1n])]]),
  ];
  for (const value of values) {
    const packed = await pack({ value, marked: false });
    assertEquals(await unpack(packed), value);
    const { head, body } = readRecord(record({ n: "€" }, packed));
    assertEquals([head.n, await unpack(body), await unpack(alone(body))], ["€", value, value]);
    assertEquals(bytesOf(packed), body as Uint8Array<ArrayBuffer>);
  }
  for (const bytes of wrongMessages()) await assertRejects(() => unpack(bytes), TransferError);
  const lock = { MARK: "handle" };
  assertEquals(await unpack(await pack({ value: lock, marked: false })), lock);
});

natsTest("garbage on every subject harms neither caller nor worker", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  const worker = await scene.worker();
  assertEquals(await executor.submit(jobs.square, 2), 4);
  const future = executor.submit(jobs.square, 3);
  const [caller] = future.id.split("-");
  const nc = await connect({ servers: scene.server.url });
  const subjects = [
    "job.5.x.1",
    "later.x.1",
    "dead.x.1",
    "wake.5.x.1",
    "done.x.1",
    `note.${caller}`,
    "stop.x.1",
    `worker.${worker.name}`,
    "here",
    "ping",
    "lane.5",
    "lane.99",
    "lane.x",
  ];
  let sent = 0;
  for (const bytes of wrongMessages()) {
    for (const subject of subjects) nc.publish(`quartet.quartet.${subject}`, bytes);
    sent++;
  }
  await nc.flush();
  await until(() => worker.statistics().refused >= sent);
  assertEquals(await future, 9);
  assertEquals(await executor.submit(jobs.square, 4), 16);
  const letters = await Array.fromAsync(executor.deadLetters());
  assertEquals(letters.map(({ id, target }) => [id, target]), [["x-1", ""]]);
  await executor.purge("x-1");
  assert(worker.statistics().completed >= 3);
  await nc.close();
});

natsTest("a caller that waits for notes that were never sent stops with its job", async () => {
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const nc = await connect({ servers: scene.server.url });
  await using _closed = { [Symbol.asyncDispose]: () => nc.close() };
  const end = new AbortController();
  const settings = { signal: end.signal, onProgress: () => {} };
  const notes = nc.subscribe("quartet.quartet.note.*", { max: 1 });
  await nc.flush();
  const future = executor.submitWith(settings, remoteJobs.waitForFile, scene.folder, "a");
  for await (const { data } of notes) {
    const { id, run, worker } = readNote(data).head;
    const result = { v: 1, id, end: "done", worker, run, ms: 1, began: 0, notes: 1 };
    const value = await pack({ value: 1, marked: false });
    nc.publish(`quartet.quartet.done.${id.replace("-", ".")}`, record(result, value));
  }
  await nc.flush();
  await executor.ready(); // what the server had for the caller is here
  end.abort();
  await assertRejects(() => future.then(), DOMException);
  await scene.go();
});
