import type { Workload } from "./workload.ts";
import { cpu } from "./cpu.ts";
import { io } from "./io.ts";
import { memory } from "./memory.ts";
import { messages } from "./messages.ts";

/** The workloads that come with the package, each made for a number of tasks. */
const MAKERS: Readonly<Record<string, (tasks?: number) => Workload>> = {
  cpu: (tasks = Math.max(8, 2 * navigator.hardwareConcurrency)) => cpu(tasks),
  io: (tasks = 10) => io(tasks),
  messages: (tasks = 4000) => messages(tasks),
  memory: (tasks = 8) => memory(tasks),
};

/** Their names, in the order in which they are measured. */
export const BUILT_IN: readonly string[] = Object.keys(MAKERS);

/**
 * The built-in workload of that name.
 *
 * @throws {TypeError} if there is none.
 */
export function builtIn(name: string, tasks?: number): Workload {
  const make = Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
  if (make === undefined) {
    throw new TypeError(`Cannot measure workload "${name}": there are ${BUILT_IN.join(", ")}`);
  }
  return make(tasks);
}
