/** A bare worker in the shared memory: runs the text of a function, given the shared floor. */
import * as shared from "../shared_floor.ts";

interface Order {
  readonly registration: shared.ThreadRegistration;
  readonly source: string;
  readonly args: readonly number[];
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(message: unknown): void;
  close(): void;
};

scope.onmessage = async ({ data }) => {
  shared.attachThread(data.registration);
  try {
    const run = globalThis.eval(`(${data.source})`) as (
      floor: typeof shared,
      ...args: readonly number[]
    ) => unknown;
    scope.postMessage({ result: await run(shared, ...data.args) });
  } catch (error) {
    scope.postMessage({ failure: String(error) });
  }
  scope.close();
};
