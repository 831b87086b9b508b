/// <reference lib="dom" />
/** What the live view's page runs: controls, the socket to the program, the picture and its table. */
import { formatRatio, formatTime } from "../../measure/figures.ts";
import { element } from "../../report/page/element.ts";
import type { RaceCommand, RaceEvent } from "../race_messages.ts";
import type { RaceModel, RaceSettings } from "../race_settings.ts";
import { kitchenScene } from "./kitchen_scene.ts";
import { lanesScene } from "./lanes_scene.ts";
import { doneOf, type RaceModelView, RaceState } from "./race_state.ts";
import { RaceView } from "./race_view.ts";

const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const form = byId<HTMLFormElement>("controls");
const [start, pause, stop, again] = ["start", "pause", "stop", "again"]
  .map((id) => byId<HTMLButtonElement>(id));
const alertLine = byId("alert");
const outcome = byId("outcome");
const table = byId("table");

const state = new RaceState();
const view = new RaceView(document.querySelector("canvas")!, state, lanesScene);
const socket = new WebSocket(`ws://${location.host}/race`);

const send = (command: RaceCommand): void => socket.send(JSON.stringify(command));

/** Asks for a race; what the page says of the one before is over. */
function begin(settings: RaceSettings): void {
  [start!.disabled, again!.disabled, outcome.textContent] = [true, true, ""];
  send({ do: "start", settings });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  begin(settingsOf(new FormData(form)));
});
pause!.addEventListener("click", () => send({ do: state.paused ? "resume" : "pause" }));
stop!.addEventListener("click", () => send({ do: "stop" }));
again!.addEventListener("click", () => begin(state.settings!));

for (const button of form.querySelectorAll<HTMLButtonElement>("button[data-task]")) {
  button.addEventListener("click", () => {
    field("taskMs").value = button.dataset.task!;
    field("delayMs").value = button.dataset.delay!;
  });
}
for (const radio of form.querySelectorAll<HTMLInputElement>("input[name=skin]")) {
  radio.addEventListener("change", () => {
    view.scene = radio.value === "kitchens" ? kitchenScene : lanesScene;
  });
}

socket.addEventListener("message", ({ data }) => {
  for (const event of JSON.parse(data) as RaceEvent[]) {
    state.take(event);
    if (event.is === "race") view.reset();
  }
  show();
});
socket.addEventListener("close", () => {
  state.take({ is: "over", stopped: true });
  state.message = "The program has ended; start it again, and load this page anew.";
  show();
  for (const button of [start, pause, stop, again]) button!.disabled = true;
});

function settingsOf(data: FormData): RaceSettings {
  return {
    models: data.getAll("models") as RaceModel[],
    tasks: Number(data.get("tasks")),
    workers: Number(data.get("workers")),
    taskMs: Number(data.get("taskMs")),
    delayMs: Number(data.get("delayMs")),
    gil: data.has("gil"),
    together: data.get("together") === "yes",
  };
}

function field(name: string): HTMLInputElement {
  return form.elements.namedItem(name) as HTMLInputElement;
}

/** Brings buttons, words and the table to where the race is; the picture follows by itself. */
function show(): void {
  start!.disabled = state.running;
  pause!.disabled = !state.running;
  stop!.disabled = !state.running;
  pause!.textContent = state.paused ? "Go on" : "Pause";
  again!.disabled = state.settings === undefined;
  alertLine.textContent = state.message;
  table.replaceChildren(...state.models.map(rowOf));
  outcome.textContent = state.running ? "" : outcomeOf();
  view.draw();
}

function rowOf(model: RaceModelView): HTMLElement {
  const phase = model.phase === "running" && state.paused ? "paused" : model.phase;
  const speedup = state.speedup(model);
  const cells = [
    phase,
    `${doneOf(model)} of ${model.tasks.length}`,
    model.wallMs === undefined ? "" : formatTime(model.wallMs),
    speedup === undefined ? "" : `${formatRatio(speedup)}×`,
    model.startMs === undefined ? "" : formatTime(model.startMs),
  ];
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, model.title),
    ...cells.map((cell) => element("td", {}, cell)),
  );
}

/** Who was first, when all are done. */
function outcomeOf(): string {
  const done = state.models.filter(({ wallMs }) => wallMs !== undefined)
    .sort((a, b) => a.wallMs! - b.wallMs!);
  if (done.length === 0) return "";
  return `${done.map(({ title, wallMs }) => `${title} ${formatTime(wallMs!)}`).join(", ")}.`;
}
