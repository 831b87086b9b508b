/** What a page makes of the events of a race. */
import "../../support/leak_guard.ts";
import { assertEquals } from "@std/assert";
import { doneOf, RaceState } from "../../../src/compare/live/page/race_state.ts";
import type { RaceEvent } from "../../../src/compare/live/race_messages.ts";
import { FIRST_SETTINGS } from "../../../src/compare/live/race_settings.ts";

const settings = { ...FIRST_SETTINGS, models: ["sync", "async"], tasks: 2 } as const;

function step(
  model: "sync" | "async",
  task: number,
  state: "running" | "lock" | "io" | "done",
  at: number,
): RaceEvent {
  return { is: "step", model, task, state, worker: 0, at };
}

function raceOf(...events: RaceEvent[]): RaceState {
  const state = new RaceState();
  for (const event of [{ is: "race", settings, cores: 2 } as const, ...events]) state.take(event);
  return state;
}

Deno.test("each step ends the stretch before it, and the last one closes the task", () => {
  const { models: [sync] } = raceOf(
    { is: "opening", model: "sync" },
    { is: "began", model: "sync", startMs: 3 },
    step("sync", 0, "running", 1),
    step("sync", 0, "io", 5),
    step("sync", 0, "done", 9),
    step("sync", 1, "running", 9),
  );
  assertEquals(sync!.tasks.map(({ state, spans }) => [state, spans]), [
    ["done", [{ state: "running", start: 1, end: 5 }, { state: "io", start: 5, end: 9 }]],
    ["running", [{ state: "running", start: 9, end: undefined }]],
  ]);
  assertEquals([doneOf(sync!), sync!.heard, sync!.phase, sync!.startMs], [1, 9, "running", 3]);
});

Deno.test("tasks that overlap in one thread have a line each, which is used again", () => {
  const { models: [, async] } = raceOf(
    step("async", 0, "running", 0),
    step("async", 0, "io", 1),
    step("async", 1, "running", 1),
  );
  assertEquals(async!.tasks.map(({ lane }) => lane), [0, 1]);
});

Deno.test("a race tells who is done, how fast over sync, and what was stopped", () => {
  const state = raceOf(
    { is: "ended", model: "async", wallMs: 10 },
    { is: "ended", model: "sync", wallMs: 40 },
    { is: "over", stopped: false },
  );
  assertEquals(state.models.map((model) => state.speedup(model)), [1, 4]);
  assertEquals([state.running, state.models[0]!.phase], [false, "done"]);
  const stopped = raceOf({ is: "paused", paused: true }, { is: "over", stopped: true });
  assertEquals([stopped.paused, stopped.models[0]!.phase], [false, "stopped"]);
});
