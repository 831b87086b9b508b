import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { StoppedError } from "../../../src/core/errors.ts";
import { store } from "../../../src/shared/memory/words.ts";
import { askToStop } from "../../../src/shared/thread/stop_word.ts";
import { myThread, SLOT, slotOf } from "../../../src/shared/thread/thread_slot.ts";
import { CallWork } from "../../../src/wire/rpc/call_work.ts";

/** A call whose urgent messages come, if at all, when it looks for the `at`th time. */
function call(id: number, at = Infinity): CallWork {
  let looks = 0;
  const work: CallWork = new CallWork({
    poll: () => ++looks === at && work.stop(new RangeError("the message")),
    sendProgress: () => {},
  }, id);
  return work;
}

Deno.test("a call hears of its stop by the stop word where the message is out of reach", () => {
  const thread = myThread();
  askToStop(thread, 8);
  try {
    assertThrows(() => call(7).checkpoint(), StoppedError, "This work was asked to stop");
    const seen = call(7);
    seen.poll();
    assertEquals(seen.signal.aborted, true);
    call(6).checkpoint(); // another work is meant
    assertThrows(() => call(7, 1).checkpoint(), RangeError, "the message");
    assertThrows(() => call(7, 2).checkpoint(), RangeError, "the message");
  } finally {
    store(slotOf(thread) + SLOT.stop, 0);
  }
  call(7).checkpoint();
});
