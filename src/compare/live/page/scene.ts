/// <reference lib="dom" />
import type { ScaleLinear } from "d3-scale";
import type { RaceModelView, RaceTaskView } from "./race_state.ts";

/** A place on the canvas. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where a model is drawn. */
export interface Area extends Place {
  readonly width: number;
  readonly height: number;
}

/** With what a scene is drawn. */
export interface Brush {
  readonly context: CanvasRenderingContext2D;
  /** A colour of the page by its name. */
  readonly colour: (name: string) => string;
  /** From milliseconds to pixels. */
  readonly x: ScaleLinear<number, number>;
  /** How late it is for a model. */
  readonly now: (model: RaceModelView) => number;
}

/** A way to show a race: the same states of the same tasks, as lanes or as kitchens. */
export interface Scene {
  /** Whether there is an axis of time under it. */
  readonly timed: boolean;
  /** How much room a model needs. */
  height(model: RaceModelView, width: number): number;
  /** Where the mark of a task belongs now. */
  place(model: RaceModelView, task: RaceTaskView, area: Area, brush: Brush): Place;
  /** Everything but the marks of the tasks. */
  paint(model: RaceModelView, area: Area, brush: Brush): void;
  /** The mark of a task. */
  mark(task: RaceTaskView, place: Place, brush: Brush): void;
}

/** Where the lines of a scene begin, right of the names. */
export function leftOf(width: number): number {
  return width < 560 ? 96 : 110;
}

/** Where `index` of many equal marks stands, in rows that break at the end of the room. */
export function gridPlace(
  index: number,
  left: number,
  top: number,
  step: number,
  columns: number,
): Place {
  return {
    x: left + (index % columns + 0.5) * step,
    y: top + (Math.floor(index / columns) + 0.5) * step,
  };
}
