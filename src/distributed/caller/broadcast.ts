import { setTimer } from "../../core/clock.ts";
import { BrokenExecutorError } from "../../core/errors.ts";
import type { Target } from "../../wire/codec/portable.ts";
import { type Packed, readRecord, record, unpack } from "../packed.ts";
import { type RunOutcome, unpackFailure } from "../worker/far_side.ts";
import type { Session } from "./session.ts";
import type { WorkerTable } from "./worker_table.ts";

/** How long nobody else may speak up before all that are there have, in milliseconds. */
const SILENCE = 100;
/** How often it is looked whether a worker still lives, in milliseconds. */
const LOOK = 1_000;

/** Runs a function once on every thread, process or loop of every worker of the queue; returns the results. */
export async function broadcastOver(
  session: Session,
  workers: WorkerTable,
  target: Target,
  args: Packed,
): Promise<unknown[]> {
  const names = await whoIsThere(workers);
  const lists = await Promise.all(
    names.map((name) => askWorker(session, workers, name, target, args)),
  );
  return lists.flat();
}

/** The workers that answer; at least one. */
async function whoIsThere(workers: WorkerTable): Promise<string[]> {
  workers.ask();
  for (;;) {
    if (await workers.heard(SILENCE)) continue;
    const all = workers.all();
    if (all.length > 0) return all.map(({ worker }) => worker);
    await workers.heard(Infinity);
  }
}

/** The results of one worker. */
async function askWorker(
  { connection, names }: Session,
  workers: WorkerTable,
  name: string,
  target: Target,
  args: Packed,
): Promise<unknown[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const reply = connection.client.core.createInbox();
  const heard = connection.subscribe(reply, ({ data }) => {
    try {
      const { head, body } = readRecord(data);
      if (head.taken === true) return;
      workers.note(name, Number(head.workers));
      resolve(body);
    } catch (error) {
      reject(error);
    }
  });
  let timer = setTimer(look, LOOK);
  function look(): void {
    if (!workers.has(name)) {
      reject(new BrokenExecutorError(`The worker ${name} is lost: it did not end the broadcast`));
    } else timer = setTimer(look, LOOK);
  }
  const order = record({ ask: "broadcast", target }, args);
  connection.send(names.all(`worker.${name}`), order, { reply });
  try {
    const outcomes = await unpack(await promise) as RunOutcome[];
    return await Promise.all(outcomes.map(resultOf));
  } finally {
    timer.cancel();
    if (!connection.nc.isClosed()) heard.unsubscribe();
  }
}

async function resultOf({ end, value }: RunOutcome): Promise<unknown> {
  if (end === "done") return await unpack(value);
  throw await unpackFailure(value);
}
