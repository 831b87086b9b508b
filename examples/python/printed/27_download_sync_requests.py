"""27 as printed: the folder `pic/` is nowhere made. FileNotFoundError. (28 as well.)"""
with open("pic/1_320_240.jpg", "wb") as file:
    file.write(b"\xff\xd8\xff\xd9")
