import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { setTimer } from "../../src/core/clock.ts";
import { leakGuard } from "../../src/testing/mod.ts";

const linux = Deno.build.os === "linux";

Deno.test("leakGuard() sees a worker until it is gone", { ignore: !linux }, async () => {
  const brief = leakGuard({ grace: 0 }), patient = leakGuard();
  const worker = new Worker("data:text/javascript,onmessage = () => {}", { type: "module" });
  const seen = await brief.leftovers();
  assertEquals(seen.map((thing) => thing.kind), ["system thread"]);
  worker.terminate();
  assertEquals(await patient.leftovers(), []);
});

Deno.test("leakGuard() sees a child until it is gone", { ignore: !linux }, async () => {
  const brief = leakGuard({ grace: 0 }), patient = leakGuard();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "await new Promise((r) => setTimeout(r, 60_000))"],
  }).spawn();
  const seen = await brief.leftovers();
  assertEquals(seen.map((thing) => thing.kind), ["child process"]);
  child.kill();
  await child.status;
  assertEquals(await patient.leftovers(), []);
});

Deno.test("leakGuard() sees what the library lists as alive", async () => {
  const brief = leakGuard({ grace: 0 }), patient = leakGuard();
  const timer = setTimer(() => {}, 60_000);
  assertEquals(await brief.leftovers(), [{ kind: "timer", name: "armed" }]);
  timer.cancel();
  assertEquals(await patient.leftovers(), []);
});

Deno.test(
  "leakGuard() around a test file fails one that leaves a thread",
  { ignore: !linux },
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "quartet-test-" });
    try {
      const guard = import.meta.resolve("../../src/testing/leak_guard.ts");
      const file = `${folder}/leaks_test.ts`;
      await Deno.writeTextFile(
        file,
        `import { leakGuard } from "${guard}";
       const guard = leakGuard();
       Deno.test.afterAll(() => guard.check());
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
      assertStringIncludes(said, "Leak guard: 1 left running\n  - system thread worker-");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);

Deno.test("leakGuard() disposed throws, naming each thing that is left", async () => {
  let timer: { cancel(): void } | undefined;
  const error = await assertRejects(async () => {
    await using _guard = leakGuard({ grace: 0 });
    timer = setTimer(() => {}, 60_000);
  });
  timer?.cancel();
  assertStringIncludes((error as Error).message, "1 left running\n  - timer armed");
});

Deno.test("leakGuard() refuses a negative time of grace", () => {
  assertThrows(() => leakGuard({ grace: -1 }), RangeError, "grace -1");
});

Deno.test("leakGuard() around a function returns what it gives", async () => {
  assertEquals(await leakGuard(() => 5), 5);
  let timer: { cancel(): void } | undefined;
  await assertRejects(() => leakGuard(() => timer = setTimer(() => {}, 60_000), { grace: 0 }));
  timer?.cancel();
});
