"""08: two ways to hold a lock; both let go of it also when what is inside raises."""
import threading

lock = threading.Lock()


def state():
    return "locked" if lock.locked() else "free"


lock.acquire()
try:
    print("acquire():", state())
finally:
    lock.release()
print("release():", state())

with lock:
    print("inside with:", state())
print("after with:", state())
