/** What the page knows of a race: pure, made of the events that come. */
import type { RaceEvent } from "../race_messages.ts";
import type { RaceModel, RaceSettings } from "../race_settings.ts";
import type { TaskState } from "../race_task.ts";

/** What a task did from when to when; the last one may be open. */
export interface RaceSpan {
  readonly state: Exclude<TaskState, "done">;
  readonly start: number;
  end: number | undefined;
}

/** A task of a model. */
export interface RaceTaskView {
  readonly task: number;
  /** What it does now; `"todo"` as long as nobody has begun it. */
  state: TaskState | "todo";
  /** The line of the picture that it is in. */
  lane: number;
  readonly spans: RaceSpan[];
}

/** A model in the race. */
export interface RaceModelView {
  readonly model: RaceModel;
  /** What it is called here. */
  readonly title: string;
  phase: "waiting" | "starting" | "running" | "done" | "stopped";
  startMs: number | undefined;
  wallMs: number | undefined;
  /** The latest time that was heard of. */
  heard: number;
  readonly tasks: readonly RaceTaskView[];
  /** How many lines the picture has. */
  readonly lanes: number;
}

/** The race. */
export class RaceState {
  settings: RaceSettings | undefined;
  cores = 1;
  models: RaceModelView[] = [];
  paused = false;
  running = false;
  message = "";

  /** Takes an event in. */
  take(event: RaceEvent): void {
    switch (event.is) {
      case "race":
        this.settings = event.settings;
        this.cores = event.cores;
        this.models = event.settings.models.map((model) => viewOf(model, event.settings));
        [this.paused, this.running, this.message] = [false, true, ""];
        break;
      case "opening":
        this.#model(event.model).phase = "starting";
        break;
      case "began":
        this.#model(event.model).phase = "running";
        this.#model(event.model).startMs = event.startMs;
        break;
      case "step":
        takeStep(this.#model(event.model), event);
        break;
      case "ended":
        this.#model(event.model).phase = "done";
        this.#model(event.model).wallMs = event.wallMs;
        break;
      case "paused":
        this.paused = event.paused;
        break;
      case "over":
        [this.running, this.paused] = [false, false];
        for (const model of this.models) if (model.phase !== "done") model.phase = "stopped";
        break;
      case "error":
        this.message = event.message;
        break;
    }
  }

  /** How many times as fast as sync a model was, when both are done. */
  speedup({ wallMs }: RaceModelView): number | undefined {
    const sync = this.models.find(({ model }) => model === "sync")?.wallMs;
    return sync === undefined || wallMs === undefined ? undefined : sync / wallMs;
  }

  #model(name: RaceModel): RaceModelView {
    return this.models.find(({ model }) => model === name)!;
  }
}

/** How many tasks of a model are done. */
export function doneOf({ tasks }: RaceModelView): number {
  return tasks.filter(({ state }) => state === "done").length;
}

function viewOf(
  model: RaceModel,
  { tasks, workers, gil, delayMs }: RaceSettings,
): RaceModelView {
  // One thread overlaps nothing but waiting.
  const overlapping = delayMs === 0 ? 1 : tasks;
  const lanes = { sync: 1, async: overlapping, threads: workers, processes: workers }[model];
  return {
    model,
    title: model === "threads" && gil ? "threads, GIL" : model,
    phase: "waiting",
    startMs: undefined,
    wallMs: undefined,
    heard: 0,
    tasks: Array.from(
      { length: tasks },
      (_, task) => ({ task, state: "todo", lane: 0, spans: [] }),
    ),
    lanes: Math.min(lanes, tasks),
  };
}

function takeStep(
  model: RaceModelView,
  { task: number, state, worker, at }: Extract<RaceEvent, { is: "step" }>,
): void {
  const task = model.tasks[number]!;
  if (task.state === "todo") task.lane = model.model === "async" ? freeLane(model) : worker;
  task.state = state;
  const open = task.spans.at(-1);
  if (open !== undefined && open.end === undefined) open.end = Math.max(open.start, at);
  if (state !== "done") task.spans.push({ state, start: at, end: undefined });
  model.heard = Math.max(model.heard, at);
}

/** Tasks that overlap in one thread have a line each; a line is used again when its task is done. */
function freeLane({ tasks }: RaceModelView): number {
  const taken = new Set(
    tasks.filter(({ state }) => state !== "todo" && state !== "done").map(({ lane }) => lane),
  );
  let lane = 0;
  while (taken.has(lane)) lane++;
  return lane;
}
