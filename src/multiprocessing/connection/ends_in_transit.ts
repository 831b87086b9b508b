import { visitHandles } from "../../wire/codec/codec.ts";
import type { EncodedMessage } from "../objects/message.ts";

/** An end that is on its way. */
interface TravellingEnd {
  /** Its message is on the way to that process. */
  consignedTo(path: string): void;
  close(): void;
}

/** Ends that are on their way to another process, by the ticket of their journey, until they have come. */
export const inTransit: Map<string, TravellingEnd> = new Map();

/** A message goes to a process: the ends in it are that process's from now on, and close when it ends. */
export function noteInTransit(message: unknown, path: string): void {
  if (inTransit.size === 0) return;
  visitEnds(message, (end) => end.consignedTo(path));
}

/** Nobody will get the message, so nobody will use the ends in it. */
export function closeEndsIn({ value, marked }: EncodedMessage): void {
  if (marked) visitEnds(value, (end) => end.close());
}

/** Calls `found` for each end in a message that has not come. */
function visitEnds(message: unknown, found: (end: TravellingEnd) => void): void {
  visitHandles(message, ({ kind, data }) => {
    if (kind !== "mp.Connection") return;
    const { ticket } = (data as { address?: { ticket?: string } | null } | null)?.address ?? {};
    const end = ticket === undefined ? undefined : inTransit.get(ticket);
    if (end !== undefined) found(end);
  });
}
