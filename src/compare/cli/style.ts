import { styleText } from "node:util";
import type { TableStyle } from "../report/table.ts";

/** How parts of the table look on a terminal; nothing in a pipe, and where NO_COLOR is set. */
export function openStyle(terminal: { isTerminal(): boolean }): TableStyle | undefined {
  if (!terminal.isTerminal() || Deno.noColor) return undefined;
  const options = { validateStream: false };
  return {
    chosen: (text) => styleText(["bold", "green"], text, options),
    heading: (text) => styleText("bold", text, options),
    soft: (text) => styleText("gray", text, options),
  };
}
