/** A table for a terminal: numbers to the right, words to the left, two blanks between columns. */
export function textTable(
  columns: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] === "number"));
  const all = [columns, ...rows.map((row) => row.map((cell) => onOneLine(String(cell))))];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => isNumber[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))
      .join("  ").trimEnd();
  return all.map((row) => `${line(row)}\n`).join("");
}

/** What others wrote is shown and does nothing: neither a new line nor a code of the terminal. */
function onOneLine(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}
