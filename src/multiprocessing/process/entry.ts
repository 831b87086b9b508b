/** What a child process runs: goes to its parent and serves it. */
import { WorkerLoop } from "../../wire/rpc/worker.ts";
import { importing, noteMainModule, notePreloads } from "../../wire/codec/import_guard.ts";
import { noteBroken } from "../../wire/codec/portable.ts";
import { type ChildStart, identity } from "./process_identity.ts";
import { connectToParent, exitAfter } from "./parent_transport.ts";

/** Serves the parent; `loads` import the modules that it will surely name, by their URL. */
export async function serve(
  start: ChildStart,
  loads: Readonly<Record<string, () => Promise<unknown>>>,
): Promise<void> {
  // A target that travels as its text needs it: nobody waits for a spare yet.
  if (start.isSpare) await import("../../wire/codec/source_function.ts");
  const { transport, order } = await connectToParent(start);
  identity.info = order.info;
  identity.flags = start.flags;
  noteMainModule(start.main);
  notePreloads(start.preloads);
  identity.transport = transport;
  for (const [url, load] of Object.entries(loads)) {
    if (order.modules !== null && !order.modules.includes(url)) continue;
    // What fails to load is answered where it is called for.
    await importing(url, load).catch((error) => noteBroken(url, error));
  }
  const worker = new WorkerLoop(transport, transport.claims);
  const { onClose } = transport;
  transport.onClose = (ending) => {
    onClose(ending);
    exitAfter(ending, transport);
  };
  const close = globalThis.close.bind(globalThis);
  globalThis.close = () => {
    worker.leave(); // it goes in a moment, and begins nothing in between
    close();
  };
  const crash = (error: unknown): void => {
    console.error(error);
    worker.crash(error);
    transport.exitCode = 1;
  };
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    crash(event.error);
  });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    crash(event.reason);
  });
}
