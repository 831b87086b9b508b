/**
 * The pipes by which the event loops of a family are woken, one for each participant.
 *
 *     sleeper    makes a pipe, notes in its slot which, and has the platform's own poll wait for a byte
 *     ringer     opens it as /proc/PID/fd/FILE, once, and writes a byte
 *
 * The poll waits for the pipe beside all else that the loop waits for, so a wake-up takes 7 µs. A call that sleeps by the futex
 * on a thread of the platform's took 15 to 40, as two threads have to be woken.
 *
 * - A pipe has no name: nothing is left behind, however its process ends.
 * - The number of a process that has just died may be another's by the time a ringer opens its pipe. So what is found there is
 *   used only if it is the pipe that was noted.
 * - A ringer that can have no more files wakes nobody: the sleeper then looks when its slice of time has passed.
 */
import type { LastingMapping, Pipe } from "./mapping.ts";
import type { Participants } from "./participants.ts";
import type { Words } from "./words.ts";

/** See the head of this file. */
export class WakePipes {
  readonly #words: Words;
  readonly #mapping: LastingMapping;
  readonly #participants: Participants;
  /** The files to write into, by participant. */
  readonly #files = new Map<number, number>();
  /** What keeps this process's own pipe open. */
  readonly #reader: Reader;

  /**
   * @param own this process's pipe.
   * @param woken called when a byte has come.
   */
  constructor(
    words: Words,
    mapping: LastingMapping,
    participants: Participants,
    own: Pipe,
    woken: () => void,
  ) {
    this.#words = words;
    this.#mapping = mapping;
    this.#participants = participants;
    this.#reader = readPipe(own.from, woken);
    const note = participants.pipeOf(participants.me);
    words.store(note + NOTE.file, own.into);
    words.store(note + NOTE.inode, own.inode);
  }

  /** Wakes a participant's event loop. */
  wake(participant: number): void {
    let file = this.#files.get(participant);
    if (file === undefined) {
      this.#closeOfDead();
      file = this.#open(participant);
      if (file < 0) return;
      this.#files.set(participant, file);
    }
    this.#mapping.writeByte(file);
  }

  #open(participant: number): number {
    const note = this.#participants.pipeOf(participant);
    const file = this.#words.load(note + NOTE.file), inode = this.#words.load(note + NOTE.inode);
    return this.#mapping.openPipe(this.#participants.pidOf(participant), file, inode);
  }

  #closeOfDead(): void {
    for (const [participant, file] of this.#files) {
      if (this.#participants.isAlive(participant)) continue;
      this.#files.delete(participant);
      this.#mapping.close(file);
    }
  }
}

/** The two words that say which pipe is a participant's: the file to write into, as its process has it, and its inode. */
const NOTE = { file: 0, inode: 1 } as const;

/** What has the platform's poll wait for a pipe; it keeps no process. */
export interface Reader {
  unref(): void;
}

/** The platform's own handle of a pipe. */
interface PipeHandle extends Reader {
  open(file: number): number;
  readStart(): number;
  /** Called for whatever comes. */
  onread: () => void;
}

interface NodeProcess {
  binding?(name: "pipe_wrap"): { Pipe?: new (type: number) => PipeHandle };
  getBuiltinModule(name: "node:net"): typeof import("node:net");
}

/** The kind of a handle that connects nothing. */
const PLAIN = 0;

/**
 * Has `come` called when there is something to read, which is thrown away.
 *
 * @param node what the platform has of Node's; the public way to read a file like this takes it 14 ms to load.
 */
export function readPipe(
  file: number,
  come: () => void,
  node: NodeProcess = (globalThis as unknown as { process: NodeProcess }).process,
): Reader {
  const Handle = node.binding?.("pipe_wrap")?.Pipe;
  const handle = Handle === undefined ? null : new Handle(PLAIN);
  if (handle?.open(file) === 0) {
    handle.onread = come;
    if (handle.readStart() === 0) {
      handle.unref();
      return handle;
    }
  }
  const { Socket } = node.getBuiltinModule("node:net");
  const callback = (): boolean => {
    come();
    return true;
  };
  const socket = new Socket({
    fd: file,
    readable: true,
    writable: false,
    onread: { buffer: new Uint8Array(64), callback },
  });
  socket.resume();
  return socket.unref();
}
