"""Python's pools, measured as the benchmarks measure the others: prints one figure."""
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def identity(value):
    return value


def primes(limit):
    found = 0
    for n in range(2, limit):
        d = 2
        while d * d <= n and n % d:
            d += 1
        found += d * d > n
    return found


def burst(pool, value, count):
    began = time.perf_counter()
    for future in [pool.submit(identity, value) for _ in range(count)]:
        future.result()
    return count / (time.perf_counter() - began)


def chunked(pool, count):
    began = time.perf_counter()
    total = sum(pool.map(identity, range(count), chunksize=500))
    taken = time.perf_counter() - began
    assert total == count * (count - 1) // 2
    return count / taken


def trips(pool, count):
    times = []
    for _ in range(count):
        began = time.perf_counter()
        pool.submit(identity, 1).result()
        times.append((time.perf_counter() - began) * 1e6)
    return times


def speedup(pool, count, limit):
    began = time.perf_counter()
    for _ in range(count):
        primes(limit)
    in_line = time.perf_counter() - began
    began = time.perf_counter()
    list(pool.map(primes, [limit] * count))
    return in_line / (time.perf_counter() - began)


def main():
    kind, what, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    Pool = {"threads": ThreadPoolExecutor, "processes": ProcessPoolExecutor}[kind]
    with Pool(workers) as pool:
        list(pool.map(identity, range(4 * workers)))
        if what == "empty":
            print(burst(pool, None, 20_000))
        elif what == "object":
            print(burst(pool, {"id": 1, "name": "item", "tags": ["a", "b"], "at": 1.5}, 20_000))
        elif what == "chunked":
            print(chunked(pool, 20_000))
        elif what == "mean":
            times = trips(pool, 2_000)
            print(sum(times) / len(times))
        elif what == "p99":
            print(sorted(trips(pool, 2_000))[1_980])
        else:
            print(speedup(pool, 8, 30_000))


if __name__ == "__main__":
    main()
