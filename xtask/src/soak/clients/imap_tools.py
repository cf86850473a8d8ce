"""Typical work with imap_tools: prints a line for each step, and `done` after the last."""
import datetime
import ssl
import sys
import threading

from imap_tools import (
    AND, NOT, OR, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailboxFolderSelectError, U,
)

WAY, HOST, PORT, USER, PASSWORD, CA = sys.argv[1:]
WORK = "Projekte/Überblick"


def ok(step, condition=True):
    if not condition:
        sys.exit(f"failed: {step}")
    print("ok", step, flush=True)


def connect():
    tls = ssl.create_default_context(cafile=CA)
    if WAY == "tls":
        return MailBox(HOST, int(PORT), ssl_context=tls, timeout=60)
    if WAY == "starttls":
        return MailBoxStartTls(HOST, int(PORT), ssl_context=tls, timeout=60)
    return MailBoxUnencrypted(HOST, int(PORT), timeout=60)


def letter(subject, body):
    return (
        f"From: ann@example.org\r\nTo: bob@example.org\r\nSubject: {subject}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        f"{body}\r\n"
    ).encode()


with connect().login_utf8(USER, PASSWORD, initial_folder=None) as box:
    ok("log in by PLAIN", box.folder.get() is None)

with connect().login(USER, PASSWORD) as box:
    ok("log in by LOGIN", box.folder.get() == "INBOX")

    names = [folder.name for folder in box.folder.list()]
    ok("list", "INBOX" in names and "Entwürfe" in names)
    flags = {folder.name: folder.flags for folder in box.folder.list()}
    ok("special use", "\\Drafts" in flags["Entwürfe"])
    ok("a mailbox that is there", box.folder.exists("Entwürfe"))
    ok("a mailbox that is not", not box.folder.exists("Nirgends"))
    try:
        box.folder.set("Nirgends")
        ok("select what is not there", False)
    except MailboxFolderSelectError:
        ok("select what is not there")
    box.folder.set("INBOX")

    status = box.folder.status("INBOX")
    ok("status", status["MESSAGES"] == len(box.numbers()) > 100)
    uids = box.uids()
    ok("search all", len(uids) == status["MESSAGES"] and int(uids[-1]) < status["UIDNEXT"])
    unseen = box.uids(AND(seen=False))
    ok("search unseen", len(unseen) == status["UNSEEN"])
    ok("numbers to UIDs", box.numbers_to_uids(["1", "2"]) == uids[:2])
    ok("search by UID", box.uids(AND(uid=U(uids[3], uids[5]))) == uids[3:6])
    ok("search either", set(box.uids(OR(seen=True, flagged=True))) >= set(box.uids(AND(flagged=True))))
    ok("search neither", len(box.uids(NOT(seen=True))) == len(unseen))
    ok("sort", sorted(box.uids(sort="REVERSE DATE")) == sorted(uids))
    day = datetime.date(1990, 1, 1)
    ok("search by date", box.uids(AND(date_gte=day)) == uids and not box.uids(AND(date_lt=day)))

    one_by_one = list(box.fetch(limit=20, mark_seen=False))
    in_bulk = list(box.fetch(limit=20, mark_seen=False, bulk=True))
    ok("fetch one by one", [m.uid for m in one_by_one] == uids[:20])
    ok("fetch in bulk", [m.uid for m in in_bulk] == uids[:20])
    ok("the same twice", [m.obj.as_bytes() for m in one_by_one] == [m.obj.as_bytes() for m in in_bulk])
    ok("peek", box.uids(AND(seen=False)) == unseen)
    headers = list(box.fetch(limit=slice(5, 10), headers_only=True, mark_seen=False))
    ok("fetch headers", all(m.subject is not None and not m.text for m in headers) and len(headers) == 5)
    last = next(box.fetch(reverse=True, limit=1, mark_seen=False))
    ok("fetch the last", last.uid == uids[-1] and last.size > 0)
    new = next(box.fetch(uid_list=unseen[:1]))
    ok("reading marks as seen", new.uid == unseen[0] and box.uids(AND(seen=False)) == unseen[1:])

    box.folder.create(WORK)
    ok("create", box.folder.exists(WORK))
    box.folder.subscribe(WORK, True)
    ok("subscribe", WORK in [f.name for f in box.folder.list(subscribed_only=True)])
    when = datetime.datetime(2024, 2, 29, 12, 0, tzinfo=datetime.timezone.utc)
    box.append(letter("one", "Grüße"), WORK, dt=when, flag_set=["\\Seen"])
    box.append(letter("two", "zwei"), WORK)
    box.append(letter("three", "x" * 200_000), WORK)
    box.folder.set(WORK)
    ok("append", [m.subject for m in box.fetch(mark_seen=False)] == ["one", "two", "three"])
    first, second, third = box.fetch(mark_seen=False)
    ok("its text, flags and size", first.text.strip() == "Grüße" and "\\Seen" in first.flags)
    ok("a long one", len(third.text) > 200_000 and third.size > 200_000)
    ok("search in UTF-8", box.uids(AND(text="Grüße"), charset="UTF-8") == [first.uid])
    ok("search in UTF-8 for what is not there", box.uids(AND(text="Straße"), charset="UTF-8") == [])
    ok("the day it came", box.uids(AND(date=when.date())) == [first.uid])

    box.flag(first.uid, "\\Flagged", True)
    box.flag([second.uid], ["\\Answered", "todo"], True)
    ok("set flags", box.uids(AND(keyword="todo", answered=True)) == [second.uid])
    ok("keywords", box.uids(AND(no_keyword="todo")) == [first.uid, third.uid])
    box.flag([first.uid, second.uid, third.uid], "\\Seen", False)
    box.flag([first.uid, second.uid], "\\Seen", True)
    ok("clear flags", box.uids(AND(seen=False)) == [third.uid])

    box.copy([first.uid, third.uid], "Entwürfe")
    ok("copy", box.folder.status("Entwürfe", ["MESSAGES"])["MESSAGES"] == 2)
    box.folder.create("Weg")
    box.move(third.uid, "Weg")
    ok("move", box.uids() == [first.uid, second.uid] and box.folder.status("Weg")["MESSAGES"] == 1)
    box.folder.set("Entwürfe")
    box.delete([m.uid for m in box.fetch(mark_seen=False) if m.subject == "three"])
    ok("delete", [m.subject for m in box.fetch(mark_seen=False)] == ["one"])

    box.folder.rename("Weg", "Fort")
    ok("rename", box.folder.exists("Fort") and not box.folder.exists("Weg"))
    box.folder.set("Fort", readonly=True)
    ok("read-only", len(box.uids()) == 1)

    # Another connection appends a message, which ends the wait.
    box.folder.set("Fort")

    def deliver():
        with connect().login(USER, PASSWORD) as other:
            other.append(letter("news", "now"), "Fort")

    box.idle.start()
    thread = threading.Thread(target=deliver)
    thread.start()
    news = box.idle.poll(timeout=60)
    thread.join()
    box.idle.stop()
    ok("idle", any(b"EXISTS" in line for line in news))
    ok("after it", len(box.uids()) == 2)

    box.folder.unset()
    box.folder.delete("Fort")
    ok("delete a mailbox", not box.folder.exists("Fort"))
    box.folder.subscribe(WORK, False)
    ok("unsubscribe", WORK not in [f.name for f in box.folder.list(subscribed_only=True)])

print("done")
