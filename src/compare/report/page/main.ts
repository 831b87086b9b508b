/// <reference lib="dom" />
/** What the page of a comparison runs: brings its pictures of lanes to life, and gives the figures out as a file. */
import { describeLanes } from "../lanes.ts";
import { type PackedComparison, unpackComparison } from "../packing.ts";
import { LaneView } from "./lane_view.ts";

const packed: PackedComparison = JSON.parse(document.getElementById("comparison")!.textContent!);
const comparison = unpackComparison(packed);

for (const figure of document.querySelectorAll<HTMLElement>("figure[data-workload]")) {
  const workload = figure.dataset.workload!;
  const traces = comparison.traces?.filter((trace) => trace.workload === workload) ?? [];
  const chart = describeLanes({ traces });
  if (chart !== undefined) new LaneView(figure, chart, workload);
}

const download = document.getElementById("download") as HTMLAnchorElement;
download.addEventListener("click", () => {
  const json = new Blob([JSON.stringify(comparison, null, 2), "\n"], { type: "application/json" });
  URL.revokeObjectURL(download.href);
  download.href = URL.createObjectURL(json);
});
download.hidden = false;
