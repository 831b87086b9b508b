import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { type Comparison, defineWorkload, type Progress } from "../../../src/compare/mod.ts";
import { compareIn } from "../../../src/compare/measure/compare.ts";
import { noteEnding } from "../../../src/core/parts.ts";
import { fakeEnvironment } from "./fake_environment.ts";

const double = defineWorkload({
  name: "double",
  kind: "cpu",
  run: (n: number) => n * 2,
  inputs: [1, 2, 3, 4],
});

Deno.test("compare() reports the wall time, speed-up, CPU share and start of each model", async () => {
  using environment = fakeEnvironment({
    sync: { taskMs: [10] },
    threads: { taskMs: [10], overlap: 2, startMs: 15, bytes: 1000 },
  });
  const { results, complete, version } = await compareIn(environment, double, {
    models: ["sync", "threads"],
    workers: 2,
    repeats: 3,
  });
  assertEquals([version, complete], [1, true]);
  const [sync, threads] = results;
  assertEquals(sync!.samples, [40, 40, 40]);
  assertEquals(sync!.wallMs, { median: 40, min: 40, max: 40 });
  assertEquals(sync!.speedup, { value: 1, low: 1, high: 1 });
  assertEquals(sync!.cpuShare, 1);
  assertEquals(threads!.samples, [20, 20, 20]);
  assertEquals(threads!.speedup, { value: 2, low: 2, high: 2 });
  assertEquals(threads!.cpuShare, 2);
  assertEquals(threads!.startMs, 15);
  assertEquals(threads!.workers, 2);
  assertEquals(threads!.peakRssBytes, sync!.peakRssBytes + 1000);
  assertEquals(threads!.checksum, sync!.checksum);
});

Deno.test("compare() leaves the run that warms up out of the samples", async () => {
  using environment = fakeEnvironment({ sync: { taskMs: [500, 10, 12, 11] } });
  const { results } = await compareIn(environment, double, { models: ["sync"], repeats: 3 });
  assertEquals(results[0]!.samples, [40, 48, 44]);
  assertEquals(results[0]!.wallMs, { median: 44, min: 40, max: 48 });
});

Deno.test("compare() asks how quiet the machine is when what this program ended before has gone", async () => {
  using environment = fakeEnvironment({});
  const { promise: end, resolve } = Promise.withResolvers<void>();
  let isGone = false;
  const asked: boolean[] = [];
  const gauge = await environment.openNoiseGauge(false);
  const read = (): ReturnType<typeof gauge.read> => (asked.push(isGone), gauge.read());
  noteEnding(end);
  const openNoiseGauge = () => Promise.resolve({ ...gauge, read });
  await compareIn({ ...environment, openNoiseGauge }, double, {
    models: ["sync"],
    repeats: 1,
    onProgress: ({ phase }) => {
      if (phase === "start") setTimeout(() => (isGone = true, resolve()), 50);
    },
  });
  assertEquals(asked, [true, true]);
});

Deno.test("compare() has the models take turns, in changing order", async () => {
  using environment = fakeEnvironment({});
  await compareIn(environment, double, { models: ["sync", "threads", "async"], repeats: 8 });
  const runs = environment.journal.filter((entry) => entry.startsWith("run")).slice(3);
  const rounds = Array.from({ length: 8 }, (_, i) => runs.slice(3 * i, 3 * i + 3));
  for (const round of rounds) {
    assertEquals([...round].sort(), ["run async", "run sync", "run threads"]);
  }
  assert(new Set(rounds.map(String)).size > 2, "every round had the same order");
});

Deno.test("compare() goes on while an interval is wide and stops when all are tight", async () => {
  using steady = fakeEnvironment({});
  const calm = await compareIn(steady, double, { models: ["sync", "async"] });
  assertEquals(calm.results[0]!.samples.length, 6);

  const uneven = Array.from({ length: 31 }, (_, i) => 5 + 3 * (i * 7 % 13));
  using shaky = fakeEnvironment({ async: { taskMs: uneven } });
  const wide = await compareIn(shaky, double, { models: ["sync", "async"] });
  assert(wide.results[0]!.samples.length > 6);
  const { value, low, high } = wide.results[1]!.speedup;
  assert(low < value && value < high, JSON.stringify(wide.results[1]!.speedup));
});

Deno.test("compare() makes at least the least number of rounds, however long they take", async () => {
  using environment = fakeEnvironment({ sync: { taskMs: [100_000] } });
  const { results } = await compareIn(environment, double, { models: ["sync"] });
  assertEquals(results[0]!.samples.length, 6);
});

Deno.test("compare() hands out everything so far after each measurement, complete at the end", async () => {
  using environment = fakeEnvironment({});
  const updates: Comparison[] = [];
  const final = await compareIn(environment, double, {
    models: ["sync", "async"],
    repeats: 2,
    onUpdate: (comparison) => void updates.push(comparison),
  });
  const counts = updates.map(({ results }) => results.flatMap(({ samples }) => samples).length);
  assertEquals(counts, [0, 1, 2, 3, 4, 4]);
  assertEquals(updates.map(({ complete }) => complete), [false, false, false, false, false, true]);
  assertEquals(updates.at(-1), final);
  assertEquals(JSON.parse(JSON.stringify(final)), final);
});

Deno.test("compare() tells where it stands, and never goes back", async () => {
  using environment = fakeEnvironment({});
  const seen: Progress[] = [];
  await compareIn(environment, [double, { ...double, name: "again" }], {
    models: ["sync", "async"],
    repeats: 3,
    onProgress: (progress) => void seen.push(progress),
  });
  const fractions = seen.map(({ fraction }) => fraction);
  assertEquals(fractions, [...fractions].sort((a, b) => a - b));
  assert(fractions.every((fraction) => fraction >= 0 && fraction <= 1), String(fractions));
  assertEquals([...new Set(seen.map(({ workload }) => workload))], ["double", "again"]);
});

Deno.test("compare() closes every executor, also when the work fails", async () => {
  using environment = fakeEnvironment({});
  const failing = defineWorkload({
    name: "failing",
    run: () => {
      throw new Error("no luck");
    },
    inputs: [1],
  });
  await assertRejects(() => compareIn(environment, failing, {}), Error, "no luck");
  const { journal } = environment;
  const count = (what: string) => journal.filter((entry) => entry.startsWith(what)).length;
  assertEquals(count("open"), count("close"));
});

Deno.test("compare() stops between two runs when its signal aborts", async () => {
  using environment = fakeEnvironment({});
  const controller = new AbortController();
  const measuring = compareIn(environment, double, {
    repeats: 100,
    signal: controller.signal,
    onUpdate: ({ results }) => {
      if (results.length === 4) controller.abort(new Error("enough"));
    },
  });
  await assertRejects(() => measuring, Error, "enough");
  assertEquals(environment.journal.filter((entry) => entry.startsWith("close")).length, 4);
});

Deno.test("compare() notes results that differ and a sync row that is missing", async () => {
  using environment = fakeEnvironment({});
  let calls = 0;
  const counting = defineWorkload({ name: "counting", run: () => calls++, inputs: [0] });
  const { notes } = await compareIn(environment, counting, { models: ["threads"], repeats: 2 });
  assertEquals(notes, [
    "counting: threads gave other results from run to run",
    "counting: sync was not measured, so speed-ups are over threads",
  ]);
});

Deno.test("compare() measures every way to hand the inputs over as a row of its own", async () => {
  using environment = fakeEnvironment({});
  const seen: unknown[] = [];
  const workload = {
    ...double,
    run: (n: number) => void seen.push(n),
    variants: [{ model: "threads" as const, name: "threads-negated", hand: (n: number) => -n }],
  };
  const { results } = await compareIn(environment, workload, {
    models: ["sync", "threads"],
    repeats: 1,
  });
  assertEquals(results.map(({ model }) => model), ["sync", "threads", "threads-negated"]);
  assertEquals(seen.filter((n) => n as number < 0).length, 2 * double.inputs.length);
});

Deno.test("compare() opens what a workload needs, has it checked after each run, and closes it", async () => {
  using environment = fakeEnvironment({});
  const events: string[] = [];
  const workload = {
    ...double,
    open: () => {
      events.push("open");
      return Promise.resolve({
        inputs: [7],
        check: () => Promise.resolve(void events.push("check")),
        [Symbol.asyncDispose]: () => Promise.resolve(void events.push("close")),
      });
    },
  };
  const { results } = await compareIn(environment, workload, { models: ["sync"], repeats: 2 });
  assertEquals(results[0]!.samples.length, 2);
  assertEquals(events, ["open", "check", "check", "check", "close"]);
});

Deno.test("compare() records lanes when asked, in a run that is in no sample", async () => {
  using environment = fakeEnvironment({});
  const { traces, results } = await compareIn(environment, double, {
    models: ["sync"],
    repeats: 1,
    trace: true,
  });
  assertEquals(results[0]!.samples.length, 1);
  assertEquals(traces!.map(({ workload, model }) => [workload, model]), [["double", "sync"]]);
  const jobs = traces![0]!.spans.filter(({ kind }) => kind === "job");
  assertEquals(jobs.map(({ name }) => name), ["double 1", "double 2", "double 3", "double 4"]);
});

Deno.test("compare() leaves a model out for which a permission is missing, and says so", async () => {
  using environment = fakeEnvironment({});
  const { loadModel } = environment;
  const guarded = {
    ...environment,
    loadModel: async (model: Parameters<typeof loadModel>[0]) => {
      if (model !== "processes") return await loadModel(model);
      return () => {
        throw new Error("no worker", { cause: new Deno.errors.NotCapable("Requires run access") });
      };
    },
  };
  const { results, notes } = await compareIn(guarded, double, { repeats: 1 });
  assertEquals(results.map(({ model }) => model), ["sync", "threads", "async"]);
  assertEquals(notes, ["double: processes was left out: Requires run access"]);
  const only = { models: ["processes"], repeats: 1 } as const;
  await assertRejects(() => compareIn(guarded, double, only), Error, "no worker");
});

Deno.test("compare() gives work that waits a worker for each task, and a core each to work that computes", async () => {
  const mixed = { ...double, kind: "mixed" as const };
  const workers = async (cpuMs: number) => {
    using environment = fakeEnvironment({ sync: { taskMs: [10], cpuMs } });
    const { results } = await compareIn(environment, mixed, { repeats: 1 });
    return results.find(({ model }) => model === "threads")!.workers;
  };
  assertEquals(await workers(1), 4);
  assertEquals(await workers(10), navigator.hardwareConcurrency);
});

Deno.test("compare() notes when other programs kept the machine busy", async () => {
  using environment = fakeEnvironment({}, [3, 9]);
  const { notes, noise } = await compareIn(environment, double, { models: ["sync"], repeats: 2 });
  assertEquals(noise, { rounds: 2, disturbed: 2 });
  assertEquals(notes?.length, 1);
  assertStringIncludes(notes![0]!, "other programs kept the machine busy in 2 of 2 rounds");
});

Deno.test("compare() makes rounds again that other programs disturbed, and shows them", async () => {
  const slowTwice = { taskMs: [10, 10, 50, 50, 10] };
  using environment = fakeEnvironment({ sync: slowTwice }, [3, 3, 9, 3]);
  const { results, noise, notes } = await compareIn(environment, double, { models: ["sync"] });
  assertEquals(results[0]!.samples, new Array(6).fill(40));
  assertEquals(results[0]!.disturbedSamples, [200, 200]);
  assertEquals(results[0]!.rounds, 6);
  assertEquals(noise, { rounds: 8, disturbed: 2 });
  assertEquals(notes, undefined);
});

Deno.test("compare() takes disturbed rounds into account where there is no time for others", async () => {
  using environment = fakeEnvironment({ sync: { taskMs: [1_000] } }, [3, 9]);
  const { results, noise } = await compareIn(environment, double, { models: ["sync"] });
  assertEquals(results[0]!.samples.length, 6);
  assertEquals(results[0]!.disturbedSamples, undefined);
  assertEquals(noise, { rounds: 6, disturbed: 6 });
});

Deno.test("compare() says which runs were too short for their CPU time to be told", async () => {
  using environment = fakeEnvironment({
    sync: { taskMs: [0.2] },
    async: { taskMs: [0.3] },
    threads: { taskMs: [1] },
  });
  const models = ["sync", "async", "threads"] as const;
  const { results } = await compareIn(environment, double, { models, repeats: 2 });
  assertEquals(results.map(({ tooShort }) => tooShort), [true, undefined, true]);
});

Deno.test("compare() gives one thread no more CPU time than there was", async () => {
  using environment = fakeEnvironment({ sync: { taskMs: [10], cpuMs: 37 } });
  const { results } = await compareIn(environment, double, { models: ["sync"], repeats: 2 });
  assertEquals(results[0]!.cpuShare, 1);
});

Deno.test("compare() counts memory above what the program held anyway", async () => {
  using environment = fakeEnvironment({ threads: { bytes: 3000 } });
  const models = ["sync", "threads"] as const;
  const { results } = await compareIn(environment, double, { models, repeats: 1 });
  assertEquals(results.map(({ addedBytes }) => addedBytes), [0, 3000]);
  assertEquals(results[1]!.peakRssBytes - results[0]!.peakRssBytes, 3000);
});

Deno.test("compare() samples memory where the operating system's mark cannot be reset", async () => {
  using environment = fakeEnvironment({ threads: { bytes: 3000 } });
  const blind = {
    ...environment,
    openMeter: async () => ({
      ...await environment.openMeter(),
      resetPeak: () => Promise.resolve(false),
    }),
  };
  const models = ["sync", "threads"] as const;
  const { results } = await compareIn(blind, double, { models, repeats: 1 });
  assertEquals(results[1]!.addedBytes, 3000);
});

Deno.test("compare() refuses what it cannot measure before it measures anything", async () => {
  using environment = fakeEnvironment({});
  const refuse = (message: string, ...args: [Parameters<typeof compareIn>[1], object?]) =>
    assertRejects(() => compareIn(environment, ...args), Error, message);
  await refuse("no workload was given", []);
  await refuse('workload "nap": there are cpu, io, messages, memory', "nap");
  await refuse('workload "double" is there twice', [double, double]);
  await refuse('model "fork": there are sync', double, { models: ["fork"] });
  await refuse("no model was given", double, { models: [] });
  await refuse("workers 0: give a whole number", double, { workers: 0 });
  await refuse("workers 1000000: at most", double, { workers: 1_000_000 });
  await refuse("timeout 0: give some milliseconds", double, { timeout: 0 });
  const careless: [object, string][] = [
    [{ models: "sync" }, 'models "sync": give an array'],
    [{ models: [null] }, "model null: there are sync"],
    [{ workers: "4" }, 'workers "4": give a number'],
    [{ timeout: NaN }, "timeout NaN"],
    [{ onProgress: 3 }, "onProgress 3: give a function"],
    [{ onUpdate: {} }, "onUpdate an object: give a function"],
    [{ signal: {} }, "signal an object: give an AbortSignal"],
  ];
  for (const [options, message] of careless) await refuse(message, double, options);
  await refuse("workload w: it has no inputs", { ...double, name: "w", inputs: [] });
  await refuse("workload an object: give a name", { ...double, inputs: 3 } as never);
  await refuse("rate 0: give calls in a second", double, { rate: 0 });
  await refuse("repeats 1.5: give a whole number", double, { repeats: 1.5 });
  assertEquals(environment.journal, []);
});
