//! Finding messages.

use imapclient_codec::{
    Needs, Thread,
    command::{self as wire, Order, SearchKey, SearchQuery, ThreadAlgorithm},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, last},
    error::Result,
    found::Found,
    search::Verb,
};

impl<S: Socket> Client<S> {
    /// The messages that match. `UID SEARCH`, RFC 9051 §6.4.4.
    ///
    /// Needs a selected mailbox. Text outside ASCII is sent in UTF-8, or in a charset that the
    /// server names when it refuses that. A [`SearchQuery`] can ask for sequence numbers, another
    /// charset, and what [`Return`](crate::Return) has, for which the server needs `ESEARCH` (RFC
    /// 4731). If it has that and then gives no such answer, a plain one is asked for, and `Min`,
    /// `Max`, `Count` and `All` are worked out from it.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::{SearchKey, chrono::Utc};
    ///
    /// let unread = client.search("UNSEEN").await?;
    /// let today = client.search(SearchKey::Since(Utc::now().date_naive())).await?;
    /// println!("{} unread, {} of today", unread.len(), today.len());
    ///
    /// let key = SearchKey::Subject("Grüße".into()) & !SearchKey::Deleted;
    /// let greetings = client.search(key).await?;
    /// println!("{} greetings", greetings.len());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `BADCHARSET` and the charsets that
    /// the server knows if none of them has all of the text;
    /// [`Error::Invalid`](crate::Error::Invalid) for keys that cannot be sent;
    /// [`Error::Missing`](crate::Error::Missing);
    /// [`Error::Unreadable`](crate::Error::Unreadable) if the answer cannot be read;
    /// [`Error::NoAnswer`](crate::Error::NoAnswer) if an `IMAP4rev2` server says neither what it
    /// found nor how many.
    pub async fn search(&mut self, query: impl Into<SearchQuery>) -> Result<Found> {
        let query = query.into();
        let encode = |query: &SearchQuery, names| wire::search(query, names);
        self.find(Verb::Search, &query, encode).await
    }

    /// The messages that match what one would type into Gmail's own search. `UID SEARCH` with
    /// `X-GM-RAW`.
    ///
    /// Needs a selected mailbox and the capability `X-GM-EXT-1`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio_gmail!(async |mut client| {
    /// let found = client.gmail_search("has:attachment subject:invoice").await?;
    /// println!("{found:?}");
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused).
    pub async fn gmail_search(&mut self, query: &str) -> Result<Found> {
        let needs = Needs::mailbox().capability("X-GM-EXT-1");
        self.meet("SEARCH", &needs).await?;
        self.search(SearchKey::GmailRaw(query.into())).await
    }

    /// The messages that match, sorted by the server. `UID SORT`, RFC 5256 §3.
    ///
    /// Needs a selected mailbox and the capability `SORT`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::SortKey;
    ///
    /// let newest_first = client.sort([SortKey::Arrival.reverse()], "ALL").await?;
    /// println!("{:?}", newest_first.first());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused),
    /// [`Error::Invalid`](crate::Error::Invalid).
    pub async fn sort<O: Into<Order>>(
        &mut self,
        by: impl IntoIterator<Item = O>,
        query: impl Into<SearchQuery>,
    ) -> Result<Found> {
        let by: Vec<Order> = by.into_iter().map(Into::into).collect();
        let query = query.into();
        let encode = |query: &SearchQuery, names| wire::sort(by.iter().copied(), query, names);
        self.find(Verb::Sort, &query, encode).await
    }

    /// The messages that match, as conversations. `UID THREAD`, RFC 5256 §3.
    ///
    /// Needs a selected mailbox and the capability `THREAD=` with the name of the algorithm.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::ThreadAlgorithm;
    ///
    /// let threads = client.thread(ThreadAlgorithm::References, "ALL").await?;
    /// for (depth, message) in threads.walk().take(20) {
    ///     println!("{:>depth$}{:?}", "", message.number());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing), [`Error::Refused`](crate::Error::Refused),
    /// [`Error::Invalid`](crate::Error::Invalid).
    pub async fn thread(
        &mut self,
        algorithm: ThreadAlgorithm,
        query: impl Into<SearchQuery>,
    ) -> Result<Thread> {
        let query = query.into();
        let algorithm = &algorithm;
        let make = |query: SearchQuery| {
            let ask = move |names| wire::thread(algorithm, &query, names);
            Ask::for_answer(ask, last!(Thread))
        };
        let threads = self.in_charset(Verb::Thread, &query, make).await?;
        // Some servers say nothing where there is nothing.
        Ok(threads.unwrap_or_default())
    }
}
