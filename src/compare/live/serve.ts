import { type ClockTimer, setTimer } from "../../core/clock.ts";
import { LIVE_PAGE, LIVE_POLICY } from "./live_page.ts";
import { Race } from "./race.ts";
import type { RaceEvent } from "./race_messages.ts";
import { type RaceSettings, readSettings } from "./race_settings.ts";

/** A live view that is served. */
export interface LiveServer extends AsyncDisposable {
  /** Where the page is. */
  readonly url: string;
  /** Settles when it is served no more. */
  readonly finished: Promise<void>;
}

/** Only this machine can reach it. */
const HOST = "127.0.0.1";
/** Events go out together, about as often as a screen shows a picture. */
const FLUSH_EVERY = 30;
/** No command of a page is longer. */
const LONGEST_COMMAND = 4096;

/**
 * Serves the live view on this machine: a page, and a socket over which the page steers a race and hears of it.
 *
 * - Replies only under its own name (`Host`), so that no other site can reach it by a name that points here, and
 *   takes a socket only from its own page (`Origin`). It serves those two, and reads no file.
 * - There is one race at a time: a page that starts one ends the one before.
 *
 * @param port 0: any that is free.
 * @throws {Deno.errors.AddrInUse} if the port is taken.
 */
export function serveLive(port: number): LiveServer {
  const live = new LiveSessions();
  const end = new AbortController();
  const server = Deno.serve(
    { hostname: HOST, port, signal: end.signal, onListen: () => {} },
    (request) => live.answer(request),
  );
  live.names = [`${HOST}:${server.addr.port}`, `localhost:${server.addr.port}`];
  return {
    url: `http://${live.names[0]}/`,
    finished: server.finished,
    async [Symbol.asyncDispose]() {
      await live.close();
      end.abort();
      await server.finished;
    },
  };
}

/** A race, the socket that steers it, and what that has yet to hear. */
interface Session {
  readonly race: Race;
  readonly socket: WebSocket;
  readonly outbox: Outbox;
}

class LiveSessions {
  /** What this server is called, with its port. */
  names: readonly string[] = [];
  readonly #sockets = new Set<WebSocket>();
  /** The race that is on, or the last one; the next one begins when this is gone. */
  #session: Session | undefined;
  #changing: Promise<void> = Promise.resolve();
  /** The last start that was asked for: of many at once it alone counts. */
  #wanted: object | undefined;

  /** The page, the socket, or a refusal. */
  answer(request: Request): Response {
    const host = request.headers.get("host") ?? "";
    if (!this.names.includes(host)) return refuse(421, "This server does not go by that name.");
    const { pathname } = new URL(request.url);
    if (pathname === "/race") return this.#upgrade(request, host);
    if (pathname !== "/") return refuse(404, "There is nothing here.");
    if (request.method !== "GET") return refuse(405, "This page can only be read.");
    return new Response(LIVE_PAGE, {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": LIVE_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cache-control": "no-store",
      },
    });
  }

  /** Ends every socket, and with them the race. */
  async close(): Promise<void> {
    this.#wanted = undefined;
    for (const socket of this.#sockets) socket.close(1001, "The program ends");
    await this.#end(this.#session);
  }

  #upgrade(request: Request, host: string): Response {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refuse(426, "This is a socket.");
    }
    if (request.headers.get("origin") !== `http://${host}`) {
      return refuse(403, "Only the page of this server may steer it.");
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    this.#sockets.add(socket);
    socket.onmessage = ({ data }) => this.#take(socket, data);
    socket.onclose = () => {
      this.#sockets.delete(socket);
      if (this.#session?.socket === socket) void this.#end(this.#session);
    };
    // A socket that breaks is closed as well, and that is told above.
    socket.onerror = (event) => event.preventDefault();
    return response;
  }

  #take(socket: WebSocket, data: unknown): void {
    if (typeof data !== "string" || data.length > LONGEST_COMMAND) {
      return socket.close(1009, "A command is a short text");
    }
    try {
      const command: unknown = JSON.parse(data);
      const { do: what, settings } = (command ?? {}) as { do?: unknown; settings?: unknown };
      const mine = this.#session?.socket === socket ? this.#session : undefined;
      if (what === "start") void this.#start(socket, readSettings(settings));
      else if (what === "stop") void this.#end(mine);
      else if (what === "pause") mine?.race.pause();
      else if (what === "resume") mine?.race.resume();
      else throw new TypeError("Cannot do that: the commands are start, pause, resume and stop");
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      send(socket, [{ is: "error", message: error.message }]);
    }
  }

  /** Ends the race that is on, and then begins another one, if no later one was asked for. */
  #start(socket: WebSocket, settings: RaceSettings): Promise<void> {
    const order = this.#wanted = {};
    return this.#changing = this.#changing.then(async () => {
      const before = this.#session;
      if (before !== undefined && before.socket !== socket) {
        before.outbox.add({ is: "error", message: "Another page began a race, so this one ended" });
      }
      await before?.race[Symbol.asyncDispose]();
      before?.outbox.flush();
      this.#session = undefined;
      if (this.#wanted !== order || socket.readyState !== WebSocket.OPEN) return;
      const outbox = new Outbox(socket);
      const race = new Race(settings, (event) => outbox.add(event));
      this.#session = { race, socket, outbox };
    });
  }

  /** Ends a race, and waits for what was asked for before. */
  async #end(session: Session | undefined): Promise<void> {
    await session?.race[Symbol.asyncDispose]();
    session?.outbox.flush();
    await this.#changing;
  }
}

/** Sends events over a socket soon, those of a moment together. */
class Outbox {
  readonly #socket: WebSocket;
  #events: RaceEvent[] = [];
  #timer: ClockTimer | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  add(event: RaceEvent): void {
    this.#events.push(event);
    this.#timer ??= setTimer(() => this.flush(), FLUSH_EVERY);
  }

  /** Sends what is there now. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#events.length > 0) send(this.#socket, this.#events);
    this.#events = [];
  }
}

function send(socket: WebSocket, events: readonly RaceEvent[]): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(events));
}

function refuse(status: number, why: string): Response {
  return new Response(`${why}\n`, { status, headers: { "content-type": "text/plain" } });
}
