import "../../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ControlReader,
  ControlWriter,
  journalOf,
} from "../../../src/multiprocessing/process/control_channel.ts";
import { recallsOf, takesOf } from "../../../src/multiprocessing/process/ledger.ts";

const control = (path: string): string => path;

for (const last of [journalOf, takesOf, recallsOf, control]) {
  Deno.test(`a channel leaves no file open that cannot have its file ${last("u")}`, () => {
    const folder = Deno.makeTempDirSync({ prefix: "control-" });
    try {
      const path = `${folder}/u`;
      Deno.writeTextFileSync(last(path), "");
      assertThrows(() => new ControlWriter(path), Deno.errors.AlreadyExists);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** Both ends, in a folder of their own; what the child hears is collected when it looks. */
function ends() {
  const folder = Deno.makeTempDirSync({ prefix: "control-" });
  const path = `${folder}/u`;
  const writer = new ControlWriter(path), reader = new ControlReader(path);
  const heard: unknown[] = [];
  reader.journal.look = () => void heard.push(...reader.take());
  let calls = 0;
  return {
    writer,
    reader,
    heard,
    /** Has the child get a call and begin it. */
    call(): void {
      assertEquals(writer.journal.offer(++calls), calls);
      assertEquals(reader.journal.take(calls), true);
      writer.journal.free();
    },
    /** How many bytes of the disk the file takes. */
    get taken(): number {
      return (Deno.statSync(path).blocks ?? 0) * 512;
    },
    [Symbol.dispose]() {
      writer.close();
      reader.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

const ignore = Deno.build.os === "windows"; // which shares no such file
const COUNT = 20_000;
const records = (count: number) => Array.from({ length: count }, (_, i) => ["urgent", i]);

Deno.test({
  name:
    "what is urgent takes no more of the disk than the child may not have read, and all of it comes",
  ignore,
  fn: () => {
    for (const callsEach of [2, 5]) {
      using both = ends();
      for (const record of records(COUNT)) {
        assertEquals(both.writer.put(record), true);
        for (let i = 0; i < callsEach; i++) both.call();
      }
      assertEquals(both.heard, records(COUNT));
      assert(both.taken < 100_000, `${both.taken} bytes after ${callsEach} calls each`);
    }
  },
});

Deno.test("what is urgent stays that the child may not have read, and then goes the ordinary way", {
  ignore,
}, () => {
  using both = ends();
  both.call();
  let put = 0;
  while (both.writer.put(["urgent", put])) put++;
  assert(put > COUNT, `${put} were put`);
  assert(both.taken < 2 * 1024 * 1024, `${both.taken} bytes`);
  both.call(); // the child has read all of it, but its parent cannot know yet
  assertEquals(both.heard, records(put));
  assertEquals(both.writer.put(["urgent", put]), false);
  both.call();
  assertEquals(both.writer.put(["urgent", put]), true);
  assert(both.taken < 100_000, `${both.taken} bytes`);
  both.call();
  assertEquals(both.heard, records(put + 1));
});

Deno.test("nothing urgent is lost, wherever the child looks", { ignore }, () => {
  using both = ends();
  const big = "x".repeat(5_000);
  for (let i = 0, at = 0; i < 400; i++) {
    assertEquals(both.writer.put([i, big]), true);
    for (let calls = i % 7 === 0 ? 2 : 0; calls > 0; calls--) both.call();
    if (i % 3 === 0) both.heard.push(...both.reader.take());
    both.heard.push(...(i % 29 === 0 ? both.reader.take() : []));
    for (; at < both.heard.length; at++) assertEquals((both.heard[at] as [number])[0], at);
  }
  both.call();
  assertEquals(both.heard.length, 400);
});
