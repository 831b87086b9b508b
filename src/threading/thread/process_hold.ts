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

/** Whether the process can be let end in spite of workers. */
export const canLetGo: boolean = holdWorker !== undefined && holdPort !== undefined;

/** Has a worker, or a port, keep the process alive, or lets the process end in spite of it. */
export function holdProcessOf(what: Worker | MessagePort, holds: boolean): void {
  if (canLetGo) (what instanceof Worker ? holdWorker! : holdPort!).call(what, holds);
}

function methodOf(prototype: object, is: (key: symbol) => boolean): Switch | undefined {
  const key = Object.getOwnPropertySymbols(prototype).find((key) =>
    is(key) || key.description === ""
  );
  const method = key === undefined ? undefined : Reflect.get(prototype, key);
  return typeof method === "function" ? method as Switch : undefined;
}
