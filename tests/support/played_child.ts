import { noteInTransit } from "../../src/multiprocessing/connection/ends_in_transit.ts";
import { thisNode } from "../../src/multiprocessing/objects/node.ts";
import { Kind } from "../../src/multiprocessing/objects/object_message.ts";
import type { Journey, ObjectAddress } from "../../src/multiprocessing/objects/journey.ts";
import type { Link } from "../../src/multiprocessing/process/link.ts";
import { encode } from "../../src/wire/codec/codec.ts";

/** A child of this process that the test plays: what it says comes when the test has it come, and what it is told it reads then. */
export class PlayedChild implements Link {
  readonly path: string = thisNode().nextChildPath();
  onObjectMessage: (message: unknown) => void = () => {};
  /** Why its connection was ended, if it was. */
  refusal: Error | null = null;
  /** What it has said, and what it was told, and the other side does not know yet. */
  readonly #said: unknown[] = [];
  readonly #told: unknown[][] = [];

  constructor() {
    thisNode().attach(this.path, this);
  }

  sendObjectMessage(message: unknown): void {
    this.#told.push(structuredClone(message) as unknown[]);
  }

  refuse(error: Error): void {
    this.refusal ??= error;
  }

  /** Gives it an object of this process's; returns what it is told of that. */
  give(object: unknown): Journey {
    const { value } = encode([object], "process", []);
    noteInTransit(value, this.path);
    let journey: Journey | null = null;
    JSON.stringify(value, (_, each) => {
      if (typeof each?.address?.ticket === "string") journey = each.address;
      return each;
    });
    return journey!;
  }

  /** It says that an object has come. */
  holds({ id, ticket }: Journey): void {
    this.#said.push([thisNode().path, this.path, Kind.HOLD, id, ticket]);
  }

  /** It says that it sends an object on. */
  lends({ id }: ObjectAddress, ticket: string): void {
    this.#said.push([thisNode().path, this.path, Kind.LEND, id, ticket]);
  }

  /** It says that it needs an object no longer. */
  drops({ id }: ObjectAddress): void {
    this.#said.push([thisNode().path, this.path, Kind.DROP, id]);
  }

  posts({ id }: ObjectAddress, what: string, ...content: unknown[]): void {
    this.#said.push([thisNode().path, this.path, Kind.POST, id, what, ...content]);
  }

  /** Has up to `most` of what it has said come here; returns whether that was all. */
  speaks(most = Infinity): boolean {
    for (; most > 0 && this.#said.length > 0; most--) this.onObjectMessage(this.#said.shift());
    return this.#said.length === 0;
  }

  /** Up to `most` of the letters that it was told. */
  *hears(most = Infinity): Generator<[what: string, ...content: unknown[]]> {
    for (; most > 0 && this.#told.length > 0; most--) {
      const [, , kind, , what, ...content] = this.#told.shift()!;
      if (kind === Kind.LETTER) yield [what as string, ...content];
    }
  }

  /** It is dead, and all that it has said has come. */
  ends(): void {
    this.speaks();
    thisNode().detach(this.path);
  }
}
