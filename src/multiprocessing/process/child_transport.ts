/**
 * Starts a child process and is the near end of the channel to it.
 *
 *     parent                                            child (`deno run`)
 *     ──────                                            ─────
 *     Rendezvous: socket in a 0700 folder
 *     spawn ── stdin: the key, what it is ────────────▶ entry.ts
 *           ◀──────── connects, both prove the key ──── meet()
 *     folder removed
 *     CALLS, OBJECTS frames ◀────────────────────────▶  WorkerLoop
 *     GOODBYE ────────────────────────────────────────▶ ends by itself
 *                                                       stdout and stderr are its own
 *
 * A spare is started before it is known what it will be: it connects, and listens as any child does; the first message tells
 * it what it is, once it is used.
 *
 * When the parent dies, however it dies, the child reads the end of the stream and ends itself. A child
 * that never returns to its event loop cannot; on Linux the kernel kills it then (`parent_guard.ts`),
 * elsewhere it ends at its next `checkpoint()`. `Deno.exit()` kills all.
 */
import { show } from "../../core/check.ts";
import { holdProgramFor } from "../../core/child_hold.ts";
import { type ClockTimer, realClock } from "../../core/clock.ts";
import { InvalidStateError, TransferError } from "../../core/errors.ts";
import { addLiveSource, listenGlobally } from "../../core/parts.ts";
import { type Packet, toPacket } from "../../wire/codec/bytes.ts";
import { refuseWhileImporting } from "../../wire/codec/import_guard.ts";
import { Channel, isHangup, Lane } from "../../wire/frames/channel.ts";
import { hangUp } from "../../wire/frames/frame.ts";
import type { Offers } from "../../wire/rpc/slot_table.ts";
import type { Ending, Transport } from "../../wire/rpc/transport.ts";
import type { Lender } from "./ledger.ts";
import type { Link } from "./link.ts";
import { childArguments, childInfo } from "./child_arguments.ts";
import { type Handover, writtenHandover } from "./handover.ts";
import { type ChildInfo, identity, type SpareOrder } from "./process_identity.ts";
import { MESSAGE_LIMIT, type ParentLine, Rendezvous } from "./rendezvous.ts";
import { thisNode } from "../objects/node.ts";
import { noteInTransit } from "../connection/ends_in_transit.ts";
import type { ProcessPermissions } from "./permissions.ts";
import type { ControlWriter } from "./control_channel.ts";

/** How long a child that was told its exit code may take to go before it gets SIGTERM, in milliseconds. */
const PATIENCE = 2_000;
/** How long one that is to go at once may take. */
const HASTE = 100;
/** How long one that got SIGTERM may take before it is killed. */
const LAST_PATIENCE = 1_000;

/** How a child is started. */
export interface ChildOptions {
  /** What the child is to know about itself. */
  readonly info?: Partial<ChildInfo>;
  /** What it may do; by default what this process may. */
  readonly permissions?: ProcessPermissions | "inherit" | "none";
  /** Environment variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Modules it will surely need: loaded while it starts, and without needing permission for them. */
  readonly modules?: readonly string[];
}

/** How a child ended. */
export interface Exit {
  /** What it exited with; minus the signal's number when a signal ended it. */
  readonly exitCode: number;
  readonly signal: Deno.Signal | null;
}

const SETTLED = Promise.resolve();
const alive = new Set<ChildTransport>();
// A program that ends by itself has waited for all but daemons; what lives else was left by `Deno.exit()`, and may not look.
listenGlobally("unload", () => {
  for (const child of alive) child.kill(child.isDaemon ? "SIGTERM" : "SIGKILL");
});
addLiveSource("process", () => [...alive].map((child) => `${child.name} (${child.pid})`));

/** The near end of the channel to one child process. */
export class ChildTransport implements Transport, Link {
  readonly reach = "process";
  onMessage: (message: unknown) => void = () => {};
  onClose: (ending: Ending) => void = () => {};
  /** Called for each message about shared objects. */
  onObjectMessage: (message: unknown) => void = () => {};
  /** The process's number. */
  readonly pid: number;
  /** What it is called; of a spare once it is used, as all of this. */
  name: string;
  isDaemon: boolean;
  /** Ends with how the child ended, once it has. */
  readonly exited: Promise<Exit>;
  /** By which calls are taken back that the child has not begun; `null` where no file can be shared with it. */
  readonly offers: Offers | null;
  /** How many of its messages were refused. */
  refused = 0;
  readonly #path: string;
  readonly #child: Deno.ChildProcess;
  readonly #rendezvous: Rendezvous;
  #channel: Channel | null = null;
  #duplex: Deno.TcpConn | Deno.UnixConn | null = null;
  #urgent: ControlWriter | null = null;
  /** What was sent before the child had come. */
  #early: { packet: Packet | Promise<Packet>; lane: number }[] = [];
  #closing: { exitCode: number } | null = null;
  #hasSpoken = false;
  #agreed = false;
  #broken: unknown;
  #referenced = true;
  #ladder: ClockTimer | null = null;
  readonly #ending: Promise<Ending>;

  /**
   * Starts the child; with `isSpare` one that waits until {@link ChildTransport.use}, and that keeps nothing alive.
   *
   * @throws {Deno.errors.NotCapable} if this process may not start it, or not with these permissions.
   * @throws {Deno.errors.NotSupported} in a compiled program, which carries no `deno` to start.
   */
  constructor(options: ChildOptions = {}, isSpare = false) {
    checkMayStart();
    this.#rendezvous = new Rendezvous();
    this.offers = this.#rendezvous.journal;
    const path = this.#path = thisNode().nextChildPath();
    let told: Handover;
    try {
      const { program, args, start } = childArguments(
        this.#rendezvous.place,
        path,
        options,
        isSpare,
      );
      told = { key: this.#rendezvous.key, start };
      this.#child = new Deno.Command(program, {
        args,
        env: options.env === undefined ? undefined : variables(options.env),
        stdin: "piped",
        stdout: "inherit",
        stderr: "inherit",
      }).spawn();
    } catch (error) {
      this.#rendezvous.close();
      throw error;
    }
    this.pid = this.#child.pid;
    this.name = options.info?.name ?? "Process";
    this.isDaemon = options.info?.daemon ?? false;
    const telling = this.#tell(told);
    this.exited = this.#child.status.then(async (status) => {
      await telling;
      this.#ladder?.cancel();
      alive.delete(this);
      const { code, signal } = status;
      return { exitCode: signal === null ? code : 128 - code, signal };
    });
    if (isSpare) this.unref();
    else this.#belong();
    this.#ending = this.#run();
  }

  /** Makes a spare the child of these options; of its modules only those that they name are run. */
  use({ info = {}, modules }: ChildOptions): void {
    this.name = info.name ?? this.name;
    this.isDaemon = info.daemon ?? false;
    this.ref();
    this.#belong();
    const order: SpareOrder = { info: childInfo(this.#path, info), modules: modules ?? null };
    this.#put(order, Lane.CALLS); // the first of all messages, and on its way together with them
  }

  /** Ends a spare that is not used; resolves when nothing of it is left. */
  async discard(): Promise<void> {
    this.ref(); // for the moment that this takes
    this.kill("SIGKILL");
    this.#rendezvous.close(); // at once: maybe the program ends
    await this.#ending;
    this.#urgent?.close();
  }

  /** It is one of this process's children from now on. */
  #belong(): void {
    alive.add(this);
    thisNode().attach(this.#path, this);
  }

  get isActive(): boolean {
    if (this.#channel === null || this.#closing !== null) return false;
    return this.#hasSpoken || !this.#channel.isWriting; // what it was told first goes out in later turns
  }

  /** By which items are lent to it; `null` where no file can be shared with it, and before it has come. */
  get lender(): Lender | null {
    return this.#urgent?.lender ?? null;
  }

  /** Begins to deliver. */
  start(): void {
    this.#ending.then((ending) => {
      this.onClose(ending); // which reads what the child has noted
      this.#urgent?.close();
    });
  }

  send(message: unknown): void {
    this.#send(message, Lane.CALLS);
  }

  /** Sends a message about shared objects. */
  sendObjectMessage(message: unknown): void {
    this.#send(message, Lane.OBJECTS);
  }

  /** Sends `message` both ways; it may be seen twice, which asking to stop can bear. */
  sendControl(message: unknown): void {
    this.send(message);
    this.#urgent?.put(message);
  }

  /** Nothing is urged upward. */
  poll(): void {}

  /** Ends the child: it goes when it hears of it, and is made to when it does not listen. */
  close(): void {
    this.#end(0, HASTE);
  }

  /** Lets the child end by itself, with `exitCode`; it has time to clean up. */
  finish(exitCode: number): void {
    this.#end(exitCode, PATIENCE);
  }

  /** Ends the child by SIGTERM, or by SIGKILL when it stays: it may be stopped, or listen to the first one. */
  terminate(): void {
    this.kill("SIGTERM");
    if (!alive.has(this)) return;
    this.#ladder?.cancel();
    this.#ladder = realClock.setTimer(() => this.kill("SIGKILL"), LAST_PATIENCE);
  }

  /** Sends a signal; nothing happens when the child has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      const ended = error instanceof TypeError || error instanceof Deno.errors.NotFound;
      if (!ended) throw error;
    }
  }

  /** Ends the child, which has said what it must not. */
  refuse(error: Error): void {
    this.refused++;
    this.#broken ??= error;
    this.kill("SIGKILL");
  }

  /** Resolves when what was sent is handed to the system; at once while the child has not come. */
  settled(): Promise<void> {
    return this.#channel?.flushed() ?? SETTLED;
  }

  /** Lets this process end although the child runs. */
  unref(): void {
    this.#referenced = false;
    holdProgramFor(this.#child, false);
    this.#rendezvous.unref();
    this.#duplex?.unref();
  }

  /** Keeps this process alive as long as the child runs, which is the default. */
  ref(): void {
    if (this.#referenced) return;
    this.#referenced = true;
    holdProgramFor(this.#child, true);
    this.#rendezvous.ref();
    this.#duplex?.ref();
  }

  async #tell(handover: Handover): Promise<void> {
    const stdin = this.#child.stdin.getWriter();
    try {
      await stdin.write(writtenHandover(handover));
      await stdin.close();
    } catch (error) {
      // The child is gone already; how it ended says more than this.
      if (!(error instanceof Deno.errors.BrokenPipe)) this.#broken ??= error;
    }
  }

  async #run(): Promise<Ending> {
    try {
      const coming = this.#rendezvous.wait();
      const line = await Promise.race([coming, this.exited.then(() => null)]);
      if (line !== null) await this.#converse(line);
      else coming.then(discard, () => {}); // it died while it was coming; nothing is left to tell
    } catch (error) {
      if (!isHangup(error)) {
        this.refuse(error as Error); // what it says cannot be understood any more
      }
    }
    // A child that closed its channel has nothing more to do.
    this.#ladder ??= realClock.setTimer(() => this.kill("SIGKILL"), PATIENCE);
    const exit = await this.exited;
    thisNode().detach(this.#path); // not before all is heard that it said
    this.#ladder.cancel();
    this.#rendezvous.close();
    this.#channel?.close();
    return {
      kind: this.#closing !== null || this.#agreed ? "closed" : "lost",
      detail: exit.signal === null
        ? `it exited with code ${exit.exitCode}`
        : `it was killed by ${exit.signal}`,
      cause: this.#broken,
      ...exit,
    };
  }

  /** Says what was said so far, and listens until the child has nothing more to say. */
  async #converse({ duplex, urgent }: ParentLine): Promise<void> {
    this.#duplex = duplex;
    this.#urgent = urgent;
    this.#channel = new Channel(duplex, MESSAGE_LIMIT, (error) => {
      if (!isHangup(error)) this.#broken ??= error;
    });
    if (!this.#referenced) this.unref();
    for (const { packet, lane } of this.#early) this.#channel.sendPacket(packet, lane);
    this.#early = [];
    this.#sayGoodbye();
    const end = await this.#channel.listen((message, lane) => {
      if (!Array.isArray(message)) throw new TransferError("Cannot read a message: it is no list");
      this.#hasSpoken = true;
      if (lane === Lane.OBJECTS) this.onObjectMessage(message);
      else this.onMessage(message);
    });
    this.#agreed = end !== undefined;
  }

  #send(message: unknown, lane: number): void {
    this.#put(message, lane);
    noteInTransit(message, this.#path);
  }

  #put(message: unknown, lane: number): void {
    if (this.#channel !== null) this.#channel.send(message, lane);
    else this.#early.push({ packet: toPacket(message), lane });
  }

  #end(exitCode: number, patience: number): void {
    if (this.#closing === null) {
      this.#closing = { exitCode };
      this.#sayGoodbye();
    }
    this.#ladder?.cancel();
    this.#ladder = realClock.setTimer(() => {
      this.kill("SIGTERM");
      this.#ladder = realClock.setTimer(() => this.kill("SIGKILL"), LAST_PATIENCE);
    }, patience);
  }

  #sayGoodbye(): void {
    if (this.#closing === null || this.#channel === null) return;
    this.#channel.send(this.#closing.exitCode, Lane.GOODBYE);
  }
}

/**
 * Refuses where no process may be started.
 *
 * @throws {InvalidStateError} while this side imports the module that it was told to run; in a daemonic process.
 * @throws {Deno.errors.NotSupported} in a compiled program.
 */
export function checkMayStart(): void {
  refuseWhileImporting("a process");
  if (identity.info?.daemon) {
    throw new InvalidStateError(
      "Cannot start a process here: a daemonic process may not have children, who would be left behind",
    );
  }
  if (Deno.build.standalone) {
    throw new Deno.errors.NotSupported(
      "Cannot start a process from a compiled program: it carries no deno to run it; use threads, or deno run",
    );
  }
}

/**
 * Environment variables as the platform takes them.
 *
 * @throws {TypeError} if they are none.
 */
function variables(env: unknown): Record<string, string> {
  if (typeof env !== "object" || env === null || Array.isArray(env)) {
    throw new TypeError(`Cannot use env ${show(env)}: give an object, as { NAME: "text" }`);
  }
  for (const [name, text] of Object.entries(env)) {
    if (/^$|[=\0]/.test(name) || typeof text !== "string" || text.includes("\0")) {
      throw new TypeError(
        `Cannot use env ${show(name)}: ${
          show(text)
        }: a name is without "=", a value is text, and neither has a zero in it`,
      );
    }
  }
  return { ...env as Record<string, string> };
}

/** Lets go of the line to a child that came and died before it was heard. */
function discard({ duplex, urgent }: ParentLine): void {
  hangUp(duplex);
  urgent?.close();
}
