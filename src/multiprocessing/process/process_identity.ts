/** What this process knows of its own place among processes; filled by the entry of a child. */
import type { ParentTransport } from "./parent_transport.ts";
import type { RendezvousAddress } from "./rendezvous.ts";

/** By which a process finds the family's memory. */
export interface Coordinates {
  /** A process that has it open, and does not end before the family. */
  readonly pid: number;
  /** As what. */
  readonly fd: number;
  /** What stands in it. */
  readonly id: number;
}

/** What a child is told about itself and its parent. */
export interface ChildInfo {
  /** Its name, as in `Process-1`. */
  readonly name: string;
  /** Whether it ends with its parent, and may have no children. */
  readonly daemon: boolean;
  /** Its place in the tree of processes, as in `0.2.1`. */
  readonly path: string;
  /** The parent's name and number. */
  readonly parentName: string;
  readonly parentPid: number;
  /** Where it finds the memory of its family; `null` if that had none when it was started. */
  readonly family: Coordinates | null;
}

/** What a spare is told when it is used. */
export interface SpareOrder {
  readonly info: ChildInfo;
  /** Those of the modules which were loaded ahead that are to be run; `null`: all. */
  readonly modules: readonly string[] | null;
}

/** What the entry is called with. */
export interface ChildStart {
  readonly place: RendezvousAddress;
  /** Of a spare only what holds for whatever it becomes: the rest it is told when it is used. */
  readonly info: ChildInfo;
  /** Whether it is started ahead, and waits to be told what it is. */
  readonly isSpare: boolean;
  /** The user's main module: the child's own is another. */
  readonly main: string | null;
  /** What was run before it, and is run before that of each thread. */
  readonly preloads: readonly string[];
  /** The flags by which the child's children resolve imports as this process does. */
  readonly flags: readonly string[];
}

/** The name of a process that nobody of this library started. */
export const MAIN_NAME = "MainProcess";

/** This process's place; `null` in one that nobody of this library started. */
export const identity: {
  info: ChildInfo | null;
  transport: ParentTransport | null;
  /** The flags with which this process was started; `null` in one that nobody of this library started. */
  flags: readonly string[] | null;
  /** What this process's children are told of the memory of the family; `null` before it was needed. */
  family: Coordinates | null;
} = { info: null, transport: null, flags: null, family: null };
