"""08 as printed: nothing but a comment inside of `with`. IndentationError; and the lock has two names."""
import threading

lock = threading.Lock()

with lock_obj:
    # work on what is shared
print("after with:", lock.locked())
