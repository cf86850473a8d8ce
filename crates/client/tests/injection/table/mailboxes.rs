//! Mailboxes, access control and quotas.

use imapclient::{
    Attribute, Known, ListOptions, Notify, NotifyEvent, Rights, RightsChange, Scope, SelectOptions,
    StatusItem, UidSet,
};

use super::{
    Expected::{Spelled, Within, Words},
    Row, row,
};

pub(super) fn mailboxes() -> Vec<Row> {
    vec![
        row(
            "list",
            "reference",
            Words("LIST <name> <x>"),
            |client, text| client.list(text, "x").map(drop),
        ),
        row(
            "list",
            "pattern",
            Words("LIST <x> <name>"),
            |client, text| client.list("x", text).map(drop),
        ),
        row(
            "list_with",
            "options",
            Within("LIST <name> (<x> <name>) RETURN (METADATA (/x))"),
            |client, text| {
                let options = ListOptions::new(text, "x")
                    .pattern(text)
                    .with_metadata(["/x"]);
                client.list_with(options).map(drop)
            },
        ),
        row(
            "notify",
            "events",
            Within(
                "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange)) \
                 (MAILBOXES <name> (MailboxName))",
            ),
            |client, text| {
                let events = [NotifyEvent::MailboxName];
                let news = Notify::new().on(Scope::Mailboxes(vec![text.into()]), events);
                client.notify(&news)?.done()
            },
        )
        .then(Spelled(
            "NOTIFY SET (SELECTED-DELAYED (MessageNew MessageExpunge FlagChange))",
        )),
        row(
            "list_status",
            "reference",
            Words("LIST <name> <x>"),
            |client, text| {
                let items = [StatusItem::Messages];
                client.list_status(text, "x", items).map(drop)
            },
        ),
        row(
            "list_status",
            "pattern",
            Words("LIST <x> <name>"),
            |client, text| {
                let items = [StatusItem::Messages];
                client.list_status("x", text, items).map(drop)
            },
        ),
        row(
            "lsub",
            "reference",
            Words("LSUB <name> <x>"),
            |client, text| client.lsub(text, "x").map(drop),
        ),
        row(
            "lsub",
            "pattern",
            Words("LSUB <x> <name>"),
            |client, text| client.lsub("x", text).map(drop),
        ),
        row(
            "xlist",
            "reference",
            Words("XLIST <name> <x>"),
            |client, text| client.xlist(text, "x").map(drop),
        ),
        row(
            "xlist",
            "pattern",
            Words("XLIST <x> <name>"),
            |client, text| client.xlist("x", text).map(drop),
        ),
        row(
            "find_special_mailbox",
            "special",
            Within("XLIST \"\" \"*\""),
            |client, text| {
                client
                    .find_special_mailbox(Attribute::Other(text.to_owned()))
                    .map(drop)
            },
        ),
        row(
            "mailbox_exists",
            "mailbox",
            Within("LIST \"\" <name>"),
            |client, text| client.mailbox_exists(text).map(drop),
        ),
        row(
            "create",
            "mailbox",
            Words("CREATE <name>"),
            |client, text| client.create(text),
        ),
        row(
            "delete",
            "mailbox",
            Words("DELETE <name>"),
            |client, text| client.delete(text),
        ),
        row(
            "rename",
            "from",
            Words("RENAME <name> <x>"),
            |client, text| client.rename(text, "x"),
        ),
        row(
            "rename",
            "to",
            Words("RENAME <x> <name>"),
            |client, text| client.rename("x", text),
        ),
        row(
            "subscribe",
            "mailbox",
            Words("SUBSCRIBE <name>"),
            |client, text| client.subscribe(text),
        ),
        row(
            "unsubscribe",
            "mailbox",
            Words("UNSUBSCRIBE <name>"),
            |client, text| client.unsubscribe(text),
        ),
        row(
            "select",
            "mailbox",
            Words("SELECT <name>"),
            |client, text| client.select(text).map(drop),
        ),
        row(
            "examine",
            "mailbox",
            Words("EXAMINE <name>"),
            |client, text| client.examine(text).map(drop),
        ),
        row(
            "select_with",
            "mailbox",
            Words("EXAMINE <name>"),
            |client, text| {
                let options = SelectOptions::new().read_only();
                client.select_with(text, options).map(drop)
            },
        ),
        row(
            "resync",
            "mailbox",
            Words("SELECT <name>"),
            |client, text| {
                let known = Known::new(1, UidSet::new());
                client.resync(text, &known).map(drop)
            },
        ),
        row(
            "status",
            "mailbox",
            Words("STATUS <name> (MESSAGES)"),
            |client, text| client.status(text, [StatusItem::Messages]).map(drop),
        ),
        row(
            "status_all",
            "mailboxes",
            Words("STATUS <name> (MESSAGES)"),
            |client, text| {
                let mut all = client.status_all([text], [StatusItem::Messages])?;
                all.remove(0).1.map(drop)
            },
        ),
    ]
}

pub(super) fn access() -> Vec<Row> {
    vec![
        row(
            "get_acl",
            "mailbox",
            Words("GETACL <name>"),
            |client, text| client.get_acl(text).map(drop),
        ),
        row(
            "set_acl",
            "mailbox",
            Words("SETACL <name> <x> <+r>"),
            |client, text| client.set_acl(text, "x", RightsChange::Add(Rights::READ)),
        ),
        row(
            "set_acl",
            "identifier",
            Words("SETACL <x> <text> <+r>"),
            |client, text| client.set_acl("x", text, RightsChange::Add(Rights::READ)),
        ),
        row(
            "delete_acl",
            "mailbox",
            Words("DELETEACL <name> <x>"),
            |client, text| client.delete_acl(text, "x"),
        ),
        row(
            "delete_acl",
            "identifier",
            Words("DELETEACL <x> <text>"),
            |client, text| client.delete_acl("x", text),
        ),
        row(
            "list_rights",
            "mailbox",
            Words("LISTRIGHTS <name> <x>"),
            |client, text| client.list_rights(text, "x").map(drop),
        ),
        row(
            "list_rights",
            "identifier",
            Words("LISTRIGHTS <x> <text>"),
            |client, text| client.list_rights("x", text).map(drop),
        ),
        row(
            "my_rights",
            "mailbox",
            Words("MYRIGHTS <name>"),
            |client, text| client.my_rights(text).map(drop),
        ),
        row("quota", "root", Words("GETQUOTA <text>"), |client, text| {
            client.quota(text).map(drop)
        }),
        row(
            "quota_root",
            "mailbox",
            Words("GETQUOTAROOT <name>"),
            |client, text| client.quota_root(text).map(drop),
        ),
        row(
            "set_quota",
            "root",
            Words("SETQUOTA <text> (<STORAGE> 1)"),
            |client, text| client.set_quota(text, [("STORAGE", 1)]).map(drop),
        ),
        row(
            "set_quota",
            "limits",
            Words("SETQUOTA <x> (<text> 1)"),
            |client, text| client.set_quota("x", [(text, 1)]).map(drop),
        ),
    ]
}
