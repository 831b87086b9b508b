/**
 * Who the threads are: each has a slot in the shared memory from before it starts until it has ended.
 *
 *     word  name     what
 *     0     thread   the thread's identity; 0: the slot is free
 *     1     running  1 until the thread has ended; joiners sleep here
 *     2     stop     the epoch of work that is asked to stop (`stop_word.ts`)
 *     3     waits    the first of its asynchronous waits (`parking_lot.ts`)
 *     4     last     the identity of the latest thread of this slot: its name is known until the next one takes it
 *     5     daemon   1: the end of the main thread ends it too
 *     6     owner    its identity as a lock's word would say it, for waiters that join it (`joining.ts`)
 *     16..  node     the node by which it waits when it blocks
 *     32..  name     its name: the length, then UTF-16 units
 *
 * Identities count up and are not used again (before 2^30 threads), so that a lock whose owner is gone
 * can be told from a lock held by a new thread.
 */
import {
  add,
  adoptMemory,
  byteView,
  compareExchange,
  HEADER,
  load,
  sharedMemory,
  SLOTS,
  store,
} from "../memory/words.ts";

/** Words of a slot. */
export const SLOT = {
  thread: 0,
  running: 1,
  stop: 2,
  waits: 3,
  last: 4,
  daemon: 5,
  owner: 6,
  node: 16,
  name: 32,
} as const;

const NAME_UNITS = (SLOTS.size - SLOT.name - 1) * 2;
const LAST_IDENTITY = 2 ** 30;

/** What a starting thread is given: the memory, and who it is. Crosses in its first message. */
export interface ThreadRegistration {
  readonly memory: SharedArrayBuffer;
  readonly thread: number;
}

/** The identity of this thread once it is known; 0 before. Hot code reads it after {@link myThread}. */
export let me = 0;

/** The identity of this thread. The first that asks in a process is the main thread. */
export function myThread(): number {
  if (me === 0) {
    sharedMemory();
    if (load(HEADER.mainThread) !== 0) {
      throw new Error(
        "Cannot tell which thread this is: it was given memory without an registration",
      );
    }
    me = registerThread("MainThread").thread;
    store(HEADER.mainThread, me);
  }
  return me;
}

/** The identity of the main thread. */
export function mainIdentity(): number {
  myThread();
  return load(HEADER.mainThread);
}

/**
 * Gives a thread that is about to be started its identity and slot.
 *
 * @throws {RangeError} if there are 1,024 threads.
 */
export function registerThread(name: string): ThreadRegistration {
  const memory = sharedMemory();
  for (let tries = 0; tries < SLOTS.count; tries++) {
    const thread = 1 + (add(HEADER.lastThread, 1) % LAST_IDENTITY);
    const slot = slotOf(thread);
    if (compareExchange(slot + SLOT.thread, 0, thread) !== 0) continue;
    store(slot + SLOT.running, 1);
    store(slot + SLOT.stop, 0);
    store(slot + SLOT.daemon, 0);
    store(slot + SLOT.owner, thread << 1);
    store(slot + SLOT.waits, 0);
    store(slot + SLOT.last, thread);
    writeName(slot, name);
    return { memory, thread };
  }
  throw new RangeError(`Cannot start a thread: there are ${SLOTS.count} already; let some end`);
}

/** Makes this thread the enrolled one: the first thing that a started thread does, also in a worker that served another. */
export function attachThread(registration: ThreadRegistration): void {
  if (me === 0) adoptMemory(registration.memory);
  me = registration.thread;
}

/** The slot of a thread; it is that thread's only while {@link isRegistered}. */
export function slotOf(thread: number): number {
  return SLOTS.start + (thread % SLOTS.count) * SLOTS.size;
}

/** Whether the thread has been enrolled and has not ended. */
export function isRegistered(thread: number): boolean {
  return thread > 0 && load(slotOf(thread) + SLOT.thread) === thread;
}

/** Whether the thread runs, or is about to. */
export function isRunning(thread: number): boolean {
  return isRegistered(thread) && load(slotOf(thread) + SLOT.running) === 1;
}

/** Whether the end of the main thread ends it too. */
export function isDaemon(thread: number): boolean {
  return load(slotOf(thread) + SLOT.daemon) === 1;
}

/** The number for the name of the next thread that is given none: they go on through all threads. */
export function nextThreadNumber(): number {
  myThread();
  return 1 + add(HEADER.numbered, 1);
}

/** The identities of all enrolled threads, in no order. */
export function registeredThreads(): number[] {
  myThread();
  const threads: number[] = [];
  for (let i = 0; i < SLOTS.count; i++) {
    const thread = load(SLOTS.start + i * SLOTS.size + SLOT.thread);
    if (thread !== 0) threads.push(thread);
  }
  return threads;
}

/** The name of a thread; of one that ended long ago, when its slot serves another, only its number. */
export function threadName(thread: number): string {
  if (thread <= 0 || load(slotOf(thread) + SLOT.last) !== thread) return `thread ${thread}`;
  const start = (slotOf(thread) + SLOT.name) * 2;
  const units = new Uint16Array(byteView().buffer, start * 2, NAME_UNITS + 2);
  return String.fromCharCode(...units.subarray(2, 2 + units[0]!));
}

/** Gives an enrolled thread another name. */
export function renameThread(thread: number, name: string): void {
  if (isRegistered(thread)) writeName(slotOf(thread), name);
}

function writeName(slot: number, name: string): void {
  const units = new Uint16Array(byteView().buffer, (slot + SLOT.name) * 4, NAME_UNITS + 2);
  const short = name.length > NAME_UNITS ? name.slice(0, NAME_UNITS - 1) + "…" : name;
  for (let i = 0; i < short.length; i++) units[2 + i] = short.charCodeAt(i);
  units[0] = short.length;
}
