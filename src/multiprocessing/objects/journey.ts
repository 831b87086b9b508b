import { TransferError } from "../../core/errors.ts";
import { isPath } from "./served_objects.ts";

/** Where an object lives that is only stood in for here. */
export interface ObjectAddress {
  /** The process that made it. */
  readonly home: string;
  /** By what it is asked for there. */
  readonly id: string;
}

/** What crosses in the place of an object. */
export interface Journey extends ObjectAddress {
  /** Good for one arrival. */
  readonly ticket: string;
  /** Where it stands in the family's memory; nothing for one that is served. */
  readonly block?: unknown;
}

/**
 * The journey in a handle.
 *
 * @throws {TransferError} if it is none.
 */
export function journeyOf(data: unknown): Journey {
  const { home, id, ticket, block } = (data ?? {}) as Partial<Journey>;
  if (isPath(home) && typeof id === "string" && typeof ticket === "string") {
    return { home, id, ticket, block };
  }
  throw new TransferError("Cannot read a shared object: what came does not say where it lives");
}
