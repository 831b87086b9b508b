"""36: a clock in a thread of its own; the program lives as long as it ticks."""
import threading
import time


def clock(interval, ticks=3):
    for _ in range(ticks):
        print(f"The time is {time.ctime()}")
        time.sleep(interval)


if __name__ == "__main__":
    threading.Thread(target=clock, args=(1,)).start()
