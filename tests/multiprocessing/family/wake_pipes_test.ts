import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { Process } from "../../../src/multiprocessing/mod.ts";
import { Family } from "../../../src/multiprocessing/family/family.ts";
import { createMapping } from "../../../src/multiprocessing/family/mapping.ts";
import { Words } from "../../../src/multiprocessing/family/words.ts";
import { program } from "../../support/program.ts";
import { familyTargets as targets } from "../../support/targets/family_targets.ts";

const ignore = Deno.build.os !== "linux";
const family = ignore ? null! : Family.join()!;

/** The files that this process has, as the system names them. */
function files(): string[] {
  const folder = "/proc/self/fd";
  const names: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      names.push(`${name} ${Deno.readLinkSync(`${folder}/${name}`)}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // the one by which the folder is read
    }
  }
  return names.sort();
}

for (const how of ["handle", "net"]) {
  Deno.test(
    `a byte in a pipe is told by ${how}, and the pipe keeps no process`,
    { ignore },
    async () => {
      const { code, stdout, stderr } = await program("reads_pipe.ts", how);
      assertEquals([code, stdout, stderr], [0, "told 1\ntold 2\ntold 3\n", ""]);
    },
  );
}

Deno.test(
  "what was noted as a pipe and is none any more is not written into",
  { ignore },
  async () => {
    const mapping = createMapping(2 ** 16)!;
    const { from, into, inode } = mapping.makePipe()!;
    const other = mapping.makePipe()!;
    const path = await Deno.makeTempFile();
    using file = await Deno.open(path, { write: true });
    await Deno.remove(path);
    await file.write(new Uint8Array(1)); // it is open
    const number = files().find((each) => each.endsWith(`${path} (deleted)`))!.split(" ")[0]!;
    const before = files();
    const open = (where: number, what = inode): number => mapping.openPipe(Deno.pid, where, what);
    assertEquals(open(other.into), -1);
    assertEquals(open(Number(number)), -1);
    assertEquals(open(1_000_000), -1);
    assertEquals(open(into, inode + 1), -1);
    assertEquals(mapping.openPipe(2 ** 30, into, inode), -1);
    assertEquals(files(), before);
    const opened = open(into);
    assert(opened >= 0);
    assert(files().includes(`${opened} pipe:[${inode >>> 0}]`));
    for (const each of [from, into, opened, other.from, other.into, mapping.fd]) {
      mapping.close(each);
    }
  },
);

Deno.test("a full pipe, and one that nobody reads any more, is written into without harm", {
  ignore,
}, () => {
  const mapping = createMapping(2 ** 16)!;
  const { from, into } = mapping.makePipe()!;
  for (let i = 0; i < 2 ** 16 + 10; i++) mapping.writeByte(into);
  mapping.close(from);
  mapping.writeByte(into);
  mapping.close(into);
  mapping.close(mapping.fd);
});

Deno.test("the pipes of processes that have ended are closed", { ignore }, async () => {
  const { words, bell, pages, participants, me } = family;
  const at = pages.allocate(2);
  const pipes: number[] = [];
  for (let i = 0; i < 4; i++) {
    words.store(at, 0);
    words.store(at + 1, 0);
    await using child = new Process({ target: targets.waitForAll, args: [at, 1, me] }).start();
    await new Promise<void>((resolve) => {
      bell.wait(() => {
        const is = words.load(at) > 0;
        if (is) resolve();
        return is;
      }, 0);
    });
    const other = words.load(at);
    while (words.load(participants.sleepingOf(other)) === 0) await Promise.resolve();
    const before = files().length;
    words.store(at + 1, 1);
    bell.ring(other);
    pipes.push(files().length - before);
    await child.join();
    bell.sweep();
  }
  assertEquals(pipes, [1, 0, 0, 0]); // each time the one before was closed
  pages.free(at);
});

Deno.test("a process that can have no more files joins no memory, and takes no place in it", {
  ignore,
}, () => {
  const mapping = createMapping(2 ** 24)!;
  const words = new Words(mapping.buffer);
  const where = { pid: Deno.pid, fd: mapping.fd, id: 1 };
  assertEquals(Family.of({ ...mapping, makePipe: () => null }, words, where), null);
  assertEquals(words.words.findIndex((word) => word !== 0), -1);
  mapping.close(mapping.fd);
});
