import { printText } from "../../command/print_text.ts";
import { setTimer } from "../../core/clock.ts";
import { Session } from "../caller/session.ts";
import { WorkerTable } from "../caller/worker_table.ts";
import { ConnectionSettings, DEFAULT_QUEUE } from "../connection_options.ts";
import { QueueNames } from "../names.ts";
import type { StatusSettings } from "./settings.ts";
import { textTable } from "./text_table.ts";

/** Workers are asked who is there; after so many milliseconds without another answer all have answered. */
const SILENCE = 300;

/** What there is of a queue. */
interface QueueStatus {
  readonly queue: string;
  /** Jobs that nobody has taken. */
  readonly waiting: number;
  /** Jobs that a worker has taken. */
  readonly running: number;
  /** Jobs that may not run yet. */
  readonly later: number;
  /** Jobs that were given up. */
  readonly dead: number;
  /** Results that are kept. */
  readonly results: number;
  readonly workers: readonly WorkerStatus[];
}

interface WorkerStatus {
  readonly worker: string;
  readonly process: string;
  readonly places: number;
  readonly running: number;
  readonly completed: number;
  readonly refused: number;
}

/** Prints what waits and who works. */
export async function showStatus({ connection, json }: StatusSettings): Promise<void> {
  const status = await readStatus(new ConnectionSettings(connection, "status"), connection.queue);
  printText(json ? `${JSON.stringify(status, null, 2)}\n` : describe(status));
}

async function readStatus(
  settings: ConnectionSettings,
  queue = DEFAULT_QUEUE,
): Promise<QueueStatus> {
  const session = await Session.open(settings, new QueueNames(queue), {
    replicas: settings.replicas,
    resultTtl: undefined,
    ackWait: undefined,
    maxDeliver: undefined,
  });
  try {
    const workers = await workersOf(session);
    const { names, connection: { jsm } } = session;
    const [jobs, later, dead, results] = await Promise.all(
      [names.jobs, names.later, names.dead, names.results].map(async (stream) =>
        (await jsm.streams.info(stream)).state.messages
      ),
    );
    let running = 0;
    for await (const lane of jsm.consumers.list(names.jobs)) running += lane.num_ack_pending;
    return {
      queue,
      waiting: Math.max(0, jobs! - running), // the two are not of one moment
      running,
      later: later!,
      dead: dead!,
      results: results!,
      workers,
    };
  } finally {
    await session.connection.close();
  }
}

async function workersOf(session: Session): Promise<WorkerStatus[]> {
  const table = new WorkerTable(session);
  let answers = -1;
  while (answers < table.all().length) {
    answers = table.all().length;
    await new Promise<void>((resolve) => setTimer(resolve, SILENCE));
  }
  return table.all().map(({ worker, host, places, running, completed, refused }) => ({
    worker,
    process: host,
    places,
    running,
    completed,
    refused,
  }));
}

function describe({ queue, waiting, running, later, dead, workers }: QueueStatus): string {
  const line = `queue ${queue}: ${waiting} wait, ${running} ${running === 1 ? "runs" : "run"}, ` +
    `${later} wait for their time, ${dead} were given up\n`;
  if (workers.length === 0) return `${line}no worker is there\n`;
  const columns = ["worker", "process", "places", "running", "done", "refused"];
  return line + textTable(
    columns,
    workers.map((each) => [
      each.worker,
      each.process,
      each.places,
      each.running,
      each.completed,
      each.refused,
    ]),
  );
}
