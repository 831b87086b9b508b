/// <reference lib="webworker" />
/**
 * What a thread loads. The handler is set before anything else is awaited (a message that comes earlier
 * would be lost), and the life lock is taken before the first word, so that the near side notices every death.
 */
import { announceEnd } from "../../shared/thread/thread_end.ts";
import { attachThread } from "../../shared/thread/thread_slot.ts";
import { WorkerLoop } from "../../wire/rpc/worker.ts";
import { noteMainModule, notePreloads } from "../../wire/codec/import_guard.ts";
import { Port } from "../../wire/rpc/port.ts";
import { SlotClaims } from "../../wire/rpc/slot_table.ts";
import { abandonThread, endThread } from "./thread_end.ts";
import type { WorkerStart } from "./worker_transport.ts";

declare const self: DedicatedWorkerGlobalScope;
/** What the platform has and its types do not list yet. */
declare const navigator: { locks: { request(name: string, held: () => Promise<never>): void } };

self.onmessage = (event: MessageEvent<WorkerStart>) => {
  self.onmessage = null;
  const { registration, port, urgent, near, slots, life, main, preloads } = event.data;
  noteMainModule(main);
  notePreloads(preloads);
  attachThread(registration);
  const close = self.close.bind(self);
  navigator.locks.request(life, () => {
    const transport = new Port(port, urgent, near, registration.thread);
    const worker = new WorkerLoop(transport, new SlotClaims(slots), preloads);
    self.addEventListener("error", (event) => {
      event.preventDefault();
      worker.crash(event.error);
      self.close();
    });
    self.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      worker.crash(event.reason);
      self.close();
    });
    worker.atEnd = endThread;
    worker.gone.then(() => {
      announceEnd(registration.thread);
      close();
    });
    // Work that closes its own thread says goodbye first, so that no wait for it lasts for ever.
    self.close = () => {
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
    return new Promise<never>(() => {}); // the lock is held until this thread dies
  });
};
