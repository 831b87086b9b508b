/** What a terminal shows, as far as the messenger writes to it: text, line ends, clearing to the end, and going up. */
export class Screen {
  #rows: string[] = [""];
  #row = 0;
  #column = 0;
  #rest = "";

  /** Writes as a terminal would show it. */
  write(text: string): void {
    this.#rest += text;
    // deno-lint-ignore no-control-regex
    const tokens = /\x1b\[(\d*)([A-Za-z])|\x1b\[?\d*$|\r|\n|[^\x1b\r\n]+/g;
    const all = this.#rest;
    this.#rest = "";
    for (const [token, count, command] of all.matchAll(tokens)) {
      if (token === "\r") this.#column = 0;
      else if (token === "\n") this.#go(this.#row + 1);
      else if (command === "A") this.#go(this.#row - Number(count || 1));
      else if (command === "J") {
        this.#rows.length = this.#row + 1;
        this.#rows[this.#row] = this.#rows[this.#row]!.slice(0, this.#column);
      } else if (token.startsWith("\x1b") && command === undefined) this.#rest = token;
      else if (command === undefined) this.#put(token);
    }
  }

  /** The rows from top to bottom. */
  get rows(): readonly string[] {
    return this.#rows;
  }

  #go(row: number): void {
    this.#row = Math.max(0, row);
    while (this.#rows.length <= this.#row) this.#rows.push("");
  }

  #put(text: string): void {
    const row = this.#rows[this.#row]!.padEnd(this.#column);
    this.#rows[this.#row] = row.slice(0, this.#column) + text +
      row.slice(this.#column + text.length);
    this.#column += text.length;
  }
}
