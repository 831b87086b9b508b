"""06: five threads on one function; each has a name, and nobody waits for them.

`print(text)` makes two writes, between which another thread can print; with the line end in the text it is one.
"""
import threading


def doubler(number):
    # currentThread() and getName() are deprecated since 3.10.
    print(f"{threading.current_thread().name}\n\n", end="")
    print(f"{2 * number}\n\n", end="")


if __name__ == "__main__":
    for number in range(5):
        threading.Thread(target=doubler, args=(number,)).start()
