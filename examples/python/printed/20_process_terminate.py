"""20 as printed: the child does not flush; where the output is not a terminal, all that it said is lost with it."""
import multiprocessing
import time


def loopy():
    print("I'm loopy")
    number = 0
    while True:
        number += 1
        print(f"\tNumber of {number} of 1000000. Honk!")
        time.sleep(0.2)


if __name__ == "__main__":
    child = multiprocessing.Process(target=loopy)
    child.start()
    for _ in range(5):
        print("hi", flush=True)
        time.sleep(0.2)
    child.terminate()
    child.join()
