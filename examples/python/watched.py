"""Runs a program that may never end: `watched.py SECONDS PROGRAM [ARGUMENT ...]`. Ends it with all its children.

On stderr stands how busy a processor was with what had to be ended; the exit code is the program's, or 124 then.
"""
import os
import signal
import subprocess
import sys
import time

seconds, program = float(sys.argv[1]), sys.argv[2:]
begin = time.perf_counter()
before = os.times()
POSIX = os.name == "posix"


def limit():
    """Has the system end the program some time later, also if this one is killed and cannot do it."""
    signal.alarm(int(seconds) + 5)


child = subprocess.Popen(
    [sys.executable, "-B", *program],
    start_new_session=POSIX,
    preexec_fn=limit if POSIX else None,
)


def end():
    if POSIX:
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()


# When this program is told to stop, the watched one goes first.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
code = 124
try:
    code = child.wait(seconds)
except subprocess.TimeoutExpired:
    pass
finally:
    if child.poll() is None:
        end()
        child.wait()
wall, after = time.perf_counter() - begin, os.times()
busy = (after.children_user + after.children_system - before.children_user - before.children_system) / wall
if code == 124:
    print(f"still running after {seconds:.0f} s, with {busy:.0%} of a processor: ended", file=sys.stderr)
sys.exit(code)
