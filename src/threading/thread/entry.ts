/// <reference lib="webworker" />
/**
 * What a thread's worker loads. The handler is set before anything else is awaited (a message that comes earlier
 * would be lost), and the life lock is taken before the first word, so that the near side notices every death.
 *
 * Threads run here one after another, each with its own port, identity and loop of calls:
 *
 *     WorkerStart ─▶ serving ─▶ it ends by itself and leaves nothing ─▶ free ─▶ WorkerStart, or ten seconds ─▶ closed
 *                            ─▶ else ─▶ closed
 */
import { forgetThread, listenGlobally, releaseAtEnd } from "../../core/parts.ts";
import { futexWaitAsync } from "../../shared/parking/futex.ts";
import { compareExchange, reach, store } from "../../shared/memory/words.ts";
import { announceEnd } from "../../shared/thread/stop_word.ts";
import { attachThread } from "../../shared/thread/thread_slot.ts";
import { WorkerLoop } from "../../wire/rpc/worker.ts";
import { importing, noteMainModule, notePreloads } from "../../wire/codec/import_guard.ts";
import { Port } from "../../wire/rpc/port.ts";
import { SlotClaims } from "../../wire/rpc/slot_table.ts";
import { Leavings } from "./leavings.ts";
import { abandonThread, endThread, holdsAnything, WorkerState } from "./thread_end.ts";
import type { WorkerStart } from "./thread_worker.ts";

declare const self: DedicatedWorkerGlobalScope;
/** What the platform has and its types do not list yet. */
declare const navigator: { locks: { request(name: string, held: () => Promise<never>): void } };

/** How long a free worker waits for a thread, in milliseconds. */
const KEPT_FOR = 10_000;

/** What serves the thread of the moment; `null` while the worker is free. */
let serving: { readonly worker: WorkerLoop; readonly transport: Port } | null = null;
/** Where this worker's state stands. */
let state = 0;
/** Whether a thread is on its way to being served. */
let isBeginning = false;
/** Whether something of an earlier thread came to light after its end: then this is the last one here. */
let tainted = false;

/** What this worker was like before its first thread; `null` if that is to be its only one. */
let leavings: Leavings | null = null;

const close = self.close.bind(self);

listenGlobally("message", (event) => {
  const { data } = event as MessageEvent<WorkerStart | null>;
  if (data === null) return leave();
  if (state !== 0) return begin(data);
  state = data.state;
  navigator.locks.request(data.life, () => {
    if (data.mayBeKept) leavings = new Leavings();
    begin(data);
    return new Promise<never>(() => {}); // the lock is held until this worker dies
  });
});

/** Begins to serve a thread. */
function begin(start: WorkerStart): void {
  isBeginning = true;
  const { name, registration, port, words, near, slots, main, preloads } = start;
  Object.assign(self, { name });
  noteMainModule(main);
  notePreloads(preloads);
  attachThread(registration);
  reach(state + 1);
  const transport = new Port(port, words, near, registration.thread);
  const worker = new WorkerLoop(transport, new SlotClaims(slots), () => importAll(preloads));
  serving = { worker, transport };
  isBeginning = false;
  worker.atEnd = async (keeps) => {
    if (keeps) await leavings?.settle();
    const isClean = keeps && !tainted && !holdsAnything() &&
      leavings?.any(transport.port) === false;
    if (isClean) rest(transport);
    else await endThread();
  };
  worker.gone.then(() => {
    announceEnd(registration.thread);
    if (serving?.worker === worker) close();
  });
}

/** Runs modules one after another. */
async function importAll(urls: readonly string[]): Promise<void> {
  for (const url of urls) await importing(url, () => import(url));
}

/** The thread has ended, and its worker waits for another one. */
async function rest(transport: Port): Promise<void> {
  forgetThread();
  serving = null;
  store(state, WorkerState.FREE);
  transport.closeFree();
  const waited = await futexWaitAsync(state, WorkerState.FREE, KEPT_FOR);
  if (waited === "timed-out") leaveIfFree();
}

/** Ends this worker, which is free, if no thread is on its way to it. */
function leaveIfFree(): void {
  tainted = true;
  if (compareExchange(state, WorkerState.FREE, WorkerState.GONE) === WorkerState.FREE) leave();
}

/** Ends this worker, in which no thread runs. */
function leave(): void {
  releaseAtEnd();
  self.postMessage(null); // the near side forgets it
  close();
}

/** An error that nobody caught, or a promise that rejected with nobody listening. */
function crash(event: Event, error: unknown): void {
  if (isBeginning) return; // the platform ends the worker, and tells the near side
  event.preventDefault();
  if (serving === null) return leaveIfFree(); // it was left by a thread that has ended, and is nobody's
  serving.worker.crash(error);
  self.close();
}

listenGlobally("error", (event) => crash(event, (event as ErrorEvent).error));
listenGlobally("unhandledrejection", (event) => {
  crash(event, (event as PromiseRejectionEvent).reason);
});

// Work that closes its own thread says goodbye first, so that no wait for it lasts for ever.
self.close = () => {
  if (serving === null) return leaveIfFree();
  const { worker, transport } = serving;
  if (worker.isGone) return;
  worker.leave();
  abandonThread();
  transport.close();
};
const { exit } = Deno; // in a worker it ends the worker, and tells nobody either
Object.defineProperty(Deno, "exit", {
  configurable: true,
  value: (code?: number): never => {
    self.close();
    return exit(code);
  },
});
