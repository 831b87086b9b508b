/**
 * Jobs over a NATS server against JetStream itself: what a job costs beside the messages that it is made of.
 *
 *     deno run -A --no-lock tests/bench/distributed_bench.ts
 *
 * The limit publishes the same bytes, takes them from the stream and acknowledges them, and does nothing else: no
 * function is called, no result is stored or sent back.
 */
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { NatsExecutor, serveWorker } from "@quartet/concurrency/distributed";
import { NATS_VERSION, NatsServer } from "../support/nats_server.ts";
import { RemoteWorker } from "../support/remote_workers.ts";
import { bench, type Contender } from "./harness.ts";
import { jobs } from "./support/jobs.ts";

const COUNT = 2_000;
const MAPPED = 20_000;
const CHUNK = 200;
/** About what a job with one small number is on the wire. */
const BYTES = 400;

const allow = [new URL("./support/", import.meta.url).href];
const inputs = (count: number) => Array.from({ length: count }, (_, n) => n);

function rate(count: number, run: () => Promise<unknown>): () => Promise<number> {
  return async () => {
    const began = performance.now();
    await run();
    return count / (performance.now() - began) * 1000;
  };
}

/** Publishes so many messages, and takes and acknowledges them, all in this process; each stands for so many calls. */
function bare(
  server: NatsServer,
  name: string,
  { count, size, calls = 1 }: { count: number; size: number; calls?: number },
): Contender {
  return {
    name,
    role: "limit",
    async open() {
      const nc = await connect({ servers: server.url });
      const jsm = await jetstreamManager(nc);
      const stream = `bare_${crypto.randomUUID().slice(0, 8)}`;
      await jsm.streams.add({ name: stream, subjects: [`${stream}.>`], retention: "workqueue" });
      await jsm.consumers.add(stream, { durable_name: "all", ack_policy: "explicit" });
      const js = jetstream(nc);
      const consumer = await js.consumers.get(stream, "all");
      const messages = await consumer.consume({ max_messages: 500 });
      let seen = 0;
      let all = Promise.withResolvers<void>();
      const taking = (async () => {
        for await (const message of messages) {
          message.ack();
          if (++seen === count) all.resolve();
        }
      })();
      const payload = new Uint8Array(size);
      return {
        measure: rate(count * calls, async () => {
          seen = 0;
          all = Promise.withResolvers();
          await Promise.all(inputs(count).map((n) => js.publish(`${stream}.${n}`, payload)));
          await all.promise;
        }),
        async close() {
          await messages.close();
          await taking;
          await jsm.streams.delete(stream);
          await nc.close();
        },
      };
    },
  };
}

/** An executor with its workers. */
interface Crew {
  readonly executor: NatsExecutor;
  readonly workers: readonly AsyncDisposable[];
}

const queueName = () => `bench-${crypto.randomUUID().slice(0, 8)}`;

/** The worker is in this process, as that of the limit is. */
async function together(server: NatsServer): Promise<Crew> {
  const at = { servers: server.url, queue: queueName() };
  const worker = await serveWorker({ ...at, allow, executor: "async", concurrency: 64 });
  return { executor: new NatsExecutor(at), workers: [worker] };
}

/** Each worker is a process of its own. */
async function apart(server: NatsServer, count: number): Promise<Crew> {
  const at = { servers: server.url, queue: queueName() };
  const workers = await Promise.all(
    inputs(count).map(() =>
      RemoteWorker.start({ ...at, allow, executor: "async", concurrency: 32 })
    ),
  );
  return { executor: new NatsExecutor(at), workers };
}

function ours(
  name: string,
  count: number,
  start: () => Promise<Crew>,
  run: (executor: NatsExecutor) => Promise<unknown>,
): Contender {
  return {
    name,
    role: "ours",
    async open() {
      const { executor, workers } = await start();
      await executor.ready();
      return {
        measure: rate(count, () => run(executor)),
        async close() {
          await executor.shutdown();
          for (const worker of workers) await worker[Symbol.asyncDispose]();
        },
      };
    },
  };
}

const submitAll = (executor: NatsExecutor) =>
  Promise.all(inputs(COUNT).map((n) => executor.submit(jobs.identity, n)));

async function mapAll(executor: NatsExecutor, chunkSize: number): Promise<void> {
  let sum = 0;
  for await (const n of executor.map(jobs.identity, inputs(MAPPED), { chunkSize })) {
    sum += n as number;
  }
  if (sum !== MAPPED * (MAPPED - 1) / 2) throw new Error("the map lost results");
}

if (import.meta.main && NATS_VERSION !== undefined) {
  await using server = await NatsServer.start();
  await bench({
    title: `${COUNT} jobs over nats-server ${NATS_VERSION}, all in one process`,
    unit: "jobs/s",
    better: "higher",
    rounds: 3,
    target: "half of JetStream itself or better",
  }, [
    bare(server, "publish, take, acknowledge", { count: COUNT, size: BYTES }),
    ours("submit()", COUNT, () => together(server), submitAll),
  ]);
  await bench({
    title: `${MAPPED} inputs in chunks of ${CHUNK} over nats-server ${NATS_VERSION}`,
    unit: "calls/s",
    better: "higher",
    rounds: 3,
    target: "half of JetStream itself, a message for each chunk, or better",
  }, [
    bare(server, "a message for each chunk", {
      count: MAPPED / CHUNK,
      size: CHUNK * 10 + BYTES,
      calls: CHUNK,
    }),
    ours("map()", MAPPED, () => together(server), (executor) => mapAll(executor, CHUNK)),
  ]);
  await bench({
    title: `${COUNT} jobs over nats-server ${NATS_VERSION}, by workers in processes of their own`,
    unit: "jobs/s",
    better: "higher",
    rounds: 3,
  }, [
    bare(server, "publish, take, acknowledge", { count: COUNT, size: BYTES }),
    ...[1, 2, 4].map((count) =>
      ours(
        count === 1 ? "1 worker" : `${count} workers`,
        COUNT,
        () => apart(server, count),
        submitAll,
      )
    ),
  ]);
}
