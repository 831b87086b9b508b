"""19: one function in four processes, each with its own number."""
import multiprocessing
import os


def who_am_i(what):
    print(f"Process {os.getpid()} says: {what}\n", end="", flush=True)


if __name__ == "__main__":
    who_am_i("I'm the main program")
    for number in range(4):
        multiprocessing.Process(target=who_am_i, args=(f"I'm function {number}",)).start()
