"""09 as printed: nobody joins the threads, so the list is printed while the first of them still sleeps."""
import threading
import time

said = []
lock = threading.RLock()


def who_am_i(what):
    print(f"Thread {threading.current_thread()} says: {what}\n", end="")
    with lock:
        said.append(what)
        time.sleep(1)


for number in range(4):
    threading.Thread(target=who_am_i, args=(f"I'm function {number}",)).start()
print(said)
