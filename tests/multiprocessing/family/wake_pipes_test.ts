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

/** The numbers of the files of this process that are `what` to the system. */
function filesOf(what: string): string[] {
  const folder = "/proc/self/fd";
  const numbers: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    try {
      if (Deno.readLinkSync(`${folder}/${name}`) === what) numbers.push(name);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // the one by which the folder is read
    }
  }
  return numbers;
}

/** What a pipe is to the system. */
const pipeOf = (inode: number): string => `pipe:[${inode >>> 0}]`;

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
    const [number] = filesOf(`${path} (deleted)`);
    const open = (where: number, what = inode): number => mapping.openPipe(Deno.pid, where, what);
    assertEquals(open(other.into), -1);
    assertEquals(open(Number(number)), -1);
    assertEquals(open(1_000_000), -1);
    assertEquals(open(into, inode + 1), -1);
    assertEquals(mapping.openPipe(2 ** 30, into, inode), -1);
    const counts = [pipeOf(other.inode), pipeOf(inode), `${path} (deleted)`].map(filesOf);
    assertEquals(counts.map((each) => each.length), [2, 2, 1]); // nothing was left open
    const opened = open(into);
    assert(filesOf(pipeOf(inode)).includes(String(opened)));
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
  const pipes: string[] = [];
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
    words.store(at + 1, 1);
    bell.ring(other);
    pipes.push(pipeOf(words.load(participants.pipeOf(other) + 1)));
    assertEquals(
      pipes.map((each) => filesOf(each).length),
      pipes.map((each) => each === pipes.at(-1) ? 1 : 0),
    );
    await child.join();
    bell.sweep();
  }
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
