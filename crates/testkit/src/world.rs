use crate::Server;
use imapclient::{Flag, Result, blocking::Client};
use std::collections::{BTreeMap, BTreeSet};

/// A user's mailboxes, as a client sees them that has just connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// The messages in each mailbox, in the order of their UIDs.
    pub mailboxes: BTreeMap<String, Vec<Seen>>,
    /// The mailboxes that are subscribed to.
    pub subscribed: BTreeSet<String>,
}

/// A message as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its UID.
    pub uid: u32,
    /// Its text.
    pub text: String,
    /// Its flags but `\Recent`.
    pub flags: BTreeSet<String>,
}

impl World {
    /// Looks at all mailboxes of a user through a new connection.
    ///
    /// ```
    /// use imapclient_testkit::{Server, World};
    ///
    /// let server = Server::builder()
    ///     .user("bob", "sekret")
    ///     .mailbox("INBOX", |m| m.message("Subject: Hello\n\n"))
    ///     .start();
    /// let world = World::seen(&server, "bob")?;
    /// assert_eq!(world.mailboxes["INBOX"][0].text, "Subject: Hello\r\n\r\n");
    /// # Ok::<(), imapclient::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the client.
    ///
    /// # Panics
    ///
    /// If there is no such user.
    pub fn seen(server: &Server, user: &str) -> Result<Self> {
        let mut client = server
            .builder_for::<Client>(user)
            .port(server.addr().port())
            .dangerous_plaintext()
            .connect()?;
        let mut world = Self::default();
        for listed in client.list("", "*")? {
            client.examine(listed.name.clone())?;
            let fetched = client.fetch("1:*", "FLAGS BODY.PEEK[]")?;
            let messages = fetched.into_iter().map(|(uid, message)| Seen {
                uid,
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

    /// Returns the same with all UIDs 0, to compare mailboxes whose messages were copied.
    #[must_use]
    pub fn without_uids(mut self) -> Self {
        for message in self.mailboxes.values_mut().flatten() {
            message.uid = 0;
        }
        self
    }
}
