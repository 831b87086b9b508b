"""The same work in Python, with nothing but its standard library.

A file, because `multiprocessing` has its workers import the script again where it cannot fork.
Reads one JSON object from its first argument, writes one JSON object.
"""

import asyncio, concurrent.futures, hashlib, json, multiprocessing, os, platform, sys, threading, time
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


WORK = {"cpu": (count_primes, count_primes_async), "io": (download_picture, download_picture_async)}


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
    name, workers = "python-sync", 1

    def __init__(self, workload, workers):
        self.fn = WORK[workload][0]

    def run(self, tasks):
        return [self.fn(task) for task in tasks], 0

    def memory(self):
        return peak_rss()

    def close(self):
        pass


class Threads(Sync):
    name = "python-threads"

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


class Processes(Sync):
    name = "python-processes"

    def __init__(self, workload, workers):
        self.workload, self.workers, self.peaks = workload, workers, {}
        self.pool = multiprocessing.Pool(workers)
        self.pool.map(nothing, range(workers), 1)

    def run(self, tasks):
        outcomes = self.pool.map(metered, [(self.workload, task) for task in tasks], 1)
        for _, _, pid, peak in outcomes:
            self.peaks[pid] = peak
        return [outcome[0] for outcome in outcomes], sum(outcome[1] for outcome in outcomes)

    def memory(self):
        return peak_rss() + sum(self.peaks.values())

    def close(self):
        self.pool.close()
        self.pool.join()


class Asyncio(Sync):
    name = "python-asyncio"

    def __init__(self, workload, workers):
        self.fn = WORK[workload][1]

    def run(self, tasks):
        async def main():
            return await asyncio.gather(*(self.fn(task) for task in tasks))

        return asyncio.run(main()), 0


def main():
    order = json.loads(sys.argv[1])
    tasks, rows = order["inputs"], []
    for kind in (Sync, Threads, Processes, Asyncio):
        started = time.perf_counter()
        model = kind(order["workload"], order["workers"])
        rows.append({"model": model, "startMs": (time.perf_counter() - started) * 1000,
                     "samples": [], "cpuMs": 0, "checksum": ""})
    began = time.perf_counter()
    for round in range(order["maxRounds"]):
        spent = (time.perf_counter() - began) * 1000
        if round > 0 and spent + spent / round > order["boundMs"]:
            break
        for row in rows if round % 2 == 0 else reversed(rows):
            cpu, started = time.process_time(), time.perf_counter()
            results, others = row["model"].run(tasks)
            row["samples"].append((time.perf_counter() - started) * 1000)
            row["cpuMs"] += (time.process_time() - cpu + others) * 1000
            text = json.dumps(results, separators=(",", ":"))
            row["checksum"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    for row in rows:
        model = row["model"]
        row.update(model=model.name, workers=model.workers, peakRssBytes=model.memory())
        model.close()
    print(json.dumps({"version": platform.python_implementation() + " " + platform.python_version(),
                      "rows": rows}))


if __name__ == "__main__":
    main()
