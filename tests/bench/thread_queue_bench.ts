/** Items from one thread to another, and how soon a blocked getter wakes. */
import { Barrier, Thread } from "../../src/threading/mod.ts";
import { Queue } from "../../src/queue/mod.ts";
import { bench } from "./harness.ts";
import { BareRing } from "./support/bare_futex.ts";
import { smallObject, work } from "./support/thread_work.ts";

const INTS = 1_000_000;
const OBJECTS = 100_000;
const TURNS = 3_000;

/** Items a second, put here and drained by a thread. */
async function stream(
  thread: (start: Barrier) => Thread<never[], unknown>,
  put: (times: number) => void,
  times: number,
): Promise<number> {
  const start = new Barrier(2);
  const drainer = thread(start).start();
  await start.wait();
  const begin = performance.now();
  put(times);
  drainer.joinSync();
  const rate = times / (performance.now() - begin) * 1000;
  await drainer.join();
  return rate;
}

function throughQueue(maxsize: number, item: (i: number) => unknown, times: number) {
  return () => {
    const queue = new Queue<unknown>(maxsize);
    return stream(
      (start) =>
        new Thread({ target: work.drain, args: [queue, start, times] }) as unknown as Thread<
          never[],
          unknown
        >,
      (times) => {
        for (let i = 0; i < times; i++) queue.putSync(item(i));
      },
      times,
    );
  };
}

function throughRing(times: number) {
  return () => {
    const buffer = BareRing.buffer();
    const ring = new BareRing(buffer);
    return stream(
      (start) =>
        new Thread({ target: work.drainBare, args: [buffer, start, times] }) as unknown as Thread<
          never[],
          unknown
        >,
      (times) => {
        for (let i = 0; i < times; i++) ring.put(i);
      },
      times,
    );
  };
}

/** Items a second through a MessageChannel, to a bare worker. */
async function throughChannel(item: (i: number) => unknown, times: number): Promise<number> {
  const source =
    `onmessage = ({ data }) => { let n = 0; data.onmessage = () => { if (++n === ${times}) {
    postMessage("done"); close(); } }; postMessage("ready"); };`;
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(source)}`, {
    type: "module",
  });
  const { port1, port2 } = new MessageChannel();
  const said = () => new Promise<void>((resolve) => worker.onmessage = () => resolve());
  worker.postMessage(port2, [port2]);
  await said();
  const done = said();
  const begin = performance.now();
  for (let i = 0; i < times; i++) port1.postMessage(item(i));
  await done;
  const rate = times / (performance.now() - begin) * 1000;
  port1.close();
  worker.terminate();
  return rate;
}

const measured = (measure: () => Promise<number>) => () => ({ measure });

await bench({
  title: "integers from one thread to another",
  unit: "items/s",
  better: "higher",
  target: "a third of the bare ring",
}, [
  { name: "bare ring", role: "limit", open: measured(throughRing(INTS)) },
  { name: "Queue", role: "ours", open: measured(throughQueue(0, (i) => i, INTS)) },
  { name: "Queue(1000)", role: "ours", open: measured(throughQueue(1000, (i) => i, INTS)) },
  {
    name: "MessageChannel",
    role: "peer",
    open: measured(() => throughChannel((i) => i, INTS / 5)),
  },
]);

await bench({
  title: "small objects from one thread to another",
  unit: "items/s",
  better: "higher",
  target: "2 x MessageChannel",
}, [
  {
    name: "MessageChannel",
    role: "limit",
    open: measured(() => throughChannel(smallObject, OBJECTS)),
  },
  { name: "Queue", role: "ours", open: measured(throughQueue(0, smallObject, OBJECTS)) },
  { name: "Queue(1000)", role: "ours", open: measured(throughQueue(1000, smallObject, OBJECTS)) },
]);

await bench({
  title: "there and back, both sides blocking",
  unit: "us",
  better: "lower",
  target: "1.5 x bare Atomics.wait",
}, [
  {
    name: "bare Atomics.wait",
    role: "limit",
    open: measured(async () => {
      const buffer = new SharedArrayBuffer(256);
      const cells = new Int32Array(buffer);
      const thread = new Thread({ target: work.echoBare, args: [buffer, TURNS] }).start();
      const turn = (i: number) => {
        Atomics.store(cells, 0, i);
        Atomics.notify(cells, 0);
        while (Atomics.load(cells, 16) !== i) Atomics.wait(cells, 16, i - 1);
      };
      turn(1);
      const begin = performance.now();
      for (let i = 2; i <= TURNS; i++) turn(i);
      const each = (performance.now() - begin) * 1000 / (TURNS - 1);
      await thread.join();
      return each;
    }),
  },
  {
    name: "Queue",
    role: "ours",
    open: measured(async () => {
      const there = new Queue<number>(), back = new Queue<number>();
      const thread = new Thread({ target: work.echo, args: [there, back, TURNS] }).start();
      const turn = (i: number) => {
        there.putSync(i);
        back.getSync();
      };
      turn(1);
      const begin = performance.now();
      for (let i = 2; i <= TURNS; i++) turn(i);
      const each = (performance.now() - begin) * 1000 / (TURNS - 1);
      await thread.join();
      return each;
    }),
  },
]);
