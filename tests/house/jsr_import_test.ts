/** A user's script, outside of this checkout, imports the package from a registry as JSR serves it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { JsrRegistry } from "../support/jsr_registry.ts";
import { root } from "../support/source_tree.ts";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let registry: JsrRegistry;
let cache: string;

Deno.test.beforeAll(async () => {
  registry = await JsrRegistry.start();
  cache = await Deno.makeTempDir({ prefix: "quartet-cache-" });
});

Deno.test.afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await Deno.remove(cache, { recursive: true });
});

/** Runs `script` as a user would: own folder, own cache, and nothing of this project but JSR. */
function runUser(script: string, flags: readonly string[]): Promise<Ran> {
  return run([...flags, "main.ts"], script);
}

/** `deno run ARGS` in a user's folder with `script` as its `main.ts`. */
async function run(args: readonly string[], script = ""): Promise<Ran> {
  const folder = await Deno.makeTempDir({ prefix: "quartet-user-" });
  try {
    await Deno.writeTextFile(`${folder}/main.ts`, script);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", ...args],
      cwd: folder,
      env: { JSR_URL: registry.url, DENO_DIR: cache, NO_COLOR: "1" },
      stdin: "null",
      signal: AbortSignal.timeout(60_000),
    }).output();
    return {
      code,
      stdout: new TextDecoder().decode(stdout),
      stderr: new TextDecoder().decode(stderr).replace(/^Download .*\n/gm, ""),
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("import from JSR: a portable function runs in line without any permission", async () => {
  const { code, stdout, stderr } = await runUser(
    `import { portable } from "jsr:@quartet/concurrency@^0.1";
     const square = portable(import.meta, function square(n: number): number {
       return n * n;
     });
     if (import.meta.main) console.log(square(7));`,
    [],
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "49\n", stderr: "" });
  const { asked } = registry;
  assert(asked.includes("/@quartet/concurrency/0.1.0_meta.json"));
  assertEquals(asked.filter((path) => path.startsWith("/@std/")), []);
});

const POOL = (executor: string): string => `
  import { ${executor}, portable } from "jsr:@quartet/concurrency@^0.1/futures";

  const square = portable(import.meta, function square(n: number): number {
    return n * n;
  });

  if (import.meta.main) {
    await using pool = new ${executor}({ maxWorkers: 2 });
    console.log(await pool.submit(square, 7));
    console.log((await Array.fromAsync(pool.map(square, [1, 2, 3]))).join(" "));
  }
`;

const PROCESS = `
  import { portable, Process } from "jsr:@quartet/concurrency@^0.1/multiprocessing";

  const squares = portable(import.meta, function squares(...all: number[]): number[] {
    return all.map((n) => n * n);
  });

  if (import.meta.main) {
    const one = new Process({ target: squares, args: [7] }).start();
    console.log((await one.result)[0]);
    const three = new Process({ target: squares, args: [1, 2, 3] }).start();
    console.log((await three.result).join(" "));
    await Promise.all([one.join(), three.join()]);
  }
`;

/** The flags that the README's table of permissions lists for `what`. */
function leastPermissions(what: string): string[] {
  const readme = Deno.readTextFileSync(new URL("README.md", root));
  const row = readme.split("\n")
    .find((line) => line.startsWith(`| ${what} `) && line.includes("`--allow-"));
  const flags = /`([^`]+)`/.exec(row?.split("|")[2] ?? "")?.[1];
  assert(flags !== undefined, `README.md lists no permissions for ${what}`);
  return flags.split(" ");
}

const SCRIPTS: readonly [kind: string, what: string, script: string][] = [
  ["a thread pool", "threads", POOL("ThreadPoolExecutor")],
  ["a pool of processes", "processes", POOL("ProcessPoolExecutor")],
  ["a process of its own", "processes", PROCESS],
];

for (const [kind, what, script] of SCRIPTS) {
  for (const [name, flags] of [["-A", ["-A"]], ["least", leastPermissions(what)]] as const) {
    Deno.test(`import from JSR: a user's function runs in ${kind}, permissions: ${name}`, async () => {
      // Deno would ask on a terminal; here it must not have to.
      const { code, stdout, stderr } = await runUser(script, [...flags, "--no-prompt"]);
      assertEquals({ code, stdout, stderr }, { code: 0, stdout: "49\n1 4 9\n", stderr: "" });
    });
  }
}

Deno.test("import from JSR: threads share a lock and a queue, permissions: least", async () => {
  const script = `
    import { Lock, portable, Thread } from "jsr:@quartet/concurrency@^0.1/threading";
    import { Queue } from "jsr:@quartet/concurrency@^0.1/queue";

    const put = portable(import.meta, function put(lock: Lock, queue: Queue<string>, name: string) {
      for (let i = 0; i < 3; i++) {
        using _ = lock.acquireSync()!;
        queue.putSync(name + i);
      }
    });

    if (import.meta.main) {
      const [lock, queue] = [new Lock(), new Queue<string>()];
      const threads = ["a", "b"].map((name) =>
        new Thread({ target: put, args: [lock, queue, name] }).start()
      );
      for (const thread of threads) await thread.join();
      const items: string[] = [];
      while (!queue.empty()) items.push(await queue.get());
      console.log(items.sort().join(" "), lock.locked());
    }
  `;
  const flags = [...leastPermissions("threads"), "--no-prompt"];
  const { code, stdout, stderr } = await runUser(script, flags);
  assertEquals({ code, stdout, stderr }, {
    code: 0,
    stdout: "a0 a1 a2 b0 b1 b2 false\n",
    stderr: "",
  });
});

Deno.test("import from JSR: the README's own example counts the same four ways", async () => {
  const readme = Deno.readTextFileSync(new URL("README.md", root));
  const example = /^```ts[^\n]*\n(.*?)^```/ms.exec(readme)![1]!;
  const flags = ["threads", "processes"].flatMap(leastPermissions);
  const { code, stdout, stderr } = await runUser(example, [...flags, "--no-prompt"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.replace(/\d+ ms/g, "N ms").split("\n"), [
    "Sync 25997 N ms",
    "Async 25997 N ms",
    "ThreadPool 25997 N ms",
    "ProcessPool 25997 N ms",
    "",
  ]);
});

Deno.test("import from JSR: the comparison runs as a command, permissions: least", async () => {
  const { code, stdout, stderr } = await run([
    ...leastPermissions("`compare`"),
    "--no-prompt",
    "jsr:@quartet/concurrency@^0.1/compare",
    ...["--workload", "cpu", "--tasks", "2", "--repeats", "1"],
  ]);
  assertEquals([code, stderr], [0, ""], stdout);
  assertMatch(stdout, /^cpu · 2 tasks$/m);
  assertMatch(stdout, /^ *(?:Use \w+|It cannot be said): /m);
});
