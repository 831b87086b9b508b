/**
 * Colours by meaning, for light and for dark: text has a contrast of 4.5 with its ground or more, marks 3 or more.
 *
 * Tests measure that; what marks mean does not hang on colours alone.
 */
export const COLOURS: Readonly<Record<"light" | "dark", Readonly<Record<string, string>>>> = {
  light: {
    ground: "#ffffff",
    tint: "#eef7f2",
    ink: "#1c2733",
    soft: "#56626e",
    line: "#dfe4ea",
    running: "#2f6fde",
    io: "#b8770b",
    lock: "#cf3b3b",
    other: "#2f6fde",
    base: "#7d8994",
    chosen: "#17845b",
    python: "#7b61c9",
  },
  dark: {
    ground: "#12181f",
    tint: "#16261f",
    ink: "#e6ebf0",
    soft: "#9aa7b4",
    line: "#2b3540",
    running: "#5f9bff",
    io: "#c9963a",
    lock: "#ff6b6b",
    other: "#5f9bff",
    base: "#75828f",
    chosen: "#3fbf8a",
    python: "#a995ee",
  },
};

/** The fonts that are there without loading one. */
export const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif';

/** Light or dark. */
export type Scheme = keyof typeof COLOURS;

/** The colours as variables of what `selector` selects: those of a scheme, or those that the reader has set. */
export function colourVariables(selector: string, scheme?: Scheme): string {
  const variables = (scheme: Scheme): string =>
    `${selector}{${
      Object.entries(COLOURS[scheme]).map(([name, colour]) => `--${name}:${colour}`).join(";")
    }}`;
  if (scheme !== undefined) return variables(scheme);
  return `${variables("light")}\n@media(prefers-color-scheme:dark){${variables("dark")}}`;
}

/** How marks look; colours are variables. */
export const MARK_STYLE: string = `
.q text{font:12px ${FONT};fill:var(--ink)}.q .small{font-size:11px}.q .soft{fill:var(--soft)}
.q .h1{font-size:20px;font-weight:600}.q .h2{font-size:16px;font-weight:600}.q .strong{font-weight:600}.q .tasks{font-size:12px;font-weight:400}
.q .end{text-anchor:end}.q .mid{text-anchor:middle}
.q line{stroke:var(--line)}.q .whisker{stroke:var(--ink);stroke-width:1.2}.q .sample{fill:var(--ink);fill-opacity:.75}.q .disturbed{fill:var(--ground);stroke:var(--soft)}
.q .curve{fill:none;stroke:var(--other);stroke-width:2}.q .band{fill:var(--other);fill-opacity:.2}.q .dashed{stroke-dasharray:6 3}
.q .ground{fill:var(--ground)}.q path.running{fill:none;stroke:var(--running)}.q path.io{fill:none;stroke:var(--io)}.q path.lock{fill:none;stroke:var(--lock)}
${
  ["running", "io", "lock", "chosen", "other", "base", "python"].map((name) =>
    `.q .${name}{fill:var(--${name})}`
  ).join("")
}`
  .trim();
