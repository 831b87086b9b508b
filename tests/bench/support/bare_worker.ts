/** The least worker there is. */
/// <reference lib="webworker" />
declare const self: DedicatedWorkerGlobalScope;
self.onmessage = ({ data }: MessageEvent<number>) => {
  self.postMessage(data * 2);
  self.close();
};
