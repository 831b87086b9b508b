/** Pictures, pages and the live view where the package comes from JSR: all that they need comes along. */
import "../../support/leak_guard.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { JsrRegistry } from "../../support/jsr_registry.ts";

const PACKAGE = "jsr:@quartet/concurrency@^0.1/compare";

function command(folder: string, registry: JsrRegistry, args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-config", "--no-lock", PACKAGE, ...args],
    env: { NO_COLOR: "1", TMPDIR: folder, JSR_URL: registry.url, DENO_DIR: `${folder}/cache` },
    cwd: folder,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
}

Deno.test("from JSR, compare draws its page and its picture without a package for it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using registry = await JsrRegistry.start();
    const { code, stderr } = await command(folder, registry, [
      ...["--workload", "messages", "--tasks", "20", "--models", "sync,threads", "--repeats", "1"],
      ...["--html", "a.html", "--svg", "a.svg"],
    ]).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    assertStringIncludes(await Deno.readTextFile(`${folder}/a.html`), "<script>");
    assertStringIncludes(await Deno.readTextFile(`${folder}/a.svg`), "</svg>");
    const packages = `${folder}/cache/npm`; // by registry
    const fetched = [...Deno.readDirSync(packages)].flatMap(({ name }) =>
      [...Deno.readDirSync(`${packages}/${name}`)].map((each) => each.name)
    );
    assert(fetched.includes("cli-progress"), fetched.join());
    assertEquals(fetched.filter((name) => name.startsWith("d3")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "from JSR, the live view races with threads and processes",
  ignore: Deno.build.os === "windows", // no process can be sent an interrupt there
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using registry = await JsrRegistry.start();
      await using child = command(folder, registry, ["--serve"]).spawn();
      const output = child.stdout.pipeThrough(new TextDecoderStream());
      let url = "";
      for await (const text of output.values({ preventCancel: true })) {
        url = /http:\/\/\S+/.exec(text)?.[0] ?? "";
        if (url !== "") break;
      }
      const Socket = WebSocket as unknown as new (url: string, options: unknown) => WebSocket;
      const socket = new Socket(`${url.replace("http", "ws")}race`, {
        headers: { origin: new URL(url).origin },
      });
      await new Promise((resolve) => socket.onopen = resolve);
      const settings = {
        ...{ models: ["threads", "processes"], gil: true, together: true },
        ...{ tasks: 3, workers: 2, taskMs: 1, delayMs: 1 },
      };
      socket.send(JSON.stringify({ do: "start", settings }));
      const heard: string[] = [];
      await new Promise<void>((resolve) => {
        socket.onmessage = ({ data }) => {
          heard.push(data);
          if (data.includes('"over"')) resolve();
        };
      });
      assert(!heard.join("").includes('"error"'), heard.join("\n"));
      const closed = new Promise((resolve) => socket.onclose = resolve);
      child.kill("SIGTERM");
      await closed;
      assertEquals((await child.status).code, 143);
      await output.cancel();
      await child.stderr.cancel();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
