import { Console } from "node:console";
import process from "node:process";
import { portable } from "../../wire/codec/portable.ts";
import type { LoadModel } from "../models/load_model.ts";

/** Has what is printed by `console` here go to standard error. */
export const printToStderr: () => void = portable(import.meta, function printToStderr(): void {
  globalThis.console = new Console(process.stderr, process.stderr);
});

/** Has what the work prints by `console` go to standard error, wherever it runs: a report has standard output to itself. */
export function printingToStderr(load: LoadModel): LoadModel {
  return async (...given) => {
    const open = await load(...given);
    return (...given) => {
      const executor = open(...given);
      const ready = executor.ready.bind(executor);
      executor.ready = async () => {
        await ready();
        await executor.broadcast(printToStderr);
      };
      return executor;
    };
  };
}
