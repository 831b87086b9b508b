/**
 * Keyboard and screen: a line is edited at the bottom while messages appear above it, so that none tears the prompt.
 * Where standard input is no terminal, lines are read as they come and nothing is drawn but what was said.
 */
import type { Screen } from "./screen.ts";

const encoder = new TextEncoder();
/** What takes two columns. */
const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;
/** What would steer the terminal, line ends included. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
/** A key: an escape sequence, a control character, or text. */
// deno-lint-ignore no-control-regex
const KEYS = /\x1b\[[\d;]*.|\x1bO?.|[\x00-\x1f\x7f]|[^\x00-\x1f\x7f]+/gu;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export class Terminal implements Screen, Disposable {
  readonly #prompt: string;
  readonly #edits = Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  #typed = "";
  #rows = 0;
  #open = true;

  constructor(prompt: string) {
    this.#prompt = prompt;
    if (this.#edits) Deno.stdin.setRaw(true);
    this.#draw();
  }

  /** Shows a line above the one that is being typed. What came from outside cannot steer the terminal. */
  show(line: string): void {
    this.#erase();
    this.#write(`${line.replace(CONTROLS, "\ufffd")}\n`);
    this.#draw();
  }

  /** The lines that are typed, until Ctrl-C, Ctrl-D or the end of the input. */
  async *lines(): AsyncGenerator<string, void, void> {
    const text = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
    for await (const chunk of text) {
      for (const line of this.#edits ? this.#edit(chunk) : this.#split(chunk)) {
        if (line === null) return;
        yield line;
      }
    }
    if (this.#typed !== "") yield this.#typed;
  }

  /** Gives the terminal back as it was. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#erase();
    this.#open = false;
    if (this.#edits) Deno.stdin.setRaw(false);
  }

  *#split(chunk: string): Generator<string, void, void> {
    const lines = (this.#typed + chunk).split(/\r?\n/);
    this.#typed = lines.pop()!;
    yield* lines;
  }

  /** What the keys mean; `null`: the end. */
  *#edit(chunk: string): Generator<string | null, void, void> {
    for (const [key] of chunk.matchAll(KEYS)) {
      if (key === "\x03" || (key === "\x04" && this.#typed === "")) return yield null;
      if (key === "\r" || key === "\n") {
        const line = this.#typed;
        this.#erase();
        this.#typed = "";
        this.#draw();
        yield line;
        continue;
      }
      this.#erase();
      if (key === "\x7f" || key === "\b") this.#typed = withoutLast(this.#typed);
      else if (key === "\x15") this.#typed = "";
      else if (key === "\t") this.#typed += " ";
      else if (key.charCodeAt(0) >= 0x20) this.#typed += key;
      this.#draw();
    }
  }

  #draw(): void {
    if (!this.#edits || !this.#open) return;
    this.#write(this.#prompt + this.#typed);
    const columns = Math.max(1, Deno.consoleSize().columns);
    this.#rows = Math.floor(Math.max(0, widthOf(this.#prompt + this.#typed) - 1) / columns);
  }

  #erase(): void {
    if (!this.#edits || !this.#open) return;
    this.#write(`${this.#rows > 0 ? `\x1b[${this.#rows}A` : ""}\r\x1b[J`);
  }

  #write(text: string): void {
    const bytes = encoder.encode(this.#edits ? text.replace(/\n/g, "\r\n") : text);
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}

function withoutLast(text: string): string {
  return [...graphemes.segment(text)].slice(0, -1).map(({ segment }) => segment).join("");
}

function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}
