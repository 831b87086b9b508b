"""43: bob and alice in two processes, which report through a queue."""
import multiprocessing
import time


def work(name, seconds, results):
    time.sleep(seconds)
    print(f"hello {name}", flush=True)
    results.put(f"{name} done!")


if __name__ == "__main__":
    results = multiprocessing.SimpleQueue()
    people = [
        multiprocessing.Process(target=work, args=(name, seconds, results))
        for name, seconds in (("bob", 0.3), ("alice", 0.1))
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    results.put(None)  # where the loop below stops
    for result in iter(results.get, None):
        print(result)
