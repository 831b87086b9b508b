"""The primitives of Python's multiprocessing, measured as the benchmarks measure ours: prints one figure."""
import multiprocessing as mp
import sys
import time


def free(what, count):
    context = mp.get_context("spawn")
    primitive = {
        "Lock": context.Lock,
        "RLock": context.RLock,
        "Semaphore": lambda: context.Semaphore(2),
        "Event": context.Event,
        "Condition": context.Condition,
        "Value": lambda: context.Value("i", 0),
    }[what]()
    began = time.perf_counter()
    if what == "Event":
        for _ in range(count):
            primitive.set()
            primitive.wait()
            primitive.clear()
    elif what == "Condition":
        for _ in range(count):
            with primitive:
                primitive.notify()
    elif what == "Value":
        for _ in range(count):
            with primitive.get_lock():
                primitive.value += 1
    else:
        for _ in range(count):
            with primitive:
                pass
    return (time.perf_counter() - began) * 1e9 / count


def increments(lock, barrier, cell, results, count):
    barrier.wait()
    began = time.perf_counter()
    for _ in range(count):
        with lock:
            cell.value += 1
    results.put((time.perf_counter() - began) * 1e9 / count)


def passes(barrier, results, count):
    barrier.wait()
    began = time.perf_counter()
    for _ in range(count):
        barrier.wait()
    results.put((time.perf_counter() - began) * 1e6 / count)


def two(what, count):
    context = mp.get_context("spawn")
    barrier, results = context.Barrier(2), context.Queue()
    if what == "contended":
        cell = context.RawValue("i", 0)
        args = (context.Lock(), barrier, cell, results, count)
        children = [context.Process(target=increments, args=args) for _ in range(2)]
    else:
        children = [context.Process(target=passes, args=(barrier, results, count)) for _ in range(2)]
    for child in children:
        child.start()
    figures = [results.get() for _ in children]
    for child in children:
        child.join()
    return max(figures) / 2 if what == "contended" else max(figures)


if __name__ == "__main__":
    what, count = sys.argv[1], int(sys.argv[2])
    print(two(what, count) if what in ("contended", "Barrier") else free(what, count))
