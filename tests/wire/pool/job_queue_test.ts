import "../../support/leak_guard.ts";
import { assertEquals, assertLess } from "@std/assert";
import { Job, type JobOwner } from "../../../src/wire/pool/job.ts";
import { JobQueue } from "../../../src/wire/pool/job_queue.ts";
import { seededRandom } from "../../support/seeded_random.ts";

const owner: JobOwner = { canBlock: false, withdraw: () => false };

function job(priority?: number): Job {
  return new Job(owner, () => {}, [], priority === undefined ? {} : { priority }, 0);
}

Deno.test("JobQueue gives the highest priority first, and those of one priority as they came", () => {
  const queue = new JobQueue();
  const jobs = [job(), job(5), job(-1), job(5), job(0), job(0.5)];
  for (const each of jobs) queue.push(each);
  assertEquals(queue.size, 6);
  assertEquals(queue.peek(), jobs[1]);
  assertEquals(queue.clear().map((each) => jobs.indexOf(each)), [1, 3, 5, 0, 4, 2]);
  assertEquals([queue.size, queue.peek()], [0, undefined]);
});

Deno.test("JobQueue puts back before the others of the same priority", () => {
  const queue = new JobQueue();
  const [first, second, higher] = [job(1), job(1), job(2)];
  for (const each of [first, second, higher]) queue.push(each);
  assertEquals(queue.shift(), higher);
  assertEquals(queue.shift(), first);
  queue.unshift(first);
  queue.unshift(higher);
  assertEquals(queue.clear(), [higher, first, second]);
});

Deno.test("JobQueue lets a job leave from wherever it stands, once", () => {
  const queue = new JobQueue();
  const jobs = [job(3), job(2), job(2), job(1)];
  for (const each of jobs) queue.push(each);
  assertEquals([queue.remove(jobs[2]!), queue.remove(jobs[2]!)], [true, false]);
  assertEquals(queue.remove(jobs[0]!), true);
  assertEquals(queue.clear(), [jobs[1], jobs[3]]);
});

Deno.test("JobQueue does whatever a sorted list does", () => {
  const { random, seed } = seededRandom();
  const queue = new JobQueue();
  const model: Job[] = [];
  const priorityOf = (each: Job): number => each.settings.priority ?? 0;
  const place = (priority: number, isFront: boolean): number => {
    const at = model.findIndex((each) =>
      isFront ? priorityOf(each) <= priority : priorityOf(each) < priority
    );
    return at < 0 ? model.length : at;
  };
  for (let step = 0; step < 5_000; step++) {
    const what = random(4);
    if (what < 2) {
      const added = job(random(80));
      const isFront = random(5) === 0;
      model.splice(place(priorityOf(added), isFront), 0, added);
      if (isFront) queue.unshift(added);
      else queue.push(added);
    } else if (what === 2) {
      assertEquals(queue.shift() === model.shift(), true, `step ${step}, ${seed}`);
    } else if (model.length > 0) {
      const [removed] = model.splice(random(model.length), 1);
      assertEquals(queue.remove(removed!), true, `step ${step}, ${seed}`);
    }
    assertEquals(queue.size, model.length, `step ${step}, ${seed}`);
    assertEquals(queue.peek() === model[0], true, `step ${step}, ${seed}`);
  }
});

/** How often priorities are compared while 30,000 jobs of so many priorities come, and then go by `leave`. */
function comparisons(priorities: number, leave: (queue: JobQueue, jobs: Job[]) => void): number {
  let count = 0;
  const all = Array.from({ length: priorities }, (_, i) => ({
    valueOf() {
      count++;
      return (i * 7919) % priorities;
    },
  }));
  const queue = new JobQueue();
  const jobs = Array.from({ length: 30_000 }, (_, i) => job(all[i % priorities] as never));
  for (const each of jobs) queue.push(each);
  leave(queue, jobs);
  assertEquals(queue.size, 0);
  return count;
}

Deno.test("a thousand priorities cost a job of JobQueue less than one comparison more than one", () => {
  assertEquals(comparisons(1, (queue) => queue.clear()), 0);
  assertLess(comparisons(1_000, (queue) => queue.clear()), 2 * 30_000);
  const cancelled = comparisons(1_000, (queue, jobs) => jobs.forEach((each) => queue.remove(each)));
  assertLess(cancelled, 2 * 30_000); // a comparison reads two priorities
});
