//! The mailboxes and the calls.

use std::{fmt, net::SocketAddr};

use imapclient::{Builder, Error, Moved, Removed, UidSet, blocking::Client};
use imapclient_testkit::{Mail, Mishap, Profile, Rule, Server};

/// The mailbox to which messages are moved.
pub(crate) const TO: &str = "Target";
/// The UIDs of the messages that the call is about.
pub(crate) const OURS: [u32; 4] = [1, 3, 5, 6];

/// The way in which messages are moved or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As the server can.
    Usual,
    /// Without MOVE.
    Emulated,
    /// Without MOVE, and without the new UIDs.
    Untold,
    /// Without MOVE and UIDPLUS.
    Marked,
    /// Without MOVE, UIDPLUS and the new UIDs.
    MarkedUntold,
    /// Messages are marked and removed, and not moved.
    Remove,
    /// The same without UIDPLUS, while the marks of others are taken off.
    RemoveShared,
}

/// A call on a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) way: Way,
    pub(crate) profile: Option<Profile>,
}

/// The result of a call.
#[derive(Debug)]
pub(crate) enum Told {
    Moved(Moved),
    /// The removed messages, and those of others whose flag is missing.
    Removed(Removed, UidSet),
}

impl Way {
    pub(crate) const ALL: [Self; 7] = [
        Self::Usual,
        Self::Emulated,
        Self::Untold,
        Self::Marked,
        Self::MarkedUntold,
        Self::Remove,
        Self::RemoveShared,
    ];

    fn lacks(self) -> &'static [&'static str] {
        match self {
            Self::Usual | Self::Remove => &[],
            Self::Emulated | Self::Untold => &["MOVE"],
            Self::Marked | Self::MarkedUntold => &["MOVE", "UIDPLUS"],
            Self::RemoveShared => &["UIDPLUS"],
        }
    }
}

impl Scene {
    /// Starts the server. INBOX has messages of the call and of others, one of which another client
    /// has marked as deleted.
    pub(crate) fn server(self) -> Server {
        let mut builder = Server::builder().user("bob", "sekret");
        if let Some(profile) = self.profile {
            builder = builder.profile(profile);
        }
        for capability in self.way.lacks() {
            builder = builder.forget_capability(capability);
        }
        let server = builder
            .mailbox("INBOX", |inbox| {
                inbox
                    .message(Mail::from(with_id("same", "one")).flag("\\Seen"))
                    .message(Mail::from(with_id("theirs", "two")).flag("\\Deleted"))
                    .message(Mail::from(
                        "Subject: three\r\n\r\n* BYE\r\n)\r\nA1 OK done\r\n",
                    ))
                    .message(Mail::from(with_id("other", "four")).flag("\\Flagged"))
                    .message(Mail::from(with_id("same", "eno")))
                    .message(Mail::from(with_id("six", "six")))
            })
            .mailbox(TO, |target| target.message(with_id("there", "before")))
            .start();
        if matches!(self.way, Way::Untold | Way::MarkedUntold) {
            let rule = Rule::on("UID COPY");
            let gate = imapclient_testkit::Gate::new();
            server.add_rule(Mishap::NoUids.rule(rule, Default::default(), &gate));
        }
        server
    }

    /// Connects and opens INBOX.
    pub(crate) fn open(self, addr: SocketAddr) -> Result<Client, Error> {
        let builder: Builder<Client> = Builder::new("127.0.0.1")
            .port(addr.port())
            .dangerous_plaintext()
            .login("bob", "sekret".to_owned());
        let mut client = builder.connect()?;
        client.select("INBOX")?;
        Ok(client)
    }

    /// Makes the call.
    pub(crate) fn call(self, client: &mut Client) -> Result<Told, Error> {
        if self.way == Way::RemoveShared {
            let gone = client.dangerous_expunge_shared(OURS)?;
            return Ok(Told::Removed(gone.removed, gone.unmarked));
        }
        if self.way == Way::Remove {
            if !client.has_capability("UIDPLUS")? {
                return Ok(Told::Removed(Removed::default(), UidSet::new()));
            }
            client.mark_deleted(OURS)?;
            let removed = client.uid_expunge(OURS)?;
            return Ok(Told::Removed(removed, UidSet::new()));
        }
        client.move_to(OURS, TO).map(Told::Moved)
    }
}

fn with_id(id: &str, text: &str) -> String {
    format!("Message-ID: <{id}@x>\r\nSubject: {text}\r\n\r\n{text}\r\n")
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.profile {
            Some(profile) => write!(f, "{profile}, {:?}", self.way),
            None => write!(f, "{:?}", self.way),
        }
    }
}
