// What has a name in the system outlived its program: the folder in which a child finds its parent, and shared memory.
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { SharedMemory } from "@quartet/concurrency/multiprocessing";
import { until } from "@quartet/concurrency/testing";
import { threading } from "@quartet/concurrency";
import { PrivateFolder } from "../../src/multiprocessing/process/private_folder.ts";

const ends = new URL("../support/programs/ends.ts", import.meta.url).href;

/** Runs a program that ends as it is told, with a temporary folder of its own. */
async function run(tmp: string, ...args: string[]): Promise<void> {
  await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ends, ...args],
    env: { TMPDIR: tmp },
    stdout: "null",
    stderr: "null",
    signal: AbortSignal.timeout(120_000),
  }).output();
}

function left(tmp: string): string[] {
  return [...Deno.readDirSync(tmp)].map(({ name }) => name);
}

/** The memory of that name that is there. */
function memoryOf(name: string): string[] {
  try {
    new SharedMemory({ name }).close();
    return [name];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"];
const ownEnds = ["exit", "top", "uncaught", "rejection"];

Deno.test("a program that ends while a child starts leaves no folder, or the next start removes it", async () => {
  const tmp = await Deno.makeTempDir();
  await run(tmp, "starting", "exit");
  assertEquals(left(tmp), []);
  for (const how of [...ownEnds, ...signals]) await run(tmp, "starting", how);
  await run(tmp, "running", "exit");
  assertEquals(left(tmp), []);
  await Deno.remove(tmp);
});

Deno.test("a program that ends while its child runs leaves no folder", async () => {
  const tmp = await Deno.makeTempDir();
  for (const how of [...ownEnds, ...signals]) {
    await run(tmp, "running", how);
    assertEquals(left(tmp), [], how);
  }
  await Deno.remove(tmp);
});

Deno.test("the socket of a listener goes with its program, or with the next start", async () => {
  const tmp = await Deno.makeTempDir();
  await run(tmp, "listening", "exit");
  assertEquals(left(tmp), []);
  await run(tmp, "listening", "SIGKILL");
  await run(tmp, "listening", "exit");
  assertEquals(left(tmp), []);
  await Deno.remove(tmp);
});

Deno.test("shared memory goes with the program that created it, however that ends", async () => {
  const tmp = await Deno.makeTempDir();
  const name = `quartet-ends-${Deno.pid}`;
  for (const how of ownEnds) {
    await run(tmp, "memory", how, name);
    assertEquals(memoryOf(name), [], how);
  }
  if (Deno.build.os === "linux") {
    for (const how of signals) {
      await run(tmp, "memory", how, name);
      await until(() => memoryOf(name).length === 0);
    }
  }
  await Deno.remove(tmp);
});

Deno.test("shared memory that a thread created stays when the thread has ended", async () => {
  const thread = new threading.Thread({
    target: async function create(module: string) {
      const { SharedMemory } = await import(module);
      return new SharedMemory({ size: 8 }).name as string;
    },
    args: [import.meta.resolve("@quartet/concurrency/multiprocessing")],
  }).start();
  const name = await thread.result;
  await thread.join();
  using memory = new SharedMemory({ name });
  assertEquals(memory.size, 8);
  memory.unlink();
});

Deno.test("the next start removes only folders whose owner is dead, and nothing behind a link", async () => {
  const tmp = await Deno.makeTempDir();
  const victim = await Deno.makeTempDir();
  await Deno.writeTextFile(`${victim}/quartet.lock`, "");
  const name = (n: number): string => `${tmp}/quartet-${String(n).padStart(16, "0")}`;
  await Deno.mkdir(name(1)); // being made
  await Deno.mkdir(name(2)); // left without a lock, long ago
  await Deno.utime(name(2), 0, 0);
  await Deno.mkdir(name(3)); // left
  await Deno.writeTextFile(`${name(3)}/quartet.lock`, "");
  await Deno.mkdir(name(4)); // in use
  await Deno.writeTextFile(`${name(4)}/quartet.lock`, "");
  using file = await Deno.open(`${name(4)}/quartet.lock`);
  await file.lock(true);
  await Deno.symlink(victim, name(5));
  await Deno.mkdir(name(6)); // left while it was being made
  await Deno.writeTextFile(`${name(6)}/quartet.lock.new`, "");
  await Deno.utime(name(6), 0, 0);
  await Deno.mkdir(name(7)); // another program's, with things of its own
  await Deno.writeTextFile(`${name(7)}/lock`, "");
  await Deno.utime(name(7), 0, 0);
  await Deno.mkdir(`${tmp}/quartet-of-somebody-else`);
  await run(tmp, "starting", "exit");
  const kept = [name(1), name(4), name(5), name(7), `${tmp}/quartet-of-somebody-else`];
  assertEquals(left(tmp).map((each) => `${tmp}/${each}`).sort(), kept.sort());
  assertEquals(left(victim), ["quartet.lock"]);
  await Deno.remove(tmp, { recursive: true });
  await Deno.remove(victim, { recursive: true });
});

Deno.test("a private folder that was cleaned away meanwhile can be closed", () => {
  const folder = new PrivateFolder();
  Deno.removeSync(folder.path, { recursive: true });
  folder.close();
  folder.close();
});
