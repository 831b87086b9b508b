/// <reference lib="dom" />
// @ts-types="@types/d3-scale"
import { scaleLinear } from "d3-scale";
import { timeUnit } from "../../report/lanes.ts";
import { FONT } from "../../report/svg/theme.ts";
import type { RaceModelView, RaceState } from "./race_state.ts";
import { type Area, type Brush, leftOf, type Place, type Scene } from "./scene.ts";

const AXIS = 40;
const GAP = 6;
/** How much of its way a mark goes in a frame of 16 ms. */
const PACE = 0.25;

/** Draws a race on a canvas as it goes: once in each frame while something moves. */
export class RaceView {
  readonly #canvas: HTMLCanvasElement;
  readonly #state: RaceState;
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  /** Where the marks of the tasks are. */
  readonly #marks = new Map<string, Place>();
  /** How late it is for each model, and when in frames' time that was so. */
  readonly #clocks = new Map<RaceModelView, { time: number; frame: number }>();
  #scene: Scene;
  #frame = 0;

  constructor(canvas: HTMLCanvasElement, state: RaceState, scene: Scene) {
    this.#canvas = canvas;
    this.#state = state;
    this.#scene = scene;
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement!);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** Shows the race in another way. */
  set scene(scene: Scene) {
    this.#scene = scene;
    this.#marks.clear();
    this.draw();
  }

  /** Forgets where the marks were: another race has begun. */
  reset(): void {
    this.#marks.clear();
    this.#clocks.clear();
  }

  /** Draws in the next frame, and goes on as long as something moves. */
  draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame((time) => {
      this.#frame = 0;
      const moving = this.#paint(time);
      if (moving || (this.#state.running && !this.#state.paused)) this.draw();
    });
  }

  /** How late it is for a model: what was heard of last, and what has passed since then. */
  #now(model: RaceModelView, frame: number): number {
    if (model.wallMs !== undefined) return model.wallMs;
    const clock = this.#clocks.get(model) ?? { time: 0, frame };
    const runs = model.phase === "running" && !this.#state.paused;
    const time = Math.max(clock.time + (runs ? frame - clock.frame : 0), model.heard);
    this.#clocks.set(model, { time, frame });
    return time;
  }

  /** Returns whether marks are still on their way. */
  #paint(frame: number): boolean {
    const canvas = this.#canvas;
    const width = canvas.clientWidth;
    const scene = this.#scene;
    const { models } = this.#state;
    const times = new Map(models.map((model) => [model, this.#now(model, frame)]));
    const most = Math.max(200, ...times.values());
    const areas: Area[] = [];
    let y = 0;
    for (const model of models) {
      const height = scene.height(model, width);
      areas.push({ x: 0, y, width, height });
      y += height + GAP;
    }
    const height = y + (scene.timed && models.length > 0 ? AXIS : 0);
    const context = this.#prepare(width, Math.max(1, height));
    const style = getComputedStyle(canvas);
    const brush: Brush = {
      context,
      colour: (name) => style.getPropertyValue(`--${name}`),
      x: scaleLinear().domain([0, most * 1.02]).range([leftOf(width), width - 20]),
      now: (model) => times.get(model)!,
    };
    if (scene.timed && models.length > 0) paintAxis(brush, y, most);
    let moving = false;
    for (const [i, model] of models.entries()) {
      const area = areas[i]!;
      scene.paint(model, area, brush);
      for (const task of model.tasks) {
        const target = scene.place(model, task, area, brush);
        const key = `${model.model} ${task.task}`;
        const place = this.#step(this.#marks.get(key), target);
        moving ||= Math.hypot(place.x - target.x, place.y - target.y) > 0.5;
        this.#marks.set(key, place);
        scene.mark(task, place, brush);
      }
    }
    return moving;
  }

  #step(from: Place | undefined, to: Place): Place {
    if (from === undefined || this.#still.matches) return to;
    return { x: from.x + (to.x - from.x) * PACE, y: from.y + (to.y - from.y) * PACE };
  }

  #prepare(width: number, height: number): CanvasRenderingContext2D {
    const canvas = this.#canvas;
    const density = globalThis.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.width !== across || canvas.height !== down) {
      [canvas.width, canvas.height] = [across, down];
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d")!;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }
}

function paintAxis({ context, colour, x }: Brush, height: number, most: number): void {
  const { unit, ms } = timeUnit(most);
  const [left, right] = x.range() as [number, number];
  const scale = x.copy().domain(x.domain().map((time) => time / ms));
  const count = Math.max(2, Math.round((right - left) / 110));
  const format = scale.tickFormat(count);
  context.font = `11px ${FONT}`;
  context.textAlign = "center";
  for (const tick of scale.ticks(count)) {
    context.fillStyle = colour("line");
    context.fillRect(Math.round(scale(tick)), 0, 1, height);
    context.fillStyle = colour("soft");
    context.fillText(format(tick), scale(tick), height + 14);
  }
  context.textAlign = "start";
  context.fillText(`time since the model began, ${unit}`, left, height + 32);
}
