/** How the fuzz makes an instance of each class, in a state in which its waits would wait. */
import * as asyncio from "../../../src/asyncio/mod.ts";
import * as coroutines from "../../../src/coroutines/mod.ts";
import * as distributed from "../../../src/distributed/mod.ts";
import * as futures from "../../../src/futures/mod.ts";
import * as gevent from "../../../src/gevent/mod.ts";
import * as mp from "../../../src/multiprocessing/mod.ts";
import * as queue from "../../../src/queue/mod.ts";
import * as testing from "../../../src/testing/mod.ts";
import * as threading from "../../../src/threading/mod.ts";

/** An instance, and what gives back what the call did. */
export interface Made {
  readonly subject: unknown;
  dispose?(result: unknown): unknown;
}

/** Makes a new one for each call. */
export type Maker = () => Made | Promise<Made>;

function held<L extends { tryAcquire(): unknown }>(make: () => L): Maker {
  return () => {
    const subject = make();
    subject.tryAcquire();
    return { subject };
  };
}

function plain(make: () => unknown): Maker {
  return () => ({ subject: make() });
}

/** Of multiprocessing, whose methods are promises. */
function lent(make: () => { tryAcquire(): Promise<unknown> }): Maker {
  return async () => {
    const subject = make();
    await subject.tryAcquire();
    return { subject };
  };
}

function condition(make: () => { tryAcquire(): unknown; release(): unknown }): Maker {
  return async () => {
    const subject = make();
    await subject.tryAcquire();
    return { subject };
  };
}

let executor: futures.ThreadPoolExecutor | undefined;
const one = (): number => 1;

const executors = (make: () => AsyncDisposable): Maker => () => {
  const subject = make();
  return { subject, dispose: () => subject[Symbol.asyncDispose]() };
};

/** By module and exported name. */
export const instances: Record<string, Record<string, Maker>> = {
  threading: {
    Lock: held(() => new threading.Lock()),
    RLock: plain(() => new threading.RLock()),
    Condition: condition(() => new threading.Condition(new threading.Lock())),
    Semaphore: plain(() => new threading.Semaphore(0)),
    BoundedSemaphore: held(() => new threading.BoundedSemaphore(1)),
    Event: plain(() => new threading.Event()),
    Barrier: plain(() => new threading.Barrier(2)),
    RWLock: () => {
      const subject = new threading.RWLock();
      subject.tryAcquireWrite();
      return { subject };
    },
    Gil: plain(() => new threading.Gil()),
    Local: plain(() => new threading.Local()),
    SharedArray: plain(() => new threading.SharedArray(4)),
    Value: plain(() => new threading.Value(1)),
    Thread: plain(() => new threading.Thread({ target: one, name: "unstarted" })),
    Timer: plain(() => new threading.Timer(1, one)),
    Guard: plain(() => new threading.Guard(() => {})),
  },
  queue: {
    Queue: plain(() => new queue.Queue(0)),
    LifoQueue: plain(() => new queue.LifoQueue(0)),
    PriorityQueue: plain(() => new queue.PriorityQueue(0)),
    SimpleQueue: plain(() => new queue.SimpleQueue()),
  },
  multiprocessing: {
    Lock: lent(() => new mp.Lock()),
    RLock: plain(() => new mp.RLock()),
    Condition: condition(() => new mp.Condition(new mp.Lock())),
    Semaphore: plain(() => new mp.Semaphore(0)),
    BoundedSemaphore: lent(() => new mp.BoundedSemaphore(1)),
    Event: plain(() => new mp.Event()),
    Barrier: plain(() => new mp.Barrier(2)),
    Value: plain(() => new mp.Value(1)),
    Queue: plain(() => new mp.Queue(0)),
    JoinableQueue: plain(() => new mp.JoinableQueue(0)),
    SimpleQueue: plain(() => new mp.SimpleQueue()),
    ManagedDict: plain(() => new mp.ManagedDict()),
    ManagedList: plain(() => new mp.ManagedList([1, 2])),
    Connection: () => {
      const [subject, far] = mp.Pipe();
      return {
        subject,
        dispose: () => {
          subject.close();
          far.close();
        },
      };
    },
    Listener: () => {
      const subject = new mp.Listener({ authkey: "key" });
      return { subject, dispose: () => subject.close() };
    },
    BaseManager: plain(() => new mp.BaseManager({ authkey: "key" })),
    Process: plain(() => new mp.Process({ target: one })),
    Pool: () => {
      const subject = new mp.Pool(1);
      return {
        subject,
        dispose: async () => {
          subject.terminate();
          await subject.join();
        },
      };
    },
    ThreadPool: () => {
      const subject = new mp.ThreadPool(1);
      return {
        subject,
        dispose: async () => {
          subject.terminate();
          await subject.join();
        },
      };
    },
    ManagedArray: plain(() => new mp.ManagedArray(4)),
    SharedMemoryManager: () => {
      const subject = new mp.SharedMemoryManager();
      return { subject, dispose: () => subject[Symbol.dispose]() };
    },
    Manager: plain(() => new mp.Manager()),
    SyncManager: plain(() => new mp.Manager()),
    ShareableList: () => {
      const subject = new mp.ShareableList([1, 2]);
      return {
        subject,
        dispose: () => {
          subject.close();
          subject.unlink();
        },
      };
    },
    SharedArray: () => {
      const subject = new mp.SharedArray(4);
      return {
        subject,
        dispose: () => {
          subject.close();
          subject.unlink();
        },
      };
    },
    SharedMemory: () => {
      const subject = new mp.SharedMemory({ create: true, size: 16 });
      return {
        subject,
        dispose: () => {
          subject.close();
          subject.unlink();
        },
      };
    },
    Guard: plain(() => new mp.Guard(() => {})),
  },
  futures: {
    Future: plain(() => new futures.Future()),
    SyncExecutor: executors(() => new futures.SyncExecutor()),
    AsyncExecutor: executors(() => new futures.AsyncExecutor()),
    ThreadPoolExecutor: () => ({
      subject: executor ??= new futures.ThreadPoolExecutor({ maxWorkers: 1 }),
      dispose: async () => {
        // A call of shutdown that was taken has ended it.
        try {
          await executor?.submit(one);
        } catch {
          executor = undefined;
        }
      },
    }),
    ProcessPoolExecutor: executors(() => new futures.ProcessPoolExecutor({ maxWorkers: 1 })),
  },
  distributed: {
    // There is no server: whoever is let through is told so at once.
    NatsExecutor: executors(() => new distributed.NatsExecutor({ servers: "127.0.0.1:1" })),
    Future: plain(() => new distributed.Future()),
  },
  asyncio: {
    Lock: held(() => new asyncio.Lock()),
    Semaphore: plain(() => new asyncio.Semaphore(0)),
    BoundedSemaphore: held(() => new asyncio.BoundedSemaphore(1)),
    Event: plain(() => new asyncio.Event()),
    Condition: condition(() => new asyncio.Condition(new asyncio.Lock())),
    Barrier: plain(() => new asyncio.Barrier(2)),
    Queue: plain(() => new asyncio.Queue()),
    LifoQueue: plain(() => new asyncio.LifoQueue()),
    PriorityQueue: plain(() => new asyncio.PriorityQueue()),
    CapacityLimiter: plain(() => new asyncio.CapacityLimiter(1)),
    Sender: plain(() => asyncio.openChannel(0)[0]),
    Receiver: plain(() => asyncio.openChannel(0)[1]),
    CancelScope: plain(() => new asyncio.CancelScope()),
    TaskGroup: plain(() => new asyncio.TaskGroup()),
    EventLoop: () => {
      const subject = asyncio.newEventLoop();
      return { subject, dispose: () => subject.close() };
    },
    Runner: () => {
      const subject = new asyncio.Runner();
      return { subject, dispose: () => subject.close() };
    },
    StreamReader: plain(() => new asyncio.StreamReader()),
    ContextVar: plain(() => new asyncio.ContextVar("name")),
    Context: plain(() => asyncio.copyContext()),
    ExitStack: plain(() => new asyncio.ExitStack()),
    AsyncExitStack: plain(() => new asyncio.AsyncExitStack()),
    ExceptionGroup: plain(() => new asyncio.ExceptionGroup("message", [new Error("one")])),
    Guard: plain(() => new asyncio.Guard(() => {})),
  },
  coroutines: {
    Sendable: plain(() => coroutines.sendable(function* () {}())),
    Deferred: plain(() => new coroutines.Deferred()),
    RoundRobin: plain(() => new coroutines.RoundRobin()),
    Future: plain(() => new coroutines.Future()),
  },
  gevent: {
    AsyncResult: plain(() => new gevent.AsyncResult()),
    Event: plain(() => new gevent.Event()),
    Greenlet: plain(() => new gevent.Greenlet(one)),
    Local: plain(() => new gevent.Local()),
    "event.AsyncResult": plain(() => new gevent.AsyncResult()),
    "event.Event": plain(() => new gevent.Event()),
    "lock.DummySemaphore": plain(() => new gevent.lock.DummySemaphore()),
    "queue.SimpleQueue": plain(() => new gevent.queue.SimpleQueue()),
    "queue.UnboundQueue": plain(() => new gevent.queue.UnboundQueue()),
    "queue.Queue": plain(() => new gevent.queue.Queue()),
    "queue.JoinableQueue": plain(() => new gevent.queue.JoinableQueue()),
    "queue.LifoQueue": plain(() => new gevent.queue.LifoQueue()),
    "queue.PriorityQueue": plain(() => new gevent.queue.PriorityQueue()),
    "queue.Channel": plain(() => new gevent.queue.Channel()),
    "pool.Pool": plain(() => new gevent.pool.Pool(1)),
    "pool.Group": plain(() => new gevent.pool.Group()),
    "lock.Semaphore": plain(() => new gevent.lock.Semaphore(0)),
    "lock.BoundedSemaphore": held(() => new gevent.lock.BoundedSemaphore(1) as never),
    "lock.RLock": plain(() => new gevent.lock.RLock()),
  },
  testing: {
    VirtualClock: () => {
      const subject = new testing.VirtualClock();
      return { subject, dispose: () => subject[Symbol.dispose]() };
    },
    Future: plain(() => new testing.Future()),
    Sequencer: plain(() => new testing.Sequencer()),
    Guard: plain(() => new testing.Guard(() => {})),
  },
};

/** What is left out, each with its reason. */
export const SKIPPED = {
  /** Exported for their types or for subclasses inside the package. */
  internal: new Set<string>([
    // Bases of what users make, and machinery that signatures name.
    "BaseQueue",
    "BasePool",
    "BaseQueue",
    "DatagramEndpoint",
    "BaseExecutor",
    "SharedObject",
    "Operation",
    "WorkFuture",
    "DeadlockWatch",
    "Scope",
    "Perturbation",
    "Arrivals",
    "Wait",
    "AsyncContextManager",
    "EnteredAsyncContext",
    "EnteredContext",
    "Handle",
    "TimerHandle",
    "RepeatingHandle",
    "Sender",
    "Receiver",
    "ImapIterator",
    "AsyncResult",
    "originalExcepthook",
    "eagerTaskFactory",
    "Token",
    "Timeout",
    "Task",
    "Future", // of asyncio; tested where it is made, by EventLoop.createFuture()
    "Server",
    "StreamWriter",
    "Subprocess",
  ]),
  /** Calls that are right as they are. */
  meant: [
    /^BaseManager.create\(/, // it says first that there is no connection
    /^timeoutAt\((NaN|"5"|\{\}|Symbol)/, // outside of a task it says that first
    /^ExitStack|AsyncExitStack.*then\(\)/, // what has Symbol.dispose is known by asking for it
    /^CancelScope.enter\(/, // for tasks, which enter their own scope
    /^openConnection\(\{\}|^startServer\(handler, \{\}/, // an object there holds the address
    /^lock.DummySemaphore/, // takes anything, and never waits
    /Executor.map\(fn, first, second, third, "5"\)/, // text is an iterable, of characters
    /^startServer\(("x"|\{\})/, // "Cannot serve clients with …" tells
    /^excepthook\(\{/, // the hook itself is the user's
    /removeDoneCallback|unlink/, // nothing is found, whatever it is
    /^leakGuard\(\{\}/, // options are right there
    /(Thread|Process|Greenlet|Task).set name\((5|NaN|-1|Infinity|2)/, // a number becomes text, as in Python
    /^delegate\(/, // a generator: it refuses when it is asked for its first value
    /^sleepSync\(2 /, // a long sleep
  ],
  /** Arguments before the one that is tried, where those made from the types would not do. */
  harmless: {
    "SyncExecutor.submitWith": () => [{}, one],
    "AsyncExecutor.submitWith": () => [{}, one],
    "ThreadPoolExecutor.submitWith": () => [{}, one],
    "ProcessPoolExecutor.submitWith": () => [{}, one],
    "NatsExecutor.submitWith": () => [{}, one],
    "EventLoop.addSignalHandler": () => ["SIGUSR1", one],
    "EventLoop.runInExecutor": () => [null, one],
    compare: () => ["cpu"],
    toTable: () => [{ results: [], verdicts: [], machine: { cores: 2 }, startedAt: "" }],
    "Group.killone": () => [new gevent.Greenlet(one)],
    "pool.Group.add": () => [new gevent.Greenlet(one)],
    "pool.Group.start": () => [new gevent.Greenlet(one)],
    "pool.Group.imap": () => [one, []],
    "pool.Group.imapUnordered": () => [one, []],
    "pool.Group.map": () => [one, []],
    "pool.Group.mapAsync": () => [one, []],
    "pool.Pool.add": () => [new gevent.Greenlet(one)],
    "pool.Pool.start": () => [new gevent.Greenlet(one)],
    "pool.Pool.imap": () => [one, []],
    "pool.Pool.imapUnordered": () => [one, []],
    "pool.Pool.map": () => [one, []],
    "pool.Pool.mapAsync": () => [one, []],
    "pool.Group.killone": () => [new gevent.Greenlet(one)],
    "pool.Pool.killone": () => [new gevent.Greenlet(one)],
    "pool.Group.applyAsync": () => [one, []],
    "pool.Pool.applyAsync": () => [one, []],
    kill: () => [new gevent.Greenlet(one)],
    spawnLater: () => [1, one],
    "Connection.sendBytes": () => [new Uint8Array(4), 0],
    "Connection.recvBytesInto": () => [new Uint8Array(4), 0],
    abuffer: () => [[]],
    achunk: () => [[], 1],
    amap: () => [one, []],
    createTask: () => [one],
    setStartMethod: () => ["spawn"],
    "EventLoop.createTask": () => [one],
    "TaskGroup.createTask": () => [one],
    run: () => [one],
    openConnection: () => ["127.0.0.1", 1],
    startServer: () => [() => {}, "127.0.0.1", 0],
    timeoutAt: () => [Infinity],
    "BaseManager.create": () => ["Counter"],
    "Greenlet.kill": () => [undefined],
  } as Record<string, () => unknown[]>,
};
