import type { ProcessPermissions } from "./permissions.ts";

/** How a process is made. */
export interface ProcessOptions<A extends unknown[], R> {
  /** What it runs; portable, or without anything from around it. */
  readonly target: (...args: A) => R;
  /** What the target is called with; they cross as copies, shared objects stay the same. */
  readonly args?: A;
  /** Its name; by default `Process-1` and so on. A number becomes text. */
  readonly name?: string;
  /** Whether it is ended with its parent and does not keep it alive; by default as this process is. */
  readonly daemon?: boolean;
  /**
   * What it may do: by default all that this process may, as far as that was granted without exceptions; with an object
   * only what that names; with `"none"` nothing.
   */
  readonly permissions?: ProcessPermissions | "inherit" | "none";
  /** Environment variables on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it is started when it is asked for, and is none that was kept ready; default `false`. See `setSpares`. */
  readonly fresh?: boolean;
}

/** How a process stands. */
export interface ProcessStatistics {
  /** Its name. */
  readonly name: string;
  /** Its number in the system. */
  readonly pid: number | null;
  /** Whether it is ended with its parent. */
  readonly daemon: boolean;
  /** How far it has come. */
  readonly state: "new" | "running" | "ended" | "closed";
  /** What it exited with. */
  readonly exitCode: number | null;
  /** How many of its messages were refused: it spoke of what is not its own, or could not be understood. That ends it. */
  readonly refused: number;
}
