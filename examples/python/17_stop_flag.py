"""17: a thread cannot be ended by force; it is asked by a flag. `threading.Event` would be flag and pause in one."""
import threading
import time

lock = threading.Lock()
stop = False


def worker():
    print("Start infinite_worker()")
    while True:
        print("--> thread work")
        with lock:
            if stop:
                break
        time.sleep(0.1)
    print("Stop infinite_worker()")


thread = threading.Thread(target=worker)
thread.start()
time.sleep(2)
with lock:
    stop = True
thread.join()
assert not lock.locked()
