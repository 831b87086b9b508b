/** What a child process runs: goes to its parent and serves it. */
import { WorkerLoop } from "../../wire/rpc/worker.ts";
import { importing, noteMainModule, notePreloads } from "../../wire/codec/import_guard.ts";
import { noteBroken } from "../../wire/codec/portable.ts";
import { readHandover } from "./handover.ts";
import { identity, type SpareOrder } from "./process_identity.ts";
import { connectToParent, exitAfter } from "./parent_transport.ts";

/** By which modules are loaded, by their URLs. */
type Loads = Readonly<Record<string, () => Promise<unknown>>>;

/** Serves the parent; `loads` import the modules that it will surely name. */
export async function serve(loads: Loads): Promise<void> {
  const handover = readHandover();
  if (handover === null) Deno.exit(1);
  const { start } = handover;
  if (start.isSpare) await (await import("../../wire/rpc/rehearsal.ts")).rehearse(); // nobody waits yet
  const transport = await connectToParent(handover);
  identity.flags = start.flags;
  noteMainModule(start.main);
  notePreloads(start.preloads);
  identity.transport = transport;
  const loaded = Promise.withResolvers<void>();
  const become = ({ info, modules }: SpareOrder): void => {
    identity.info = info;
    loaded.resolve(loadAll(loads, modules));
  };
  if (start.isSpare) transport.onOrder = become;
  else become({ info: start.info, modules: null });
  const worker = new WorkerLoop(transport, transport.claims, () => loaded.promise);
  const { onClose } = transport;
  transport.onClose = (ending) => {
    if (identity.info === null) Deno.exit(1); // a spare that was never used
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

/** Loads those of the modules that are named; all when none is. */
async function loadAll(loads: Loads, named: readonly string[] | null): Promise<void> {
  for (const [url, load] of Object.entries(loads)) {
    if (named !== null && !named.includes(url)) continue;
    // What fails to load is answered where it is called for.
    await importing(url, load).catch((error) => noteBroken(url, error));
  }
}
