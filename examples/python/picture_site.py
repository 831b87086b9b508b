"""The site of 27 and 28: `/320/240` leads to a picture of its own, which takes 0.2 s to come."""
import contextlib
import http.server
import itertools
import threading
import time

PICTURE = b"\xff\xd8\xff\xe0" + bytes(1000) + b"\xff\xd9"


class Handler(http.server.BaseHTTPRequestHandler):
    numbers = itertools.count(1)

    def do_GET(self):
        if self.path == "/320/240":
            self.send_response(302)
            self.send_header("Location", f"/cache/{next(self.numbers)}_320_240.jpg")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        time.sleep(0.2)
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(PICTURE)))
        self.end_headers()
        self.wfile.write(PICTURE)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 32  # of 5 by default, and the others try again after a second


@contextlib.contextmanager
def open_site():
    """Yields the port; serves until the block ends."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
