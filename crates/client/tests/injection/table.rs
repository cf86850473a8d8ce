//! Every argument of every method that text can come in by.

use imapclient::{
    Append, Attribute, Error, Flag, FlagChange, Id, Items, LabelChange, Login, Rights,
    RightsChange, SearchKey, SeqSet, SortKey, StatusItem, ThreadAlgorithm,
    auth::{self, Mechanism, Plain, Token, TokenError, TokenSource, secrecy::zeroize::Zeroizing},
    blocking::Client,
};

use crate::judge::Outcome;

/// What the client has to be at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Phase {
    /// Nobody is logged in.
    Stranger,
    /// Somebody is, and no mailbox is open.
    Member,
    /// A mailbox is open.
    Reader,
}

/// What is to arrive of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// These words, the text among them, in whatever form a server reads as it.
    Words(&'static str),
    /// This line, with the text as it is in place of `{}`.
    Spelled(&'static str),
    /// These words, one of which is a list with anything in it.
    Within(&'static str),
    /// These words, the text among them as the set that it is.
    Set(&'static str),
    /// A mechanism's name and what it says, with the text in place of `{}`.
    Sasl(&'static str, &'static str),
    /// Nothing.
    Nothing,
}

/// One argument.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) argument: &'static str,
    pub(crate) phase: Phase,
    pub(crate) expected: Expected,
    /// A text that it takes.
    pub(crate) fits: &'static str,
    pub(crate) call: fn(&mut Client, &str) -> Result<(), Error>,
}

impl Row {
    fn at(mut self, phase: Phase) -> Self {
        self.phase = phase;
        self
    }

    fn fits(mut self, text: &'static str) -> Self {
        self.fits = text;
        self
    }

    /// What becomes of a text that fits.
    pub(crate) fn usually(&self) -> Outcome {
        match self.expected {
            Nothing => Outcome::Kept,
            _ => Outcome::Sent,
        }
    }
}

fn row(
    method: &'static str,
    argument: &'static str,
    expected: Expected,
    call: fn(&mut Client, &str) -> Result<(), Error>,
) -> Row {
    Row {
        method,
        argument,
        phase: Phase::Reader,
        expected,
        fits: "abc",
        call,
    }
}

/// All of them. `cargo xtask parity` sees that none is missing.
pub(crate) fn table() -> Vec<Row> {
    [
        session(),
        mailboxes(),
        access(),
        messages(),
        data(),
        search(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

use Expected::{Nothing, Sasl, Set, Spelled, Within, Words};

fn session() -> Vec<Row> {
    vec![
        row("has_capability", "name", Nothing, |client, text| {
            client.has_capability(text).map(drop)
        }),
        row(
            "enable",
            "extensions",
            Words("ENABLE <text>"),
            |client, text| client.enable(&[text]).map(drop),
        )
        .at(Phase::Member),
        row("id", "ours", Words("ID (<text> <x>)"), |client, text| {
            client.id([(text, "x")]).map(drop)
        }),
        row("id", "ours", Words("ID (<x> <text>)"), |client, text| {
            client.id(Id::from_iter([("x", text)])).map(drop)
        })
        .at(Phase::Stranger),
        row(
            "login",
            "username",
            Words("LOGIN <text> <x>"),
            |client, text| client.login(text, "x"),
        )
        .at(Phase::Stranger),
        row(
            "login",
            "password",
            Words("LOGIN <x> <text>"),
            |client, text| client.login("x", text),
        )
        .at(Phase::Stranger),
        row(
            "authenticate",
            "mechanism",
            Spelled("AUTHENTICATE {}"),
            |client, text| client.authenticate(Named(text.to_owned())),
        )
        .at(Phase::Stranger),
        row(
            "authenticate",
            "mechanism",
            Sasl("PLAIN", "{}\0x\0y"),
            |client, text| client.authenticate(Plain::new("x", "y".into()).authorization(text)),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("PLAIN", "\0{}\0x"),
            |client, text| client.login_with(Login::auto(text, "x")),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("PLAIN", "\0x\0{}"),
            |client, text| client.login_with(Login::auto("x", text)),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Words("LOGIN <text> <x>"),
            |client, text| client.login_with(Login::command(text, "x")),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("XOAUTH2", "user={}\x01auth=Bearer x\x01\x01"),
            |client, text| client.login_with(Login::xoauth2(text, Known("x".to_owned()))),
        )
        .at(Phase::Stranger),
        row(
            "login_with",
            "login",
            Sasl("XOAUTH2", "user=x\x01auth=Bearer {}\x01\x01"),
            |client, text| client.login_with(Login::xoauth2("x", Known(text.to_owned()))),
        )
        .at(Phase::Stranger),
        row("raw", "command", Spelled("{}"), |client, text| {
            client.raw(text).map(drop)
        }),
    ]
}

fn mailboxes() -> Vec<Row> {
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
            Within("XLIST \"\" *"),
            |client, text| {
                client
                    .find_special_mailbox(Attribute::Other(text.to_owned()))
                    .map(drop)
            },
        ),
        row(
            "exists",
            "mailbox",
            Within("LIST \"\" <name>"),
            |client, text| client.exists(text).map(drop),
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
            "status",
            "mailbox",
            Words("STATUS <name> (MESSAGES)"),
            |client, text| client.status(text, &[StatusItem::Messages]).map(drop),
        ),
    ]
}

fn access() -> Vec<Row> {
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

fn messages() -> Vec<Row> {
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
            |client, text| client.uid_expunge(text).map(drop),
        )
        .fits("1:3"),
    ]
}

fn data() -> Vec<Row> {
    vec![
        row(
            "fetch",
            "messages",
            Set("UID FETCH <set> (UID FLAGS)"),
            |client, text| client.fetch(text, "FLAGS").map(drop),
        )
        .fits("1:3"),
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
            |client, text| client.fetch(1, Items::new().item(text)).map(drop),
        ),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BODY.PEEK[{}])"),
            |client, text| client.fetch(1, Items::new().section(text)).map(drop),
        )
        .fits("HEADER.FIELDS (TO)"),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BINARY.PEEK[{}])"),
            |client, text| client.fetch(1, Items::new().binary(text)).map(drop),
        )
        .fits("1.2"),
        row(
            "fetch",
            "items",
            Spelled("UID FETCH 1 (UID BINARY.SIZE[{}])"),
            |client, text| client.fetch(1, Items::new().binary_size(text)).map(drop),
        )
        .fits("1.2"),
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

fn search() -> Vec<Row> {
    vec![
        row(
            "search",
            "query",
            Spelled("UID SEARCH {}"),
            |client, text| client.search(text).map(drop),
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH SUBJECT <text>"),
            |client, text| client.search(SearchKey::Subject(text.into())).map(drop),
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH NOT HEADER <x> <text>"),
            |client, text| {
                client
                    .search(!SearchKey::Header("x".into(), text.into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH HEADER <text> <x>"),
            |client, text| {
                client
                    .search(SearchKey::Header(text.into(), "x".into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH OR SEEN KEYWORD <flag>"),
            |client, text| {
                client
                    .search(SearchKey::Seen | SearchKey::Keyword(text.into()))
                    .map(drop)
            },
        ),
        row(
            "search",
            "query",
            Words("UID SEARCH X-GM-LABELS <name>"),
            |client, text| client.search(SearchKey::GmailLabel(text.into())).map(drop),
        ),
        row(
            "gmail_search",
            "query",
            Words("UID SEARCH X-GM-RAW <text>"),
            |client, text| client.gmail_search(text).map(drop),
        ),
        row(
            "sort",
            "query",
            Spelled("UID SORT (DATE) UTF-8 {}"),
            |client, text| client.sort([SortKey::Date], text).map(drop),
        ),
        row(
            "sort",
            "query",
            Words("UID SORT (DATE) UTF-8 TO <text>"),
            |client, text| {
                client
                    .sort([SortKey::Date], SearchKey::To(text.into()))
                    .map(drop)
            },
        ),
        row(
            "thread",
            "algorithm",
            Words("UID THREAD <text> UTF-8 ALL"),
            |client, text| {
                client
                    .thread(ThreadAlgorithm::Other(text.into()), "ALL")
                    .map(drop)
            },
        ),
        row(
            "thread",
            "query",
            Spelled("UID THREAD REFERENCES UTF-8 {}"),
            |client, text| client.thread(ThreadAlgorithm::References, text).map(drop),
        ),
        row(
            "thread",
            "query",
            Words("UID THREAD <REFERENCES> UTF-8 FROM <text>"),
            |client, text| {
                let query = SearchKey::From(text.into());
                client.thread(ThreadAlgorithm::References, query).map(drop)
            },
        ),
    ]
}

/// A mechanism of this name that lets the server begin.
struct Named(String);

impl Mechanism for Named {
    fn name(&self) -> &str {
        &self.0
    }

    fn initial(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, auth::Error> {
        Ok(None)
    }

    fn respond(&mut self, challenge: &[u8]) -> Result<Zeroizing<Vec<u8>>, auth::Error> {
        Ok(challenge.to_vec().into())
    }

    fn finish(&mut self) -> Result<(), auth::Error> {
        Ok(())
    }
}

/// A token that is at hand.
struct Known(String);

impl TokenSource for Known {
    fn token(&self, _refused: Option<&Token>) -> Result<Token, TokenError> {
        Ok(Token::fresh(self.0.clone().into()))
    }
}
