//! The mailboxes of a user as a second client sees them. The tests of the program use this too.

use std::collections::{BTreeMap, BTreeSet};

use imapclient::{Builder, Flag, Result, blocking::Client};
use imapclient_testkit::Server;

/// The mailboxes of a user as a new client sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct World {
    /// The messages in each mailbox, in the order of their UIDs.
    pub(crate) mailboxes: BTreeMap<String, Vec<Seen>>,
    /// The subscribed mailboxes.
    pub(crate) subscribed: BTreeSet<String>,
}

/// A message as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Its UID.
    pub(crate) uid: u32,
    /// Its text.
    pub(crate) text: String,
    /// Its flags except `\Recent`.
    pub(crate) flags: BTreeSet<String>,
}

impl World {
    /// Reads all mailboxes of a user on a new connection.
    pub(crate) fn seen(server: &Server, user: &str) -> Result<Self> {
        let builder: Builder<Client> = Builder::new("127.0.0.1")
            .port(server.addr().port())
            .dangerous_plaintext()
            .login(user, server.password(user).to_owned());
        let mut client = builder.connect()?;
        let mut world = Self::default();
        for listed in client.list("", "*")? {
            client.examine(listed.name.clone())?;
            let fetched = client.fetch("1:*", "FLAGS BODY.PEEK[]")?;
            let messages = fetched.into_iter().map(|(uid, message)| Seen {
                uid: uid.get(),
                text: String::from_utf8_lossy(message.body().unwrap_or_default()).into_owned(),
                flags: message
                    .flags()
                    .into_iter()
                    .flat_map(|flags| flags.iter())
                    .filter(|flag| *flag != Flag::Recent)
                    .map(|flag| flag.as_str().to_owned())
                    .collect(),
            });
            let messages = messages.collect();
            world.mailboxes.insert(listed.name.to_string(), messages);
        }
        let subscribed = client.lsub("", "*")?;
        world.subscribed = subscribed
            .into_iter()
            .map(|listed| listed.name.to_string())
            .collect();
        client.logout()?;
        Ok(world)
    }

    /// Returns the same with all UIDs set to 0, to compare mailboxes whose messages were copied.
    #[must_use]
    pub(crate) fn without_uids(mut self) -> Self {
        for message in self.mailboxes.values_mut().flatten() {
            message.uid = 0;
        }
        self
    }
}
