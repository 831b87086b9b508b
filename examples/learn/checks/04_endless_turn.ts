import { assertEquals, fail } from "@std/assert";
import { Process } from "@quartet/concurrency/multiprocessing";
import { load } from "./load.ts";
import { PATIENCE } from "./patience.ts";

const { play } = await load<typeof import("../solutions/04_endless_turn.ts")>("04_endless_turn");

Deno.test("both have their turns, and the greeter greets at each third of its own", async () => {
  // In a process, since nothing else ends a loop that does not give way.
  const playing = new Process({ target: play, args: [10] }).start();
  await playing.join({ timeout: PATIENCE });
  if (playing.isAlive) {
    playing.kill();
    await playing.join();
    fail("a generator keeps the thread: it never comes to its next yield");
  }
  assertEquals(await playing.result, ["0", "hi", "1", "2", "3", "hi", "4"]);
});
