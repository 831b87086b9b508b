import { currentWork, type Work } from "../../core/current.ts";
import { thisNode } from "./node.ts";

const names = new WeakMap<Work, string>();
let last = 0;

/** The process of an owner. */
export function processOf(owner: string): string {
  const end = owner.indexOf("#");
  return end < 0 ? owner : owner.slice(0, end);
}

/** Who asks in this process: the task or job that is running, or else the process itself. */
export function currentOwner(): string {
  const { path } = thisNode();
  const work = currentWork();
  if (work === undefined) return path;
  let name = names.get(work);
  if (name === undefined) {
    name = `${path}#${++last}`;
    names.set(work, name);
  }
  return name;
}
