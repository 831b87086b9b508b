/**
 * A call that nobody made.
 *
 * What a worker runs for the first time the platform compiles then: for a first call that is a millisecond. A worker that
 * is started ahead takes it while nobody waits.
 */
import { trace } from "../../core/trace.ts";
import { fromFrame, toPacket } from "../codec/bytes.ts";
import { Mode, Op, type Setup } from "./protocol.ts";
import type { Transport } from "./transport.ts";
import { WorkerLoop } from "./worker.ts";

/** Has a call run that does nothing; returns the message that tells its outcome. */
export function rehearse(): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const stage: Transport = {
    reach: "process",
    onMessage: () => {},
    onClose: () => {},
    start: () => {},
    send: (message) => {
      if ((message as unknown[])[0] === Op.SETTLED) resolve(hear(message));
    },
    sendControl: () => {},
    poll: () => {},
    close: () => {},
  };
  new WorkerLoop(stage, null, () => Promise.resolve());
  const setup: Setup = { name: "", concurrency: 1, trace: trace.active };
  stage.onMessage(hear([Op.SETUP, setup]));
  stage.onMessage(hear([Op.DEFINE, 0, { source: "() => 0", name: "" }]));
  stage.onMessage(hear([Op.RUN, 0, 0, [], false, Mode.CALL, -1]));
  return promise;
}

/** The message as it would come from another process. */
function hear(message: unknown): unknown {
  const packet = toPacket(message);
  if (packet instanceof Promise) return message;
  return fromFrame(packet.kind, { body: packet.body, attachments: [] });
}
