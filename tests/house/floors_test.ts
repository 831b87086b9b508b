/** Holds the source tree to the floors, the lonely names and the manners that src/README.md tells of. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { importCircles } from "../support/import_circles.ts";
import { type SourceFile, sourceFile, sourceFiles } from "../support/source_tree.ts";

/** Who may import whom: any file of the other folder, since a barrel costs a starting thread every module behind it. */
const FLOORS: Record<string, readonly string[]> = {
  core: [],
  command: ["core"],
  shared: ["core"],
  wire: ["core", "shared"],
  sync: ["core"],
  coroutines: ["core"],
  queue: ["core", "shared", "wire"],
  threading: ["core", "shared", "wire"],
  multiprocessing: ["core", "sync", "shared", "wire", "queue", "threading"],
  futures: ["core", "shared", "wire", "threading", "multiprocessing"],
  asyncio: ["core", "sync", "coroutines", "futures"],
  gevent: ["core", "sync", "asyncio"],
  distributed: ["core", "command", "wire", "futures"],
  testing: ["core", "asyncio", "threading"],
  compare: [
    "core",
    "command",
    "sync",
    "shared",
    "wire",
    "coroutines",
    "queue",
    "threading",
    "multiprocessing",
    "futures",
    "asyncio",
    "gevent",
    "distributed",
  ],
};

/** Imports that only `import()` may make: the floor below is loaded on first use. */
const LAZY_ONLY: readonly [from: string, to: string][] = [["asyncio", "futures"]];

/** Names of the platform that one file alone may speak, so that a change of the platform is a change of it. */
const LONELY: readonly { name: string; pattern: RegExp; files: readonly string[] }[] = [
  {
    name: "Atomics.wait, waitAsync, notify",
    pattern: /\bAtomics\s*\.\s*(?:wait|waitAsync|notify)\b/,
    files: ["src/shared/parking/futex.ts"],
  },
  {
    name: "the other Atomics",
    pattern: /\bAtomics\b(?!\s*\.\s*(?:wait|waitAsync|notify)\b)/,
    // Memory between processes is no SharedArrayBuffer, so words.ts has nothing to do with it.
    files: [
      "src/shared/memory/words.ts",
      "src/multiprocessing/family/words.ts",
      "src/multiprocessing/memory/shared_array.ts",
    ],
  },
  {
    name: "new SharedArrayBuffer",
    pattern: /\bnew\s+SharedArrayBuffer\b/,
    files: ["src/shared/memory/words.ts"],
  },
  {
    name: "new Worker",
    pattern: /\bnew\s+Worker\b/,
    files: ["src/threading/thread/thread_worker.ts"],
  },
  {
    name: "Deno.Command",
    pattern: /\bDeno\s*\.\s*Command\b/,
    // asyncio's createSubprocess is a door to the platform's own subprocess: hiding that would be a lie.
    files: [
      "src/multiprocessing/process/child_transport.ts",
      "src/multiprocessing/process/parent_guard.ts",
      "src/asyncio/streams/subprocess.ts",
      "src/distributed/embedded_server.ts",
    ],
  },
  {
    name: "setTimeout, setInterval, performance.now",
    pattern: /\b(?:setTimeout|setInterval)\b|\bperformance\s*\.\s*now\b/,
    files: ["src/core/clock.ts"],
  },
  {
    name: "Deno.internal",
    pattern: /\binternal\s*\]|\binternal\s*\}\s*=\s*Deno\b/,
    files: ["src/core/flow/work_flow.ts", "src/threading/thread/leavings.ts"],
  },
  {
    name: "Deno.dlopen",
    pattern: /\bDeno\s*\.\s*dlopen\b/,
    files: [
      "src/multiprocessing/memory/libc.ts",
      "src/threading/thread/native_id.ts",
      "src/compare/cli/watchdog_thread.ts",
    ],
  },
  {
    name: "process.binding",
    pattern: /\bbinding\s*(?:\?\.)?\s*\(|["']pipe_wrap["']/,
    files: ["src/multiprocessing/family/wake_pipes.ts"],
  },
  { name: "node:v8", pattern: /["']node:v8["']/, files: ["src/wire/codec/bytes.ts"] },
];

/** The longest a file may be below its imports; about 250 lines is what reads well. */
const LONGEST_FILE = 400;
/** The most files that a room has. */
const LARGEST_ROOM = 22;

/** The most files of a circle of imports, those of types included: a reader has to know all of them at once. */
const LARGEST_CIRCLE = 6;

const source = sourceFiles("src");
const tests = sourceFiles("tests");

/** Fails with the list of what breaks the rule. */
function none(broken: string[], rule: string): void {
  assertEquals(broken, [], `${rule}:\n${broken.map((line) => `  ${line}`).join("\n")}\n`);
}

Deno.test("every folder of src is a known floor, and stands above only lower ones", () => {
  const floors = [...new Set(source.map((file) => file.floor))].filter((floor) => floor !== "");
  none(floors.filter((floor) => !(floor in FLOORS)), "folders that FLOORS does not list");
});

Deno.test("imports go downward only", () => {
  const broken: string[] = [];
  for (const file of source) {
    for (const { from, path } of file.imports) {
      if (path === null || path === "deno.json") continue; // what the package says of itself
      const floor = /^src\/([^/]+)\//.exec(path)?.[1];
      if (floor === file.floor) continue;
      if (floor === undefined || !FLOORS[file.floor]?.includes(floor)) {
        broken.push(`${file.path} imports ${from}: ${file.floor} may not import ${floor ?? path}`);
      }
    }
  }
  none(broken, "imports against the floors");
});

Deno.test("what is loaded on first use is never imported at once", () => {
  const broken = source.flatMap((file) =>
    file.imports.filter(({ path, lazy, typeOnly }) =>
      !lazy && !typeOnly &&
      LAZY_ONLY.some(([from, to]) => file.floor === from && path?.startsWith(`src/${to}/`))
    ).map(({ from }) => `${file.path} imports ${from}: use import() where it is needed`)
  );
  none(broken, "imports that should be lazy");
});

Deno.test("the package's entry names the modules and nothing below them", () => {
  const entry = sourceFile("mod.ts");
  const hidden = ["core", "command", "sync", "shared", "wire"];
  const broken = entry.code.split("\n").filter((line) =>
    /export \*/.test(line) && hidden.some((floor) => line.includes(`/${floor}/`))
  );
  none(broken, "mod.ts exports what is not public");
});

Deno.test("only a public module has a barrel, and only it is one", () => {
  const hidden = ["core", "command", "sync", "shared", "wire"];
  none(
    source.filter((file) =>
      file.name === "mod.ts" && (hidden.includes(file.floor) || file.path.split("/").length > 3)
    ).map((file) => file.path),
    "barrels inside of the house: name the file that is needed",
  );
});

Deno.test("a room has about twenty files", () => {
  const rooms = new Map<string, number>();
  for (const { path } of source) {
    const room = path.slice(0, path.lastIndexOf("/"));
    rooms.set(room, (rooms.get(room) ?? 0) + 1);
  }
  none(
    [...rooms].filter(([, size]) => size > LARGEST_ROOM).map(([room, size]) => `${room}: ${size}`),
    `rooms of more than ${LARGEST_ROOM} files: make two`,
  );
});

Deno.test("no file imports itself round a corner", () => {
  const edges = new Map(source.map((file) => [
    file.path,
    file.imports.filter(({ lazy, typeOnly }) => !lazy && !typeOnly).map(({ path }) => path),
  ]));
  const done = new Set<string>();
  const broken: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      broken.push([...trail.slice(trail.indexOf(path)), path].join(" → "));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) if (next !== null) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  none(broken, "cycles of imports");
});

Deno.test("importCircles() finds what reaches itself, and nothing else", () => {
  const edges = {
    a: ["b", "x"],
    b: ["c"],
    c: ["a", "d"],
    d: ["e"],
    e: ["d", "elsewhere"],
    x: ["y"],
    y: ["z"],
    z: [],
  };
  assertEquals(importCircles(new Map(Object.entries(edges))), [["d", "e"], ["a", "b", "c"]]);
});

Deno.test("no circle of imports is large, types included", () => {
  const edges = new Map(source.map((file) => [
    file.path,
    file.imports.filter(({ lazy }) => !lazy).map(({ path }) => path).filter((path) =>
      path !== null
    ),
  ]));
  none(
    importCircles(edges).filter(({ length }) => length > LARGEST_CIRCLE)
      .map((circle) => `${circle.length}: ${circle.join(", ")}`),
    `circles of more than ${LARGEST_CIRCLE} files: let them know an interface on the ground`,
  );
});

Deno.test("the platform's names stay lonely", () => {
  const broken = LONELY.flatMap(({ name, pattern, files }) =>
    source.filter((file) => !files.includes(file.path)).flatMap((file) =>
      // A specifier is a string, so node:v8 is looked for where strings still stand.
      file.find(pattern, name.startsWith("node:") ? "code" : "bare")
        .map((place) => `${place}   (${name} belongs in ${files.join(", ")})`)
    )
  );
  none(broken, "names of the platform outside of their file");
});

Deno.test("one noun per file: a name in snake_case, no drawer, not too long", () => {
  const drawers = /^(utils?|helpers?|types|common|misc|internal|constants|interfaces)\.ts$/;
  const name = /^[a-z0-9]+(_[a-z0-9]+)*(\.d)?\.ts$/;
  const files = [...source, ...tests];
  none(files.filter((file) => !name.test(file.name)).map((file) => file.path), "not snake_case");
  none(files.filter((file) => drawers.test(file.name)).map((file) => file.path), "drawers");
  none(
    files.filter((file) => file.lines > LONGEST_FILE && !file.path.startsWith("tests/"))
      .map((file) => `${file.path}: ${file.lines} lines, at most ${LONGEST_FILE}`),
    "too long: find the second noun",
  );
});

Deno.test("tests mirror src, and each test file stands under the leak guard", () => {
  const own = "bench examples golden house model regressions stress suites support".split(" ");
  const floors = new Set([...source.map((file) => file.floor), ...own]);
  none(
    tests.filter((file) => !floors.has(file.path.split("/")[1]!)).map((file) => file.path),
    "tests beside src's folders",
  );
  none(
    tests.filter((file) => file.name.endsWith("_test.ts") && !file.text.includes("leak_guard.ts"))
      .map((file) => file.path),
    'test files without import "../support/leak_guard.ts"',
  );
});

Deno.test("no error is swallowed: a catch does something, an empty callback says beside it why", () => {
  const broken = [...source, ...tests].flatMap((file) => [
    ...file.find(/\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}/),
    ...file.find(/\.catch\(\s*\(\s*\w*\s*\)\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)/)
      .filter((place) => !commented(file, place)),
  ]);
  none(broken, "errors that vanish");
});

Deno.test("nothing is left to do, and no check is switched off in silence", () => {
  const files = [...source, ...tests].filter((file) => !file.path.endsWith("/floors_test.ts"));
  none(files.flatMap((file) => file.find(/\b(?:TODO|FIXME|XXX|HACK)\b/, "text")), "left to do");
  none(
    files.flatMap((file) => file.find(/@ts-(?:ignore|nocheck|expect-error)/, "text")),
    "unchecked",
  );
  none(files.flatMap((file) => file.find(/\bDeno\.test\.(?:only|ignore)\b/)), "tests not run");
  const sanitizers = /\bsanitize(?:Ops|Resources|Exit)\s*:\s*false/;
  none(
    tests.flatMap((file) => file.find(sanitizers).filter((place) => !commented(file, place))),
    "sanitizers switched off without the reason beside it",
  );
});

/** Whether a comment stands on the line of `place`, or on the one before. */
function commented(file: SourceFile, place: string): boolean {
  const line = Number(place.slice(file.path.length + 1).split(":")[0]);
  const [before, same] = [line - 2, line - 1].map((at) => file.text.split("\n")[at] ?? "");
  return /\/\/|\*\//.test(before!) || /\/\//.test(same!);
}
