/// <reference lib="dom" />
import { FONT } from "../../report/svg/theme.ts";
import { doneOf, type RaceModelView, type RaceTaskView } from "./race_state.ts";
import { type Area, type Brush, leftOf, type Place, type Scene } from "./scene.ts";

const HEADING = 24;
/** Room for the marks that are done, at the right. */
const DONE = 16;
const SHARES = { running: 1, lock: 0.7, io: 0.4 } as const;

/** A lane for each thread, process or overlapping task; the mark of a task rides at the head of what it does. */
export const lanesScene: Scene = {
  timed: true,

  height(model) {
    return HEADING + model.lanes * rowOf(model) + 12;
  },

  place(model, task, area, { x, now }) {
    const row = rowOf(model);
    const y = area.y + HEADING + (task.lane + 0.5) * row;
    if (task.state === "todo") return waiting(model, task, area);
    const last = task.spans.at(-1);
    const head = x(last?.end ?? now(model));
    if (task.state === "done") return { x: Math.min(area.x + area.width - DONE / 2, head), y };
    return { x: head, y };
  },

  paint(model, area, brush) {
    const { context, colour, x, now } = brush;
    paintHeading(model, area, brush);
    const row = rowOf(model);
    for (const task of model.tasks) {
      for (const { state, start, end } of task.spans) {
        const height = (row - 2) * SHARES[state];
        const y = area.y + HEADING + task.lane * row + (row - height) / 2;
        const [from, to] = [x(start), x(end ?? now(model))];
        context.fillStyle = colour(state);
        context.fillRect(from, y, Math.max(0.5, to - from - 0.5), height);
      }
    }
  },

  mark(task, { x, y }, { context, colour }) {
    if (task.state === "done") return;
    context.fillStyle = colour(task.state === "todo" ? "base" : task.state);
    context.beginPath();
    context.arc(x, y, 4, 0, 2 * Math.PI);
    context.fill();
  },
};

function rowOf({ lanes }: RaceModelView): number {
  return lanes <= 8 ? 14 : lanes <= 24 ? 9 : 5;
}

/** Tasks to do stand in a line beside the heading; as many as there is room for are seen. */
function waiting({ tasks }: RaceModelView, task: RaceTaskView, area: Area): Place {
  const before = tasks.filter(({ state }) => state === "todo").indexOf(task);
  const left = area.x + leftOf(area.width) + 170;
  const room = area.x + area.width - 10 - left;
  return { x: left + Math.min(before * 10, room), y: area.y + 11 };
}

/** The name, and a bar that fills as tasks get done. */
export function paintHeading(model: RaceModelView, area: Area, brush: Brush): void {
  const { context, colour } = brush;
  const left = area.x + leftOf(area.width);
  const [done, all] = [doneOf(model), model.tasks.length];
  context.textBaseline = "alphabetic";
  context.textAlign = "end";
  context.fillStyle = colour("ink");
  context.font = `600 12px ${FONT}`;
  context.fillText(model.title, left - 10, area.y + 15);
  context.fillStyle = colour("line");
  context.fillRect(left, area.y + 5, 80, 12);
  context.fillStyle = colour("chosen");
  context.fillRect(left, area.y + 5, 80 * done / all, 12);
  context.textAlign = "start";
  context.fillStyle = colour("soft");
  context.font = `11px ${FONT}`;
  context.fillText(`${done} of ${all} done`, left + 88, area.y + 15);
}
