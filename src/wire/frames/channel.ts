/**
 * Messages over a stream of bytes, in order, in several lanes.
 *
 * The lane is part of a frame's kind: calls, questions to shared objects and the goodbye do not mix.
 */
import { EOFError } from "../../core/errors.ts";
import {
  Body,
  fromFrame,
  jsonOf,
  jsonOfList,
  type Packet,
  packetOfJson,
  toStructured,
} from "../codec/bytes.ts";
import { type Duplex, type Frame, hangUp } from "./frame.ts";
import { FrameReader } from "./frame_reader.ts";
import { FrameWriter } from "./frame_writer.ts";

/** What a message belongs to. */
export const Lane = {
  /** Between a controller and its worker. */
  CALLS: 0x00,
  /** Between a shared object and those who use it elsewhere. */
  OBJECTS: 0x10,
  /** The goodbye; nothing follows. */
  GOODBYE: 0x20,
} as const;

const LANES = 0xf0;

/** Says and hears whole messages. */
export class Channel {
  readonly #duplex: Duplex;
  readonly #reader: FrameReader;
  readonly #writer: FrameWriter;
  /** Messages whose codec is being loaded, and those behind them. */
  #line: { packet: Packet | Promise<Packet>; lane: number }[] = [];
  #draining: Promise<void> | null = null;
  readonly #onError: (error: unknown) => void;

  /** `limit` bounds a message in bytes; `onError` is told once when nothing more can be written. */
  constructor(duplex: Duplex, limit: number, onError: (error: unknown) => void) {
    this.#duplex = duplex;
    this.#onError = onError;
    this.#reader = new FrameReader(duplex, limit);
    this.#writer = new FrameWriter(duplex, onError);
  }

  /** Whether the stream takes no more. */
  get broken(): boolean {
    return this.#writer.broken;
  }

  /**
   * Puts a message in line; never waits. Big buffers in it must not change until {@link Channel.flushed}.
   *
   * @throws {TransferError} if it cannot cross; nothing is sent then.
   */
  send(message: unknown, lane: number = Lane.CALLS): void {
    const text = Array.isArray(message) ? jsonOfList(message) : jsonOf(message);
    if (text === null) this.sendPacket(toStructured(message), lane);
    else this.sendJson(text, lane);
  }

  /** Puts a message in line that is JSON already. */
  sendJson(text: string, lane: number = Lane.CALLS): void {
    if (this.#draining === null) this.#writer.pushText(Body.JSON | lane, text);
    else this.#line.push({ packet: packetOfJson(text), lane });
  }

  /** Puts an encoded message in line. */
  sendPacket(packet: Packet | Promise<Packet>, lane: number = Lane.CALLS): void {
    if (this.#draining === null && !(packet instanceof Promise)) {
      this.#writer.push(packet.kind | lane, packet.body, packet.attachments);
      return;
    }
    this.#line.push({ packet, lane });
    this.#draining ??= this.#drain();
  }

  /** Whether something that was sent is still on its way to the system. */
  get isWriting(): boolean {
    return this.#draining !== null || this.#writer.isWriting;
  }

  /** Whether a big buffer is underway, which must not change until all is flushed. */
  get isLent(): boolean {
    return this.#draining !== null || this.#writer.isLent;
  }

  /** Resolves when everything sent so far is written, or the stream is broken. */
  flushed(): Promise<void> {
    if (this.#draining === null) return this.#writer.flushed();
    return this.#draining.then(() => this.#writer.flushed());
  }

  /**
   * Gives each message to `take` until the stream ends or the goodbye came. While a promise that `take` has
   * returned is pending nothing more is read: the sender has to wait then.
   *
   * @returns the goodbye's message, or `undefined` when the stream just ended.
   */
  async listen(
    take: (message: unknown, lane: number, bytes: number) => void | Promise<void>,
  ): Promise<{ goodbye: unknown } | undefined> {
    const reader = this.#reader;
    for (;;) {
      let frame: Frame | null | undefined = reader.tryRead();
      if (frame === undefined) {
        if (!reader.isBig) {
          if (!await reader.fill()) return undefined;
          continue;
        }
        frame = await reader.read();
        if (frame === null) return undefined;
      }
      const lane = frame.kind & LANES;
      if (lane > Lane.GOODBYE) {
        throw new TypeError(`Cannot read a message of kind ${frame.kind}: the other side is newer`);
      }
      let bytes = frame.body.length;
      for (const each of frame.attachments) bytes += each.length;
      let message = fromFrame(frame.kind & ~LANES, frame);
      if (message instanceof Promise) message = await message;
      if (lane === Lane.GOODBYE) return { goodbye: message };
      const taking = take(message, lane, bytes);
      if (taking !== undefined) await taking;
    }
  }

  /** Closes the stream at once. */
  close(): void {
    hangUp(this.#duplex);
  }

  async #drain(): Promise<void> {
    try {
      for (let next = this.#line.shift(); next !== undefined; next = this.#line.shift()) {
        const packet = await next.packet;
        this.#writer.push(packet.kind | next.lane, packet.body, packet.attachments);
      }
    } catch (error) {
      this.#line = [];
      this.#onError(error);
    } finally {
      this.#draining = null;
    }
  }
}

/** Whether an error of a stream only says that the other side is gone, or that this side closed it. */
export function isHangup(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource ||
    error instanceof EOFError;
}
