"""16: without `join()` main and child go side by side; with it main waits for both threads."""
import threading
import time


def count():
    for number in range(5):
        print(f"from child thread: {number}\n", end="")
        time.sleep(0.2)


threading.Thread(target=count).start()
for number in range(5):
    print(f"from main thread: {number}\n", end="")
    time.sleep(0.4)

pair = [threading.Thread(target=count), threading.Thread(target=count)]
for thread in pair:
    thread.start()
for thread in pair:
    thread.join()
print("--> stop")
