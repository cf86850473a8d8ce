//! The connections of trials, on either face.

use std::ops::{Deref, DerefMut};

use imapclient::{
    Append, Error, Found, SearchKey, SearchQuery, SortOrder, Thread, ThreadAlgorithm, Uid,
};
use imapclient_test_macros::faces;

use crate::{
    Context, Stop,
    by::{Kind, same},
    patience::Patience,
};

/// The part of the client's interface that both faces share.
pub trait Face {
    /// Returns the last lines of the connection, without secrets.
    fn wire_lines(&self) -> Vec<String>;
}

/// A client for a trial, whose wire log is printed if the trial fails.
#[derive(Debug)]
pub struct Session<'a, C: Face> {
    context: &'a Context,
    /// `None` after the logout.
    client: Option<C>,
}

impl<'a, C: Face> Session<'a, C> {
    /// Wraps a client.
    pub fn new(context: &'a Context, client: C) -> Self {
        Self {
            context,
            client: Some(client),
        }
    }

    /// Returns the last line that was sent, with its tag. It stays the same as long as nothing is
    /// sent.
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
        /// Opens a new connection and logs in. The capabilities are known afterwards; CAPABILITY is
        /// sent if the server has not announced them.
        ///
        /// # Errors
        /// Fails if the client cannot connect or log in.
        pub async fn open(context: &'a Context) -> Result<Self, Stop> {
            let builder = context.builder::<Client>()?;
            let mut session = Self::new(context, builder.connect().await?);
            session.capabilities().await?;
            Ok(session)
        }

        /// Opens a new connection without logging in.
        ///
        /// # Errors
        /// Fails if the client cannot connect.
        pub async fn fresh(context: &'a Context) -> Result<Self, Stop> {
            let builder = context.connection::<Client>()?;
            Ok(Self::new(context, builder.connect().await?))
        }

        /// Opens a new connection and selects the [`mailbox`](Context::mailbox) of the trial.
        ///
        /// # Errors
        /// Fails if the client cannot connect or log in, or if the mailbox cannot be created or
        /// selected.
        pub async fn selected(context: &'a Context) -> Result<Self, Stop> {
            let mut session = Self::open(context).await?;
            session.select(context.mailbox()?).await?;
            Ok(session)
        }

        /// Skips the trial if the server lacks a capability.
        ///
        /// # Errors
        /// [`Stop::Ignored`] if it lacks the capability. Also fails if the connection does.
        pub async fn require(&mut self, capability: &str) -> Result<(), Stop> {
            if self.capabilities().await?.has(capability) {
                return Ok(());
            }
            Err(Stop::ignored(format_args!("the server lacks {capability}")))
        }

        /// Calls `search` or `search_seq`.
        ///
        /// # Errors
        /// Those of the client.
        pub async fn search_by<K: Kind>(
            &mut self,
            _by: K,
            query: impl Into<SearchQuery>,
        ) -> Result<Found<K::Id>, Error> {
            Ok(match K::IS_UID {
                true => same(self.search(query).await?),
                false => same(self.search_seq(query).await?),
            })
        }

        /// Calls `sort` or `sort_seq`.
        ///
        /// # Errors
        /// Those of the client.
        pub async fn sort_by<K: Kind, O: Into<SortOrder>>(
            &mut self,
            _by: K,
            order: impl IntoIterator<Item = O>,
            query: impl Into<SearchQuery>,
        ) -> Result<Found<K::Id>, Error> {
            Ok(match K::IS_UID {
                true => same(self.sort(order, query).await?),
                false => same(self.sort_seq(order, query).await?),
            })
        }

        /// Calls `thread` or `thread_seq`.
        ///
        /// # Errors
        /// Those of the client.
        pub async fn thread_by<K: Kind>(
            &mut self,
            _by: K,
            algorithm: ThreadAlgorithm,
            query: impl Into<SearchQuery>,
        ) -> Result<Thread<K::Id>, Error> {
            Ok(match K::IS_UID {
                true => same(self.thread(algorithm, query).await?),
                false => same(self.thread_seq(algorithm, query).await?),
            })
        }

        /// Appends a message to the [`mailbox`](Context::mailbox) of the trial, which must be
        /// selected, waits until the server reports it, and returns its UID.
        ///
        /// # Errors
        /// Fails if the server refuses the message or does not report it.
        pub async fn deliver(&mut self, message: impl Into<Append>) -> Result<Uid, Stop> {
            let mailbox = self.context.mailbox()?;
            let expected = self.count()? + 1;
            let appended = self.append(mailbox, message).await?;
            self.see(expected).await?;
            if let Some(appended) = appended {
                let uid = appended.uids.iter().and_then(|mut uids| uids.next());
                return uid.ok_or_else(|| Stop::failed("an APPENDUID without a UID"));
            }
            let newest = self.search(SearchKey::All).await?.into_iter().max();
            newest.ok_or_else(|| Stop::failed("the message that was appended does not exist"))
        }

        /// Calls [`deliver`](Self::deliver) for each of several messages, and returns their UIDs.
        ///
        /// # Errors
        /// Fails if the server refuses a message or does not report it.
        pub async fn deliver_all(
            &mut self,
            messages: impl IntoIterator<Item = impl Into<Append>>,
        ) -> Result<Vec<Uid>, Stop> {
            let mut uids = Vec::new();
            for message in messages {
                uids.push(self.deliver(message).await?);
            }
            // Receives the remaining responses about them.
            self.noop().await?;
            Ok(uids)
        }

        /// Waits until the server has reported on this connection that the selected mailbox has
        /// this number of messages.
        ///
        /// # Errors
        /// [`Stop::Failed`] if the server does not report it in time.
        pub async fn see(&mut self, messages: u32) -> Result<(), Stop> {
            let what = format!("that the open mailbox has {messages} messages");
            self.noop_until(&what, |client| {
                let selected = client.state().selected();
                selected.is_some_and(|mailbox| mailbox.exists == messages)
            })
            .await
        }

        /// Sends NOOP until `is_so` returns true, which is called once before anything is sent.
        /// Servers report changes in the responses to any command; NOOP has no responses of its own
        /// (RFC 3501 §6.1.2).
        ///
        /// # Errors
        /// [`Stop::Failed`] if the server does not report `what` in time. Also fails if the
        /// connection does.
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

        /// Returns the number of messages in the selected mailbox, as reported on this connection.
        ///
        /// # Errors
        /// [`Stop::Failed`] if no mailbox is selected.
        pub fn count(&self) -> Result<u32, Stop> {
            let selected = self.state().selected();
            let exists = selected.map(|mailbox| mailbox.exists.get());
            exists.ok_or_else(|| Stop::failed("no mailbox is open"))
        }

        /// Logs out.
        ///
        /// # Errors
        /// Fails if the connection does.
        pub async fn logout(mut self) -> Result<(), Stop> {
            if let Some(client) = self.client.take() {
                self.context.keep_log(client.wire_lines());
                client.logout().await?;
            }
            Ok(())
        }
    }
}

const USED_AFTER_LOGOUT: &str = "only `logout` takes the client, and it consumes the session";

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
