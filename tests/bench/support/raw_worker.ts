/// <reference lib="webworker" />
declare const self: DedicatedWorkerGlobalScope;

/** Returns each `[id, value]` with itself, and each batch with a batch. */
self.onmessage = (event: MessageEvent<unknown[]>) => self.postMessage(event.data);
