import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, Queue } from "../../../src/multiprocessing/mod.ts";
import { isAlive } from "../../support/children.ts";
import { until } from "../../support/until_waiting.ts";
import { targets } from "../../support/targets/process_targets.ts";

const onLinux = Deno.build.os === "linux";

Deno.test("a parent that is killed leaves no children behind, whatever they do", async () => {
  if (!onLinux) return;
  const script = new URL("../../support/targets/orphan_parent.ts", import.meta.url);
  const parent = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script.href],
    stdout: "piped",
  }).spawn();
  const reader = parent.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    assert(!done, "the parent said the numbers of its children");
    text += value;
  }
  const pids = JSON.parse(text) as number[];
  assertEquals(pids.map(isAlive), [true, true, true, true]);
  parent.kill("SIGKILL");
  await until(() => !pids.some(isAlive), `${pids} have ended`);
  await parent.status;
  await reader.cancel();
});

Deno.test("no folder, socket or zombie is left, however a child ends", async () => {
  if (!onLinux) return;
  const own = Deno.makeTempDirSync();
  const before = Deno.env.get("TMPDIR");
  Deno.env.set("TMPDIR", own);
  try {
    const good = new Process({ target: targets.square, args: [1] }).start();
    const killed = new Process({ target: targets.spin }).start();
    const early = new Process({ target: targets.spin }).start();
    assertEquals([...Deno.readDirSync(own)].length, 3);
    early.kill();
    await good.result;
    killed.kill();
    const all = [good, killed, early];
    await Promise.all(all.map((each) => each.join()));
    assertEquals(all.map((each) => isAlive(each.pid as number)), [false, false, false]);
    assertEquals([...Deno.readDirSync(own)], []);
  } finally {
    if (before === undefined) Deno.env.delete("TMPDIR");
    else Deno.env.set("TMPDIR", before);
    Deno.removeSync(own, { recursive: true });
  }
});

Deno.test("a child gets no more than it is given", async () => {
  await using child = new Process({
    target: targets.granted,
    permissions: { net: ["127.0.0.1"], read: false },
  }).start();
  assertEquals(await child.result, {
    read: "prompt",
    write: "prompt",
    net: "prompt",
    env: "prompt",
    run: "prompt",
    ffi: "prompt",
    sys: "prompt",
  });
});

Deno.test("what a child may not do is an error in its result", async () => {
  const secret = new URL(import.meta.url).pathname;
  const target = targets.readFile;
  const refused = new Process({ target, args: [secret], permissions: { net: true } }).start();
  const error = await assertRejects(() => refused.result, Error, "Requires read access");
  assertEquals(error.name, "NotCapable");
  const allowed = new Process({ target, args: [secret], permissions: { read: [secret] } }).start();
  assert((await allowed.result).length > 0);
  const none = new Process({ target: targets.env, args: ["HOME"], permissions: "none" }).start();
  await assertRejects(() => none.result, Error, "Requires env access");
  const net = new Process({ target: targets.fetchHost, permissions: { net: ["127.0.0.1"] } });
  await assertRejects(() => net.start().result, Error, "onnection refused");
  const noNet = new Process({ target: targets.fetchHost, permissions: { read: true } }).start();
  await assertRejects(() => noNet.result, Error, "Requires net access");
  await Promise.all([refused, allowed, none, net, noNet].map((each) => each.join()));
});

Deno.test("permissions are checked before anything is started", () => {
  const start = (permissions: unknown) => () =>
    new Process({ target: targets.granted, permissions: permissions as "none" }).start();
  assertThrows(start({ reed: true }), TypeError, '"reed"');
  assertThrows(start({ read: 5 }), TypeError, "permissions.read");
  assertThrows(start("some"), TypeError);
});

Deno.test("a child of a parent with few permissions gets no more, and can be used", async () => {
  const script = new URL("../../support/targets/narrow_parent.ts", import.meta.url);
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--allow-run",
      "--allow-read",
      "--allow-write",
      "--allow-env",
      "--allow-net",
      script.href,
    ],
    stderr: "inherit",
  }).output();
  assert(success);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), {
    granted: {
      read: "granted",
      write: "granted",
      net: "granted",
      env: "granted",
      run: "granted",
      ffi: "prompt",
      sys: "prompt",
    },
    refused: "NotCapable",
  });
});

Deno.test("a daemonic child ends with its parent, which does not wait for it", async () => {
  const pids = new Queue<number>();
  await using parent = new Process({ target: targets.startDaemon, args: [pids] }).start();
  const pid = await pids.get();
  await parent.result;
  await parent.join();
  await until(() => !onLinux || !isAlive(pid), "the daemon has ended");
});

Deno.test("a child's output is its own and never mistaken for messages", async () => {
  const script = new URL("../../support/targets/noisy_parent.ts", import.meta.url);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script.href],
  }).output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout), "noise\nmore noise\n9\n");
  assertEquals(decoder.decode(stderr), "complaint\n");
});
