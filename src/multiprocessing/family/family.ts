/**
 * The memory that a family of processes shares: those that one process started, and those that they started.
 *
 *     root: new Queue() …      creates the memory, which has no name: nothing is left behind, however the family ends
 *       ├─ child               opens it as /proc/PID/fd/FD of the root, when it first needs it
 *       │    └─ its child      the same
 *       └─ child without ffi   never sees it: what it uses is served by the process that made it
 *
 * - It needs Linux and `--allow-ffi`. Where either is missing {@link Family.join} returns `null`, and everything is served.
 * - Nobody joins before the first use. A child knows the coordinates from its start, if the family had a memory by then, or from
 *   the handle of an object. A child that knows none creates none, or the family would have two.
 * - Who has FFI may do anything to the process that gave it. So what stands in this memory is checked against accidents, as
 *   lengths that a dying process has left; it is no wall between processes.
 */
import { type Coordinates, identity } from "../process/process_identity.ts";
import { Bell } from "./bell.ts";
import { FamilyMemory } from "./family_memory.ts";
import { Latches } from "./latch.ts";
import { createMapping, type LastingMapping, openMapping, type Pipe } from "./mapping.ts";
import { Pages } from "./pages.ts";
import { Participants } from "./participants.ts";
import { HEADER, MAGIC, PAGE, Words } from "./words.ts";

/** What is tried, in bytes: a host may bound the address space. Nothing is behind them until they are claimed. */
const SIZES = [2 ** 30, 2 ** 28, 2 ** 26];

let joined: Family | null = null;
let isImpossible = false;

/** The family's memory, in a process that has joined it. */
export class Family {
  readonly words: Words;
  readonly participants: Participants;
  readonly pages: Pages;
  readonly latches: Latches;
  readonly bell: Bell;
  /** The same for the state machines of `shared/sync`. */
  readonly memory: FamilyMemory;
  readonly coordinates: Coordinates;
  /** Whether there is one processor only: then nobody changes anything while this process spins. */
  readonly isAlone: boolean = navigator.hardwareConcurrency < 2;

  private constructor(mapping: LastingMapping, words: Words, where: Coordinates, pipe: Pipe) {
    this.words = words;
    this.coordinates = where;
    this.participants = new Participants(words, mapping);
    this.pages = new Pages(words, mapping, this.participants);
    this.latches = new Latches(words, mapping, this.participants);
    this.bell = new Bell(words, mapping, this.participants, pipe);
    // Also where nothing but queues is used: whoever finds a death recovers all that it left.
    this.memory = new FamilyMemory(this);
  }

  /** This process's number. */
  get me(): number {
    return this.participants.me;
  }

  /** The family's memory if this process has joined it. */
  static get joined(): Family | null {
    return joined;
  }

  /**
   * Joins the family's memory, or creates it in the family's first process; `null` where that cannot be had.
   *
   * @param where the coordinates that came with an object; by default those that this process was started with.
   */
  static join(where: Coordinates | null = identity.info?.family ?? null): Family | null {
    if (joined !== null) {
      return where === null || where.id === joined.coordinates.id ? joined : null;
    }
    if (isImpossible || !isOfRoot(where) || !mayJoin()) return null;
    joined = where === null ? create() : attach(where);
    isImpossible = joined === null;
    if (joined !== null) identity.family = joined.coordinates;
    return joined;
  }

  /** Makes the family of what is mapped. */
  static of(mapping: LastingMapping, words: Words, where: Coordinates): Family | null {
    const pipe = mapping.makePipe();
    if (pipe === null) return null;
    try {
      return new Family(mapping, words, where, pipe);
    } catch (error) {
      mapping.close(pipe.from);
      mapping.close(pipe.into);
      if (error instanceof RangeError) return null; // no slot is free
      throw error;
    }
  }
}

/**
 * Whether a process that has not joined may follow coordinates: only the family's first process creates the memory, and only
 * its memory is joined. A child may say that it has one, and have made that up.
 */
function isOfRoot(where: Coordinates | null): boolean {
  const { info } = identity;
  if (info === null) return where === null;
  return where !== null && where.pid === Number.parseInt(info.path, 36); // a path begins with that process's number
}

/** A thread is no participant: it would leave its memory open when it ends. */
function mayJoin(): boolean {
  const isThread = "postMessage" in globalThis;
  return Deno.build.os === "linux" && !isThread &&
    Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}

function create(): Family | null {
  for (const size of SIZES) {
    const mapping = createMapping(size);
    if (mapping === null) continue;
    const words = new Words(mapping.buffer);
    if (!mapping.back(0, words.firstPage * PAGE * 4)) return null;
    const [id] = crypto.getRandomValues(new Int32Array(1)) as unknown as [number];
    words.store(HEADER.id, id);
    words.store(HEADER.magic, MAGIC);
    return Family.of(mapping, words, { pid: Deno.pid, fd: mapping.fd, id });
  }
  return null;
}

function attach(where: Coordinates): Family | null {
  const mapping = openMapping(where.pid, where.fd);
  if (mapping === null || mapping.buffer.byteLength < SIZES.at(-1)!) return null;
  const words = new Words(mapping.buffer);
  if (words.load(HEADER.magic) !== MAGIC || words.load(HEADER.id) !== where.id) return null;
  return Family.of(mapping, words, where);
}
