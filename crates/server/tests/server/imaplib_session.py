"""One session with imaplib: WAY HOST PORT CA_FILE."""

import imaplib
import ssl
import sys

way, host, port, ca_file = sys.argv[1:]


def connect():
    context = ssl.create_default_context(cafile=ca_file)
    if way == "tls":
        client = imaplib.IMAP4_SSL(host, int(port), ssl_context=context, timeout=10)
    else:
        client = imaplib.IMAP4(host, int(port), timeout=10)
        if way == "starttls":
            ok(client.starttls(context))
    ok(client.login("bob", "sekret"))
    return client


def ok(answer):
    kind, data = answer
    assert kind == "OK", answer
    return data


def refused(call, *arguments):
    try:
        kind, data = call(*arguments)
    except imaplib.IMAP4.error:
        return
    assert kind == "NO", (kind, data)


client = connect()
assert "IDLE" in client.capabilities or "IDLE" in ok(client.capability())[0].decode()

# Mailboxes.
names = [line.decode() for line in ok(client.list())]
assert any(line.endswith("INBOX") for line in names), names
assert ok(client.list('""', "Arch%"))[0].endswith(b"Archive")
refused(client.select, "Nowhere")
work = "Work-" + way
ok(client.create(work))
ok(client.subscribe(work))
assert any(work.encode() in line for line in ok(client.lsub()))
moved = "Moved/" + way
ok(client.rename(work, moved))
assert b"MESSAGES 0" in ok(client.status(moved, "(MESSAGES UIDNEXT)"))[0]
ok(client.delete(moved))
ok(client.unsubscribe(work))
ok(client.namespace())

# Messages.
assert int(ok(client.select("INBOX"))[0]) == 1
assert ok(client.search(None, "ALL")) == [b"1"]
client.literal = "J\u00f6rg".encode()
assert ok(client.search("UTF-8", "FROM")) == [b"1"]
assert ok(client.search(None, "SUBJECT", '"nothing like it"')) == [b""]
envelope = ok(client.fetch("1", "(ENVELOPE)"))[0].decode()
assert '"Hello"' in envelope and "=?utf-8?q?J=C3=B6rg?=" in envelope, envelope
structure = ok(client.fetch("1", "(UID BODYSTRUCTURE)"))[0].decode()
assert '"mixed"' in structure.lower() and '"a.png"' in structure, structure
whole = ok(client.fetch("1", "(BODY.PEEK[])"))[0][1]
assert whole.startswith(b"From: ") and whole.endswith(b"--b--\r\n")
part = ok(client.fetch("1", "(BODY.PEEK[2.MIME] BODY.PEEK[1])"))
assert part[0][1].startswith(b"Content-Type: image/png"), part
assert ok(client.sort("(SUBJECT)", "UTF-8", "ALL")) == [b"1"]
assert ok(client.thread("REFERENCES", "UTF-8", "ALL")) == [b"(1)"]

# A second message, by APPEND.
message = b"From: ann@example.org\r\nSubject: appended\r\n\r\nText.\r\n"
date = imaplib.Time2Internaldate(1704103200)
ok(client.append("INBOX", r"(\Flagged $Later)", date, message))
assert client.response("APPENDUID")[1][0] is not None
ok(client.noop())
assert ok(client.search(None, "KEYWORD", "$Later")) == [b"2"]
assert ok(client.uid("FETCH", "1:*", "(FLAGS INTERNALDATE)"))[1].count(b"Flagged") == 1
assert imaplib.Internaldate2tuple(ok(client.fetch("2", "(INTERNALDATE)"))[0]) is not None

# IDLE, with internal methods, since imaplib of Python 3.11 does not support it.
other = connect()
ok(other.select("INBOX"))
tag = client._new_tag()
client.send(tag + b" IDLE\r\n")
assert client._get_line().startswith(b"+ "), "no go-ahead"
ok(other.store("2", "+FLAGS", r"(\Deleted)"))
told = client._get_line()
assert told.startswith(b"* 2 FETCH ") and rb"\Deleted" in told, told
client.send(b"DONE\r\n")
done = client._get_line()
assert done.startswith(tag + b" OK "), done

# Copies and expunges.
ok(client.copy("1:2", "Archive"))
assert client.response("COPYUID")[1][0] is not None
assert ok(client.expunge()) == [b"2"]
ok(other.noop())
assert other.response("EXPUNGE")[1] == [b"2"]
ok(client.select("Archive"))
ok(client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)"))
ok(client.close())
assert b"MESSAGES 0" in ok(client.status("Archive", "(MESSAGES)"))[0]
assert client.logout()[0] == "BYE"
assert other.logout()[0] == "BYE"

# A login with a wrong password fails.
client = imaplib.IMAP4(host, int(port), timeout=10) if way != "tls" else None
if client:
    refused(client.login, "bob", "wrong")
    client.logout()
print("all done")
