"""One session over a compressed connection: WAY HOST PORT CA_FILE."""

import socket
import ssl
import sys
import zlib

way, host, port, ca_file = sys.argv[1:]


class Client:
    def __init__(self):
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.deflate = self.inflate = None
        self.unread = b""
        self.wire = 0
        if way == "tls":
            self.secure()
        self.line()

    def secure(self):
        context = ssl.create_default_context(cafile=ca_file)
        self.socket = context.wrap_socket(self.socket, server_hostname=host)

    def compress(self):
        assert not self.unread
        self.deflate = zlib.compressobj(wbits=-15)
        self.inflate = zlib.decompressobj(wbits=-15)

    def send(self, data, piece=None):
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        piece = piece or len(data)
        for start in range(0, len(data), piece):
            self.socket.sendall(data[start : start + piece])

    def line(self):
        while b"\n" not in self.unread:
            data = self.socket.recv(4096)
            assert data, "the server closed the connection"
            self.wire += len(data)
            self.unread += self.inflate.decompress(data) if self.inflate else data
        line, self.unread = self.unread.split(b"\n", 1)
        return line.rstrip(b"\r").decode()

    def run(self, command, piece=None):
        self.send(b"A " + command + b"\r\n", piece)
        lines = [self.line()]
        while not lines[-1].startswith("A "):
            lines.append(self.line())
        return lines


client = Client()
if way == "starttls":
    assert client.run(b"STARTTLS")[-1].startswith("A OK")
    client.secure()
# Not before the login.
assert client.run(b"COMPRESS DEFLATE")[-1].startswith("A BAD")
assert client.run(b"LOGIN bob sekret")[-1].startswith("A OK")
assert "COMPRESS=DEFLATE" in client.run(b"CAPABILITY")[0].split(" ")
assert client.run(b"COMPRESS LZW")[-1].startswith("A BAD")
assert client.run(b"COMPRESS DEFLATE")[-1].startswith("A OK")
client.compress()

assert client.run(b"NOOP", piece=1)[-1].startswith("A OK")
assert client.run(b"COMPRESS DEFLATE")[-1].startswith("A NO [COMPRESSIONACTIVE]")
assert client.run(b"STARTTLS")[-1].startswith("A BAD")

# A literal that has to wait, and one that compresses well.
client.send(b"A APPEND INBOX {100000}\r\n")
assert client.line().startswith("+")
client.send(b"Subject: x\r\n\r\n" + b"x" * (100000 - 14) + b"\r\n")
while not client.line().startswith("A OK"):
    pass
assert "* 2 EXISTS" in client.run(b"SELECT INBOX")
before = client.wire
fetched = client.run(b"FETCH 2 (BODY.PEEK[])")
assert "x" * (100000 - 14) + ")" in fetched, [len(line) for line in fetched]
assert client.wire - before < 2000, client.wire - before

client.send(b"A IDLE\r\n")
assert client.line().startswith("+")
client.send(b"DONE\r\n", piece=1)
assert client.line().startswith("A OK")
assert client.run(b"LOGOUT")[-1].startswith("A OK")
print("all done")
