"""Queues and pipes of Python's multiprocessing, measured as the benchmarks measure ours: prints one figure."""
import multiprocessing as mp
import sys
import time

OBJECT = {"id": 17, "name": "small object", "tags": ["a", "b"], "nested": {"x": 1.5, "y": None}}


def take(queue, back, count):
    for _ in range(count):
        queue.get()
    back.put("done")


def receive(connection, count):
    for _ in range(count):
        connection.recv()
    connection.send("done")


def answer(connection):
    while (message := connection.recv()) is not None:
        connection.send(message)


def through(kind, item, count):
    context = mp.get_context("spawn")
    if kind == "Pipe":
        ours, theirs = context.Pipe()
        child = context.Process(target=receive, args=(theirs, count + 1))
        send, wait = ours.send, ours.recv
    else:
        queue, back = getattr(context, kind)(), context.SimpleQueue()
        child = context.Process(target=take, args=(queue, back, count + 1))
        send, wait = queue.put, back.get
    child.start()
    send(item)
    time.sleep(0.5)
    began = time.perf_counter()
    for _ in range(count):
        send(item)
    wait()
    rate = count / (time.perf_counter() - began) / 1000
    child.join()
    return rate


def trips(item, count):
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=answer, args=(theirs,))
    child.start()
    ours.send(item)
    ours.recv()
    began = time.perf_counter()
    for _ in range(count):
        ours.send(item)
        ours.recv()
    each = (time.perf_counter() - began) * 1e6 / count
    ours.send(None)
    child.join()
    return each


if __name__ == "__main__":
    kind, item, count = sys.argv[1], OBJECT if sys.argv[2] == "object" else 17, int(sys.argv[3])
    print(trips(item, count) if kind == "trips" else through(kind, item, count))
