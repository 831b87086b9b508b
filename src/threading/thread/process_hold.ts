/**
 * Whether a worker and its port keep the process alive.
 *
 * The platform's Web Workers always do, and have no `unref`. But `node:worker_threads` lets go of the very same
 * workers and ports, through methods that the platform hangs on them under symbols: of a worker without a name, of
 * a port called `refMessagePort`. Where they are missing a daemon keeps the process alive, as any thread does.
 */

type Switch = (this: object, holds: boolean) => void;

const holdWorker = methodOf(Worker.prototype, ({ description }) => description === undefined);
const holdPort = methodOf(MessagePort.prototype, (key) => key.description === "refMessagePort");

/** Has a worker and its port keep the process alive, or lets the process end in spite of them. */
export function holdProcessFor(worker: Worker, port: MessagePort, holds: boolean): void {
  if (holdWorker === undefined || holdPort === undefined) return;
  holdWorker.call(worker, holds);
  holdPort.call(port, holds);
}

function methodOf(prototype: object, is: (key: symbol) => boolean): Switch | undefined {
  const key = Object.getOwnPropertySymbols(prototype).find((key) =>
    is(key) || key.description === ""
  );
  const method = key === undefined ? undefined : Reflect.get(prototype, key);
  return typeof method === "function" ? method as Switch : undefined;
}
