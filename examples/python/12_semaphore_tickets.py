"""12: three ticket offices, five clients, a second for each: two seconds in all. The time includes the wait."""
import threading
import time

offices = threading.BoundedSemaphore(3)


def buy(number):
    came = time.perf_counter()
    with offices:
        time.sleep(1)
        print(f"client {number}, service time: {time.perf_counter() - came}\n", end="")


for number in range(5):
    threading.Thread(target=buy, args=(number,)).start()
