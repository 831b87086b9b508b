"""44: the same as 43 with threads."""
import queue
import threading
import time


def work(name, seconds, results):
    time.sleep(seconds)
    print(f"hello {name}")
    results.put(f"{name} done!")


results = queue.Queue()
people = [
    threading.Thread(target=work, args=(name, seconds, results))
    for name, seconds in (("bob", 0.3), ("alice", 0.1))
]
for person in people:
    person.start()
for person in people:
    person.join()
results.put(None)  # where the loop below stops; since 3.13 a queue can be shut down instead
for result in iter(results.get, None):
    print(result)
