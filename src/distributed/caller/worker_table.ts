import { now, setTimer } from "../../core/clock.ts";
import { type PresenceHead, readPresence } from "../records.ts";
import type { Session } from "./session.ts";

/** A worker that says nothing for so long is gone, in milliseconds: it speaks each second. */
const SILENCE = 4_000;

/** One worker, as its caller knows it. */
interface KnownWorker {
  readonly presence: PresenceHead;
  readonly heardAt: number;
}

/** The workers of a queue that are there. */
export class WorkerTable {
  readonly #session: Session;
  readonly #workers = new Map<string, KnownWorker>();
  readonly #heard = new Set<() => void>();
  /** Workers that went without saying so. */
  lost = 0;

  constructor(session: Session) {
    this.#session = session;
    const { connection, names } = session;
    connection.subscribe(names.all("here"), ({ data }) => this.#hear(data));
    this.ask();
  }

  /** Asks who is there. */
  ask(): void {
    const { connection, names } = this.#session;
    if (!connection.nc.isClosed()) connection.send(names.all("ping"), "");
  }

  /** Those that are there. */
  all(): PresenceHead[] {
    const silent = now() - SILENCE;
    for (const [name, { heardAt }] of this.#workers) {
      if (heardAt >= silent) continue;
      this.#workers.delete(name);
      this.lost++;
    }
    return [...this.#workers.values()].map(({ presence }) => presence);
  }

  /** Whether that one is there. */
  has(name: string): boolean {
    this.all();
    return this.#workers.has(name);
  }

  /** How many threads, processes or loops a worker has. */
  note(name: string, workers: number): void {
    const known = this.#workers.get(name);
    if (known === undefined) return;
    this.#workers.set(name, { ...known, presence: { ...known.presence, workers } });
  }

  /** Ends when a worker says something, or after so long; returns whether one did. */
  heard(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = ms === Infinity ? null : setTimer(() => {
        this.#heard.delete(hear);
        resolve(false);
      }, ms);
      const hear = (): void => {
        timer?.cancel();
        resolve(true);
      };
      this.#heard.add(hear);
    });
  }

  #hear(bytes: Uint8Array): void {
    let presence: PresenceHead;
    try {
      presence = readPresence(bytes);
    } catch {
      return; // anybody can write there
    }
    if (presence.leaves) this.#workers.delete(presence.worker);
    else this.#workers.set(presence.worker, { presence, heardAt: now() });
    for (const hear of this.#heard) hear();
    this.#heard.clear();
  }
}
