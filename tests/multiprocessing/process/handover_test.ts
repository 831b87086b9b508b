import "../../support/leak_guard.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { writtenHandover } from "../../../src/multiprocessing/process/handover.ts";
import type { ChildStart } from "../../../src/multiprocessing/process/process_identity.ts";

const START: ChildStart = {
  place: { address: { transport: "tcp", hostname: "127.0.0.1", port: 1 }, urgent: null },
  info: {
    name: "ümläut",
    daemon: false,
    path: "0.1",
    parentName: "MainProcess",
    parentPid: Deno.pid,
    family: null,
  },
  isSpare: false,
  main: null,
  preloads: [],
  flags: [],
};

/** Has a process read a handover from its standard input; returns what it read, as JSON, with the key as numbers. */
async function readBy(bytes: Uint8Array<ArrayBuffer>): Promise<unknown> {
  const module = import.meta.resolve("../../../src/multiprocessing/process/handover.ts");
  const text = `import { readHandover } from ${JSON.stringify(module)};
    console.log(JSON.stringify(readHandover(), (_, each) => each instanceof Uint8Array ? [...each] : each));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", `data:application/javascript,${encodeURIComponent(text)}`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(bytes);
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

Deno.test("a child reads from its standard input the key and what it is told", async () => {
  const key = crypto.getRandomValues(new Uint8Array(64));
  const read = await readBy(writtenHandover({ key, start: START }));
  assertEquals(read, { key: [...key], start: START });
});

Deno.test("a handover that was cut off, wherever that is, tells a child that its parent has ended", async () => {
  const bytes = writtenHandover({ key: new Uint8Array(64), start: START });
  const cuts = [0, 1, 64, 67, 68, bytes.length - 1];
  assertEquals(
    await Promise.all(cuts.map((cut) => readBy(bytes.slice(0, cut)))),
    cuts.map(() => null),
  );
});

Deno.test("children that need the same modules have the same main module, of which Deno keeps what it finds out", async () => {
  const target = () => [Deno.mainModule, Deno.pid] as const;
  const processes = ["one", "another"].map((name) => new Process({ target, name }).start());
  const [first, second] = await Promise.all(processes.map(({ result }) => result));
  await Promise.all(processes.map((process) => process.join()));
  assertNotEquals(first![1], second![1]);
  assertEquals(first![0], second![0]);
});
