/** The pen of the SVG reports: escaped text, colours that fit light and dark pages, round axes. */

/** A drawn part, to be put under the one before. */
export interface Drawing {
  readonly svg: string;
  readonly height: number;
}

/** The width of every drawing. */
export const WIDTH = 960;

/** Where figures begin, right of the labels. */
export const LEFT = 150;

/** Where they end. */
export const RIGHT = WIDTH - 24;

/** Colours by meaning, so that a page can be light or dark; told apart by lightness too. */
export const STYLE: string = `
.q{--ground:#ffffff;--ink:#1c2733;--soft:#5b6875;--line:#dfe4ea;--run:#2f6fde;--io:#f2bf5e;--lock:#d64545;--bar:#2f6fde;--base:#9aa7b5;--chosen:#17845b;--python:#7b61c9}
@media(prefers-color-scheme:dark){.q{--ground:#12181f;--ink:#e6ebf0;--soft:#9aa7b4;--line:#2b3540;--run:#5f9bff;--io:#c9963a;--lock:#ff6b6b;--bar:#5f9bff;--base:#5c6976;--chosen:#3fbf8a;--python:#a995ee}}
.q text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px;fill:var(--ink)}
.q .ground{fill:var(--ground)}.q .soft{fill:var(--soft)}.q .small{font-size:11px}
.q .h1{font-size:20px;font-weight:600}.q .h2{font-size:16px;font-weight:600}.q .strong{font-weight:600}.q .tasks{font-size:12px;font-weight:400}
.q .end{text-anchor:end}.q .mid{text-anchor:middle}
.q line{stroke:var(--line)}.q .whisker{stroke:var(--ink);stroke-width:1.2}
.q .running{fill:var(--run)}.q .io{fill:var(--io)}.q .lock{fill:var(--lock)}.q .job{fill:var(--line)}
.q .bar{fill:var(--bar)}.q .base{fill:var(--base)}.q .chosen{fill:var(--chosen)}.q .python{fill:var(--python)}`
  .trim();

/** Text for markup: nothing in it can become an element or an attribute. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** A line of text with its baseline at `y`. */
export function text(x: number, y: number, words: string, classes = ""): string {
  const kind = classes === "" ? "" : ` class="${classes}"`;
  return `<text x="${at(x)}" y="${at(y)}"${kind}>${escapeMarkup(words)}</text>`;
}

/** A box; with a title it explains itself under the pointer. */
export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  kind: string,
  title = "",
): string {
  const shape = `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" ` +
    `class="${kind}" rx="${Math.min(2, at(width / 3))}"`;
  return title === "" ? `${shape}/>` : `${shape}><title>${escapeMarkup(title)}</title></rect>`;
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, kind = ""): string {
  const ends = `x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"`;
  return kind === "" ? `<line ${ends}/>` : `<line ${ends} class="${kind}"/>`;
}

/** As much of a name as fits into `characters`. */
export function shorten(name: string, characters: number): string {
  return name.length <= characters ? name : `${name.slice(0, characters - 1)}…`;
}

/** Round values from 0 to `most`: steps of 1, 2 or 5 times a power of ten, at most `count` of them. */
export function ticks(most: number, count: number): number[] {
  const raw = most / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw)!;
  return Array.from(
    { length: Math.floor(most / step + 1e-9) + 1 },
    (_, i) => Number((i * step).toPrecision(6)),
  );
}

/** Drawings one under the other. */
export function stack(drawings: readonly Drawing[], gap: number): Drawing {
  let y = 0;
  const parts = drawings.map(({ svg, height }) => {
    const part = `<g transform="translate(0 ${at(y)})">${svg}</g>`;
    y += height + gap;
    return part;
  });
  return { svg: parts.join("\n"), height: Math.max(0, y - gap) };
}

/** To a tenth of a pixel. */
function at(value: number): number {
  return Math.round(value * 10) / 10;
}
