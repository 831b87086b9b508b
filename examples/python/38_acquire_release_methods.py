"""38: `acquire` takes, `release` lets go."""
import threading

lock = threading.Lock()
print(".acquire() returns", lock.acquire())
print("second .acquire(blocking=False) returns", lock.acquire(blocking=False))
print(".release() returns", lock.release())
print(".acquire(blocking=False) after it returns", lock.acquire(blocking=False))
