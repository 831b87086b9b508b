"""18: the program lives as long as a thread works in it; a daemon thread is cut off."""
import threading
import time


def count():
    for number in range(5):
        print(f"from child thread: {number}\n", end="")
        time.sleep(0.5)


thread = threading.Thread(target=count)
thread.start()
print("App stop\n", end="")
thread.join()

print("\n")
threading.Thread(target=count, daemon=True).start()
print("App stop\n", end="")
