"""17 as printed: the worker leaves its loop with the lock in its hand, and says "Stop" after each turn but the last."""
import threading
import time

lock = threading.Lock()
stop = False


def worker():
    print("Start infinite_worker()")
    while True:
        print("--> thread work")
        lock.acquire()
        if stop:
            break
        lock.release()
        time.sleep(0.1)
        print("Stop infinite_worker()")


thread = threading.Thread(target=worker)
thread.start()
time.sleep(0.5)
lock.acquire()
stop = True
lock.release()
thread.join()
print("the lock is", "held by a thread that has ended" if lock.locked() else "free")
