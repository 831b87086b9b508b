"""27: ten pictures one after another; the waits add up. (`urllib` here; the slide has the package requests.)"""
import os
import tempfile
import time
import urllib.request

from picture_site import open_site


def download(url, folder):
    with urllib.request.urlopen(url) as response:
        name = response.geturl().rpartition("/")[2]  # after the redirect
        with open(os.path.join(folder, name), "wb") as file:
            file.write(response.read())


if __name__ == "__main__":
    urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))
    with open_site() as port, tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        for _ in range(10):
            download(f"http://127.0.0.1:{port}/320/240", folder)
        print(time.perf_counter() - begin)
        print("files:", len(os.listdir(folder)))
