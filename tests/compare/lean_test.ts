/** What a worker loads to do measured work is part of its start: it must not grow unseen. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier?: string };
    }[];
  }[];
}

/** Everything that is loaded at once with a module of this project, the module itself included. */
async function loadedWith(path: string): Promise<string[]> {
  const entry = new URL(`../../src/compare/${path}`, import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    stderr: "null",
    signal: AbortSignal.timeout(30_000),
  }).output();
  const { modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((each) => [each.specifier, each]));
  const loaded = new Set<string>();
  const load = (specifier: string): void => {
    if (loaded.has(specifier)) return;
    loaded.add(specifier);
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) load(code.specifier);
    }
  };
  load(entry);
  return [...loaded];
}

const lean = ["primes", "picture", "picture_site", "increment", "sum"];

for (
  const path of [
    ...lean.map((name) => `workloads/${name}.ts`),
    "measure/traced_call.ts",
    "measure/usage.ts",
  ]
) {
  Deno.test(`a worker that loads ${path} loads nothing else of the comparison, and no library`, async () => {
    const loaded = await loadedWith(path);
    const heavy = loaded.filter((each) =>
      /^(npm|jsr|node|https):/.test(each) || /\/src\/(?!core|shared|wire)/.test(each)
    );
    assertEquals(heavy.map((each) => each.replace(/.*\/src\//, "")), [`compare/${path}`]);
  });
}

Deno.test("importing the comparison loads no library before something is measured or drawn", async () => {
  const loaded = await loadedWith("mod.ts");
  assertEquals(loaded.filter((each) => /^(npm|jsr|node|https):/.test(each)), []);
});
