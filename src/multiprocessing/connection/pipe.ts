import { checkOptions } from "../../core/check.ts";
import type { WaitOptions } from "../../core/deadline.ts";
import { TransferError } from "../../core/errors.ts";
import type { Leave } from "../../core/withdrawal/signalled_wait.ts";
import { type Handle, noteKind } from "../../shared/memory/handle.ts";
import { Connection, setWay } from "./connection.ts";
import type { EncodedMessage } from "../objects/message.ts";
import { callerOf, HomeCaller, timeoutOf } from "../objects/bounds.ts";
import { thisNode } from "../objects/node.ts";
import { identity } from "../process/process_identity.ts";
import { noteInTransit } from "./ends_in_transit.ts";
import { PipeEndCore } from "./pipe_end.ts";
import { RingPipe, type RingPlaces } from "./ring_pipe.ts";
import { RemotePipeEnd } from "./remote_pipe_end.ts";
import { type Journey, journeyOf } from "../objects/journey.ts";

/** What crosses in the place of an end. */
interface EndJourney {
  readonly address: Journey;
  readonly readable: boolean;
  readonly writable: boolean;
  /** Where it is in the family's memory. */
  readonly rings?: RingPlaces | undefined;
}

/** An end, in its home or elsewhere. */
type End = PipeEndCore | RemotePipeEnd;

/** Ends that nobody can use any more are closed, so that the other end does not wait for ever. */
const collected = new FinalizationRegistry<{ end: End; way: RingPipe | null }>(({ end, way }) => {
  way?.close();
  end.close();
});

/** An end of a pipe. */
class PipeConnection<Out, In> extends Connection<Out, In> {
  #end: End;
  readonly #way: RingPipe | null;
  readonly #places: RingPlaces | undefined;

  /** @param places where it is in the family's memory, though this process may not see that. */
  constructor(
    end: End,
    readable: boolean,
    writable: boolean,
    way: RingPipe | null,
    places = way?.places,
  ) {
    super(readable, writable);
    this.#end = end;
    this.#way = way;
    this.#places = places;
    way?.arrive();
    const isBridged = (): boolean => this.#end instanceof PipeEndCore && this.#end.isOtherBridged;
    setWay(this as Connection, way, isBridged);
    this.#watch();
  }

  /** Closes the end when nobody can use it any more. */
  #watch(): void {
    collected.register(this, { end: this.#end, way: this.#way }, this);
  }

  protected override sendLetter(encoded: EncodedMessage): Promise<unknown> | null {
    return this.#end.send(encoded);
  }

  protected override takeLetter(): EncodedMessage | null {
    return this.#end.take();
  }

  protected override nextLetter(
    leave: Leave,
    timeout: number | null,
  ): Promise<EncodedMessage | null> {
    return thisNode().waiting(this.#end.recv(new HomeCaller(leave), timeout));
  }

  protected override returnLetter(encoded: EncodedMessage): void {
    this.#end.putBack(encoded);
  }

  protected override awaitLetter(options: WaitOptions): Promise<boolean> {
    return thisNode().waiting(this.#end.poll(callerOf(options.signal), timeoutOf(options)));
  }

  protected override closeEnd(): void {
    collected.unregister(this);
    this.#way?.close();
    this.#end.close();
    if (this.#end instanceof RemotePipeEnd) this.#way?.free();
  }

  protected override leave(reach: "thread" | "process"): Handle {
    if (reach === "thread") {
      throw new TransferError("Cannot send a connection to a thread: use a queue between threads");
    }
    collected.unregister(this);
    this.#way?.depart(this.#end.receivers.size);
    let address: Journey;
    if (this.#end instanceof RemotePipeEnd) {
      address = this.#end.leave();
    } else {
      const node = thisNode();
      address = { home: node.path, ...node.served.setOut(this.#end) };
      this.#end.leaves(address.ticket);
    }
    if (identity.transport !== null) identity.transport.onSend = consignToParent;
    const { readable, writable } = this;
    const journey: EndJourney = { address, readable, writable, rings: this.#places };
    return { kind: "mp.Connection", module: import.meta.url, data: journey };
  }

  protected override comeBack(handle: Handle): void {
    const { address } = handle.data as EndJourney;
    if (this.#end instanceof RemotePipeEnd) {
      this.#end = standIn(address, this.#way, this.#places);
    } else thisNode().served.stays(address);
    this.#way?.arrive();
    this.#watch();
  }
}

/** An end that is here and whose home is elsewhere; its home passes on what is in memory that this process does not see. */
function standIn(
  journey: Journey,
  way: RingPipe | null,
  places: RingPlaces | undefined,
): RemotePipeEnd {
  const end = new RemotePipeEnd(journey, way !== null);
  if (places !== undefined && way === null) end.askForBridge();
  return end;
}

/** What this process sends to its parent takes the ends in it along. */
function consignToParent(message: unknown): void {
  const { path } = thisNode();
  noteInTransit(message, path.slice(0, path.lastIndexOf(".")));
}

noteKind("mp.Connection", (data: Partial<EndJourney> | null) => {
  const node = thisNode();
  const journey = journeyOf(data?.address);
  if (journey.home !== node.path) {
    const places = data?.rings;
    const way = places === undefined ? null : RingPipe.open(places);
    const end = standIn(journey, way, places);
    return new PipeConnection(end, data?.readable === true, data?.writable === true, way, places);
  }
  const end = node.served.arrivedHome(journey);
  if (end instanceof PipeEndCore) {
    return new PipeConnection(end, end.readable, end.writable, end.rings);
  }
  throw new TransferError("Cannot read a connection: what it names is none");
});

/**
 * A connection between two processes: its two ends.
 *
 * - With `duplex` (the default) both send and receive; without, the first only receives and the second only sends.
 * - Pass one end to a child as an argument, and it moves there. A child that ends closes its end.
 * - Between processes that have `--allow-ffi`, on Linux, messages go through memory that the family shares, and `sendSync` and
 *   `recvSync` block a thread. Else they go through the process that called `Pipe`, so it is best one of the two.
 *
 * Source: `multiprocessing.Pipe`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Connection, Pipe, Process } from "@quartet/concurrency/multiprocessing";
 *
 * const [ours, theirs] = Pipe<number>();
 * const process = new Process({
 *   target: async (connection: Connection<number>) => {
 *     await connection.send(await connection.recv() * 2);
 *   },
 *   args: [theirs],
 * }).start();
 * await ours.send(21);
 * assertEquals(await ours.recv(), 42);
 * await process.join();
 * ```
 */
export function Pipe<A = unknown, B = A>(
  options: { duplex?: boolean } | boolean = {},
): [Connection<A, B>, Connection<B, A>] {
  if (typeof options !== "boolean") checkOptions(options, "Pipe()", "duplex: false");
  const duplex = typeof options === "boolean" ? options : options.duplex ?? true;
  return makePipe(duplex, RingPipe.pair());
}

/** The ends of a pipe in the family's memory, or of one whose messages go through this process. */
export function makePipe<A, B>(
  duplex: boolean,
  ways: [RingPipe, RingPipe] | null,
): [Connection<A, B>, Connection<B, A>] {
  const [first, second] = PipeEndCore.pair(duplex, ways);
  return [
    new PipeConnection<A, B>(first, true, duplex, first.rings),
    new PipeConnection<B, A>(second, duplex, true, second.rings),
  ];
}
