"""Tries what ERRATA.md says of Python with the Python that runs it. Each line: what holds, or DOES NOT HOLD; exit code 1."""
import asyncio
import concurrent.futures
import inspect
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings

VERSION = sys.version_info[:2]
failures = 0


def tell(what, holds):
    global failures
    failures += not holds
    print(f"{'holds' if holds else 'DOES NOT HOLD'}: {what}")


def raised(call, *args):
    """The class of what a call raises; None if nothing."""
    try:
        call(*args)
    except BaseException as error:
        return type(error)


def warned(call):
    """The classes of the warnings that a call gives."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        call()
    return [each.category for each in seen]


def the_lock():
    enabled = getattr(sys, "_is_gil_enabled", None)
    tell("sys._is_gil_enabled() exists since 3.13", (enabled is not None) == (VERSION >= (3, 13)))
    tell("the switch interval is 5 ms", sys.getswitchinterval() == 0.005)
    tell("RLock.locked() exists since 3.14", hasattr(threading.RLock(), "locked") == (VERSION >= (3, 14)))
    tell("currentThread() is deprecated", DeprecationWarning in warned(threading.currentThread))
    tell("getName() is deprecated", DeprecationWarning in warned(threading.current_thread().getName))


def barrier_and_timer():
    calls = []
    barrier = threading.Barrier(2, action=lambda: calls.append(1))
    other = threading.Thread(target=barrier.wait)
    other.start()
    barrier.wait()
    other.join()
    tell("a barrier's action is called once", calls == [1])
    broken = raised(barrier.wait, 0.01)
    tell("a timeout breaks the barrier", broken is threading.BrokenBarrierError and barrier.broken)
    timer = threading.Timer(0, calls.append, [2])
    timer.start()
    timer.join()
    timer.cancel()
    tell("cancel() after a timer has fired does nothing", calls == [1, 2])


def stubborn(begun):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    begun.set()
    time.sleep(60)


def processes():
    begun = multiprocessing.Event()
    child = multiprocessing.Process(target=stubborn, args=(begun,))
    child.start()
    begun.wait()
    child.terminate()
    child.join(0.2)
    tell("a process can ignore terminate()", child.is_alive())
    child.kill()
    child.join()
    tell("and cannot ignore kill()", child.exitcode == -signal.SIGKILL)
    if sys.platform == "linux":
        method = "forkserver" if VERSION >= (3, 14) else "fork"
        tell(f"the start method of Linux is {method}", multiprocessing.get_start_method() == method)


async def fails():
    raise ValueError("first")


async def goes_on(log):
    await asyncio.sleep(0.01)
    log.append("ran on")


async def of_the_loop():
    log = []
    other = asyncio.ensure_future(goes_on(log))
    gathering = asyncio.gather(fails(), other)
    tell("gather() returns a future", isinstance(gathering, asyncio.Future))
    try:
        await gathering
        tell("gather() raises the first exception", False)
    except ValueError:
        tell("gather() raises the first exception", log == [])
    await other
    tell("and the others run on", log == ["ran on"])
    results = await asyncio.gather(fails(), return_exceptions=True)
    tell("only return_exceptions=True lists exceptions", isinstance(results[0], ValueError))
    task = asyncio.ensure_future(asyncio.sleep(0.01))
    await asyncio.sleep(0)
    tell("a task that has begun is pending", "pending" in repr(task))
    tell("result() in pending raises InvalidStateError", raised(task.result) is asyncio.InvalidStateError)
    await task


def futures_and_loops():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        future = pool.submit(time.sleep, 0.02)
        while not future.running():
            time.sleep(0.001)
        tell("concurrent.futures has the state running, and result() waits", future.result() is None)
    asyncio.run(of_the_loop())
    missing = raised(asyncio.get_event_loop)
    tell("get_event_loop() after run() is a RuntimeError", missing is RuntimeError)
    loop = asyncio.new_event_loop()
    tell("run_until_complete() takes no function", raised(loop.run_until_complete, of_the_loop) is TypeError)
    loop.close()
    coroutine = fails()
    tell("calling a coroutine function only makes an object", inspect.getcoroutinestate(coroutine) == "CORO_CREATED")
    coroutine.close()
    tell("asyncio.coroutine is gone since 3.11", hasattr(asyncio, "coroutine") == (VERSION < (3, 11)))


def first_loop():
    """In a program that has had no loop yet."""
    if VERSION >= (3, 14):
        return tell("get_event_loop() without a loop is a RuntimeError", raised(asyncio.get_event_loop) is RuntimeError)
    seen = warned(lambda: asyncio.get_event_loop().close())
    expected = DeprecationWarning in seen if VERSION >= (3, 12) else seen == []
    tell("get_event_loop() without a loop warns in 3.12 and 3.13, and not before", expected)


if __name__ == "__main__":
    first_loop()
    the_lock()
    barrier_and_timer()
    if os.name == "posix":
        processes()
    futures_and_loops()
    sys.exit(failures > 0)
