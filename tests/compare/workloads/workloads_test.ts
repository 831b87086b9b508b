import "../../support/leak_guard.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { compare, defineWorkload } from "../../../src/compare/mod.ts";
import { BUILT_IN, builtIn } from "../../../src/compare/workloads/built_in.ts";
import { downloadPicture, type PictureOrder } from "../../../src/compare/workloads/picture.ts";
import type { PipelineOrder } from "../../../src/compare/workloads/produce_and_consume.ts";
import { takeTurns, type Turns } from "../../../src/compare/workloads/turns.ts";
import { countPrimes } from "../../../src/compare/workloads/primes.ts";

Deno.test("countPrimes() counts what a sieve finds", () => {
  const sieve = new Uint8Array(20_000).fill(1, 2);
  for (let n = 2; n * n < sieve.length; n++) {
    if (sieve[n]) { for (let k = n * n; k < sieve.length; k += n) sieve[k] = 0; }
  }
  const primes = sieve.slice(10_000).reduce((total, each) => total + each, 0);
  assertEquals(countPrimes({ from: 10_000, to: 20_000 }), primes);
});

for (const name of BUILT_IN) {
  Deno.test(`the workload ${name} gives the same results under every model`, async () => {
    const workload = builtIn(name, { tasks: name === "messages" ? 200 : 2 });
    const { results, notes, verdicts } = await compare(workload, { repeats: 1, workers: 2 });
    assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
    assertEquals(notes?.filter((note) => !note.includes("kept the machine busy")) ?? [], []);
    assertEquals(verdicts.length, 1);
    for (const { cpuShare, peakRssBytes, startMs, samples } of results) {
      assert(cpuShare >= 0 && peakRssBytes > 2 ** 20 && startMs >= 0 && samples[0]! > 0);
    }
    const others = results.filter(({ model }) => model === "processes");
    assert(others[0]!.peakRssBytes > results[0]!.peakRssBytes, "the children were not counted");
  });
}

for (const name of BUILT_IN.filter((name) => name !== "memory")) {
  Deno.test(`the workload ${name} gives the same results under the models that are there to show something`, async () => {
    const models = ["sync", "gil", "gil-ticks", "generators", "gevent"] as const;
    const workload = builtIn(name, { tasks: name === "messages" ? 50 : 2 });
    const { results, notes = [] } = await compare(workload, { models, repeats: 1, workers: 2 });
    assertEquals(results.map(({ model }) => model), [...models]);
    assertEquals(new Set(results.map(({ checksum }) => checksum)).size, 1);
    assertEquals(notes.filter((note) => !note.includes("kept the machine busy")), []);
  });
}

Deno.test("builtIn() makes workloads of the size that is asked for, and refuses what means nothing", () => {
  assertEquals(builtIn("cpu", { tasks: 3, size: 10 }).inputs.at(-1), {
    from: 4_000_020,
    to: 4_000_030,
  });
  assertEquals(builtIn("messages", { tasks: 2, size: 3 }).inputs, ["xxx", "xxx"]);
  assertEquals(builtIn("mixed", { tasks: 1, delay: 7 }).inputs, [
    { from: 4_000_000, to: 4_100_000, delay: 7 },
  ]);
  assertThrows(() => builtIn("cpu", { delay: 1 }), TypeError, "cpu with a delay: it has none");
  assertThrows(() => builtIn("io", { tasks: 0 }), RangeError, "tasks 0");
  assertThrows(() => builtIn("io", { delay: -1 }), RangeError, "delay -1");
  assertThrows(() => builtIn("pipeline", { tasks: 1 }), RangeError, "it has two ends");
});

Deno.test("the workload pipeline hands on all that it makes, whatever the number of its ends", () => {
  for (const tasks of [2, 3, 4, 5, 9]) {
    const orders = builtIn("pipeline", { tasks, size: 7 }).inputs as PipelineOrder[];
    const items = (role: string): number =>
      orders.filter((order) => order.role === role).reduce(
        (total, order) => total + order.items,
        0,
      );
    assertEquals(items("producer"), items("consumer"), `${tasks} tasks`);
  }
});

Deno.test("the workload lock has its counter checked", async () => {
  await using open = await builtIn("lock", { tasks: 1, size: 2 }).open!();
  await takeTurns(open.inputs[0] as Turns);
  await open.check!(1);
  await assertRejects(() => open.check!(1), Error, "The counter says 0 instead of 2");
});

Deno.test("compare() measures the CPU time of processes as well as of threads", async () => {
  const { results } = await compare(builtIn("cpu", { tasks: 2 }), { workers: 1, repeats: 2 });
  const spent = results.map(({ cpuShare, samples }) => cpuShare * (samples[0]! + samples[1]!));
  for (const [i, { model }] of results.entries()) {
    const ratio = spent[i]! / spent[0]!; // of CPU times: other programs make the work slower, not longer
    assert(ratio > 0.6 && ratio < 1.7, `${model}: ${ratio}`);
  }
});

Deno.test("the workload io has its files checked byte for byte, and counted", async () => {
  await using gallery = await builtIn("io", { tasks: 2 }).open!();
  const orders = gallery.inputs as PictureOrder[];
  const [name] = await downloadPicture(orders[0]!);
  await assertRejects(() => gallery.check!(2), Error, "There are 1 pictures instead of 2");

  await downloadPicture(orders[0]!);
  const file = `${orders[0]!.folder}/${name}`;
  const bytes = await Deno.readFile(file);
  bytes[500]! ^= 1;
  await Deno.writeFile(file, bytes);
  await assertRejects(() => gallery.check!(), Error, "is not the picture that the site sent");
});

Deno.test("builtIn() names the workloads there are", () => {
  assertThrows(() => builtIn("toString"), TypeError, "there are cpu, io, messages, memory");
});

Deno.test("defineWorkload() refuses what cannot be measured", () => {
  const run = (n: number) => n;
  assertThrows(() => defineWorkload({ name: "", run, inputs: [1] }), TypeError, "give it one");
  assertThrows(() => defineWorkload({ name: "a", run, inputs: [] }), RangeError, "one task");
  const wrong = { name: "a", run: 1 as unknown as typeof run, inputs: [1] };
  assertThrows(() => defineWorkload(wrong), TypeError, "pass a portable function");
  const odd = { name: "a", run, inputs: [1], kind: "gpu" as "cpu" };
  assertThrows(() => defineWorkload(odd), TypeError, 'kind "gpu" is none of cpu, io, mixed');
});
