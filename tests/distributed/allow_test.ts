/** Modules that a worker was not told to run: it refuses each, and loads nothing of it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { portableModule, RefusedError } from "@quartet/concurrency/distributed";
import { AllowList } from "../../src/distributed/worker/allow_list.ts";
import { natsTest } from "../support/nats_server.ts";
import { Scene } from "../support/nats_scene.ts";
import { remoteJobs } from "../support/targets/remote_jobs.ts";

/** A folder with `jobs/good.ts`, and around it what must not run: what is loaded says so in `loaded`. */
class Ground implements AsyncDisposable {
  readonly folder: string;
  readonly url: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.url = `file://${folder}`;
  }

  static async open(): Promise<Ground> {
    const ground = new Ground(await Deno.realPath(await Deno.makeTempDir()));
    for (const folder of ["jobs", "jobs-of-others", "JOBS"]) {
      await Deno.mkdir(`${ground.folder}/${folder}`);
    }
    await Deno.writeTextFile(
      `${ground.folder}/jobs/good.ts`,
      "export function run(): string { return 'good'; }\n",
    );
    for (const place of ["evil.ts", "jobs-of-others/evil.ts", "JOBS/evil.ts"]) {
      await Deno.writeTextFile(`${ground.folder}/${place}`, evil(ground.folder));
    }
    await Deno.symlink(`${ground.folder}/evil.ts`, `${ground.folder}/jobs/link.ts`);
    await Deno.symlink(ground.folder, `${ground.folder}/jobs/up`);
    return ground;
  }

  /** Whether something was loaded that was not allowed. */
  get isBroken(): boolean {
    try {
      Deno.statSync(`${this.folder}/loaded`);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** The text of a module that leaves a trace when it is loaded. */
function evil(folder: string): string {
  return `Deno.writeTextFileSync("${folder}/loaded", import.meta.url);
export function run(): string { return "evil"; }
`;
}

/** Ways to name what is not below `file:///…/jobs/`. */
const TRICKS = (base: string): string[] => [
  `${base}/evil.ts`,
  `${base}/jobs/../evil.ts`,
  `${base}/jobs/%2e%2e/evil.ts`,
  `${base}/jobs/%2E%2E/evil.ts`,
  `${base}/jobs/.%2e/evil.ts`,
  `${base}/jobs/..%2fevil.ts`,
  `${base}/jobs/..%5cevil.ts`,
  `${base}/jobs/..\\evil.ts`,
  `${base}/jobs\\..\\evil.ts`,
  `${base}/jobs/good.ts/../../evil.ts`,
  `${base}/jobs/./../evil.ts`,
  `${base}/jobs//../../evil.ts`,
  `${base}/jobs-of-others/evil.ts`,
  `${base}/JOBS/evil.ts`,
  `${base}/jobs/link.ts`,
  `${base}/jobs/up/evil.ts`,
  `${base}/jobs/\t../evil.ts`,
  `${base}/jobs/.\n./evil.ts`,
  ` ${base}/jobs/../evil.ts`,
  `${base}/jobs/%00/../evil.ts`,
  base.replace("file://", "FILE://") + "/evil.ts",
  base.replace("file://", "file:") + "/evil.ts",
  base.replace("file://", "file://localhost") + "/evil.ts",
  base.replace("file://", "file://otherhost") + "/jobs/good.ts",
  "data:text/javascript,export function run() { return 'evil'; }",
  "DATA:text/javascript,export function run() { return 'evil'; }",
  "node:fs",
  "npm:fs-extra",
  "jsr:@std/fs",
  "blob:null/1",
  "about:blank",
  "javascript:0",
  "",
  "jobs/good.ts",
  "./evil.ts",
];

Deno.test("a file that is not allowed is refused, however it is named", async () => {
  await using ground = await Ground.open();
  const list = new AllowList([`${ground.url}/jobs/`]);
  await list.permit({ module: `${ground.url}/jobs/good.ts`, name: "run" });
  for (const module of TRICKS(ground.url)) {
    await assertRejects(
      () => list.permit({ module, name: "run" }),
      RefusedError,
      undefined,
      module,
    );
  }
});

Deno.test("a prefix ends at a boundary of the path, with and without a slash, and may be one module", async () => {
  await using ground = await Ground.open();
  const good = { module: `${ground.url}/jobs/good.ts`, name: "run" };
  const beside = { module: `${ground.url}/jobs-of-others/evil.ts`, name: "run" };
  for (const prefix of [`${ground.url}/jobs`, `${ground.url}/jobs/`, good.module]) {
    const list = new AllowList([prefix]);
    await list.permit(good);
    await assertRejects(() => list.permit(beside), RefusedError);
  }
});

/** Names of modules on other hosts than the one allowed, or that pretend to be on it. */
const HOSTS = (host: string): string[] => [
  `http://${host}.evil.example/jobs/x.ts`,
  `http://evil.example/jobs/x.ts`,
  `http://${host}@evil.example/jobs/x.ts`,
  `http://user:pass@${host}/jobs/x.ts`,
  `http://${host}:1/jobs/x.ts`,
  `https://${host}/jobs/x.ts`,
  `http://${host}./jobs/x.ts`,
  `HTTP://${host}/evil.ts`,
  `http://${host}/jobs/../evil.ts`,
  `http://${host}/jobs%2f..%2fevil.ts`,
  `http://${host}/evil.ts?/jobs/`,
  `http://${host}/evil.ts#/jobs/`,
  `http:\\\\${host}\\jobs\\x.ts`,
  `http:/${host}/jobs/x.ts`,
  `//${host}/jobs/x.ts`,
  `ftp://${host}/jobs/x.ts`,
  `ws://${host}/jobs/x.ts`,
];

Deno.test("a host is that host, port included, whatever else the address says", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response("export function run() {}\n", {
        headers: { "content-type": "text/javascript" },
      }),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const list = new AllowList([`http://${host}/jobs/`]);
  await list.permit({ module: `http://${host}/jobs/x.ts`, name: "run" });
  await list.permit({ module: `http://${host}/jobs/x.ts?v=2`, name: "run" });
  const names = HOSTS(host).filter((name) =>
    !name.includes(`${host}:`) && !name.startsWith(`http://${host}.`)
  );
  for (
    const module of [
      ...names,
      `http://127.0.0.1:1/jobs/x.ts`,
      `http://localhost:${server.addr.port}/jobs/x.ts`,
    ]
  ) {
    await assertRejects(
      () => list.permit({ module, name: "run" }),
      RefusedError,
      undefined,
      module,
    );
  }
  const named = new AllowList(["https://example.com/jobs/"]);
  for (
    const module of HOSTS("example.com").filter((name) => name !== "https://example.com/jobs/x.ts")
  ) {
    await assertRejects(
      () => named.permit({ module, name: "run" }),
      RefusedError,
      undefined,
      module,
    );
  }
});

Deno.test("what is no prefix is refused before anything runs", () => {
  for (
    const prefix of [
      "",
      "jobs/",
      "data:",
      "blob:",
      "jsr:@scope/name",
      "https://user:pass@example.com/",
      "https://example.com/?x",
      "https://example.com/#x",
      "https://example.com/x%2fy/",
      null,
      7,
    ]
  ) {
    assertThrows(() => new AllowList([prefix]), TypeError);
  }
  for (const list of ["file:///x/", null, undefined, {}]) {
    assertThrows(() => new AllowList(list), TypeError);
  }
});

interface Job {
  run(): string;
}

natsTest(
  "over the wire too nothing runs that is not allowed, and the caller is told why",
  async () => {
    await using ground = await Ground.open();
    await using scene = await Scene.open();
    const executor = scene.caller();
    const worker = await scene.worker({ allow: [`${ground.url}/jobs/`] });
    const submit = (module: string) => executor.submit(portableModule<Job>(module).run);
    assertEquals(await submit(`${ground.url}/jobs/good.ts`), "good");
    const names = TRICKS(ground.url).filter((name) => URL.canParse(name));
    for (const module of names) {
      await assertRejects(() => submit(module).then(), RefusedError, "here", module);
    }
    const inline = executor.submit(() => "sent as text");
    await assertRejects(() => inline.then(), RefusedError, "sent as text");
    assertEquals(worker.statistics().refused, names.length + 1);
    assert(!ground.isBroken);
  },
);

natsTest("a function that says of which errors to try again has to be allowed, too", async () => {
  await using ground = await Ground.open();
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker();
  const when = portableModule<{ run(error: unknown): boolean }>(`${ground.url}/evil.ts`).run;
  const future = executor.submitWith(
    { retries: { attempts: 2, delay: 1, when } },
    remoteJobs.fail,
    scene.folder,
  );
  await assertRejects(() => future.then(), RefusedError);
  assert(!ground.isBroken);
  assertEquals(scene.lines("failed"), []);
});

natsTest("a broadcast runs what is allowed, and nothing else", async () => {
  await using ground = await Ground.open();
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ allow: [`${ground.url}/jobs/`] });
  assertEquals(
    await executor.broadcast(portableModule<Job>(`${ground.url}/jobs/good.ts`).run),
    ["good"],
  );
  await assertRejects(
    () => executor.broadcast(portableModule<Job>(`${ground.url}/evil.ts`).run),
    RefusedError,
  );
  assert(!ground.isBroken);
});

natsTest("a generator is refused as a function is", async () => {
  await using ground = await Ground.open();
  await using scene = await Scene.open();
  const executor = scene.caller();
  await scene.worker({ allow: [`${ground.url}/jobs/`] });
  const { run } = portableModule<{ run(): Generator<string> }>(`${ground.url}/evil.ts`);
  await assertRejects(() => Array.fromAsync(executor.stream(run)), RefusedError);
  assert(!ground.isBroken);
});

natsTest(
  "a module that its server sends elsewhere is refused before anything is loaded",
  async () => {
    await using scene = await Scene.open();
    let isAsked = false;
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/jobs/good.ts") return script("export function run() { return 'good'; }");
        if (pathname.startsWith("/jobs/")) {
          return new Response(null, { status: 302, headers: { location: "/evil.ts" } });
        }
        isAsked = true;
        return script("export function run() { return 'evil'; }");
      },
    );
    const base = `http://127.0.0.1:${server.addr.port}`;
    const executor = scene.caller();
    await scene.worker({ allow: [`${base}/jobs/`] });
    assertEquals(await executor.submit(portableModule<Job>(`${base}/jobs/good.ts`).run), "good");
    const sent = executor.submit(portableModule<Job>(`${base}/jobs/sent.ts`).run);
    await assertRejects(() => sent.then(), RefusedError, "redirected");
    assert(!isAsked);
  },
);

function script(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/javascript" } });
}
