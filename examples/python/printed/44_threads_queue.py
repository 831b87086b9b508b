"""44 as printed: the loop ends at a None that nobody puts. After both results it waits for ever."""
import queue
import threading

results = queue.Queue()
for name in ("bob", "alice"):
    thread = threading.Thread(target=results.put, args=(f"{name} done!",))
    thread.start()
    thread.join()
for result in iter(results.get, None):
    print(result, flush=True)
