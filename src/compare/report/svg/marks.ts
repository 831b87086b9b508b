/** The marks that every picture is made of, as SVG text. */

/** Pictures are that wide where there is room, */
export const WIDE = 960;

/** that wide on half a screen, */
export const MEDIUM = 620;

/** and that wide on a telephone. */
export const NARROW = 360;

/** A drawn part, to be put under the one before. */
export interface Part {
  readonly svg: string;
  readonly height: number;
}

/** Text for markup: nothing in it can become an element or an attribute. */
export function escapeMarkup(text: string): string {
  return text
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;")
    // What XML does not know at all, and a half of a pair.
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g, "\uFFFD").toWellFormed();
}

/** A line of text with its baseline at `y`. */
export function text(x: number, y: number, words: string, classes = ""): string {
  return `<text x="${at(x)}" y="${at(y)}"${classAttribute(classes)}>${escapeMarkup(words)}</text>`;
}

/** A box. */
export function box(x: number, y: number, width: number, height: number, kind: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(height)}" ` +
    `class="${kind}" rx="${Math.min(2, at(width / 3))}"/>`;
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, kind = ""): string {
  const ends = `x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}"`;
  return `<line ${ends}${classAttribute(kind)}/>`;
}

/** A small circle; a title is shown under the pointer. */
export function point(x: number, y: number, kind: string, title: string): string {
  const shape = `<circle cx="${at(x)}" cy="${at(y)}" r="2.2" class="${kind}"`;
  return title === "" ? `${shape}/>` : `${shape}><title>${escapeMarkup(title)}</title></circle>`;
}

/** Any outline. */
export function path(d: string, kind: string, title = ""): string {
  if (title === "") return `<path d="${d}" class="${kind}"/>`;
  return `<path d="${d}" class="${kind}"><title>${escapeMarkup(title)}</title></path>`;
}

/** Boxes of one height as one thick line with gaps, which takes half the room of their outlines. */
export function boxes(
  ends: readonly (readonly [number, number])[],
  middle: number,
  height: number,
  kind: string,
  title: string,
): string {
  const d = ends.map(([from, to]) => `M${at(from)} ${at(middle)}h${at(to - from)}`).join("");
  return `<path d="${d}" stroke-width="${at(height)}" class="${kind}">` +
    `<title>${escapeMarkup(title)}</title></path>`;
}

/** As much of a name as fits into `characters`. */
export function shorten(name: string, characters: number): string {
  const all = [...name];
  return all.length <= characters ? name : `${all.slice(0, characters - 1).join("")}…`;
}

/** Parts one under the other. */
export function stack(parts: readonly Part[], gap: number): Part {
  let y = 0;
  const placed = parts.map(({ svg, height }) => {
    const part = `<g transform="translate(0 ${at(y)})">${svg}</g>`;
    y += height + gap;
    return part;
  });
  return { svg: placed.join("\n"), height: Math.max(0, y - gap) };
}

function classAttribute(classes: string): string {
  return classes === "" ? "" : ` class="${classes}"`;
}

/** To a tenth of a pixel. */
function at(value: number): number {
  return Math.round(value * 10) / 10;
}
