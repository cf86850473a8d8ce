"""One session with IMAPClient: WAY HOST PORT CA_FILE."""

import ssl
import sys

from imapclient import DELETED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

way, host, port, ca_file = sys.argv[1:]


def connect():
    context = ssl.create_default_context(cafile=ca_file)
    client = IMAPClient(
        host, port=int(port), ssl=way == "tls", ssl_context=context, timeout=10
    )
    if way == "starttls":
        client.starttls(context)
    return client


def refused(error, call, *arguments):
    try:
        answer = call(*arguments)
    except error:
        return
    raise AssertionError(answer)


client = connect()
refused(LoginError, client.login, "bob", "wrong")
client.login("bob", "sekret")
assert client.has_capability("UIDPLUS") and not client.has_capability("X-NOTHING")
assert client.namespace().personal == (("", "/"),)
assert b"name" in client.id_({"name": "test"})[0]

# Mailboxes, one of them with a name that is written in modified UTF-7.
work = "Entwürfe & mehr/" + way
client.create_folder(work)
assert client.folder_exists(work)
client.subscribe_folder(work)
assert work in [name for _, _, name in client.list_sub_folders()]
renamed = work + " \"neu\""
client.rename_folder(work, renamed)
assert renamed in [name for _, delimiter, name in client.list_folders() if delimiter == b"/"]
assert client.folder_status(renamed, ["MESSAGES", "UIDNEXT"])[b"MESSAGES"] == 0
client.unsubscribe_folder(work)
assert client.find_special_folder(b"\\Archive") == "Archive"
refused(IMAPClientError, client.select_folder, "Nowhere")

# Messages.
opened = client.select_folder("INBOX")
assert opened[b"EXISTS"] == 1 and opened[b"READ-WRITE"], opened
assert client.search() == [1]
assert client.search(["FROM", "Jörg"], "UTF-8") == [1]
assert client.search(["NOT", ["SUBJECT", "Hello"]]) == []
assert client.sort("REVERSE SIZE") == [1]
assert client.thread() == ((1,),)
data = client.fetch(1, ["ENVELOPE", "BODYSTRUCTURE", "RFC822.SIZE", "FLAGS", "INTERNALDATE"])[1]
envelope = data[b"ENVELOPE"]
assert envelope.subject == b"Hello" and envelope.from_[0].mailbox == b"joerg", envelope
assert envelope.date.year == 2024
structure = data[b"BODYSTRUCTURE"]
assert structure.is_multipart and structure[0][1][1].upper() == b"PNG", structure
whole = client.fetch(1, ["BODY.PEEK[]"])[1][b"BODY[]"]
assert len(whole) == data[b"RFC822.SIZE"]
assert client.fetch(1, ["BODY.PEEK[]<5.7>"])[1][b"BODY[]<5>"] == whole[5:12]

# Flags, one more message, copies.
assert SEEN in client.add_flags(1, SEEN)[1]
assert client.get_flags(1)[1].count(SEEN) == 1
assert SEEN not in client.remove_flags(1, SEEN)[1]
assert b"APPENDUID" in client.append("INBOX", b"Subject: two\r\n\r\n", ["$Later"])
client.noop()
uid = client.search(["KEYWORD", "$Later"])[0]
client.copy([1, uid], renamed)
assert client.folder_status(renamed)[b"MESSAGES"] == 2
# One message only, since IMAPClient writes two blanks between messages, which is invalid.
client.multiappend(renamed, [b"Subject: three\r\n\r\n"])

# Changes by another connection are reported during IDLE.
other = connect()
other.login("bob", "sekret")
other.select_folder("INBOX")
client.idle()
other.append("INBOX", b"Subject: news\r\n\r\n")
assert (3, b"EXISTS") in client.idle_check(timeout=10)
client.idle_done()

# Removing.
other.move(other.search(["SUBJECT", "news"]), renamed)
client.delete_messages(uid)
client.uid_expunge([uid])
client.noop()
assert client.search() == [1]
client.close_folder()
client.select_folder(renamed)
assert len(client.search()) == 4
client.set_flags(client.search(), DELETED, silent=True)
client.expunge()
client.unselect_folder()
assert client.folder_status(renamed)[b"MESSAGES"] == 0
client.delete_folder(renamed)

# Rights and quotas.
assert client.getacl("Archive")[0][0] == b"bob"
client.setacl("Archive", "fred", "lr")
assert (b"fred", b"lr") in client.getacl("Archive")
roots, quotas = client.get_quota_root("INBOX")
assert roots.quota_roots and quotas[0].resource == "STORAGE", (roots, quotas)

other.logout()
client.logout()
print("all done")
