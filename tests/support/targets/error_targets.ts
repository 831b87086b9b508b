/** Error classes of several kinds, and functions that throw them. */
import { portable } from "@quartet/concurrency/futures";

/** Exported and not made portable. */
export class TicketError extends Error {
  readonly ticket: number;
  constructor(ticket: number) {
    super(`ticket ${ticket} is torn`);
    this.ticket = ticket;
  }
  /** Shows that the prototype is there. */
  get label(): string {
    return `#${this.ticket}`;
  }
}

/** Exported under another name than its own. */
class Hidden extends TicketError {
  override name = "HiddenError";
}
export { Hidden as Shown };

/** Neither exported nor made portable. */
class LocalError extends Error {}
class LocalTicketError extends TicketError {}
class TimeoutError extends Error {}
class NotFound extends Error {}
class BadToken extends SyntaxError {}

/** Has a private field. */
export class CodedError extends Error {
  #code = 7;
  get code(): number {
    return this.#code;
  }
}

/** Of the same name as one of another module. */
export class ParseError extends Error {}

export const throwers = portable(import.meta, {
  ticket(): never {
    throw new TicketError(5);
  },
  shown(): never {
    throw new Hidden(6);
  },
  local(): never {
    throw Object.assign(new LocalError("only here"), { code: 3 });
  },
  localTicket(): never {
    throw new LocalTicketError(7);
  },
  timeout(): never {
    throw new TimeoutError("the database was slow");
  },
  notFound(): never {
    throw new NotFound("no such user");
  },
  denoNotFound(): never {
    throw new Deno.errors.NotFound("no such file");
  },
  token(): never {
    throw new BadToken("x");
  },
  coded(): never {
    throw new CodedError("x");
  },
  parse(): never {
    throw new ParseError("theirs");
  },
  isTicket(error: unknown): string {
    return error instanceof TicketError ? error.label : String(error);
  },
});
