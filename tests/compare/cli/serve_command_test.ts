import "../../support/leak_guard.ts";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { servePort } from "../../../src/compare/cli/serve_command.ts";
import { UsageError } from "../../../src/command/usage_error.ts";

const entry = new URL("../../../src/compare/mod.ts", import.meta.url).href;

function command(...args: string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", entry, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  });
}

Deno.test("--serve takes a port, or any that is free", () => {
  assertEquals(servePort([]), undefined);
  assertEquals(servePort(["--quick"]), undefined);
  assertEquals(servePort(["--serve"]), 0);
  assertEquals(servePort(["--serve", "8000"]), 8000);
  assertEquals(servePort(["--serve=8000"]), 8000);
});

Deno.test("--serve refuses what is no port, and company", () => {
  for (const port of ["-1", "65536", "http", "80.5", ""]) {
    assertThrows(() => servePort([`--serve=${port}`]), UsageError, "takes a port");
  }
  for (const args of [["--quick", "--serve"], ["--serve", "--quick"], ["--serve", "1", "2"]]) {
    assertThrows(() => servePort(args), UsageError, "stands alone");
  }
});

Deno.test("compare --serve says that a port is taken, with code 2", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const { code, stdout, stderr } = await command("--serve", String(port)).output();
  assertEquals([code, stdout.length], [2, 0]);
  assertStringIncludes(new TextDecoder().decode(stderr), `--serve ${port} cannot be had`);
});

Deno.test("compare --serve says which permission is missing, with code 2", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", entry, "--serve"],
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  assertEquals(code, 2);
  assertStringIncludes(new TextDecoder().decode(stderr), "--allow-net");
});

Deno.test({
  name: "compare --serve serves until Ctrl-C, also in the middle of a race, and exits with 130",
  ignore: Deno.build.os === "windows", // no process can be sent an interrupt there
  fn: async () => {
    await using child = command("--serve").spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value: line } = await reader.read();
    const url = /http:\/\/\S+/.exec(line!)![0];
    assertStringIncludes(await (await fetch(url)).text(), "The models race");
    const Socket = WebSocket as unknown as new (url: string, options: unknown) => WebSocket;
    const socket = new Socket(`${url.replace("http", "ws")}race`, {
      headers: { origin: new URL(url).origin },
    });
    await new Promise((resolve) => socket.onopen = resolve);
    const settings = {
      ...{ models: ["sync", "threads", "processes", "async"], gil: false, together: true },
      ...{ tasks: 100, workers: 2, taskMs: 20, delayMs: 1000 },
    };
    socket.send(JSON.stringify({ do: "start", settings }));
    await new Promise<void>((resolve) => {
      socket.onmessage = ({ data }) => data.includes('"step"') && resolve();
    });
    const closed = new Promise((resolve) => socket.onclose = resolve);
    child.kill("SIGINT");
    await closed;
    assertEquals((await child.status).code, 130);
    await reader.cancel();
    await child.stderr.cancel();
  },
});
