import "../../support/leak_guard.ts";
import { assert, assertEquals } from "@std/assert";
import { allocate, free } from "../../../src/shared/memory/heap.ts";
import { HEADER, load } from "../../../src/shared/memory/words.ts";
import { ThreadPoolExecutor } from "@quartet/concurrency/futures";
import { Lookout } from "../../../src/wire/rpc/lookout.ts";
import { CELL, MessageCell } from "../../../src/wire/rpc/message_cell.ts";
import { PORT, Port } from "../../../src/wire/rpc/port.ts";
import { seededRandom } from "../../support/seeded_random.ts";
import { neighbours } from "../../support/targets/neighbours.ts";
import { threadTest } from "../../support/threads_gone.ts";

const SIZE = PORT.mail + 2 * CELL;
const THREAD = 7;
/** With one processor nobody looks. */
const ignore = navigator.hardwareConcurrency < 2;

/** The near end of a port, and a lookout at its far end, in one thread. */
class Ends implements Disposable {
  readonly at: number = allocate(SIZE);
  readonly near: Port;
  readonly lookout: Lookout;
  /** What came by way of memory. */
  readonly mail: unknown[] = [];
  /** Called with what comes by the platform's port. */
  onPosted: (message: unknown) => void = () => {};
  /** Called when a message has been taken from memory: while its call runs. */
  onTaken: () => void = () => {};
  taken = 0;
  /** Whether the far side has nothing to do when it has taken a message. */
  isIdle = true;
  readonly #far: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    const at = this.at + PORT.mail;
    const boxes = { out: new MessageCell(at, 1), in: new MessageCell(at + CELL, 0) };
    this.near = new Port(port1, this.at, 0, THREAD, boxes);
    this.#far = port2;
    port2.onmessage = ({ data }) => this.onPosted(data);
    this.lookout = new Lookout(this as unknown as Port, this.at, THREAD);
    this.sendFirst();
  }

  /** A lookout looks when a message of the platform's was followed by quick ones. */
  sendFirst(): void {
    this.near.send(["first"]);
    this.taken = 1; // by the far side of this test, which reads it from its port
    for (let i = 0; i < 16; i++) this.lookout.heard(0.03);
  }

  takeMail(): boolean {
    const message = this.lookout.mail.take();
    if (message === undefined) return false;
    this.mail.push(message);
    this.taken++;
    this.#took();
    return true;
  }

  #took(): void {
    this.lookout.heard(0.01);
    this.onTaken();
    if (this.isIdle) this.lookout.begin();
  }

  get looks(): number {
    return load(this.at + PORT.looks);
  }

  [Symbol.dispose](): void {
    this.lookout.end();
    this.near.end({ kind: "closed", detail: "the test is over" });
    this.#far.close();
    free(this.at, SIZE);
  }
}

/** Resolves behind the promise reactions that are in line. */
const turn = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await Promise.resolve();
};

Deno.test(
  "a message is laid down for a far side that looks, which takes it, and looks for the next",
  { ignore },
  async () => {
    using ends = new Ends();
    ends.lookout.begin();
    assertEquals([ends.looks, load(HEADER.lookout)], [1, THREAD]);
    ends.near.send([1, "small"]);
    await turn();
    assertEquals(ends.mail, [[1, "small"]]);
    assertEquals([ends.looks, load(HEADER.lookout)], [0, 0]); // nothing came after it
  },
);

Deno.test(
  "what is large, and what comes while the far side is at work, goes by the platform's port",
  { ignore },
  async () => {
    using ends = new Ends();
    ends.isIdle = false;
    ends.lookout.begin();
    ends.near.send([1, { large: true }]);
    ends.near.send([2]);
    assertEquals(ends.lookout.mail.take(), undefined);
    ends.taken = 3;
    ends.lookout.heard(0.01);
    ends.lookout.beginTurn();
    ends.lookout.begin();
    ends.near.send([3]);
    ends.near.send([4]); // the third is not taken yet
    await turn();
    assertEquals(ends.mail, [[3]]);
  },
);

Deno.test(
  "one who has ended its look just before is told of what was laid down",
  { ignore },
  async () => {
    using ends = new Ends();
    const told = Promise.withResolvers<void>();
    ends.onPosted = (message) => message === "look" && told.resolve();
    ends.lookout.begin();
    const message: unknown[] = [1, 2];
    Object.defineProperty(message, 1, {
      get: () => { // it is being laid down
        ends.lookout.end();
        return 2;
      },
    });
    ends.near.send(message);
    await told.promise;
    assertEquals(ends.lookout.mail.take(), [1, 2]);
  },
);

Deno.test("only one thread looks at a time, and one that ends lets the next", { ignore }, () => {
  using first = new Ends();
  using second = new Ends();
  first.lookout.begin();
  second.lookout.begin();
  assertEquals([first.looks, second.looks], [1, 0]);
  first.lookout.end();
  second.lookout.begin();
  assertEquals([first.looks, second.looks], [0, 1]);
  second.lookout.end();
  assertEquals(load(HEADER.lookout), 0);
});

Deno.test("one whose call runs on lets the others look", { ignore }, async () => {
  using first = new Ends();
  using second = new Ends();
  first.isIdle = false;
  let whileItRuns = -1;
  first.onTaken = () => {
    second.lookout.begin();
    whileItRuns = second.looks;
  };
  first.lookout.begin();
  first.near.send([1]);
  await turn();
  assertEquals(first.mail, [[1]]);
  assertEquals([whileItRuns, load(HEADER.lookout)], [1, 0]);
});

Deno.test("calls that follow each other leave the event loop its turn, asynchronous ones too", {
  ignore,
}, async () => {
  using ends = new Ends();
  ends.isIdle = false;
  const posted = Promise.withResolvers<void>();
  ends.onPosted = (message) => (message as unknown[])[0] === "next" && posted.resolve();
  const next = (): void => {
    ends.lookout.begin();
    ends.near.send(["next"]);
  };
  ends.onTaken = () => {
    if (ends.mail.length < 100_000) queueMicrotask(next); // as an async function returns
    else posted.reject(new Error("no turn has ended"));
  };
  next();
  await posted.promise;
  assert(ends.mail.length > 0);
});

Deno.test("looks that find nothing end", { ignore }, async () => {
  using ends = new Ends();
  let looks = 0;
  for (; looks < 100; looks++) {
    ends.lookout.beginTurn();
    ends.lookout.begin();
    if (ends.looks === 0) break;
    await turn();
    assertEquals(ends.looks, 0);
  }
  assert(looks > 0 && looks <= 4, `${looks}`);
});

const { random, seed } = seededRandom();

threadTest(
  `calls that follow each other at any pace each have their own result (${seed})`,
  async () => {
    await using pool = new ThreadPoolExecutor({ maxWorkers: 2 });
    const large = { text: "x".repeat(100) };
    for (let i = 0; i < 6_000; i++) {
      const pace = i % 200 < 150 ? 0 : random(200); // often enough in a row for a look to pay
      const argument = random(8) === 0 ? large : i;
      const job = pool.submit(neighbours.identity, argument);
      const behind = random(8) === 0 ? pool.submit(neighbours.identity, `behind ${i}`) : null;
      assertEquals(random(2) === 0 ? await job : job.resultSync({ timeout: 60_000 }), argument);
      if (behind !== null) assertEquals(await behind, `behind ${i}`);
      for (const end = performance.now() + pace / 1000; performance.now() < end;);
    }
  },
);
