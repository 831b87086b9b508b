import "../../support/leak_guard.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createSubprocess,
  createSubprocessShell,
  createTask,
  DEVNULL,
  PIPE,
  ProcessExitedError,
  run,
  sleep,
} from "../../../src/asyncio/mod.ts";

const decode = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder().decode(bytes);
const piped = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;
const posix = { ignore: Deno.build.os === "windows" };

Deno.test(
  "Subprocess.communicate() sends the input and gives both outputs",
  posix,
  () =>
    run(async () => {
      const child = await createSubprocess("sh", ["-c", "cat; echo oops >&2; exit 3"], piped);
      assertEquals(child.returncode, null);
      const [stdout, stderr] = await child.communicate("hello");
      assertEquals([decode(stdout), decode(stderr), child.returncode], ["hello", "oops\n", 3]);
    }),
);

Deno.test(
  "Subprocess.communicate() gives null for what is not piped",
  posix,
  () =>
    run(async () => {
      const child = await createSubprocess("echo", "one", "two", { stdout: PIPE, stdin: DEVNULL });
      assertEquals([child.stdin, child.stderr], [null, null]);
      const [stdout, stderr] = await child.communicate();
      assertEquals([decode(stdout), stderr], ["one two\n", null]);
    }),
);

Deno.test(
  "Subprocess.communicate() moves more than pipes hold, both ways",
  posix,
  () =>
    run(async () => {
      const child = await createSubprocess("cat", { stdin: PIPE, stdout: PIPE });
      const [stdout] = await child.communicate(new Uint8Array(1_000_000));
      assertEquals(stdout?.length, 1_000_000);
    }),
);

Deno.test(
  "Subprocess.communicate() takes it that the child does not read its input",
  posix,
  () =>
    run(async () => {
      const child = await createSubprocess("true", { stdin: PIPE, stdout: PIPE });
      const [stdout] = await child.communicate(new Uint8Array(1_000_000));
      assertEquals([decode(stdout), child.returncode], ["", 0]);
    }),
);

Deno.test("Subprocess is talked to line by line", posix, () =>
  run(async () => {
    await using child = await createSubprocess("cat", { stdin: PIPE, stdout: PIPE });
    for (const word of ["one", "two"]) {
      child.stdin!.write(`${word}\n`);
      await child.stdin!.drain();
      assertEquals(decode(await child.stdout!.readLine()), `${word}\n`);
    }
    child.stdin!.close();
    assertEquals(decode(await child.stdout!.read()), "");
    assertEquals(await child.wait(), 0);
  }));

Deno.test(
  "Subprocess.wait() gives the code to every waiter, minus the signal when one ended it",
  posix,
  () =>
    run(async () => {
      const end = { terminate: -15, kill: -9 } as const;
      for (const how of ["terminate", "kill"] as const) {
        const child = await createSubprocess("sleep", "60");
        const waiters = [1, 2, 3].map(() => createTask(async () => await child.wait()));
        child[how]();
        assertEquals(await Promise.all(waiters), Array(3).fill(end[how]));
        assertEquals(child.returncode, end[how]);
        assertThrows(() => child.kill(), ProcessExitedError, "has ended");
      }
      const child = await createSubprocess("sleep", "60");
      child.sendSignal("SIGINT");
      assertEquals(await child.wait(), -2);
    }),
);

Deno.test(
  "Subprocess.wait() that is cancelled leaves the child alone",
  posix,
  () =>
    run(async () => {
      await using child = await createSubprocess("sleep", "60");
      const waiting = createTask(async () => await child.wait());
      await sleep(0);
      waiting.cancel();
      await assertRejects(async () => await waiting);
      assertEquals(child.returncode, null);
    }),
);

Deno.test("Subprocess is killed at the end of its block", posix, async () => {
  const code = await run(async () => {
    await using child = await createSubprocess("sleep", ["60"], { stdout: PIPE, stdin: PIPE });
    queueMicrotask(() => {});
    return child;
  });
  assertEquals(code.returncode, -9);
});

Deno.test(
  "createSubprocess() passes arguments, folder and environment as they are",
  posix,
  () =>
    run(async () => {
      const script = 'echo "$1|$WORD|$(pwd)"';
      const child = await createSubprocess("sh", ["-c", script, "sh", "a b $c"], {
        stdout: PIPE,
        cwd: "/",
        env: { WORD: "w" },
      });
      assertEquals(decode((await child.communicate())[0]), "a b $c|w|/\n");
    }),
);

Deno.test("createSubprocess() refuses what cannot be started", () =>
  run(async () => {
    await assertRejects(
      async () => await createSubprocess("there-is-no-such-program"),
      Deno.errors.NotFound,
    );
    for (
      const wrong of [[5], ["a", 5], [["a", 5]], [null], [undefined, {}], [["a"], ["b", null]]]
    ) {
      const refused = createSubprocess("x", ...wrong as string[]);
      await assertRejects(async () => await refused, TypeError, "arguments are text");
    }
    const file = createSubprocess("x", { stdout: "file" } as never);
    await assertRejects(async () => await file, TypeError, "stdout");
    const five = createSubprocessShell(5 as never);
    await assertRejects(async () => await five, TypeError, "Cannot run 5");
  }));

Deno.test(
  "createSubprocessShell() runs a command line; an unknown command is 127",
  posix,
  () =>
    run(async () => {
      const child = await createSubprocessShell("echo one | tr a-z A-Z", { stdout: PIPE });
      assertEquals(decode((await child.communicate())[0]), "ONE\n");
      const unknown = await createSubprocessShell("there-is-no-such-command", { stderr: DEVNULL });
      assertEquals(await unknown.wait(), 127);
    }),
);
