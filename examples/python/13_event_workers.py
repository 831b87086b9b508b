"""13: five threads wait for one event."""
import threading

begin = threading.Event()


def worker(number):
    begin.wait()
    print(f"Worker: wrk {number}\n", end="")


for number in range(5):
    threading.Thread(target=worker, args=(number,)).start()
print("Main thread")
begin.set()
