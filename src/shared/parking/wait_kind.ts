/** What a thread can be parked for: the words of a dump. The number is what stands in shared memory. */
const NAMES = [
  "something",
  "Lock",
  "RLock",
  "Condition",
  "Semaphore",
  "Event",
  "Barrier",
  "RWLock to read",
  "RWLock to write",
  "Queue to get",
  "Queue to put",
  "Queue to be done",
  "the end of a thread",
  "a message",
  "Gil",
  "a latch of the library",
  "time to pass",
] as const;

/** The kinds by name. */
export const WaitKind = {
  other: 0,
  lock: 1,
  rlock: 2,
  condition: 3,
  semaphore: 4,
  event: 5,
  barrier: 6,
  read: 7,
  write: 8,
  get: 9,
  put: 10,
  done: 11,
  join: 12,
  message: 13,
  gil: 14,
  internal: 15,
  sleep: 16,
} as const;

/** How a dump says it. */
export function waitName(kind: number): string {
  return NAMES[kind] ?? NAMES[0];
}
