/**
 * The receiving thread: takes what the peer says, shows each line once, and gives receipts. Who sends garbage, or more
 * than it is given receipts for, is cut off and told why.
 */
import { checkpoint, currentSignal, portable, sleep } from "@quartet/concurrency/threading";
import type { Queue } from "@quartet/concurrency/queue";
import {
  type Door,
  type Frame,
  GarbageError,
  LONGEST_LINE,
  RECEIPTS_PER_SECOND,
  WINDOW,
} from "./frames.ts";
import { Link } from "./link.ts";
import { dial } from "./sender.ts";
import { type News, PATIENCE, PAUSES, type Settings, SILENCE } from "./settings.ts";
import { Watchdog } from "./watchdog.ts";

type Greeting = Extract<Frame, { type: "hello" | "welcome" }>;

/** Receives until it is asked to stop. */
export const receive = portable(
  import.meta,
  async function receive(settings: Settings, doors: Queue<Door>, news: Queue<News>): Promise<void> {
    await new Receiver(settings, doors, news).run();
  },
);

class Receiver {
  readonly #settings: Settings;
  readonly #doors: Queue<Door>;
  readonly #news: Queue<News>;
  #link: Link | null = null;
  #peer: { name: string; run: string } | null = null;
  /** The last piece that was taken from this run of the peer, and what there is of an unfinished line. */
  #seq: number | undefined;
  #line = "";

  constructor(settings: Settings, doors: Queue<Door>, news: Queue<News>) {
    this.#settings = settings;
    this.#doors = doors;
    this.#news = news;
  }

  async run(): Promise<void> {
    currentSignal().addEventListener("abort", () => this.#link?.close());
    await (this.#settings.listens ? this.#waitForPeer() : this.#goToPeer());
  }

  async #waitForPeer(): Promise<void> {
    const door = await this.#doors.get();
    const { hostname, port, name, run } = this.#settings;
    using listener = Deno.listen({ hostname, port });
    currentSignal().addEventListener("abort", () => listener.close());
    await this.#news.put({ kind: "listening", hostname, port: listener.addr.port });
    for await (const conn of listener) {
      const link = new Link(conn);
      this.#listen(link, async (first) => {
        if (first.type !== "hello") throw new GarbageError("no greeting");
        if (this.#link !== null && this.#peer?.name !== first.name) {
          await link.closeWith({ type: "cut", why: `${name} is talking to somebody else` });
          return undefined;
        }
        await link.send({ type: "welcome", name, run, door });
        return first;
      });
    }
  }

  async #goToPeer(): Promise<void> {
    const { name, run } = this.#settings;
    let door = await this.#doors.get();
    for (let attempt = 0;; attempt++) {
      checkpoint();
      for (let newer = this.#doors.tryGet(); newer; newer = this.#doors.tryGet()) door = newer;
      const link = await dial(door.hostname, door.port);
      if (link !== null) {
        link.send({ type: "hello", name, run, key: door.key });
        const talked = await this.#listen(
          link,
          (first) => Promise.resolve(first.type === "welcome" ? first : undefined),
        );
        if (talked) attempt = 0;
      }
      await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)]!);
    }
  }

  /** One connection from its first frame to its end; `greet` returns who is there. */
  async #listen(
    link: Link,
    greet: (first: Frame) => Promise<Greeting | undefined>,
  ): Promise<boolean> {
    using watchdog = new Watchdog(PATIENCE, () => link.close());
    const receipts = new Receipts(link);
    let peer: Greeting | undefined;
    try {
      for await (const frame of link.frames()) {
        watchdog.feed(SILENCE);
        if (peer === undefined) {
          peer = await greet(frame);
          if (peer === undefined) break;
          this.#linked(link, peer);
        } else if (frame.type === "say") {
          await this.#take(peer.name, frame);
          receipts.give(this.#seq!);
        } else if (frame.type === "ping") {
          receipts.give(this.#seq ?? 0);
        } else if (frame.type === "bye") {
          await this.#news.put({ kind: "left", name: peer.name });
          break;
        } else if (frame.type !== "cut") {
          throw new GarbageError(`a ${frame.type} in the middle of a talk`);
        }
      }
    } catch (error) {
      if (!(error instanceof GarbageError)) throw error;
      const who = peer?.name ?? link.hostname;
      await this.#news.put({ kind: "notice", text: `cut off ${who}: ${error.message}` });
      await link.closeWith({ type: "cut", why: error.message });
    }
    receipts.stop();
    link.close();
    if (this.#link === link) this.#link = null;
    return peer !== undefined;
  }

  #linked(link: Link, { name, run }: Greeting): void {
    this.#link?.close();
    this.#link = link;
    if (this.#peer?.run !== run) [this.#seq, this.#line] = [undefined, ""];
    this.#peer = { name, run };
  }

  /** What comes a second time, because its receipt was lost, is passed over. */
  async #take(name: string, { seq, text, last }: Extract<Frame, { type: "say" }>): Promise<void> {
    this.#seq ??= seq - 1;
    if (seq <= this.#seq) return;
    if (seq !== this.#seq + 1) throw new GarbageError(`piece ${seq} after piece ${this.#seq}`);
    this.#seq = seq;
    this.#line += text;
    if (this.#line.length > LONGEST_LINE) {
      throw new GarbageError(`a line of more than ${LONGEST_LINE} characters`);
    }
    if (!last) return;
    await this.#news.put({ kind: "said", name, text: this.#line });
    this.#line = "";
  }
}

/**
 * Gives receipts, so many a second at most. A sender waits for them when its window is full; one that does not
 * wait has more pieces on the way than a window, and that is a flood.
 */
class Receipts {
  readonly #link: Link;
  #tokens = RECEIPTS_PER_SECOND;
  #filled = performance.now();
  #owed = 0;
  #last = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(link: Link) {
    this.#link = link;
  }

  give(seq: number): void {
    this.#last = seq;
    this.#owed++;
    this.#pay();
    if (this.#owed > 2 * WINDOW) {
      throw new GarbageError(
        `a flood: over ${RECEIPTS_PER_SECOND} pieces a second, without waiting for receipts`,
      );
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #pay(): void {
    const now = performance.now();
    this.#tokens = Math.min(
      RECEIPTS_PER_SECOND,
      this.#tokens + (now - this.#filled) * RECEIPTS_PER_SECOND / 1000,
    );
    this.#filled = now;
    const paid = Math.min(this.#owed, Math.floor(this.#tokens));
    this.#tokens -= paid;
    this.#owed -= paid;
    if (paid > 0) this.#link.send({ type: "got", seq: Math.max(0, this.#last - this.#owed) });
    clearTimeout(this.#timer);
    if (this.#owed > 0) this.#timer = setTimeout(() => this.#pay(), 20);
  }
}
