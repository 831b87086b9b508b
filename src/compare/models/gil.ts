import type { ModelName } from "../measure/comparison.ts";

/** By which of Python's algorithms the threads of a model take turns; `undefined` if they do not. */
export function algorithmOf(model: ModelName): "timeslice" | "ticks" | undefined {
  if (model === "gil") return "timeslice";
  return model === "gil-ticks" ? "ticks" : undefined;
}
