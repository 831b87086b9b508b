"""41: the clock of 36 as a process. The guard: a new process may load this file again."""
import multiprocessing
import time


def clock(interval, ticks=3):
    for _ in range(ticks):
        print(f"The time is {time.ctime()}", flush=True)
        time.sleep(interval)


if __name__ == "__main__":
    multiprocessing.Process(target=clock, args=(1,)).start()
