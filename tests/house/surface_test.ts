/** Every name of the public surface is where programs look for it. */
import "../support/leak_guard.ts";
import { assertEquals } from "@std/assert";

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
