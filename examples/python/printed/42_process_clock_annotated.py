"""42 as printed: the guard is torn over three lines. SyntaxError; mended, it is 41 and never ends."""
import multiprocessing
if
        name
    == " main ":
    multiprocessing.Process(target=print).start()
