"""IMAPClient, which returns all data of a command at once: WORKLOAD PORT CA COUNT SIZE FOLDER."""

import os
import ssl
import sys

from imapclient import IMAPClient

USER, PASSWORD = "user1", "pass"
METADATA = ["FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODYSTRUCTURE"]
BODY = "BODY.PEEK[]"


def message(size):
    text = b"From: ann@example.org\r\nSubject: hi\r\n\r\n"
    line = b"All work and no play makes Jack a dull boy, and all play makes him a mere toy\r\n"
    text += line * (size // len(line) + 1)
    return text[: size - 2] + b"\r\n"


def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def connect(number=0):
    host = f"127.0.0.{1 + number // 5000}"
    context = ssl.create_default_context(cafile=CA) if CA != "-" else None
    client = IMAPClient(host, PORT, ssl=context is not None, ssl_context=context)
    client.login(USER, PASSWORD)
    client.select_folder("INBOX")
    return client


def seen(items):
    return b"\\Seen" in items[b"FLAGS"]


def metadata(items):
    assert items[b"BODYSTRUCTURE"] and items[b"INTERNALDATE"]
    return items[b"RFC822.SIZE"] + len(items[b"ENVELOPE"].subject)


def write(folder, uid, body):
    with open(f"{folder}/tmp/{uid}", "wb") as file:
        file.write(body)
    os.rename(f"{folder}/tmp/{uid}", f"{folder}/cur/{uid}:2,")


def work(client):
    if WORKLOAD == "flags":
        return [seen(items) for items in client.fetch("1:*", ["FLAGS"]).values()]
    if WORKLOAD == "metadata":
        return [metadata(items) for items in client.fetch("1:*", METADATA).values()]
    if WORKLOAD == "bodies":
        return [len(items[b"BODY[]"]) for items in client.fetch("1:*", [BODY]).values()]
    if WORKLOAD == "save":
        body = client.fetch([1], [BODY])[1][b"BODY[]"]
        with open(f"{FOLDER}/message", "wb") as file:
            file.write(body)
        return [len(body)]
    if WORKLOAD == "pull":
        for name in ("cur", "new", "tmp"):
            os.makedirs(f"{FOLDER}/{name}")
        sums = []
        for uid, items in client.fetch("1:*", [BODY]).items():
            write(FOLDER, uid, items[b"BODY[]"])
            sums.append(len(items[b"BODY[]"]))
        return sums
    if WORKLOAD == "append":
        text = message(SIZE)
        if client.has_capability("MULTIAPPEND"):
            client.multiappend("INBOX", [text] * COUNT)
        else:
            for _ in range(COUNT):
                client.append("INBOX", text)
        return [len(text)] * COUNT
    if WORKLOAD == "upload":
        with open(f"{FOLDER}/message", "rb") as file:
            text = file.read()
        client.append("INBOX", text)
        return [len(text)]
    if WORKLOAD == "search":
        return client.search()
    if WORKLOAD == "singles":
        return [seen(client.fetch([uid], ["FLAGS"])[uid]) for uid in range(1, COUNT + 1)]
    if WORKLOAD == "unread":
        status = (client.folder_status(f"box{n:03}", ["UNSEEN"]) for n in range(COUNT))
        return [items[b"UNSEEN"] for items in status]
    raise SystemExit(f"there is no workload {WORKLOAD}")


WORKLOAD, PORT, CA, COUNT, SIZE, FOLDER = sys.argv[1:]
PORT, COUNT, SIZE = int(PORT), int(COUNT), int(SIZE)
if WORKLOAD == "idle":
    before = resident()
    clients = [connect(number) for number in range(COUNT)]
    print(f"items={len(clients)} sum=0 before={before} after={resident()}", flush=True)
    os._exit(0)
elif WORKLOAD == "first":
    for _ in range(COUNT):
        assert connect().fetch([1], ["FLAGS"])
    print(f"items={COUNT} sum={COUNT}")
else:
    client = connect()
    sums = work(client)
    client.logout()
    print(f"items={len(sums)} sum={sum(sums)}")
