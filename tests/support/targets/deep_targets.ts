/** Values that are nested deeper than the other side can read, seen by the codec or hidden from it. */
import { portable } from "@quartet/concurrency/futures";
import { noteKind, travels } from "../../../src/shared/memory/handle.ts";

/** `levels` objects (or arrays, maps, sets) in each other. */
export function nested(
  levels: number,
  kind: "object" | "array" | "map" | "set" = "object",
): unknown {
  let value: unknown = 1;
  for (let n = 0; n < levels; n++) {
    if (kind === "object") value = { next: value };
    else if (kind === "array") value = [value];
    else if (kind === "map") value = new Map([["k", value]]);
    else value = new Set([value]);
  }
  return value;
}

/** How many levels there are. */
export function levelsOf(value: unknown): number {
  let levels = 0;
  for (let each = value; typeof each === "object" && each !== null; levels++) {
    if (Array.isArray(each)) each = each[0];
    else if (each instanceof Map) each = each.get("k");
    else if (each instanceof Set) [each] = each;
    else each = (each as { next: unknown }).next;
  }
  return levels;
}

/** Deep in its handle, where the codec does not look: the platform can write it, and not read it. */
export class Unreadable {
  [travels](): { kind: string; module: string; data: unknown } {
    return { kind: "test.Unreadable", module: import.meta.url, data: nested(3_200) };
  }
}
noteKind("test.Unreadable", () => new Unreadable());

export const deep = portable(import.meta, {
  levels(value: unknown): number {
    return levelsOf(value);
  },
  make(levels: number, kind: "object" | "array" | "map" | "set"): unknown {
    return nested(levels, kind);
  },
  doubly(length: number): unknown {
    const nodes = Array.from({ length }, (_, n) => ({ n } as Record<string, unknown>));
    nodes.forEach((node, n) => Object.assign(node, { next: nodes[n + 1], before: nodes[n - 1] }));
    return nodes;
  },
  *items(): Generator<unknown> {
    yield 1;
    yield nested(100_000);
  },
  same<T>(value: T): T {
    return value;
  },
  unreadable(): Unreadable {
    return new Unreadable();
  },
  async after(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  },
  *unreadableItems(): Generator<unknown> {
    for (let n = 0; n < 3; n++) yield n;
    yield new Unreadable();
    for (let n = 0; n < 300; n++) yield n;
  },
});
