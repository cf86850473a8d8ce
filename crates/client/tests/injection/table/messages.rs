//! Messages: uploading, fetching and changing them.

use imapclient::{Append, AppendStream, FetchItems, Flag, FlagChange, LabelChange, SeqSet, UidSet};

use super::{
    Expected::{Set, Spelled, Within, Words},
    Row, row,
};

pub(super) fn messages() -> Vec<Row> {
    vec![
        row(
            "append",
            "mailbox",
            Words("APPEND <name> <x>"),
            |client, text| client.append(text, "x").map(drop),
        ),
        row(
            "append",
            "message",
            Words("APPEND <x> <text>"),
            |client, text| client.append("x", text).map(drop),
        ),
        row(
            "append",
            "message",
            Words("APPEND <x> <text>"),
            |client, text| client.append("x", Append::from(text).binary()).map(drop),
        ),
        row(
            "append",
            "message",
            Within("APPEND <x> UTF8 (<text>)"),
            |client, text| client.append("x", Append::from(text).utf8()).map(drop),
        ),
        row(
            "append",
            "message",
            Words("APPEND <x> (<flag>) <y>"),
            |client, text| client.append("x", Append::from("y").flags(text)).map(drop),
        ),
        row(
            "append_all",
            "mailbox",
            Within("APPEND <name> <one> <two>"),
            |client, text| client.append_all(text, ["one", "two"]).map(drop),
        ),
        row(
            "append_all",
            "messages",
            Within("APPEND <x> <text> <text>"),
            |client, text| client.append_all("x", [text, text]).map(drop),
        ),
        row(
            "append_all_or_none",
            "mailbox",
            Within("APPEND <name> <one> <two>"),
            |client, text| client.append_all_or_none(text, ["one", "two"]).map(drop),
        ),
        row(
            "append_all_or_none",
            "messages",
            Within("APPEND <x> <text> <text>"),
            |client, text| client.append_all_or_none("x", [text, text]).map(drop),
        ),
        row(
            "append_each",
            "mailbox",
            Words("APPEND <name> <x>"),
            |client, text| {
                let mut uploads = client.append_each(text, ["x"])?;
                uploads.next().map_or(Ok(()), |stored| stored.map(drop))
            },
        ),
        row(
            "append_each",
            "messages",
            Words("APPEND <x> <text>"),
            |client, text| {
                let mut uploads = client.append_each("x", [text])?;
                uploads.next().map_or(Ok(()), |stored| stored.map(drop))
            },
        ),
        row(
            "append_from",
            "mailbox",
            Words("APPEND <name> <x>"),
            |client, text| {
                let message = AppendStream::new(1);
                client.append_from(text, message, &b"x"[..]).map(drop)
            },
        ),
        row(
            "append_from",
            "message",
            Words("APPEND <x> (<flag>) <y>"),
            |client, text| {
                let message = AppendStream::new(1).flags(text);
                client.append_from("x", message, &b"y"[..]).map(drop)
            },
        ),
        row(
            "append_from",
            "reader",
            Words("APPEND <x> <text>"),
            |client, text| {
                let message = AppendStream::new(text.len() as u64).binary();
                client.append_from("x", message, text.as_bytes()).map(drop)
            },
        ),
        row(
            "upload",
            "mailbox",
            Words("APPEND <name> <x>"),
            |client, text| {
                let mut upload = client.upload(text, AppendStream::new(1))?;
                upload.write(b"x")?;
                upload.finish().map(drop)
            },
        ),
        row(
            "upload",
            "message",
            Words("APPEND <x> (<flag>) <y>"),
            |client, text| {
                let mut upload = client.upload("x", AppendStream::new(1).flags(text))?;
                upload.write(b"y")?;
                upload.finish().map(drop)
            },
        ),
        row(
            "write",
            "bytes",
            Words("APPEND <x> <text>"),
            |client, text| {
                let message = AppendStream::new(text.len() as u64).binary();
                let mut upload = client.upload("x", message)?;
                upload.write(text.as_bytes())?;
                upload.finish().map(drop)
            },
        ),
        row(
            "copy",
            "messages",
            Set("UID COPY <set> <x>"),
            |client, text| client.copy(text, "x").map(drop),
        )
        .fits("1:3"),
        row("copy", "to", Words("COPY 1 <name>"), |client, text| {
            client.copy(SeqSet::from(1), text).map(drop)
        }),
        row(
            "move_to",
            "messages",
            Set("UID MOVE <set> <x>"),
            |client, text| client.move_to(text, "x").map(drop),
        )
        .fits("1:3"),
        row(
            "move_to",
            "to",
            Words("UID MOVE 1 <name>"),
            |client, text| client.move_to(1, text).map(drop),
        ),
        row(
            "uid_expunge",
            "uids",
            Set("UID EXPUNGE <set>"),
            |client, text| client.uid_expunge(text.parse::<UidSet>()?).map(drop),
        )
        // This checks whether they were removed.
        .then(Set("UID SEARCH UID <set>"))
        .fits("1:3"),
        row(
            "dangerous_expunge_shared",
            "uids",
            Set("UID SEARCH UID <set>"),
            |client, text| {
                client
                    .dangerous_expunge_shared(text.parse::<UidSet>()?)
                    .map(drop)
            },
        )
        .fits("1:3"),
    ]
}

pub(super) fn data() -> Vec<Row> {
    vec![
        row(
            "fetch",
            "messages",
            Set("UID FETCH <set> (UID FLAGS)"),
            |client, text| client.fetch(text, "FLAGS").map(drop),
        )
        .fits("1:3"),
        row(
            "fetch_each",
            "messages",
            Set("UID FETCH <set> (UID FLAGS)"),
            |client, text| client.fetch_each(text, "FLAGS")?.next_whole().map(drop),
        )
        .fits("1:3"),
        row(
            "fetch_each",
            "items",
            Within("UID FETCH 1 (...)"),
            |client, text| client.fetch_each(1, text)?.next_whole().map(drop),
        ),
        row(
            "fetch",
            "items",
            Within("UID FETCH 1 (...)"),
            |client, text| client.fetch(1, text).map(drop),
        ),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID {})"),
            |client, text| client.fetch(1, FetchItems::new().item(text)).map(drop),
        ),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BODY.PEEK[{}])"),
            |client, text| client.fetch(1, FetchItems::new().section(text)).map(drop),
        )
        .fits("HEADER.FIELDS (TO)"),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BINARY.PEEK[{}])"),
            |client, text| client.fetch(1, FetchItems::new().binary(text)).map(drop),
        )
        .fits("1.2"),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BINARY.SIZE[{}])"),
            |client, text| {
                client
                    .fetch(1, FetchItems::new().binary_size(text))
                    .map(drop)
            },
        )
        .fits("1.2"),
        row(
            "fetch_one",
            "items",
            Within("UID FETCH 1 (...)"),
            |client, text| client.fetch_one(1, text).map(drop),
        ),
        row(
            "fetch_one",
            "items",
            Spelled("UID FETCH 1 (UID {})"),
            |client, text| client.fetch_one(1, FetchItems::new().item(text)).map(drop),
        ),
        row(
            "fetch_many",
            "requests",
            Set("UID FETCH <set> (UID FLAGS)"),
            |client, text| client.fetch_many([(text, "FLAGS")])?.remove(0).map(drop),
        )
        .fits("1:3"),
        row(
            "fetch_many",
            "requests",
            Within("UID FETCH 1 (...)"),
            |client, text| client.fetch_many([(1, text)])?.remove(0).map(drop),
        ),
        row(
            "flags",
            "messages",
            Set("UID FETCH <set> (UID FLAGS)"),
            |client, text| client.flags(text).map(drop),
        )
        .fits("1:3"),
        row(
            "labels",
            "messages",
            Set("UID FETCH <set> (UID X-GM-LABELS)"),
            |client, text| client.labels(text).map(drop),
        )
        .fits("1:3"),
        row(
            "store",
            "messages",
            Set("UID STORE <set> +FLAGS (\\Seen)"),
            |client, text| client.store(text, FlagChange::add(Flag::Seen)).map(drop),
        )
        .fits("1:3"),
        row(
            "store",
            "change",
            Words("UID STORE 1 +FLAGS (<flag>)"),
            |client, text| client.store(1, FlagChange::add(text)).map(drop),
        ),
        row(
            "add_flags",
            "messages",
            Set("UID STORE <set> +FLAGS (\\Seen)"),
            |client, text| client.add_flags(text, Flag::Seen).map(drop),
        )
        .fits("1:3"),
        row(
            "add_flags",
            "flags",
            Words("UID STORE 1 +FLAGS (<flag>)"),
            |client, text| client.add_flags(1, text).map(drop),
        ),
        row(
            "remove_flags",
            "messages",
            Set("UID STORE <set> -FLAGS (\\Seen)"),
            |client, text| client.remove_flags(text, Flag::Seen).map(drop),
        )
        .fits("1:3"),
        row(
            "remove_flags",
            "flags",
            Words("UID STORE 1 -FLAGS (<flag>)"),
            |client, text| client.remove_flags(1, text).map(drop),
        ),
        row(
            "set_flags",
            "messages",
            Set("UID STORE <set> FLAGS (\\Seen)"),
            |client, text| client.set_flags(text, Flag::Seen).map(drop),
        )
        .fits("1:3"),
        row(
            "set_flags",
            "flags",
            Words("UID STORE 1 FLAGS (<flag>)"),
            |client, text| client.set_flags(1, text).map(drop),
        ),
        row(
            "mark_deleted",
            "messages",
            Set("UID STORE <set> +FLAGS (\\Deleted)"),
            |client, text| client.mark_deleted(text).map(drop),
        )
        .fits("1:3"),
        row(
            "store_labels",
            "messages",
            Set("UID STORE <set> +X-GM-LABELS (<x>)"),
            |client, text| client.store_labels(text, LabelChange::add(["x"])).map(drop),
        )
        .fits("1:3"),
        row(
            "store_labels",
            "change",
            Words("UID STORE 1 X-GM-LABELS (<name>)"),
            |client, text| {
                client
                    .store_labels(1, LabelChange::replace([text]))
                    .map(drop)
            },
        ),
    ]
}
