/** Reads a message port without going back to the event loop. */
type Receive = (port: MessagePort) => { message: unknown } | undefined;

let receive: Receive | null = null;

/** Readies {@link receiveNow} in the background: loading it costs some milliseconds, once. */
export async function prepareReader(): Promise<void> {
  const node = await import("node:worker_threads");
  receive = node.receiveMessageOnPort as unknown as Receive;
}

/** Stands for a message that has arrived and that the platform cannot read. */
export const UNREADABLE: { readonly message: unknown } = { message: null };

/** Takes the next message that has arrived at `port`; `undefined` when there is none. */
export function receiveNow(port: MessagePort): { readonly message: unknown } | undefined {
  receive ??= loadNow();
  try {
    return receive(port);
  } catch (error) {
    // So answers a port that closed because its other side is gone: nothing will come. Deno 2.9.0 to 2.9.5.
    if (error instanceof TypeError && !error.message.includes("deserialize")) return undefined;
    if ((error as Error).message.includes("deserialize")) return UNREADABLE;
    throw error;
  }
}

/** For one who blocks before the background load came through: slow, but it needs no event loop. */
function loadNow(): Receive {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): { receiveMessageOnPort: Receive } };
  };
  return process.getBuiltinModule("node:worker_threads").receiveMessageOnPort;
}
