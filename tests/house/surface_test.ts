/** Every name of the public surface is where programs look for it. */
import "../support/leak_guard.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { checkOptionNames } from "../../src/core/check.ts";

const WORK = "portable portableModule transfer checkpoint currentSignal";

/** Per module, what programs may import by name. */
const SURFACE: Record<string, string> = {
  mod:
    `threading queue multiprocessing futures asyncio coroutines gevent distributed compare testing ${WORK}`,
  threading: `Thread currentThread mainThread enumerate activeCount getIdent hardwareConcurrency
    Lock RLock Condition Semaphore BoundedSemaphore Event Barrier Timer Local RWLock Gil Value SharedArray
    StoppedError NotOwnerError BrokenBarrierError InvalidStateError DeadlockError
    excepthook getNativeId ${WORK}`,
  queue: "Queue LifoQueue PriorityQueue SimpleQueue EmptyError FullError ShutDownError",
  multiprocessing: `Process Pool Pipe Queue JoinableQueue SimpleQueue Lock RLock Semaphore
    BoundedSemaphore Event Condition Barrier Value Manager Listener Client SharedMemory SharedMemoryManager ThreadPool cpuCount
    activeChildren currentProcess parentProcess AuthenticationError EOFError ProcessExitedError
    EmptyError FullError ShutDownError NotOwnerError BrokenBarrierError InvalidStateError ${WORK}`,
  futures:
    `Future SyncExecutor AsyncExecutor ThreadPoolExecutor ProcessPoolExecutor wait asCompleted
    CancelledError TimeoutError BrokenExecutorError InvalidStateError TransferError RemoteError ${WORK}`,
  asyncio:
    `run Runner getRunningLoop getEventLoop newEventLoop EventLoop Task createTask sleep gather wait
    waitFor timeout timeoutAt asCompleted shield currentTask allTasks toThread ensureFuture isCoroutine
    TaskGroup CancelScope moveOnAfter failAfter openChannel CapacityLimiter race ExceptionGroup
    runCoroutineThreadsafe Lock Event Condition Semaphore BoundedSemaphore Barrier Queue LifoQueue
    PriorityQueue ContextVar copyContext Server openConnection startServer StreamReader StreamWriter
    createSubprocess createDatagramEndpoint asyncContextManager ExitStack AsyncExitStack aclosing amap afilter amerge abuffer
    azip Future CancelledError TimeoutError InvalidStateError EmptyError FullError ShutDownError
    NotOwnerError BrokenBarrierError`,
  coroutines: `coroutine sendable concatSequence chain RoundRobin Deferred inlineCallbacks
    genCoroutine`,
  gevent: `spawn spawnLater joinall killall sleep Timeout AsyncResult Event Greenlet queue pool`,
  distributed:
    `NatsExecutor serveWorker RefusedError AuthenticationError BrokenExecutorError TimeoutError
    CancelledError FullError ShutDownError TransferError RemoteError ${WORK}`,
  compare: `compare defineWorkload recommend toTable toMarkdown toSvg toHtml toTrace toDrawing
    WorkloadError ${WORK}`,
  testing: "VirtualClock Sequencer leakGuard perturb until",
};

for (const [name, names] of Object.entries(SURFACE)) {
  Deno.test(`the surface of ${name} is whole`, async () => {
    const path = name === "mod" ? "../../mod.ts" : `../../src/${name}/mod.ts`;
    const module = await import(path) as Record<string, unknown>;
    assertEquals(names.split(/\s+/).filter((each) => !(each in module)), []);
  });
}

Deno.test("the name of any option is known in another spelling", async () => {
  const entries = Object.keys(SURFACE).filter((name) => name !== "mod")
    .map((name) => new URL(`../../src/${name}/mod.ts`, import.meta.url).href);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...entries],
  })
    .output();
  const names = new Set<string>();
  for (
    const { symbols } of Object.values<Documented>(
      JSON.parse(new TextDecoder().decode(stdout)).nodes,
    )
  ) {
    for (const { name, declarations } of symbols) {
      if (!/(?:Options|Settings|Bound)$/.test(name)) continue;
      for (const { def } of declarations) {
        for (const property of def?.properties ?? []) names.add(property.name);
      }
    }
  }
  assert(names.size > 100, `${[...names]}`);
  for (const name of names) {
    checkOptionNames({ [name]: 1 }, "it");
    assertThrows(() => checkOptionNames({ [`${name}_`]: 1 }, "it"), TypeError, `write ${name}`);
  }
});

/** What `deno doc --json` says of a module, as far as it is read here. */
interface Documented {
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly def?: { readonly properties?: { name: string }[] };
    }[];
  }[];
}
