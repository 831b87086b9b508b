import "../../support/leak_guard.ts";
import { assertEquals, assertNotEquals } from "@std/assert";
import { getNativeId, Thread } from "../../../src/threading/mod.ts";

const has = Deno.build.os === "linux" || Deno.build.os === "windows";

Deno.test("each thread has a native id of its own, the one that the system knows", async () => {
  const own = getNativeId();
  assertEquals([typeof own, getNativeId()], [has ? "number" : "object", own]);
  if (Deno.build.os === "linux") {
    assertEquals(Deno.readLinkSync("/proc/thread-self").split("/").at(-1), String(own));
  }
  const thread = new Thread({
    target: async (module: string) => (await import(module)).getNativeId() as number | null,
    args: [new URL("../../../src/threading/mod.ts", import.meta.url).href],
  }).start();
  const other = await thread.result;
  await thread.join();
  if (has) assertNotEquals(other, own);
  else assertEquals(other, null);
});

Deno.test({
  name: "without permission there is no native id",
  permissions: { ffi: false },
  fn: async () => {
    const { getNativeId } = await import(
      "../../../src/threading/thread/native_id.ts?fresh" as string
    );
    assertEquals(getNativeId(), null);
  },
});
