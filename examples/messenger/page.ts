/**
 * The messenger's graphical face: a page that the program itself serves, to this machine only.
 *
 *     GET  /KEY/         the page
 *     GET  /KEY/events   what is shown, line by line, as server-sent events; after a break from where it was
 *     POST /KEY/lines    a line that was written
 *
 * The key is in the address that the terminal shows, and nowhere else: another user of this machine, and a page of another
 * site in the same browser, do not know it. A request under another name than this machine's is refused,
 * so that no foreign name that points here (DNS rebinding) gets in.
 */
import { Queue, ShutDownError } from "@quartet/concurrency/queue";
import { EventStream } from "./event_stream.ts";
import type { Screen } from "./screen.ts";

/** The longest line that the page may send, in bytes. */
const LONGEST_BODY = 2 ** 20;
/** How many lines wait to be taken before the page is told to come again. */
const MOST_WAITING = 100;
/** How many pages may listen at once. */
const MOST_LISTENERS = 16;
/** How many shown lines are kept for pages that are opened later, and how many letters in all. */
const MOST_KEPT = 1000;
const MOST_LETTERS = 2 ** 24;
/** How long a browser may take, at the end, for what it has not read; in milliseconds. */
const PATIENCE = 2000;

/** A page on the loopback interface. */
export class Page implements Screen, AsyncDisposable {
  /** Where it is. */
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hosts: ReadonlySet<string>;
  readonly #path: string;
  readonly #html: string;
  readonly #closing = new AbortController();
  readonly #nonce = crypto.randomUUID();
  readonly #written = new Queue<string>(MOST_WAITING);
  readonly #streams = new Set<EventStream>();
  /** The lines that were shown last, and how many there were before them. */
  #shown: string[] = [];
  #forgotten = 0;
  #letters = 0;

  private constructor(html: string) {
    this.#html = html.replaceAll("NONCE", this.#nonce);
    this.#path = `/${crypto.randomUUID()}/`;
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {}, signal: this.#closing.signal },
      (request) => this.#answer(request),
    );
    const { port } = this.#server.addr;
    this.#hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`]);
    this.url = `http://127.0.0.1:${port}${this.#path}`;
  }

  /** Serves the page. */
  static async open(): Promise<Page> {
    return new Page(await Deno.readTextFile(new URL("page.html", import.meta.url)));
  }

  show(line: string): void {
    this.#shown.push(line);
    this.#letters += line.length;
    const id = this.#forgotten + this.#shown.length;
    while (this.#shown.length > MOST_KEPT || this.#letters > MOST_LETTERS) {
      this.#letters -= this.#shown.shift()!.length;
      this.#forgotten++;
    }
    for (const stream of this.#streams) {
      if (!stream.send(id, line)) this.#streams.delete(stream);
    }
  }

  async *lines(): AsyncGenerator<string, void, void> {
    for await (const line of this.#written) yield line;
  }

  /** Tells the pages that it is over, and stops serving. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#written.shutdown();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    const giveUp = setTimeout(() => this.#closing.abort(), PATIENCE);
    await this.#server.shutdown();
    clearTimeout(giveUp);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, host, origin } = new URL(request.url);
    if (!this.#hosts.has(host)) return refuse(403);
    if (!pathname.startsWith(this.#path)) return refuse(404);
    switch (`${request.method} ${pathname.slice(this.#path.length)}`) {
      case "GET ":
        return this.#page();
      case "GET events":
        return this.#events(request);
      case "POST lines":
        if ((request.headers.get("origin") ?? origin) !== origin) return refuse(403);
        return await this.#take(request);
      default:
        return refuse(404);
    }
  }

  #page(): Response {
    const only = `'nonce-${this.#nonce}'`;
    return new Response(this.#html, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": `default-src 'none'; connect-src 'self'; script-src ${only}; ` +
          `style-src ${only}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`,
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
      },
    });
  }

  #events(request: Request): Response {
    if (this.#streams.size >= MOST_LISTENERS) return refuse(503);
    const seen = Number(request.headers.get("last-event-id") ?? 0);
    const stream = new EventStream(() => this.#streams.delete(stream));
    this.#shown.forEach((line, i) => {
      const id = this.#forgotten + i + 1;
      if (!(id <= seen)) stream.send(id, line);
    });
    this.#streams.add(stream);
    return new Response(stream.body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  async #take(request: Request): Promise<Response> {
    if (Number(request.headers.get("content-length") ?? Infinity) > LONGEST_BODY) {
      return refuse(413);
    }
    const lines = (await request.text()).split(/\r?\n/).filter((line) => line !== "");
    try {
      for (const line of lines) if (!this.#written.tryPut(line)) return refuse(429);
    } catch (error) {
      if (error instanceof ShutDownError) return refuse(410);
      throw error;
    }
    return new Response(null, { status: 204 });
  }
}

function refuse(status: number): Response {
  return new Response(null, { status });
}
