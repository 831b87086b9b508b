/**
 * 14: a function that is run once, after an interval.
 *
 * Python: examples/python/14_timer.py
 * Run:    deno run examples/listings/14_timer.ts
 * Watch:  the script goes on at once and ends; the program lives until the timer has fired. `cancel()` would stop it
 *         as long as it has not.
 */
import { Timer } from "@quartet/concurrency/threading";

const timer = new Timer(3000, () => console.log("Message from Timer!"));
timer.start();
