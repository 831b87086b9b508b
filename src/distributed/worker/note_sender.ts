import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { captureOnce } from "../../wire/codec/codec.ts";
import type { Connection } from "../connection.ts";
import type { QueueNames } from "../names.ts";
import { pack, type Packed, record } from "../packed.ts";
import type { Parcels } from "../parcels.ts";
import type { JobHead, NoteHead } from "../records.ts";

/** A job that is over within this time need not be told to have begun, in milliseconds. */
const SOON = 3;

/** A run that notes are about. */
export interface NotedRun {
  readonly head: JobHead;
  /** Its name. */
  readonly run: string;
  /** Whether it computes no more. */
  readonly isOver: boolean;
}

/** Tells callers what their jobs do, in order, while they run. Nothing of it is stored. */
export class NoteSender {
  readonly #connection: Connection;
  readonly #names: QueueNames;
  readonly #parcels: Parcels;
  readonly #worker: string;
  #begun: NotedRun[] = [];
  #timer: ClockTimer | null = null;

  constructor(connection: Connection, names: QueueNames, parcels: Parcels, worker: string) {
    this.#connection = connection;
    this.#names = names;
    this.#parcels = parcels;
    this.#worker = worker;
  }

  /** The run has begun. */
  began(run: NotedRun): void {
    this.#begun.push(run);
    this.#timer ??= setTimer(() => {
      this.#timer = null;
      const begun = this.#begun;
      this.#begun = [];
      for (const each of begun) {
        if (!each.isOver) this.#send(each, { kind: "began", n: 0 }, NOTHING);
      }
    }, SOON);
  }

  /** What the run tells of itself: note number `n` of it. */
  async progress(run: NotedRun, n: number, value: unknown): Promise<void> {
    await this.#sendValue(run, { kind: "progress", n }, await pack(captureOnce(value, "process")));
  }

  /** Item number `n` of a stream, packed. */
  async item(run: NotedRun, n: number, bytes: Packed): Promise<void> {
    await this.#sendValue(run, { kind: "item", n }, bytes);
  }

  /** Tells no more. */
  stop(): void {
    this.#timer?.cancel();
  }

  async #sendValue(
    run: NotedRun,
    note: Pick<NoteHead, "kind" | "n">,
    bytes: Packed,
  ): Promise<void> {
    const { apart, body } = await this.#parcels.keep(bytes);
    this.#send(run, { ...note, apart }, body);
  }

  #send(
    { head, run }: NotedRun,
    note: Pick<NoteHead, "kind" | "n" | "apart">,
    body: Packed,
  ): void {
    if (this.#connection.nc.isClosed()) return;
    const noted: NoteHead = { id: head.id, worker: this.#worker, run, ...note };
    this.#connection.send(this.#names.all(`note.${head.caller}`), record(noted, body));
  }
}

const NOTHING = new Uint8Array(0);
