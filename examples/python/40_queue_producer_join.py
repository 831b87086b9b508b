"""40: `join()` waits until each item was said to be done."""
import queue
import threading
import time

items = queue.Queue()


def consume():
    while True:
        item = items.get()
        time.sleep(0.1)
        print("consumed", item)
        items.task_done()


threading.Thread(target=consume, daemon=True).start()
for number in (1, 2, 3):
    items.put(f"data {number}")
print("... something else")
items.join()
print("all data processed")
