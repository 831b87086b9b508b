import { LIVE_SCRIPT, LIVE_SCRIPT_HASH } from "../assets/live_script.js";
import { PAGE_STYLE } from "../report/html_style.ts";
import { FIRST_SETTINGS, LIMITS, RACE_MODELS } from "./race_settings.ts";

/** What the page may do: run its one script, and talk to the program that served it. */
export const LIVE_POLICY: string = `default-src 'none'; script-src 'sha256-${LIVE_SCRIPT_HASH}'; ` +
  "style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

const STYLE = `
form{display:flex;flex-wrap:wrap;gap:14px 24px;align-items:end;margin:20px 0}
fieldset{border:0;padding:0;margin:0;display:flex;flex-wrap:wrap;gap:6px 14px}
legend{color:var(--soft);font-size:14px;padding:0;margin-bottom:4px}
label{font-size:14px;display:inline-flex;gap:6px;align-items:center;min-height:28px}
label.number{flex-direction:column;align-items:start;gap:2px;color:var(--soft)}
input[type=number]{font:14px inherit;width:6.5em;padding:4px 6px;color:var(--ink);background:var(--ground);border:1px solid var(--soft);border-radius:6px}
input[type=checkbox],input[type=radio]{accent-color:var(--running);width:16px;height:16px;margin:0}
input[role=switch]{appearance:none;width:34px;height:20px;border-radius:10px;border:1px solid var(--soft);background:var(--ground);position:relative;cursor:pointer}
input[role=switch]::after{content:"";position:absolute;left:2px;top:2px;width:14px;height:14px;border-radius:7px;background:var(--soft)}
input[role=switch]:checked{background:var(--running);border-color:var(--running)}input[role=switch]:checked::after{left:16px;background:var(--ground)}
button:disabled{color:var(--soft);border-style:dashed;cursor:default}
button.main{background:var(--ink);color:var(--ground);border-color:var(--ink)}button.main:disabled{background:var(--ground);color:var(--soft);border-color:var(--soft)}
[role=alert]{color:var(--lock);min-height:1.5em;margin:4px 0}
#stage canvas{width:100%;display:block}#outcome{position:static}
.keys{display:flex;flex-wrap:wrap;gap:4px 18px;color:var(--soft);font-size:13px;margin:8px 0;padding:0;list-style:none}
.keys i{display:inline-block;width:14px;height:10px;margin-right:6px;border-radius:2px}i.done{background:var(--chosen)}i.todo{background:var(--base)}`
  .trim();

const NUMBERS = {
  tasks: "tasks",
  workers: "workers",
  taskMs: "computing, ms",
  delayMs: "waiting, ms",
} as const;

/** The page of the live view. */
export const LIVE_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>The models race</title>
<style>
${PAGE_STYLE}
${STYLE}
</style>
</head>
<body>
<main>
<h1>The models race</h1>
<p class="soft">Each model really does the same tasks on this machine: each task computes, and then waits.</p>
<form id="controls">
<fieldset><legend>Models</legend>
${
  RACE_MODELS.map((model) =>
    `<label><input type="checkbox" name="models" value="${model}" checked> ${model}</label>`
  ).join("\n")
}
</fieldset>
${
  Object.entries(NUMBERS).map(([name, words]) => {
    const [least, most] = LIMITS[name as keyof typeof NUMBERS];
    return `<label class="number">${words}<input type="number" name="${name}" required min="${least}" max="${most}" ` +
      `value="${FIRST_SETTINGS[name as keyof typeof NUMBERS]}"></label>`;
  }).join("\n")
}
<label><input type="checkbox" role="switch" name="gil"> Python's lock (GIL) for threads</label>
<fieldset><legend>The models run</legend>
<label><input type="radio" name="together" value="yes" checked> together</label>
<label><input type="radio" name="together" value="no"> one after the other</label>
</fieldset>
<fieldset><legend>Shown as</legend>
<label><input type="radio" name="skin" value="lanes" checked> lanes</label>
<label><input type="radio" name="skin" value="kitchens"> kitchens</label>
</fieldset>
<fieldset><legend>Try</legend>
<button type="button" data-task="5" data-delay="300">work that waits</button>
<button type="button" data-task="100" data-delay="0">work that computes</button>
<button type="button" data-task="60" data-delay="200">both</button>
</fieldset>
<div class="tools"><div>
<button type="submit" id="start" class="main">Start</button>
<button type="button" id="pause" disabled>Pause</button>
<button type="button" id="stop" disabled>Stop</button>
<button type="button" id="again" disabled>Again</button>
</div></div>
</form>
<p role="alert" id="alert"></p>
<ul class="keys">
<li><i class="todo" aria-hidden="true"></i>to do</li>
<li><i class="running" aria-hidden="true"></i>computing</li>
<li><i class="lock" aria-hidden="true"></i>waiting for the lock</li>
<li><i class="io" aria-hidden="true"></i>waiting</li>
<li><i class="done" aria-hidden="true"></i>done</li>
</ul>
<div id="stage"><canvas aria-hidden="true"></canvas></div>
<output id="outcome" class="readout" aria-live="polite"></output>
<div class="wide" tabindex="0" role="group" aria-label="The race as a table"><table>
<caption>The race as a table</caption>
<thead><tr><th scope="col">model</th><th scope="col">state</th><th scope="col">done</th><th scope="col">time</th><th scope="col">times as fast as sync</th><th scope="col">workers started in</th></tr></thead>
<tbody id="table"></tbody>
</table></div>
<p class="soft">Together, the models share the cores of this machine, as runners share a track; one after the other, each has the
machine to itself. The start of workers is in no time.</p>
</main>
<script>${LIVE_SCRIPT}</script>
</body>
</html>
`;
