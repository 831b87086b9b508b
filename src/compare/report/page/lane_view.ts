/// <reference lib="dom" />
// @ts-types="@types/d3-axis"
import { axisBottom } from "d3-axis";
// @ts-types="@types/d3-scale"
import { type ScaleLinear, scaleLinear } from "d3-scale";
// @ts-types="@types/d3-selection"
import { select, type Selection } from "d3-selection";
// @ts-types="@types/d3-zoom"
import {
  type D3ZoomEvent,
  zoom,
  type ZoomBehavior,
  zoomIdentity,
  type ZoomTransform,
} from "d3-zoom";
import { formatTime } from "../../measure/figures.ts";
import { KIND_TITLES, LANE_KINDS, type LaneChart, timeUnit } from "../lanes.ts";
import { button, element, toggle } from "./element.ts";
import { type LaneFilter, type LaneRow, placeLanes, spanAt, unfiltered } from "./lane_layout.ts";
import { paintLanes } from "./lane_painter.ts";

/** The height of the axis under the lanes. */
const AXIS = 40;
/** How near the pointer has to come, in pixels. */
const NEAR = 4;
/** Nobody looks at less than so many milliseconds. */
const SHORTEST = 0.01;

const HELP =
  "Wheel or pinch zooms, dragging moves, double-click shows all. Keys: + and − zoom, ← and → move, " +
  "Home, End and 0; ↑ and ↓ choose a lane, Shift with ← and → a stretch of it.";

/** Lanes on a canvas that can be zoomed, moved, filtered and asked, by pointer, touch and keyboard. */
export class LaneView {
  readonly #chart: LaneChart;
  readonly #canvas = element("canvas", { "aria-hidden": "true" });
  readonly #axis = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  readonly #tip = element("div", { class: "tip", "aria-hidden": "true", hidden: "" });
  readonly #readout = element("output", { class: "readout", "aria-live": "polite" });
  readonly #stage: HTMLElement;
  readonly #selection: Selection<HTMLElement, unknown, null, undefined>;
  readonly #zoom: ZoomBehavior<HTMLElement, unknown>;
  #filter: LaneFilter;
  #rows: readonly LaneRow[] = [];
  #height = 0;
  #width = 0;
  #transform: ZoomTransform = zoomIdentity;
  #cursor: { readonly row: LaneRow; readonly span: number } | undefined;
  #frame = 0;

  /** Puts the view into `figure`; `workload` is what it is called. */
  constructor(figure: HTMLElement, chart: LaneChart, workload: string) {
    this.#chart = chart;
    this.#filter = unfiltered(chart);
    this.#axis.setAttribute("aria-hidden", "true");
    this.#axis.setAttribute("class", "axis");
    const help = element("p", { class: "soft help", id: `help-${figure.id}` }, HELP);
    this.#stage = element(
      "div",
      {
        class: "stage",
        tabindex: "0",
        role: "group",
        "aria-label": `Lanes of ${workload}`,
        "aria-describedby": help.id,
      },
      this.#canvas,
      this.#axis,
      this.#tip,
    );
    this.#selection = select(this.#stage);
    this.#zoom = zoom<HTMLElement, unknown>()
      .filter((event: Event) => this.#takes(event))
      .on("zoom", ({ transform }: D3ZoomEvent<HTMLElement, unknown>) => {
        this.#transform = transform;
        this.#draw();
      });
    this.#selection.call(this.#zoom).on("dblclick.zoom", () => this.#showAll());
    figure.append(
      element("div", { class: "alive" }, this.#tools(), this.#stage, this.#readout, help),
    );
    figure.classList.add("is-alive");
    this.#listen();
    this.#place();
  }

  #tools(): HTMLElement {
    const kinds = LANE_KINDS.map((kind) =>
      toggle(KIND_TITLES[kind], kind, (on) => {
        this.#filter = { ...this.#filter, kinds: changed(this.#filter.kinds, kind, on) };
        this.#place();
      })
    );
    const models = this.#chart.models.map(({ model }) =>
      toggle(model, undefined, (on) => {
        this.#filter = { ...this.#filter, models: changed(this.#filter.models, model, on) };
        this.#place();
      })
    );
    const group = (label: string, ...children: HTMLElement[]): HTMLElement =>
      element("div", { role: "group", "aria-label": label }, ...children);
    return element(
      "div",
      { class: "tools" },
      group("What is shown", ...kinds),
      group("Models", ...models),
      group(
        "Zoom",
        button("−", "Zoom out", () => this.#scale(1 / 1.5)),
        button("+", "Zoom in", () => this.#scale(1.5)),
        button("All", "Show all", () => this.#showAll()),
      ),
    );
  }

  #listen(): void {
    new ResizeObserver(() => {
      if (this.#canvas.clientWidth !== this.#width) this.#place();
    }).observe(this.#stage);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
    this.#stage.addEventListener("keydown", (event) => this.#press(event));
    this.#stage.addEventListener("pointermove", (event) => this.#point(event));
    this.#stage.addEventListener("pointerleave", () => this.#tip.hidden = true);
  }

  /** A wheel that would zoom out of the whole belongs to the page, so that one can scroll past. */
  #takes(event: Event): boolean {
    if (event instanceof WheelEvent) return event.deltaY < 0 || this.#transform.k > 1;
    return !(event instanceof MouseEvent) || event.button === 0;
  }

  get #left(): number {
    return this.#width < 560 ? 84 : 130;
  }

  get #right(): number {
    return this.#width - 16;
  }

  /** From milliseconds to pixels, as it is zoomed now. */
  #scaleX(): ScaleLinear<number, number> {
    return this.#transform.rescaleX(
      scaleLinear().domain([0, this.#chart.durationMs]).range([this.#left, this.#right]),
    );
  }

  /** Lays out anew: for another width, or another filter. */
  #place(): void {
    this.#width = this.#canvas.clientWidth;
    const { rows, height } = placeLanes(this.#chart, this.#filter);
    [this.#rows, this.#height, this.#cursor] = [rows, height, undefined];
    this.#tip.hidden = true;
    const ends: [[number, number], [number, number]] = [
      [this.#left, 0],
      [this.#right, this.#height],
    ];
    const most = Math.max(8, this.#chart.durationMs / SHORTEST);
    this.#zoom.extent(ends).translateExtent(ends).scaleExtent([1, most]);
    this.#draw();
  }

  /** Draws before the next frame, once however often it was asked. */
  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #paint(): void {
    const x = this.#scaleX();
    const [from, to] = x.domain() as [number, number];
    const count = Math.max(2, Math.round((this.#right - this.#left) / 110));
    const { unit, ms } = timeUnit(to - from);
    const inUnits = x.copy().domain([from / ms, to / ms]);
    paintLanes(this.#canvas, {
      rows: this.#rows,
      width: this.#width,
      height: this.#height,
      left: this.#left,
      right: this.#right,
      x,
      from,
      to,
      ticks: inUnits.ticks(count).map((tick) => tick * ms),
      cursor: this.#cursor,
    });
    this.#axis.setAttribute("width", String(this.#width));
    this.#axis.setAttribute("height", String(AXIS));
    const axis = select(this.#axis);
    axis.selectAll("*").remove();
    axis.append("g").call(axisBottom(inUnits).ticks(count));
    axis.append("text").attr("class", "title").attr("x", this.#left).attr("y", AXIS - 4)
      .text(`${this.#chart.axis}, ${unit}`);
  }

  #scale(factor: number): void {
    this.#selection.call(this.#zoom.scaleBy, factor);
  }

  #move(pixels: number): void {
    this.#selection.call(this.#zoom.translateBy, pixels / this.#transform.k, 0);
  }

  #showAll(): void {
    this.#selection.call(this.#zoom.transform, zoomIdentity);
  }

  #press(event: KeyboardEvent): void {
    if (event.target !== this.#stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = (this.#right - this.#left) / 5;
    const all = this.#width * this.#transform.k;
    const actions: Record<string, () => void> = {
      "+": () => this.#scale(1.5),
      "=": () => this.#scale(1.5),
      "-": () => this.#scale(1 / 1.5),
      "0": () => this.#showAll(),
      Home: () => this.#move(all),
      End: () => this.#move(-all),
      ArrowLeft: () => event.shiftKey ? this.#step(-1) : this.#move(step),
      ArrowRight: () => event.shiftKey ? this.#step(1) : this.#move(-step),
      ArrowUp: () => this.#changeLane(-1),
      ArrowDown: () => this.#changeLane(1),
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  /** Moves the cursor to the lane above or below. */
  #changeLane(by: 1 | -1): void {
    const lanes = this.#rows.filter(({ spans }) => spans.length > 0);
    const at = this.#cursor === undefined ? -1 : lanes.indexOf(this.#cursor.row);
    const row = lanes[at === -1 ? 0 : Math.min(lanes.length - 1, Math.max(0, at + by))];
    if (row === undefined) return;
    const [from, to] = this.#scaleX().domain() as [number, number];
    const time = this.#cursor?.row.spans[this.#cursor.span]?.start ?? from;
    this.#setCursor(row, spanAt(row, time, to - from) ?? 0);
  }

  /** Moves the cursor along its lane. */
  #step(by: 1 | -1): void {
    if (this.#cursor === undefined) return this.#changeLane(by);
    const { row, span } = this.#cursor;
    this.#setCursor(row, Math.min(row.spans.length - 1, Math.max(0, span + by)));
  }

  #setCursor(row: LaneRow, span: number): void {
    this.#cursor = { row, span };
    this.#readout.textContent = describe(row, span);
    const { start, end } = row.spans[span]!;
    const x = this.#scaleX();
    const [from, to] = x.domain() as [number, number];
    if (end < from || start > to) {
      this.#move((this.#left + this.#right) / 2 - x((start + end) / 2));
    }
    this.#draw();
  }

  /** Shows what is under the pointer. */
  #point(event: PointerEvent): void {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    const row = this.#rows.find(({ lane, y, height }) =>
      lane !== undefined && py >= y - 1 && py <= y + height + 1
    );
    const x = this.#scaleX();
    const time = x.invert(px);
    const slack = x.invert(px + NEAR) - time;
    const span = row === undefined || px < this.#left ? undefined : spanAt(row, time, slack);
    this.#tip.hidden = span === undefined;
    if (row === undefined || span === undefined) return;
    this.#tip.textContent = describe(row, span);
    const room = this.#width - this.#tip.offsetWidth - 4;
    this.#tip.style.left = `${Math.max(0, Math.min(room, px + 12))}px`;
    this.#tip.style.top = `${py + 16}px`;
  }
}

/** One stretch of a lane in words. */
function describe({ model, lane, spans }: LaneRow, span: number): string {
  const { name, kind, start, end } = spans[span]!;
  return `${model} · ${lane!.name} · ${name}: ${KIND_TITLES[kind]} ${formatTime(end - start)}, ` +
    `from ${formatTime(start)} to ${formatTime(end)}`;
}

function changed<T>(set: ReadonlySet<T>, item: T, there: boolean): ReadonlySet<T> {
  const copy = new Set(set);
  if (there) copy.add(item);
  else copy.delete(item);
  return copy;
}
