"""41 as printed: the guard has lost its underscores. NameError; mended, the program never ends."""
import multiprocessing

if name == " main ":
    multiprocessing.Process(target=print).start()
