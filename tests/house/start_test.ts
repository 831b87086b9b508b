/** Holds what a starting thread and a starting child load before they can run anything: each module costs its start. */
import "../support/leak_guard.ts";
import { assert } from "@std/assert";
import { sourceFile } from "../support/source_tree.ts";

/** All modules that come with the one at `path`, but for types and what is loaded on first use. */
function loadedWith(path: string): string[] {
  const loaded = new Set<string>();
  const visit = (each: string): void => {
    if (loaded.has(each)) return;
    loaded.add(each);
    for (const { path, lazy, typeOnly } of sourceFile(each).imports) {
      if (path !== null && !lazy && !typeOnly) visit(path);
    }
  };
  visit(path);
  return [...loaded];
}

for (
  const { what, entry, most } of [
    { what: "thread", entry: "src/threading/thread/entry.ts", most: 30 },
    { what: "child process", entry: "src/multiprocessing/process/entry.ts", most: 40 },
  ]
) {
  Deno.test(`a starting ${what} loads at most ${most} modules`, () => {
    const loaded = loadedWith(entry);
    assert(loaded.includes("src/wire/rpc/worker.ts"), "the walk does not find what is loaded");
    assert(
      loaded.length <= most,
      `${loaded.length} modules, at most ${most}:\n${loaded.sort().join("\n")}`,
    );
  });
}
