"""The same work in Python, with nothing but its standard library.

A file, because `multiprocessing` has its workers import the script again where it cannot fork.
Reads one JSON object from its standard input, writes one JSON object.
"""

import sys

if __name__ == "__main__" and "gevent" in sys.argv:  # before anything else is imported
    try:
        from gevent import monkey
    except ImportError:
        sys.exit(3)
    monkey.patch_all()

import asyncio, concurrent.futures, hashlib, json, multiprocessing, os, platform, threading, time
import urllib.parse, urllib.request

try:
    import resource
except ImportError:  # Windows has none
    resource = None


def count_primes(stretch):
    found = 0
    for n in range(stretch["from"] | 1, stretch["to"], 2):
        d = 3
        while d * d <= n:
            if n % d == 0:
                break
            d += 2
        else:
            found += 1
    return found


def save(order, url, picture):
    name = url.rsplit("/", 1)[1]
    with open(os.path.join(order["folder"], name), "wb") as file:
        file.write(picture)
    return [name, len(picture)]


opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def download_picture(order):
    with opener.open(order["url"]) as response:
        return save(order, response.geturl(), response.read())


async def get(url):
    parts = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    path = parts.path + ("?" + parts.query if parts.query else "")
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"])) if "content-length" in headers else b""
    writer.close()
    await writer.wait_closed()
    if head[0].split(" ")[1] == "302":
        return await get(urllib.parse.urljoin(url, headers["location"]))
    return url, body


async def download_picture_async(order):
    url, picture = await get(order["url"])
    return save(order, url, picture)


async def count_primes_async(stretch):
    return count_primes(stretch)


def wait_and_count(task):
    time.sleep(task["delay"] / 1000)
    return count_primes(task)


async def wait_and_count_async(task):
    await asyncio.sleep(task["delay"] / 1000)
    return count_primes(task)


WORK = {
    "cpu": (count_primes, count_primes_async),
    "io": (download_picture, download_picture_async),
    "mixed": (wait_and_count, wait_and_count_async),
}


def peak_rss():
    try:  # getrusage also tells of the program that started this one
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        pass
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def metered(job):
    """One call in a worker process, with what it used."""
    workload, task = job
    before = time.process_time()
    result = WORK[workload][0](task)
    return result, time.process_time() - before, os.getpid(), peak_rss()


def nothing(_):
    return os.getpid()


class Sync:
    name, workers = "sync", 1

    def __init__(self, workload, workers):
        self.fn = WORK[workload][0]

    def run(self, tasks):
        return [self.fn(task) for task in tasks], 0

    def others(self):
        """Memory of other processes."""
        return 0

    def close(self):
        pass


class Threads(Sync):
    name = "threads"

    def __init__(self, workload, workers):
        super().__init__(workload, workers)
        self.workers = workers
        self.pool = concurrent.futures.ThreadPoolExecutor(workers)
        barrier = threading.Barrier(workers)
        list(self.pool.map(lambda _: barrier.wait(), range(workers)))

    def run(self, tasks):
        return list(self.pool.map(self.fn, tasks)), 0

    def close(self):
        self.pool.shutdown()


class Interpreters(Sync):
    """Sub-interpreters, each with a lock of its own (PEP 734); since Python 3.14."""

    name = "interpreters"

    def __init__(self, workload, workers):
        super().__init__(workload, workers)
        self.workers = workers
        self.pool = concurrent.futures.InterpreterPoolExecutor(workers)
        list(self.pool.map(nothing, range(workers)))

    def run(self, tasks):
        return list(self.pool.map(self.fn, tasks)), 0

    def close(self):
        self.pool.shutdown()


class Processes(Sync):
    name = "processes"

    def __init__(self, workload, workers):
        self.workload, self.workers, self.peaks = workload, workers, {}
        self.pool = multiprocessing.Pool(workers)
        self.pool.map(nothing, range(workers), 1)

    def run(self, tasks):
        outcomes = self.pool.map(metered, [(self.workload, task) for task in tasks], 1)
        for _, _, pid, peak in outcomes:
            self.peaks[pid] = peak
        return [outcome[0] for outcome in outcomes], sum(outcome[1] for outcome in outcomes)

    def others(self):
        return sum(self.peaks.values())

    def close(self):
        self.pool.close()
        self.pool.join()


class Asyncio(Sync):
    name = "asyncio"

    def __init__(self, workload, workers):
        self.fn = WORK[workload][1]

    def run(self, tasks):
        async def main():
            return await asyncio.gather(*(self.fn(task) for task in tasks))

        return asyncio.run(main()), 0


class Gevent(Sync):
    """Greenlets; the standard library waits by them, since main has patched it."""

    name = "gevent"

    def run(self, tasks):
        import gevent

        greenlets = [gevent.spawn(self.fn, task) for task in tasks]
        gevent.joinall(greenlets, raise_error=True)
        return [greenlet.value for greenlet in greenlets], 0


KINDS = {kind.name: kind for kind in (Sync, Threads, Interpreters, Processes, Asyncio, Gevent)}


def available(names):
    """Without those that this Python has not."""
    has = hasattr(concurrent.futures, "InterpreterPoolExecutor")
    return [name for name in names if name != "interpreters" or has]


def fitting(order, kinds):
    """As many tasks as all kinds together can do within the time, but two, so that they can overlap."""
    tasks, workers = order["inputs"], order["workers"]
    cpu, started = time.process_time(), time.perf_counter()
    WORK[order["workload"]][0](tasks[0])
    wall, cpu = time.perf_counter() - started, time.process_time() - cpu
    count = len(tasks)
    while count > 2:
        apart = -(-count // workers) * wall
        cost = {"sync": count * wall, "threads": max(count * cpu, apart), "asyncio": max(count * cpu, wall),
                "gevent": max(count * cpu, wall)}
        if sum(cost.get(kind, apart) for kind in kinds) * 1000 <= order["boundMs"]:
            break
        count -= 1
    return tasks[:count]


def main():
    order = json.load(sys.stdin)
    kinds, rows, base = available(order["kinds"]), [], peak_rss()
    tasks = fitting(order, kinds) if order["whole"] is None else order["inputs"][: order["whole"]]
    for name in kinds:
        started = time.perf_counter()
        model = KINDS[name](order["workload"], order["workers"])
        rows.append({"model": model, "startMs": (time.perf_counter() - started) * 1000,
                     "samples": [], "cpuMs": 0, "checksum": "", "before": peak_rss(), "own": 0})
    began = time.perf_counter()
    for round in range(order["maxRounds"]):
        spent = (time.perf_counter() - began) * 1000
        if round > 0 and spent + spent / round > order["boundMs"]:
            break
        for row in rows if round % 2 == 0 else reversed(rows):
            before = peak_rss()
            cpu, started = time.process_time(), time.perf_counter()
            results, others = row["model"].run(tasks)
            row["samples"].append((time.perf_counter() - started) * 1000)
            row["cpuMs"] += (time.process_time() - cpu + others) * 1000
            row["own"] = max(row["own"], peak_rss() - before)
            text = json.dumps(results, separators=(",", ":"))
            row["checksum"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    for row in rows:
        model = row["model"]
        added = row.pop("own") + model.others()
        row.pop("before")
        row.update(model=model.name, workers=model.workers, addedBytes=added, peakRssBytes=base + added)
        model.close()
    gil = getattr(sys, "_is_gil_enabled", lambda: True)()
    print(json.dumps({"version": platform.python_implementation() + " " + platform.python_version(),
                      "gil": gil, "tasks": len(tasks), "rows": rows}))


if __name__ == "__main__":
    main()
