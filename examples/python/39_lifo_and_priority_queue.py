"""39: last in, first out; and lowest first."""
import queue

for kind in (queue.LifoQueue, queue.PriorityQueue):
    print(kind.__name__)
    items = kind()
    for item in [(2, "second"), (3, "third"), (1, "first")]:
        items.put(item)
    while items.qsize():
        print(items.get())
