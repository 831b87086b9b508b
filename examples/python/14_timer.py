"""14: a call after three seconds, in a thread of its own."""
import threading

threading.Timer(3, print, args=["Message from Timer!"]).start()
