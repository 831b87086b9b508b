import "../../support/leak_guard.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { Deadline } from "../../../src/core/deadline.ts";
import { StoppedError } from "../../../src/core/errors.ts";
import { add } from "../../../src/shared/memory/words.ts";
import { askToStop, beginEpoch } from "../../../src/shared/thread/stop_word.ts";
import { myThread } from "../../../src/shared/thread/thread_slot.ts";
import {
  addLocalPort,
  hearUntil,
  localWord,
  removeLocalPort,
} from "../../../src/wire/rpc/local_ports.ts";

Deno.test("a stop reaches a thread that blocks while one message follows another", () => {
  const work = 7;
  let drained = 0;
  const end = {
    flush: () => {},
    drain: () => {
      add(localWord(), 1); // the next one is there at each look
      if (++drained === 100) askToStop(myThread(), work);
    },
  };
  beginEpoch(work);
  addLocalPort(end);
  try {
    assertThrows(() => hearUntil(() => drained === 1_000, Deadline.NEVER), StoppedError);
    assertEquals(drained, 100);
  } finally {
    removeLocalPort(end);
    beginEpoch(1);
    askToStop(myThread(), 0);
  }
});
