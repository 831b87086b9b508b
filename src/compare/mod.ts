/**
 * Runs the same work in line, on threads, in processes and as async tasks, measures it on this machine,
 * and says which way to use and why.
 *
 * | I want to | use |
 * |---|---|
 * | see what the four models do on my machine | the command: `deno run -A jsr:@quartet/concurrency/compare --quick` |
 * | know how to run one function of mine | {@link recommend}, or the command with `work.ts#fn --inputs '[…]'` |
 * | keep figures, compare variants, draw them | {@link compare}, {@link defineWorkload}, and the reports |
 * | see the models race while they run | the command with `--serve`: a page on this machine |
 *
 * The reports ({@link toTable}, {@link toMarkdown}, {@link toSvg}, {@link toHtml}, {@link toTrace}, and
 * {@link toDrawing}, from which pictures are drawn) are pure functions of the {@link Comparison}, which is
 * plain JSON: what `--json` wrote can be drawn later.
 *
 * Built-in workloads, all real: `cpu` (counts primes), `io` (downloads ten pictures from a site of its
 * own that takes 200 ms for each), `messages` (thousands of tiny calls: what crossing costs), `memory`
 * (sums a large array: copied, transferred, shared), `file` (writes and reads files), `mixed` (waits and
 * computes), `lock` (all want the same lock), `pipeline` (producers and consumers at one queue).
 *
 * Permissions. Everything works with `-A`. The least that is enough for all built-in workloads under all
 * models, when a file is written and the machine is described, stands in the project's README; without
 * `--allow-sys` the machine is described less, without `-A` memory is sampled instead of read from the
 * operating system's high-water mark.
 *
 * @module
 */
export { compare, type CompareOptions } from "./measure/compare.ts";
export type {
  Arrivals,
  BreakEven,
  Comparison,
  Machine,
  ModelName,
  Noise,
  Prediction,
  Result,
  Tool,
  Trace,
  TraceSpan,
  Verdict,
  WorkloadKind,
} from "./measure/comparison.ts";
export { recommend, type Recommendation } from "./measure/recommend.ts";
export { type Drawing, type DrawingSection, toDrawing } from "./report/drawing.ts";
export type { BarChart, BarRole, BarRow } from "./report/bars.ts";
export type { Lane, LaneChart, LaneKind, LaneModel, LaneSpan } from "./report/lanes.ts";
export type {
  BreakEvenChart,
  BreakEvenRow,
  PredictionChart,
  PredictionCurve,
  PredictionPoint,
} from "./report/scaling.ts";
export { toHtml } from "./report/html.ts";
export { toMarkdown } from "./report/markdown.ts";
export { toTrace } from "./report/perfetto.ts";
export { type SvgOptions, toSvg } from "./report/svg.ts";
export { type TableOptions, type TableStyle, toTable } from "./report/table.ts";
export { WorkloadError } from "./measure/workload_error.ts";
export type { Progress } from "./measure/runner.ts";
export {
  defineWorkload,
  type SpreadWorkloadOptions,
  type Surroundings,
  type Variant,
  type Workload,
  type WorkloadOptions,
} from "./workloads/workload.ts";
export type { SpanKind } from "../core/trace.ts";
export { checkpoint, currentSignal } from "../core/current.ts";
export {
  type AnyFunction,
  portable,
  type PortableModule,
  portableModule,
} from "../wire/codec/portable.ts";
export { transfer } from "../wire/codec/transfer.ts";

if (import.meta.main) {
  import("./cli/command.ts").then(({ runCommand }) => runCommand(Deno.args));
}
