use std::ops::{Deref, DerefMut};

use imapclient::{Append, SearchKey};
use imapclient_test_macros::faces;

use crate::{Context, Stop};

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
}

faces! {
    impl Face for Client {
        fn wire_lines(&self) -> Vec<String> {
            self.wire_log().map(ToString::to_string).collect()
        }
    }

    impl<'a> Session<'a, Client> {
        /// A new connection, logged in.
        ///
        /// # Errors
        ///
        /// Those of connecting.
        pub async fn open(context: &'a Context) -> Result<Self, Stop> {
            let builder = context.builder::<Client>()?;
            Ok(Self::new(context, builder.connect().await?))
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

        /// A new connection, with the mailbox of the trial made and selected.
        ///
        /// # Errors
        ///
        /// Those of connecting, and what the server says.
        pub async fn selected(context: &'a Context) -> Result<Self, Stop> {
            let mut session = Self::open(context).await?;
            if context.has_to_make_folder() {
                session.create(context.folder()).await?;
            }
            session.select(context.folder()).await?;
            Ok(session)
        }

        /// As [`selected`](Self::selected), in a mailbox where the first message to come will not
        /// have the UID 1: UIDs and sequence numbers can be told apart.
        ///
        /// # Errors
        ///
        /// Those of connecting, and what the server says.
        pub async fn shifted(context: &'a Context) -> Result<Self, Stop> {
            let mut session = Self::selected(context).await?;
            for _ in 0..5 {
                let gone = Append::from("Subject: gone\r\n\r\n").flags("\\Deleted");
                session.deliver(gone).await?;
            }
            session.expunge().await?;
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

        /// Puts a message into the mailbox of the trial, which is selected here; gives its UID.
        ///
        /// # Errors
        ///
        /// What the server says.
        pub async fn deliver(&mut self, message: impl Into<Append>) -> Result<u32, Stop> {
            let folder = self.context.folder();
            if let Some(appended) = self.append(folder, message).await? {
                let uid = appended.uids.iter().and_then(|mut uids| uids.next());
                return uid.ok_or_else(|| Stop::failed("an APPENDUID without a UID"));
            }
            let newest = self.search(SearchKey::All).await?.into_iter().max();
            newest.ok_or_else(|| Stop::failed("the message that was appended is not there"))
        }

        /// Puts messages into the mailbox of the trial, which is selected here; gives their UIDs.
        /// The server has told of all of them then.
        ///
        /// # Errors
        ///
        /// What the server says.
        pub async fn deliver_all(
            &mut self,
            messages: impl IntoIterator<Item = impl Into<Append>>,
        ) -> Result<Vec<u32>, Stop> {
            let mut uids = Vec::new();
            for message in messages {
                uids.push(self.deliver(message).await?);
            }
            self.noop().await?;
            Ok(uids)
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
