/// <reference lib="dom" />
import { FONT } from "../../report/svg/theme.ts";
import { paintHeading } from "./lanes_scene.ts";
import type { RaceModelView, RaceTaskView } from "./race_state.ts";
import { type Area, type Brush, gridPlace, leftOf, type Place, type Scene } from "./scene.ts";

const HEADING = 24;
/** A cook with a board. */
const COOK = { width: 46, height: 62 } as const;
/** A plate. */
const PLATE = 13;
const LABEL = 16;

/**
 * The course's kitchens: processes are kitchens of their own with a cook each, threads are cooks in one kitchen
 * (with the GIL they share one knife), sync and async are one cook, who with async turns to the next dish while
 * one is in the oven.
 */
export const kitchenScene: Scene = {
  timed: false,

  height(model, width) {
    const { rows, columns } = columnsOf(model, width);
    const cooks = Math.ceil(cooksOf(model) / columns.cooks) * COOK.height;
    return HEADING + LABEL + Math.max(cooks, rows * PLATE) + 14;
  },

  place(model, task, area) {
    const { lefts, columns } = columnsOf(model, area.width);
    const top = area.y + HEADING + LABEL;
    const among = (same: (state: RaceTaskView["state"]) => boolean): number =>
      model.tasks.filter(({ state }) => same(state)).indexOf(task);
    if (task.state === "todo") {
      const index = among((state) => state === "todo");
      return gridPlace(index, area.x + lefts.todo, top, PLATE, columns.plates);
    }
    if (task.state === "io") {
      const index = among((state) => state === "io");
      return gridPlace(index, area.x + lefts.oven, top, PLATE, columns.plates);
    }
    if (task.state === "done") {
      const index = among((state) => state === "done");
      return gridPlace(index, area.x + lefts.served, top, PLATE, columns.plates);
    }
    const cook = cookPlace(model, cookOf(model, task), area);
    return { x: cook.x + 30, y: cook.y + 40 };
  },

  paint(model, area, brush) {
    const { context, colour } = brush;
    const { lefts } = columnsOf(model, area.width);
    paintHeading(model, area, brush);
    context.fillStyle = colour("soft");
    context.font = `11px ${FONT}`;
    context.textAlign = "start";
    const words = { todo: "orders", cooks: kitchensOf(model), oven: "ovens", served: "served" };
    for (const [name, left] of Object.entries(lefts)) {
      context.fillText(words[name as keyof typeof words], area.x + left, area.y + HEADING + 10);
    }
    for (let cook = 0; cook < cooksOf(model); cook++) {
      const busy = model.tasks.find((task) =>
        (task.state === "running" || task.state === "lock") && cookOf(model, task) === cook
      );
      paintCook(cookPlace(model, cook, area), busy, model.model === "processes", brush);
    }
  },

  mark(task, { x, y }, { context, colour }) {
    context.fillStyle = colour(
      task.state === "todo" ? "base" : task.state === "done" ? "chosen" : task.state,
    );
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = colour("ground");
    context.beginPath();
    context.arc(x, y, 2, 0, 2 * Math.PI);
    context.fill();
  },
};

/** "1 kitchen, 10 cooks", in the words of the course. */
function kitchensOf(model: RaceModelView): string {
  const cooks = cooksOf(model);
  const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const kitchens = many(model.model === "processes" ? cooks : 1, "kitchen");
  const knife = model.title.endsWith("GIL") ? ", 1 knife" : "";
  return `${kitchens}, ${many(cooks, "cook")}${knife}`;
}

function cooksOf({ model, lanes }: RaceModelView): number {
  return model === "threads" || model === "processes" ? lanes : 1;
}

function cookOf(model: RaceModelView, { lane }: RaceTaskView): number {
  return Math.min(lane, cooksOf(model) - 1);
}

/** Orders, cooks, ovens and what is served stand side by side. */
function columnsOf({ tasks }: RaceModelView, width: number) {
  const left = width < 560 ? 10 : leftOf(width);
  const room = width - left - 10;
  const lefts = {
    todo: left,
    cooks: left + room * 0.2,
    oven: left + room * 0.64,
    served: left + room * 0.83,
  };
  const plates = Math.max(3, Math.floor(room * 0.16 / PLATE));
  const cooks = Math.max(1, Math.floor(room * 0.42 / COOK.width));
  return { lefts, columns: { plates, cooks }, rows: Math.ceil(tasks.length / plates) };
}

function cookPlace(model: RaceModelView, cook: number, area: Area): Place {
  const { lefts, columns } = columnsOf(model, area.width);
  return {
    x: area.x + lefts.cooks + (cook % columns.cooks) * COOK.width,
    y: area.y + HEADING + LABEL + Math.floor(cook / columns.cooks) * COOK.height,
  };
}

/** A cook with a hat at a board; walls around it where the kitchen is its own. */
function paintCook(
  { x, y }: Place,
  busy: RaceTaskView | undefined,
  walls: boolean,
  { context, colour }: Brush,
): void {
  context.lineWidth = 1;
  context.strokeStyle = colour("soft");
  if (walls) context.strokeRect(x + 0.5, y + 0.5, COOK.width - 5, COOK.height - 5);
  const look = busy === undefined ? "soft" : busy.state === "lock" ? "lock" : "running";
  context.fillStyle = colour(look);
  context.beginPath();
  context.arc(x + 14, y + 22, 6, 0, 2 * Math.PI);
  context.fill();
  context.fillRect(x + 9, y + 9, 10, 6);
  context.fillRect(x + 7, y + 5, 14, 5);
  context.beginPath();
  context.moveTo(x + 4, y + 48);
  context.lineTo(x + 8, y + 30);
  context.lineTo(x + 20, y + 30);
  context.lineTo(x + 24, y + 48);
  context.fill();
  context.fillStyle = colour("soft");
  context.fillRect(x + 4, y + 49, 36, 3);
}
