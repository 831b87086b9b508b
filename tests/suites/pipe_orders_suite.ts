/**
 * The home of a pipe, between children that the test plays: whatever they say, in whatever order that comes, each message is
 * received once and in its order, and the end after all of them.
 *
 *     sender      sends, small and large messages and letters, as far ahead as it may; is killed, or closes its end
 *     receiver    receives some, and tells of room; asks for letters, up to three at a time; sends its end on, to another or to
 *                 itself, with what it has not received
 *
 * Of a pipe in the family's memory each of them sees that memory or has its home pass messages on.
 */
import { assert, assertEquals } from "@std/assert";
import { EOFError, TimeoutError, TransferError } from "../../src/core/errors.ts";
import { makePipe } from "../../src/multiprocessing/connection/pipe.ts";
import { AHEAD, Receipts } from "../../src/multiprocessing/connection/receipts.ts";
import { RingPipe } from "../../src/multiprocessing/connection/ring_pipe.ts";
import {
  Form,
  type Item,
  itemOf,
  lasting,
  postedItem,
  valueOf,
} from "../../src/multiprocessing/family/item.ts";
import type { Journey, ObjectAddress } from "../../src/multiprocessing/objects/journey.ts";
import { newTicket } from "../../src/multiprocessing/objects/served_objects.ts";
import { encode } from "../../src/wire/codec/codec.ts";
import { PlayedChild } from "../support/played_child.ts";
import type { SeededRandom } from "../support/seeded_random.ts";

type Random = SeededRandom["random"];
type Content = readonly [isBytes: boolean, value: unknown, marked: boolean];
type Numbered = readonly [number: number, ...rest: unknown[]];

/** Where the messages of a pipe go: through memory that children may see, or through their home alone. */
export type PipeGround = "mapped" | "served";

/** What an end does with messages, by memory that its child sees or by its home. */
interface Side {
  readonly child: PlayedChild;
  readonly end: Journey;
  /** Its way through memory; `null` where the child sees none. */
  readonly way: RingPipe | null;
  readonly isBridged: boolean;
}

function arrive({ child, end, way, isBridged }: Side): void {
  child.holds(end);
  if (isBridged) child.posts(end, "bridge");
  way?.arrive();
}

/** The message of that number: one of three letters in a row, a large one, a small one. */
function messageOf(number: number): Content {
  if (number % 41 > 37) {
    const { value, marked } = encode([number, new RangeError("r")], "process", []);
    return [false, value, marked];
  }
  return [false, [number, "x".repeat(number % 97 === 0 ? 30_000 : number % 61)], false];
}

class Sender {
  readonly #side: Side;
  readonly #child: PlayedChild;
  readonly #end: ObjectAddress;
  #ahead = 0;
  sent = 0;
  hasEnded = false;
  isKilled = false;

  constructor(side: Side) {
    this.#side = side;
    this.#child = side.child;
    this.#end = side.end;
    arrive(side);
  }

  send(most: number): void {
    for (; most > 0 && this.#ahead <= AHEAD; most--) {
      const message = messageOf(this.sent);
      if (!this.#put(message)) break;
      this.sent++;
    }
  }

  /** Whether it found room. */
  #put(message: Content): boolean {
    const { way } = this.#side;
    const [, value, isLetter] = message;
    try {
      if (way !== null) way.outbound.put(isLetter ? postedItem(0) : itemOf(value)!, { timeout: 0 });
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      return false;
    }
    if (way !== null && !isLetter) return true;
    this.#child.posts(this.#end, "message", ...message);
    this.#ahead++;
    return true;
  }

  hear(most: number): void {
    for (const [what, count] of this.#child.hears(most)) {
      if (what === "taken") this.#ahead = Math.max(0, this.#ahead - (count as number));
    }
  }

  /** It closes its end, or is killed; all that it has sent was handed over. */
  end(closes: boolean): void {
    this.hasEnded = true;
    this.isKilled = !closes;
    if (this.isKilled) return this.#child.ends();
    this.#side.way?.close();
    this.#child.posts(this.#end, "close");
    this.#child.drops(this.#end);
    this.#child.speaks();
  }
}

class Receiver {
  readonly child: PlayedChild;
  readonly #side: Side;
  readonly #end: Journey;
  readonly #inbox: Content[] = [];
  readonly #receipts = new Receipts();
  #isHere = false;
  #arrived = 0;
  #hasEnd = false;
  /** Of how many letters it has taken the places and asked for them. */
  #awaited = 0;

  constructor(side: Side) {
    this.#side = side;
    this.child = side.child;
    this.#end = side.end;
    arrive(side);
  }

  hear(most: number): void {
    for (const [what, ...content] of this.child.hears(most)) {
      if (!this.#isHere) this.#isHere = what === "here" && content[0] === this.#end.ticket;
      else if (what === "message") {
        this.#arrived++;
        this.#inbox.push(content.slice(0, 3) as unknown as Content);
      } else if (what === "end" && (!this.#side.isBridged || content[0] === true)) {
        this.#hasEnd = true;
      }
    }
  }

  /** The numbers of the next messages, and whether the end comes after them. */
  receive(most: number): { numbers: number[]; isAtEnd: boolean } {
    const numbers: number[] = [];
    for (; most > 0; most--) {
      const next = this.#side.way === null ? this.#nextTold() : this.#nextSeen(this.#side.way);
      if (next === "end") return { numbers, isAtEnd: true };
      if (next === null) break;
      numbers.push((next as Numbered)[0]);
    }
    return { numbers, isAtEnd: false };
  }

  #nextTold(): unknown {
    const message = this.#inbox.shift();
    if (message === undefined) return this.#hasEnd ? "end" : null;
    if (this.#receipts.add()) {
      const told = this.#receipts.due;
      this.#receipts.told(told);
      this.child.posts(this.#end, "room", told);
    }
    return message[1];
  }

  #nextSeen({ inbound }: RingPipe): unknown {
    while (this.#awaited < 3) {
      const item = nextItem(inbound);
      const isThere = item !== null && item !== "end";
      if (!isThere || item.form !== Form.posted) {
        if (this.#awaited === 0) return isThere ? valueOf(item) : item;
        if (isThere) inbound.putBack(item);
        break;
      }
      this.#awaited++;
      this.child.posts(this.#end, "letter", this.#arrived);
    }
    const letter = this.#inbox.shift();
    assert(letter !== undefined || !this.#hasEnd, "the end has come in the place of a letter");
    if (letter === undefined) return null;
    this.#awaited--;
    return letter[1];
  }

  /** The end in the same process, as when it could not be sent. */
  again(end: Journey): Receiver {
    return new Receiver({ ...this.#side, end });
  }

  /** It sends its end on; returns what the next one is told. */
  leave(): Journey {
    const ticket = newTicket();
    for (; this.#awaited > 0; this.#awaited--) this.#side.way!.inbound.putBack(postedItem(0));
    // In its process its waits would end, too; here these are those of the home.
    this.#side.way?.inbound.ring.setReader(false);
    this.#side.way?.outbound.ring.setWriter(false);
    this.child.lends(this.#end, ticket);
    this.child.posts(this.#end, "leaves", this.#inbox, ticket, this.#arrived);
    this.child.drops(this.#end);
    return { ...this.#end, ticket };
  }
}

/** The next item of a ring, lasting; `null` if none is there, `"end"` if none comes any more. */
function nextItem(inbound: RingPipe["inbound"]): Item | "end" | null {
  try {
    return lasting(inbound.get({ timeout: 0 }) as Item);
  } catch (error) {
    if (error instanceof EOFError) return "end";
    if (error instanceof TimeoutError) return null;
    throw error;
  }
}

/** Lets those go on who have something to do at once: none, some or all. */
async function pause(random: Random): Promise<void> {
  for (let turns = [0, random(8), 64][random(3)]!; turns > 0; turns--) await null;
}

/** Plays a pipe from its begin to its end. */
export async function playPipe(random: Random, ground: PipeGround): Promise<void> {
  const ways = ground === "mapped" ? RingPipe.pair() : null;
  const [reader, writer] = makePipe(false, ways);
  const children = [new PlayedChild(), new PlayedChild()];
  const [first, second] = children as [PlayedChild, PlayedChild];
  const sideOf = (child: PlayedChild, end: Journey, way: RingPipe | undefined): Side => {
    const sees = random(3) === 0;
    return { child, end, way: sees ? way ?? null : null, isBridged: way !== undefined && !sees };
  };
  // Both ends are on their way before anybody has come.
  const writing = sideOf(first, first.give(writer), ways?.[1]);
  const reading = sideOf(second, second.give(reader), ways?.[0]);
  let sender: Sender | null = null;
  let receiver: Receiver | null = null;
  const received: number[] = [];
  const most = random(4) === 0 ? random(40) : random(3000);
  // The receiver may come when the sender is far ahead, or has ended.
  const comesAfter = random(3) === 0 ? random(500) : 0;
  let moves = random(5);
  let isAtEnd = false;
  for (let turn = 0; !isAtEnd; turn++) {
    assert(turn < 100_000, `after ${received.length} of ${sender?.sent} nothing comes`);
    const isSending = sender !== null && !sender.hasEnded;
    switch (random(8)) {
      case 0:
        sender ??= new Sender(writing);
        break;
      case 1:
        if (turn >= comesAfter) receiver ??= new Receiver(reading);
        break;
      case 2:
        if (!isSending) break;
        if (sender!.sent < most) sender!.send(1 + random(AHEAD + 2));
        else sender!.end(random(2) === 0);
        break;
      case 3:
        if (isSending) sender!.hear(1 + random(6));
        break;
      case 4:
        if (isSending) first.speaks(1 + random(AHEAD));
        break;
      case 5:
        receiver?.child.speaks(1 + random(3));
        break;
      case 6:
        receiver?.hear(1 + random(AHEAD));
        break;
      case 7: {
        if (receiver === null) break;
        const got: { numbers: number[]; isAtEnd: boolean } = receiver.receive(1 + random(AHEAD));
        received.push(...got.numbers);
        isAtEnd = got.isAtEnd;
        const journey: Journey | null = isAtEnd || moves === 0 || random(8) > 0
          ? null
          : receiver.leave();
        if (journey === null) break;
        moves--;
        if (random(2) === 0) {
          receiver = receiver.again(journey);
        } else {
          // What another is told comes by way of this process, and so behind it.
          receiver.child.speaks();
          const next = new PlayedChild();
          children.push(next);
          receiver = new Receiver(sideOf(next, journey, ways?.[0]));
        }
        break;
      }
    }
    await pause(random);
  }
  for (const child of children) if (!(sender!.isKilled && child === first)) child.ends();
  for (const child of children) assertEquals(child.refusal, null);
  assertEquals(received, Array.from({ length: sender!.sent }, (_, number) => number));
}
