"""20: a process can be ended from outside. It ends without emptying its buffers: hence `flush`."""
import multiprocessing
import os
import time


def say(text):
    print(f"{text}\n", end="", flush=True)


def who_am_i(name):
    say(f"I'm {name}, in process {os.getpid()}")


def loopy(name):
    who_am_i(name)
    for number in range(1, 1_000_000):
        say(f"\tNumber of {number} of 1000000. Honk!")
        time.sleep(0.5)


if __name__ == "__main__":
    who_am_i("I'm the main program")
    child = multiprocessing.Process(target=loopy, args=("loopy",))
    child.start()
    for _ in range(5):
        say("hi")
        time.sleep(0.5)
    child.terminate()
    child.join()
    assert child.exitcode == -15  # ended by SIGTERM
