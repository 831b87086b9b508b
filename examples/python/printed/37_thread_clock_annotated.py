"""37 as printed: the guard is torn (` name == " main ":`). IndentationError; mended, it is 36 and never ends."""
import threading
     name == " main ":
    threading.Thread(target=print).start()
