//! Searches, sorts and threads messages.

use imapclient_codec::{
    Needs, Thread,
    command::{self as wire, SearchKey, SearchQuery, SortOrder, ThreadAlgorithm},
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
    /// Returns the messages that match a query. `UID SEARCH`, RFC 9051 §6.4.4.
    ///
    /// Needs a selected mailbox. Text outside ASCII is sent in UTF-8, or in a charset that the
    /// server lists when it refuses UTF-8. A [`SearchQuery`] can ask for sequence numbers, for
    /// another charset, and for the result options in [`SearchReturn`](crate::SearchReturn), which
    /// need the capability `ESEARCH` (RFC 4731). If the server has that and does not answer
    /// accordingly, a plain search is sent, and `Min`, `Max`, `Count` and `All` are computed from
    /// its result.
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
    /// [`Error::Refused`](crate::Error::Refused), with the code `BADCHARSET` and the server's
    /// charsets if none of them can encode the text; [`Error::Invalid`](crate::Error::Invalid) for
    /// keys that cannot be sent; [`Error::Missing`](crate::Error::Missing);
    /// [`Error::Unreadable`](crate::Error::Unreadable) if the answer cannot be decoded;
    /// [`Error::NoAnswer`](crate::Error::NoAnswer) if an `IMAP4rev2` server sends neither the
    /// messages nor their count.
    pub async fn search(&mut self, query: impl Into<SearchQuery>) -> Result<Found> {
        let query = query.into();
        self.find(Verb::Search, &query, |query| wire::search(query))
            .await
    }

    /// Returns the messages that match a query in the syntax of Gmail's search box. `UID SEARCH`
    /// with `X-GM-RAW`.
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

    /// Returns the messages that match a query, sorted by the server. `UID SORT`, RFC 5256 §3.
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
    pub async fn sort(
        &mut self,
        by: impl IntoIterator<Item = impl Into<SortOrder>>,
        query: impl Into<SearchQuery>,
    ) -> Result<Found> {
        let by: Vec<SortOrder> = by.into_iter().map(Into::into).collect();
        let query = query.into();
        let encode = |query: &SearchQuery| wire::sort(by.iter().copied(), query);
        self.find(Verb::Sort, &query, encode).await
    }

    /// Returns the messages that match a query, as conversations. `UID THREAD`, RFC 5256 §3.
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
        let make = |query: &SearchQuery| {
            let outgoing = wire::thread(&algorithm, query)?;
            Ok(Ask::for_answer(outgoing, last!(Thread)))
        };
        let threads = self.in_charset(Verb::Thread, &query, make).await?;
        // Some servers send no response if there are no messages.
        Ok(threads.unwrap_or_default())
    }
}
