/**
 * The sending thread: takes lines from the queue, keeps each until the peer has shown it, and sends again what a
 * broken connection may have lost.
 */
import { type Event, portable, sleep } from "@quartet/concurrency/threading";
import type { Queue } from "@quartet/concurrency/queue";
import { type Door, type Frame, GarbageError, pieces, WINDOW } from "./frames.ts";
import { Link } from "./link.ts";
import { HEARTBEAT, type News, PATIENCE, PAUSES, type Settings, SILENCE } from "./settings.ts";
import { Watchdog } from "./watchdog.ts";

/** How long a goodbye waits for the next receipt. */
const LINGER = 3_000;
/** How long it waits for a peer that is not there. */
const LAST_CHANCE = 1_000;

type Say = Extract<Frame, { type: "say" }>;

/** Sends what comes through `lines` until that is shut down; then waits for the receipts and says goodbye. */
export const send = portable(
  import.meta,
  async function send(
    settings: Settings,
    lines: Queue<string>,
    doors: Queue<Door>,
    news: Queue<News>,
    hurry: Event,
  ): Promise<number> {
    return await new Sender(settings, lines, doors, news).run(hurry);
  },
);

class Sender {
  readonly #settings: Settings;
  readonly #lines: Queue<string>;
  readonly #doors: Queue<Door>;
  readonly #news: Queue<News>;
  readonly #kept: Say[] = [];
  readonly #idle = Promise.withResolvers<void>();
  #seq = 0;
  #sent = 0;
  #linesKept = 0;
  #linesDelivered = 0;
  #draining = false;
  #over = false;
  #link: Link | null = null;
  #listener: Deno.TcpListener | null = null;

  constructor(settings: Settings, lines: Queue<string>, doors: Queue<Door>, news: Queue<News>) {
    this.#settings = settings;
    this.#lines = lines;
    this.#doors = doors;
    this.#news = news;
  }

  /** Returns how many lines were not delivered; who is in a hurry does not wait for receipts. */
  async run(hurry: Event): Promise<number> {
    const talking = this.#settings.listens ? this.#waitForPeer() : this.#goToPeer();
    for await (const line of this.#lines) this.#keep(line);
    this.#draining = true;
    this.#checkIdle();
    for (let before = Infinity; this.#kept.length < before;) {
      before = this.#kept.length; // it waits on as long as receipts come
      const timeout = this.#link === null ? LAST_CHANCE : LINGER;
      const idle = this.#idle.promise.then(() => true);
      if (await Promise.race([idle, hurry.wait({ timeout })])) break;
    }
    this.#over = true;
    await this.#link?.closeWith({ type: "bye" });
    this.#listener?.close();
    await talking;
    return this.#linesKept - this.#linesDelivered;
  }

  #keep(line: string): void {
    this.#linesKept++;
    for (const piece of pieces(line)) this.#kept.push({ type: "say", seq: ++this.#seq, ...piece });
    this.#flush();
  }

  /** Sends what the window lets through. */
  #flush(): void {
    if (this.#link === null) return;
    for (; this.#sent < Math.min(this.#kept.length, WINDOW); this.#sent++) {
      this.#link.send(this.#kept[this.#sent]!);
    }
  }

  #receipt(seq: number): void {
    while (this.#kept.length > 0 && this.#kept[0]!.seq <= seq) {
      if (this.#kept.shift()!.last) {
        this.#news.tryPut({ kind: "delivered", line: ++this.#linesDelivered });
      }
      this.#sent = Math.max(0, this.#sent - 1);
    }
    this.#flush();
    this.#checkIdle();
  }

  #checkIdle(): void {
    if (this.#draining && this.#kept.length === 0) this.#idle.resolve();
  }

  /** The one that listens: the peer comes to fetch its messages through a door of their own. */
  async #waitForPeer(): Promise<void> {
    const { hostname, name, run } = this.#settings;
    this.#listener = Deno.listen({ hostname, port: 0 });
    const key = crypto.randomUUID();
    await this.#doors.put({ hostname, port: this.#listener.addr.port, key });
    for await (const conn of this.#listener) {
      const link = new Link(conn);
      this.#talk(link, async (first) => {
        if (first.type !== "hello" || first.key !== key) {
          await link.closeWith({ type: "cut", why: "this door is not for you" });
          return undefined;
        }
        await link.send({ type: "welcome", name, run });
        return first.name;
      });
    }
  }

  /** The one that dials, again and again until it is over. */
  async #goToPeer(): Promise<void> {
    const { hostname, port, name, run } = this.#settings;
    for (let attempt = 0; !this.#over; attempt++) {
      const link = await dial(hostname, port);
      if (link === null && attempt === PAUSES.length) {
        const text = `nobody answers on ${hostname}:${port}; trying on`;
        await this.#news.put({ kind: "notice", text });
      }
      if (link !== null) {
        link.send({ type: "hello", name, run });
        const talked = await this.#talk(link, async (first) => {
          if (first.type !== "welcome") return undefined;
          if (first.door) await this.#doors.put({ ...first.door, hostname });
          return first.name;
        });
        if (talked) attempt = 0;
      }
      if (!this.#over) await sleep(PAUSES[Math.min(attempt, PAUSES.length - 1)]!);
    }
  }

  /** One connection from its first frame to its end; `greet` returns who is there. */
  async #talk(link: Link, greet: (first: Frame) => Promise<string | undefined>): Promise<boolean> {
    using watchdog = new Watchdog(PATIENCE, () => link.close());
    let name: string | undefined;
    let beat: ReturnType<typeof setInterval> | undefined;
    try {
      for await (const frame of link.frames()) {
        watchdog.feed(SILENCE);
        if (frame.type === "cut") this.#refused(frame.why);
        else if (name !== undefined && frame.type === "got") this.#receipt(frame.seq);
        else if (name === undefined) {
          name = await greet(frame);
          if (name === undefined) break;
          this.#linked(link, name);
          beat = setInterval(() => link.send({ type: "ping" }), HEARTBEAT);
        }
      }
    } catch (error) {
      if (!(error instanceof GarbageError)) throw error;
      await link.closeWith({ type: "cut", why: error.message });
    }
    clearInterval(beat);
    link.close();
    if (this.#link === link) {
      this.#link = null;
      if (!this.#over) await this.#news.put({ kind: "lost" });
    }
    return name !== undefined;
  }

  #linked(link: Link, name: string): void {
    this.#link?.close();
    this.#link = link;
    this.#sent = 0;
    this.#news.tryPut({ kind: "connected", name });
    this.#flush();
  }

  #refused(why: string): void {
    this.#over = true;
    this.#idle.resolve();
    this.#news.tryPut({ kind: "refused", why });
  }
}

/** A connection, or `null` if nobody answers. */
export async function dial(hostname: string, port: number): Promise<Link | null> {
  try {
    return new Link(await Deno.connect({ hostname, port }));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    if (!(error.name in Deno.errors)) throw error;
    return null;
  }
}
