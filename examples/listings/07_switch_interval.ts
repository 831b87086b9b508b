/**
 * 07: how often CPython's global lock changes hands, in seconds.
 *
 * Python: 07_switch_interval.py
 * Run:    deno run examples/listings/07_switch_interval.ts
 * Watch:  JavaScript's threads have no such lock: `Gil` builds it on purpose, with the same 5 ms. What it costs is
 *         drawn by examples/diagrams.ts.
 */
import { Gil } from "@quartet/concurrency/threading";

console.log(new Gil().statistics().interval / 1000);
