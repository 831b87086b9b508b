"""43 as printed: the loop ends at a None that nobody puts. After both results it waits for ever."""
import multiprocessing


def work(name, results):
    results.put(f"{name} done!")


if __name__ == "__main__":
    results = multiprocessing.SimpleQueue()
    for name in ("bob", "alice"):
        child = multiprocessing.Process(target=work, args=(name, results))
        child.start()
        child.join()
    for result in iter(results.get, None):
        print(result, flush=True)
