import { colourVariables, FONT, MARK_STYLE } from "./svg/theme.ts";

/** How a page looks: light and dark, on paper, and on a screen of 390 pixels. */
export const PAGE_STYLE: string = `
:root{color-scheme:light dark}
${colourVariables(":root")}
${MARK_STYLE}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 ${FONT}}
main{max-width:1000px;margin:0 auto;padding:32px 20px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:20px;margin:48px 0 8px}h2 small{color:var(--soft);font-weight:400;font-size:14px}
a{color:inherit}.soft,figcaption,caption,dt{color:var(--soft);font-size:14px}
code{font:13px ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.verdict{border-left:4px solid var(--chosen);background:var(--tint);padding:10px 14px;margin:12px 0 20px;overflow-wrap:anywhere}
figure{margin:24px 0}figcaption,caption{text-align:left;padding:0 0 6px}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:5px 8px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
thead th{color:var(--soft);font-weight:500}tbody th{font-weight:400}th:first-child,td:first-child{text-align:left}
tr.chosen td,tr.chosen th{font-weight:600}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;font-size:14px;margin:0}dd{margin:0}
svg{max-width:100%;height:auto;display:block}.medium,.narrow{display:none}
summary{cursor:pointer;color:var(--soft);font-size:14px}
.tools{display:flex;flex-wrap:wrap;gap:8px 20px;margin:8px 0}.tools>div{display:flex;flex-wrap:wrap;gap:6px}
button,.button{font:13px/1.4 ${FONT};color:var(--ink);background:var(--ground);border:1px solid var(--soft);border-radius:6px;padding:4px 10px;min-height:28px;cursor:pointer}
.button{display:inline-block;text-decoration:none}.button[hidden]{display:none}
.toggle[aria-pressed=false]{color:var(--soft);text-decoration:line-through;border-style:dashed}
.toggle i{display:inline-block;width:14px;height:10px;margin-right:6px;border-radius:2px}
.toggle[aria-pressed=false] i{opacity:.35}
i.running{background:var(--running)}i.io{background:var(--io)}i.lock{background:var(--lock)}
.stage{position:relative;touch-action:pan-y;cursor:grab;user-select:none;-webkit-user-select:none}
.stage:active{cursor:grabbing}
:focus-visible{outline:2px solid var(--running);outline-offset:2px}
canvas{display:block;width:100%}
.axis{display:block;max-width:none}.axis text{font:11px ${FONT};fill:var(--soft)}.axis .title{text-anchor:start}.axis path,.axis line{stroke:var(--soft);fill:none}
.tip{position:absolute;z-index:1;pointer-events:none;max-width:min(340px,90%);padding:4px 8px;border-radius:6px;background:var(--ink);color:var(--ground);font-size:12px;overflow-wrap:anywhere}
.tip[hidden]{display:none}
.readout{display:block;min-height:1.6em;font-size:13px;overflow-wrap:anywhere}.readout:not(:empty){position:sticky;bottom:0;background:var(--ground)}
.help{margin:0}.alive{display:none}
@media screen{.is-alive .alive{display:block}.is-alive .static{display:none}}
@media screen and (max-width:980px){svg.broad{display:none}svg.medium{display:block}}
@media screen and (max-width:660px){main{padding:20px 14px 48px}svg.medium{display:none}svg.narrow{display:block}dl{grid-template-columns:1fr}dd{margin:0 0 6px}}
@media print{figure,table,.verdict{break-inside:avoid}.button{display:none}}`.trim();
