/** What pictures need of D3; `deno task bundle` makes `assets/d3.js` of it. */
// @ts-types="@types/d3-scale"
export { scaleLinear, scaleLog } from "d3-scale";
// @ts-types="@types/d3-shape"
export { area, line } from "d3-shape";
