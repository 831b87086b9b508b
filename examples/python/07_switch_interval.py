"""07: for how long a thread keeps the global lock when another asks for it, in seconds; `--gil` measures two threads."""
import sys
import threading
import time

print(sys.getswitchinterval())


def compute():
    total = 0
    for number in range(2_000_000):
        total += number


def timed(*jobs):
    """Milliseconds of processor time for each of wall time: how many cores were at work."""
    wall, cpu = time.perf_counter(), time.process_time()
    for job in jobs:
        job()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return f"{wall * 1000:.0f} ms, {cpu / wall:.1f} cores at work"


def two_threads():
    threads = [threading.Thread(target=compute) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if "--gil" in sys.argv:
    lock = getattr(sys, "_is_gil_enabled", lambda: True)()  # since 3.13 there are builds without it
    compute()  # warm
    print("one after the other  ", timed(compute, compute))
    print(f"two threads, GIL {'on ' if lock else 'off'}  ", timed(two_threads))
