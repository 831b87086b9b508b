import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { setTimer } from "../../src/core/mod.ts";
import { everything, leftovers } from "../support/leak_guard.ts";

const linux = Deno.build.os === "linux";

Deno.test("the leak guard sees a worker until it is gone", { ignore: !linux }, async () => {
  const before = everything();
  const worker = new Worker("data:text/javascript,onmessage = () => {}", { type: "module" });
  const seen = await leftovers(before, 0);
  assertEquals(seen.map((thing) => thing.kind), ["system thread"]);
  worker.terminate();
  assertEquals(await leftovers(before), []);
});

Deno.test("the leak guard sees a child until it is gone", { ignore: !linux }, async () => {
  const before = everything();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "await new Promise((r) => setTimeout(r, 60_000))"],
  }).spawn();
  const seen = await leftovers(before, 0);
  assertEquals(seen.map((thing) => thing.kind), ["child process"]);
  child.kill();
  await child.status;
  assertEquals(await leftovers(before), []);
});

Deno.test("the leak guard sees what the library lists as alive", async () => {
  const before = everything();
  const timer = setTimer(() => {}, 60_000);
  assertEquals(await leftovers(before, 0), [{ kind: "timer", name: "armed" }]);
  timer.cancel();
  assertEquals(await leftovers(before), []);
});

Deno.test("the leak guard fails a file that leaves a thread", { ignore: !linux }, async () => {
  const folder = await Deno.makeTempDir({ prefix: "quartet-" });
  try {
    const guard = import.meta.resolve("../support/leak_guard.ts");
    const file = `${folder}/leaks_test.ts`;
    await Deno.writeTextFile(
      file,
      `import "${guard}";
       Deno.test("leaves a busy thread", () => {
         new Worker("data:text/javascript,onmessage = () => {}", { type: "module" });
       });`,
    );
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", file],
      env: { NO_COLOR: "1" },
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert(!success, said);
    assertStringIncludes(said, "Leak guard: this file left 1 running\n  - system thread worker-");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
