/** Where processes are killed: what they use between them, and by what it is counted what they have done. */
import * as mp from "../../src/multiprocessing/mod.ts";
import { makePipe } from "../../src/multiprocessing/connection/pipe.ts";
import { type Cells, type CellsAddress, FileCells } from "./cells.ts";
import { mapped, served, type Way } from "./served.ts";
import { servedQueue } from "./served_queue.ts";
import type { SeededRandom } from "./seeded_random.ts";

/** A process that is killed. */
export type Victim = mp.Process<unknown[], unknown>;

/** Cells that the test made, which it has to remove. */
export type OwnCells = Cells & Disposable & { unlink(): void };

/** See the head of this file. */
export interface KillGround {
  readonly name: string;
  /** How primitives are made. */
  readonly way: Way;
  queue<T>(maxsize: number): mp.Queue<T>;
  /** The end that receives, and the one that sends. */
  pipe<T>(): [mp.Connection<never, T>, mp.Connection<T, never>];
  cells(length: number): OwnCells;
  /** So many messages a sender sends before it has to wait for its receiver, at least. */
  readonly ahead: number;
  /** Whether a victim blocks, by chance where it can. */
  blocks(random: SeededRandom["random"]): boolean;
  start(target: (...args: never[]) => unknown, args: unknown[]): Victim;
}

function simplex<T>(ends: unknown): [mp.Connection<never, T>, mp.Connection<T, never>] {
  return ends as [mp.Connection<never, T>, mp.Connection<T, never>];
}

/** A victim; `permissions`: those of its parent, if none are named. */
function start(
  target: (...args: never[]) => unknown,
  args: unknown[],
  permissions?: mp.ProcessPermissions,
): Victim {
  return new mp.Process({
    target: target as (...args: unknown[]) => unknown,
    args: args.map(addressOf),
    permissions,
  }).start();
}

function addressOf(arg: unknown): unknown {
  return arg instanceof FileCells ? arg.path satisfies CellsAddress : arg;
}

const inMemory = {
  way: mapped,
  ahead: 1_400, // with all but the last one of the big ones for which the ring has room
  queue: <T>(maxsize: number) => new mp.Queue<T>(maxsize),
  pipe: <T>() => simplex<T>(mp.Pipe({ duplex: false })),
};

/** In order: everything in memory that all share; everything served; and victims that do not see that memory. */
export const GROUNDS: readonly KillGround[] = [
  {
    name: "mapped",
    ...inMemory,
    cells: (length) => new mp.SharedArray(length),
    blocks: (random) => random(2) === 1,
    start,
  },
  {
    name: "served",
    ahead: 100,
    way: served,
    queue: <T>(maxsize: number) => servedQueue(mp.Queue<T>, maxsize),
    pipe: <T>() => simplex<T>(makePipe(false, null)),
    cells: (length) => new mp.SharedArray(length),
    blocks: () => false,
    start,
  },
  {
    name: "asked of its home",
    ...inMemory,
    cells: (length) => FileCells.create(length),
    blocks: () => false,
    start: (target, args) => start(target, args, { read: true, write: true, net: true }),
  },
];

/** Where all is mapped. */
export const MAPPED: KillGround = GROUNDS[0]!;
