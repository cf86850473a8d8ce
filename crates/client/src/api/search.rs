//! Searches, sorts and threads messages.

use imapclient_codec::{
    InvalidArgument, Needs, Outgoing, Seq, Thread, Uid,
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
    /// server lists when it refuses UTF-8. A [`SearchQuery`] can ask for another charset, and for
    /// the result options in [`SearchReturn`](crate::SearchReturn), which need the capability
    /// `ESEARCH` (RFC 4731). If the server has that and does not answer accordingly, a plain search
    /// is sent, and `Min`, `Max`, `Count` and `All` are computed from its result.
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
    /// An answer may have millions of numbers: of each response,
    /// [`Limits::search_line`](crate::Limits::search_line) bytes are kept (64 MiB by default), and
    /// of all responses together [`answer_limit`](crate::Builder::answer_limit) bytes. A server
    /// with `ESEARCH` needs less for ranges, if it is asked for
    /// [`SearchReturn::All`](crate::SearchReturn::All).
    ///
    /// # Errors
    /// [`Error::Refused`](crate::Error::Refused), with the code `BADCHARSET` and the server's
    /// charsets if none of them can encode the text; [`Error::Invalid`](crate::Error::Invalid) for
    /// keys that cannot be sent; [`Error::Missing`](crate::Error::Missing);
    /// [`Error::Unreadable`](crate::Error::Unreadable) if the answer cannot be decoded;
    /// [`Error::TooLarge`](crate::Error::TooLarge) if it exceeds one of the limits;
    /// [`Error::NoAnswer`](crate::Error::NoAnswer) if an `IMAP4rev2` server sends neither the
    /// messages nor their count.
    pub async fn search(&mut self, query: impl Into<SearchQuery>) -> Result<Found> {
        let query = query.into();
        self.find(Verb::Search, &query, |query| wire::search(query))
            .await
    }

    /// Returns the sequence numbers of the messages that match a query. `SEARCH`, RFC 9051 §6.4.4.
    ///
    /// Needs a selected mailbox. Prefer [`search`](Self::search): sequence numbers change when
    /// messages are removed.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let unread = client.search_seq("UNSEEN").await?;
    /// println!("the first unread message is number {:?}", unread.first());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`search`](Self::search).
    pub async fn search_seq(&mut self, query: impl Into<SearchQuery>) -> Result<Found<Seq>> {
        let query = query.into();
        let encode = |query: &SearchQuery| wire::search_seq(query);
        self.find(Verb::Search, &query, encode).await
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

    /// Returns the sequence numbers of the messages that match a query, sorted by the server.
    /// `SORT`, RFC 5256 §3.
    ///
    /// Needs a selected mailbox and the capability `SORT`. Prefer [`sort`](Self::sort): sequence
    /// numbers change when messages are removed.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::SortKey;
    ///
    /// let largest = client.sort_seq([SortKey::Size.reverse()], "ALL").await?;
    /// println!("the largest message is number {:?}", largest.first());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`sort`](Self::sort).
    pub async fn sort_seq<O: Into<SortOrder>>(
        &mut self,
        by: impl IntoIterator<Item = O>,
        query: impl Into<SearchQuery>,
    ) -> Result<Found<Seq>> {
        let by: Vec<SortOrder> = by.into_iter().map(Into::into).collect();
        let query = query.into();
        let encode = |query: &SearchQuery| wire::sort_seq(by.iter().copied(), query);
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
    ) -> Result<Thread<Uid>> {
        let query = query.into();
        let encode = |query: &SearchQuery| wire::thread(&algorithm, query);
        let threads = self.find_threads(&query, &encode).await?;
        Ok(threads.into_uids())
    }

    /// Returns the sequence numbers of the messages that match a query, as conversations. `THREAD`,
    /// RFC 5256 §3.
    ///
    /// Needs a selected mailbox and the capability `THREAD=` with the name of the algorithm. Prefer
    /// [`thread`](Self::thread): sequence numbers change when messages are removed.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use imapclient::ThreadAlgorithm;
    ///
    /// let threads = client.thread_seq(ThreadAlgorithm::OrderedSubject, "ALL").await?;
    /// println!("{} conversations", threads.roots().count());
    /// # Ok(()) });
    /// ```
    ///
    /// # Errors
    /// Those of [`thread`](Self::thread).
    pub async fn thread_seq(
        &mut self,
        algorithm: ThreadAlgorithm,
        query: impl Into<SearchQuery>,
    ) -> Result<Thread<Seq>> {
        let query = query.into();
        let encode = |query: &SearchQuery| wire::thread_seq(&algorithm, query);
        let threads = self.find_threads(&query, &encode).await?;
        Ok(threads.into_seqs())
    }

    async fn find_threads(
        &mut self,
        query: &SearchQuery,
        encode: impl Fn(&SearchQuery) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    ) -> Result<Thread> {
        let make = |query: &SearchQuery| Ok(Ask::for_answer(encode(query)?, last!(Thread)));
        let threads = self.in_charset(Verb::Thread, query, make).await?;
        // Some servers send no response if there are no messages.
        Ok(threads.unwrap_or_default())
    }
}
