"""09: an RLock lets four threads in one after the other; the one inside may take it again."""
import threading
import time

said = []
lock = threading.RLock()


def remember(what):
    with lock:  # for the second time: with a Lock the thread would wait for itself
        said.append(what)


def who_am_i(what):
    print(f"Thread {threading.current_thread()} says: {what}\n", end="")
    with lock:
        remember(what)
        time.sleep(1)


if __name__ == "__main__":
    threads = [threading.Thread(target=who_am_i, args=(f"I'm function {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(said)
