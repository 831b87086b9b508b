"""36 as printed: the clock never stops, and the program waits for its thread."""
import threading
import time


def clock(interval):
    while True:
        print(f"The time is {time.ctime()}", flush=True)
        time.sleep(interval)


if __name__ == "__main__":
    threading.Thread(target=clock, args=(1,)).start()
