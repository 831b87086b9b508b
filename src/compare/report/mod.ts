/** Pure functions from a comparison to text. */
export { toHtml } from "./html.ts";
export { toMarkdown } from "./markdown.ts";
export { toSvg } from "./svg.ts";
export { type TableOptions, toTable } from "./table.ts";
export { toTrace } from "./perfetto.ts";
