/**
 * Has a program's time go slower: `deno run --preload=slow_motion.ts?by=4 PROGRAM`, in its threads and child processes too.
 *
 * Each wait takes so many times as long, and each clock shows so many times less. So to the program its machine is that
 * many times faster: what it shows by waits of different lengths, it shows however busy the machine is, if it is slow enough.
 */
const url = import.meta.url;
const by = Number(new URL(url).searchParams.get("by"));

/** The longest delay that the platform's timers take. */
const LONGEST_DELAY = 2 ** 31 - 1;

const slow = (delay: number): number => Math.min(delay * by, LONGEST_DELAY);

const { setTimeout, setInterval } = globalThis;
Object.assign(globalThis, {
  setTimeout: (fn: () => void, delay = 0, ...args: []) => setTimeout(fn, slow(delay), ...args),
  setInterval: (fn: () => void, delay = 0, ...args: []) => setInterval(fn, slow(delay), ...args),
});

const { wait, waitAsync } = Atomics;
Object.assign(Atomics, {
  wait: (words: Int32Array, at: number, value: number, timeout = Infinity) =>
    wait(words, at, value, timeout * by),
  waitAsync: (words: Int32Array, at: number, value: number, timeout = Infinity) =>
    waitAsync(words, at, value, timeout * by),
});

const { timeOrigin } = performance;
const now = performance.now.bind(performance);
Object.defineProperties(performance, {
  now: { value: () => now() / by },
  timeOrigin: { value: timeOrigin / by },
});

/** A thread's first module, which is to find its time slow. */
class SlowWorker extends Worker {
  constructor(entry: string | URL, options: WorkerOptions) {
    const source = `import ${JSON.stringify(url)}; import ${JSON.stringify(`${entry}`)};`;
    super(`data:text/javascript,${encodeURIComponent(source)}`, options);
  }
}

/** A child process that is Deno, perhaps started by way of another program, is told to run this module first. */
class SlowCommand extends Deno.Command {
  constructor(command: string | URL, options: Deno.CommandOptions = {}) {
    const args = [...options.args ?? []];
    const run = args.indexOf("run");
    if (run >= 0) args.splice(run + 1, 0, `--preload=${url}`);
    super(command, { ...options, args });
  }
}

Object.assign(globalThis, { Worker: SlowWorker });
Object.assign(Deno, { Command: SlowCommand });
