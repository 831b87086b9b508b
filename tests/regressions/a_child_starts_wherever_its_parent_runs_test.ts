// Processes could not be started from threads, in a project with only a package.json, or where the temporary folder is missing,
// long or read-only.
import "../support/leak_guard.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { discoverFlags, resolvingFlags } from "../../src/wire/rpc/start_flags.ts";
import { JsrRegistry } from "../support/jsr_registry.ts";
import { root } from "../support/source_tree.ts";

const places = new URL("tests/support/programs/places.ts", root).href;
const NESTED = "4,9,16,25,36,49";

interface Start {
  readonly command?: "run" | "test" | "eval";
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
}

async function run(args: readonly string[], start: Start = {}) {
  const { command = "run", flags = ["-A"], env, cwd } = start;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, ...flags, ...args],
    env: { NO_COLOR: "1", ...env },
    cwd,
    signal: AbortSignal.timeout(300_000),
  }).output();
  const text = new TextDecoder();
  return {
    stdout: text.decode(stdout).trim(),
    stderr: text.decode(stderr).replace(/^Download .*\n/gm, ""),
  };
}

/** Makes a folder with files, by their paths. */
async function project(files: Record<string, string>): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${folder}/${path}`, text);
  }
  return folder;
}

/** A program whose function uses `expression` of what it imports, on a thread, in a process, and in a process of a thread. */
function programWith(imports: string, expression: string): string {
  return `${imports}
import { portable, Process } from "${new URL("src/multiprocessing/mod.ts", root)}";
import { Thread } from "${new URL("src/threading/mod.ts", root)}";
const { one, nested } = portable(import.meta, {
  one: () => ${expression},
  async nested() {
    const process = new Process({ target: one }).start();
    const result = await process.result;
    await process.join();
    return result;
  },
});
if (import.meta.main) {
  const results = [];
  for (const [Kind, target] of [[Thread, one], [Process, one], [Thread, nested], [Process, nested]]) {
    if (Kind === Thread && Deno.args[0] === "processes") continue;
    try {
      const started = new Kind({ target }).start();
      results.push(await started.result);
      await started.join();
    } catch (error) {
      results.push(String(error));
    }
  }
  console.log("got " + results.join());
}`;
}

const tinyDep = {
  "node_modules/tiny-dep/package.json":
    `{ "name": "tiny-dep", "version": "1.0.0", "type": "module", "exports": "./index.js" }`,
  "node_modules/tiny-dep/index.js": "export const x = 42;",
};

Deno.test("processes start from threads, and from what a process or thread started", async () => {
  const { stdout, stderr } = await run([places, "nested"]);
  assertEquals(stdout, NESTED, stderr);
});

Deno.test("processes start from modules on http, from threads too, whatever the current folder is", async () => {
  await using registry = await JsrRegistry.start();
  const folder = await project({ "deno.json": `{ "imports": { "broken": "./nowhere.ts" } }` });
  const text = (await Deno.readTextFile(new URL(places)))
    .replaceAll(
      /"@quartet\/concurrency\/(\w+)"/g,
      `"${registry.url}@quartet/concurrency/0.1.0/src/$1/mod.ts"`,
    );
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(text, { headers: { "content-type": "text/typescript" } }),
  );
  const { stdout, stderr } = await run(
    [`http://127.0.0.1:${server.addr.port}/places.ts`, "nested"],
    { env: { DENO_DIR: `${folder}/cache` }, cwd: folder },
  );
  assertEquals(stdout, NESTED, stderr);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a project with only a package.json is one for its children too", async () => {
  const main = programWith(`import { x } from "tiny-dep";`, "x");
  const folder = await project({
    "deno.json": `{ "imports": { "tiny-dep": "./nowhere.ts" } }`, // hidden by the package.json below it
    "app/package.json": `{ "type": "module", "dependencies": { "tiny-dep": "1.0.0" } }`,
    ...Object.fromEntries(Object.entries(tinyDep).map(([path, text]) => [`app/${path}`, text])),
    "app/src/main.ts": main,
  });
  const { stdout, stderr } = await run(["app/src/main.ts"], { cwd: folder });
  assertEquals(stdout, "got 42,42,42,42", stderr);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a deno.json, a workspace, and an import map from the command line are followed by children", async () => {
  const main = programWith(`import { x } from "aliased";`, "x");
  const folder = await project({
    "one/deno.json": `{ "imports": { "aliased": "./x.ts" } }`,
    "one/x.ts": "export const x = 1;",
    "one/main.ts": main,
    "two/deno.json": `{ "imports": { "aliased": "./x.ts" }, "workspace": ["./member"] }`,
    "two/x.ts": "export const x = 2;",
    "two/member/package.json": `{ "name": "@a/member", "version": "1.0.0" }`,
    "two/member/main.ts": main,
    "three/map.json": `{ "imports": { "aliased": "./x.ts" } }`,
    "three/x.ts": "export const x = 3;",
    "three/main.ts": main.replace("if (import.meta.main) {", `$&\n  Deno.chdir("/");`),
  });
  const programs: [string[], string][] = [
    [["one/main.ts"], "got 1,1,1,1"],
    [["two/member/main.ts"], "got 2,2,2,2"],
    [["--import-map", "three/map.json", "three/main.ts"], "got 3,3,3,3"],
  ];
  await Promise.all(programs.map(async ([args, expected]) => {
    const { stdout, stderr } = await run(args, { cwd: folder });
    assertEquals(stdout, expected, stderr);
  }));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a test starts processes from threads", async () => {
  const folder = await project({
    "deno.json": `{ "imports": { "aliased": "./x.ts" } }`,
    "x.ts": "export const x = 5;",
    "main_test.ts": programWith(`import { x } from "aliased";`, "x").replace(
      "if (import.meta.main) {",
      `Deno.test("it", async () => {`,
    ) + ");",
  });
  const start: Start = { command: "test", flags: ["-A", "--no-check"], cwd: folder };
  const { stdout, stderr } = await run(["main_test.ts"], start);
  assertStringIncludes(stdout, "got 5,5,5,5", stderr);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a child comes over loopback where no private socket can be had, and nothing stays behind", async () => {
  const folder = await Deno.makeTempDir();
  const long = `${folder}/${"x".repeat(60)}/${"y".repeat(60)}`;
  const readonly = `${folder}/readonly`;
  await Deno.mkdir(long, { recursive: true });
  await Deno.mkdir(readonly, { mode: 0o500 });
  const least = ["--no-prompt", "--allow-run", "--allow-net"];
  const starts: Start[] = [
    { env: { TMPDIR: `${folder}/missing` } },
    { env: { TMPDIR: long } },
    { env: { TMPDIR: readonly } },
    { env: { TMPDIR: `${folder}/missing` }, flags: [...least, "--allow-read", "--allow-write"] },
    { env: { TMPDIR: long }, flags: [...least, "--allow-read", "--allow-write"] },
    { flags: [...least, "--allow-write"] },
    { flags: [...least, "--allow-read"] },
    { flags: least },
  ];
  // A program that may not read cannot tell its child where its deno.json is, so this one imports by URL.
  await Deno.writeTextFile(`${folder}/main.ts`, programWith("", "6"));
  const main = `${folder}/main.ts`;
  await Promise.all(starts.map(async (start) => {
    const { stdout, stderr } = await run([main, "processes"], start);
    assertEquals(stdout, "got 6,6", `${JSON.stringify(start)} ${stderr}`);
  }));
  const narrow = ["--no-prompt", "--allow-run", "--allow-net=127.0.0.1"];
  assertStringIncludes((await run([main, "processes"], { flags: narrow })).stdout, "got 6,");
  const { stdout } = await run([main, "processes"], { flags: ["--no-prompt", "--allow-run"] });
  assertStringIncludes(stdout, "grant --allow-net=127.0.0.1");
  assertEquals([...Deno.readDirSync(long), ...Deno.readDirSync(readonly)], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a listener without an address listens on loopback where no private socket can be had", async () => {
  const folder = await project({
    "main.ts": `import { Client, Listener } from "${new URL("src/multiprocessing/mod.ts", root)}";
await using listener = new Listener({ authkey: "a secret" });
const accepted = listener.accept();
using client = await Client(listener.address, { authkey: "a secret" });
using server = await accepted;
await client.send(typeof listener.address);
console.log(await server.recv());`,
  });
  const least = ["--no-prompt", "--allow-net"];
  const starts: [Start, string][] = [
    [{}, Deno.build.os === "windows" ? "object" : "string"],
    [{ env: { TMPDIR: `${folder}/missing` } }, "object"],
    [{ env: { TMPDIR: folder + "/x".repeat(60) } }, "object"],
    [{ flags: least }, "object"],
  ];
  await Deno.mkdir(folder + "/x".repeat(60), { recursive: true });
  await Promise.all(starts.map(async ([start, expected]) => {
    const { stdout, stderr } = await run([`${folder}/main.ts`], start);
    assertEquals(stdout, expected, stderr);
  }));
  assertEquals([...Deno.readDirSync(folder + "/x".repeat(60))], []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("flags are read as Deno reads them", () => {
  assertEquals(
    resolvingFlags(
      "deno -L debug run -cx.json --seed 5 --cert a.pem --lock l m.ts --no-npm".split(" "),
    ),
    [
      "--config=x.json",
      "--cert=a.pem",
      "--lock=l",
    ],
  );
  assertEquals(discoverFlags("/proc"), ["--no-config"]);
  assertEquals(discoverFlags(null), ["--no-config"]);
});

Deno.test("a program that is text runs its functions on threads, and says why no process can", async () => {
  const start: Start = { command: "eval", flags: [] };
  const { stdout, stderr } = await run([programWith("", "42")], start);
  const [onThread, inProcess] = stdout.split(",", 2);
  assertEquals(onThread, "got 42", stderr);
  assertStringIncludes(inProcess!, "Cannot run one in another process: its module is text");
});
