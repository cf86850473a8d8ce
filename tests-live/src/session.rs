use std::ops::{Deref, DerefMut};

use imapclient::{Append, SearchKey};
use imapclient_test_macros::faces;

use crate::{Context, Stop, patience::Patience};

/// A client of either face, as far as both are the same.
pub trait Face {
    /// What was said last, secrets left out.
    fn wire_lines(&self) -> Vec<String>;
}

/// A client for a trial: what was said on it is shown if the trial fails.
#[derive(Debug)]
pub struct Session<'a, C: Face> {
    context: &'a Context,
    /// Gone after the logout.
    client: Option<C>,
}

impl<'a, C: Face> Session<'a, C> {
    /// Watches over a client.
    pub fn new(context: &'a Context, client: C) -> Self {
        Self {
            context,
            client: Some(client),
        }
    }

    /// The last line that went out, with its tag: as long as it stays the same, nothing was sent.
    #[must_use]
    pub fn last_sent(&self) -> Option<String> {
        self.wire_lines()
            .into_iter()
            .rfind(|line| line.starts_with("C: "))
    }
}

faces! {
    impl Face for Client {
        fn wire_lines(&self) -> Vec<String> {
            self.wire_log().map(ToString::to_string).collect()
        }
    }

    impl<'a> Session<'a, Client> {
        /// A new connection, logged in. What the server can do is known: it is asked for where the
        /// server has not told by itself.
        ///
        /// # Errors
        ///
        /// Those of connecting.
        pub async fn open(context: &'a Context) -> Result<Self, Stop> {
            let builder = context.builder::<Client>()?;
            let mut session = Self::new(context, builder.connect().await?);
            session.capabilities().await?;
            Ok(session)
        }

        /// A new connection on which nobody is logged in.
        ///
        /// # Errors
        ///
        /// Those of connecting.
        pub async fn fresh(context: &'a Context) -> Result<Self, Stop> {
            let builder = context.connection::<Client>()?;
            Ok(Self::new(context, builder.connect().await?))
        }

        /// A new connection, with the [`mailbox`](Context::mailbox) of the trial selected.
        ///
        /// # Errors
        ///
        /// Those of connecting, and what the server says.
        pub async fn selected(context: &'a Context) -> Result<Self, Stop> {
            let mut session = Self::open(context).await?;
            session.select(context.mailbox()?).await?;
            Ok(session)
        }

        /// Ignores the trial where the server lacks a capability.
        ///
        /// # Errors
        ///
        /// [`Stop::Ignored`], and those of the connection.
        pub async fn require(&mut self, capability: &str) -> Result<(), Stop> {
            if self.capabilities().await?.has(capability) {
                return Ok(());
            }
            Err(Stop::ignored(format_args!("the server lacks {capability}")))
        }

        /// Puts a message into the [`mailbox`](Context::mailbox) of the trial, which is selected
        /// here; gives its UID. The server has told of the message then.
        ///
        /// # Errors
        ///
        /// What the server says, and if it does not tell of the message.
        pub async fn deliver(&mut self, message: impl Into<Append>) -> Result<u32, Stop> {
            let mailbox = self.context.mailbox()?;
            let expected = self.count()? + 1;
            let appended = self.append(mailbox, message).await?;
            self.see(expected).await?;
            if let Some(appended) = appended {
                let uid = appended.uids.iter().and_then(|mut uids| uids.next());
                return uid.ok_or_else(|| Stop::failed("an APPENDUID without a UID"));
            }
            let newest = self.search(SearchKey::All).await?.into_iter().max();
            newest.ok_or_else(|| Stop::failed("the message that was appended is not there"))
        }

        /// As [`deliver`](Self::deliver) for several messages; gives their UIDs.
        ///
        /// # Errors
        ///
        /// What the server says, and if it does not tell of the messages.
        pub async fn deliver_all(
            &mut self,
            messages: impl IntoIterator<Item = impl Into<Append>>,
        ) -> Result<Vec<u32>, Stop> {
            let mut uids = Vec::new();
            for message in messages {
                uids.push(self.deliver(message).await?);
            }
            // What else it has to tell of them.
            self.noop().await?;
            Ok(uids)
        }

        /// Waits until this connection knows that the open mailbox has so many messages.
        ///
        /// # Errors
        ///
        /// [`Stop::Failed`] if the server does not say so.
        pub async fn see(&mut self, messages: u32) -> Result<(), Stop> {
            let what = format!("that the open mailbox has {messages} messages");
            self.noop_until(&what, |client| {
                let selected = client.state().selected();
                selected.is_some_and(|mailbox| mailbox.exists == messages)
            })
            .await
        }

        /// Sends NOOP until `is_so`, which is asked first before anything is sent. Servers tell of
        /// what is new with the answer to any command; this one has no answer of its own
        /// (RFC 3501 section 6.1.2).
        ///
        /// # Errors
        ///
        /// [`Stop::Failed`] with `what` the server did not tell, those of the connection.
        pub async fn noop_until(
            &mut self,
            what: &str,
            mut is_so: impl FnMut(&mut Client) -> bool,
        ) -> Result<(), Stop> {
            let mut patience = Patience::new();
            while !is_so(self) {
                patience.pause(what)?;
                self.noop().await?;
            }
            Ok(())
        }

        /// How many messages the open mailbox has, as far as this connection knows.
        ///
        /// # Errors
        ///
        /// [`Stop::Failed`] if none is open.
        pub fn count(&self) -> Result<u32, Stop> {
            let selected = self.state().selected();
            let exists = selected.map(|mailbox| mailbox.exists);
            exists.ok_or_else(|| Stop::failed("no mailbox is open"))
        }

        /// Logs out.
        ///
        /// # Errors
        ///
        /// Those of the connection.
        pub async fn logout(mut self) -> Result<(), Stop> {
            if let Some(client) = self.client.take() {
                self.context.keep_log(client.wire_lines());
                client.logout().await?;
            }
            Ok(())
        }
    }
}

const USED_AFTER_LOGOUT: &str = "only `logout` takes the client, and the session with it";

impl<C: Face> Deref for Session<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.client.as_ref().expect(USED_AFTER_LOGOUT)
    }
}

impl<C: Face> DerefMut for Session<'_, C> {
    fn deref_mut(&mut self) -> &mut C {
        self.client.as_mut().expect(USED_AFTER_LOGOUT)
    }
}

impl<C: Face> Drop for Session<'_, C> {
    fn drop(&mut self) {
        if let Some(client) = &self.client {
            self.context.keep_log(client.wire_lines());
        }
    }
}
