//! Fetches messages one at a time.

use imapclient_codec::command::{self as wire, FetchItems};
use imapclient_transport::Socket;

use crate::{client::Client, each::Messages, error::Result, selection::MessageSelection};

impl<S: Socket> Client<S> {
    /// Fetches data of messages by UID, one message at a time, and large bodies in pieces, so that
    /// mailboxes and messages of any size can be read in little memory. `UID FETCH`, RFC 9051
    /// §6.4.5; `FETCH` for a [`SeqSet`](crate::SeqSet).
    ///
    /// Needs a selected mailbox. The messages are those that [`next`](Messages::next) returns, in
    /// the order of the server; the command is sent by its first call. If the set is empty, nothing
    /// is sent, and there are no messages.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// let mut messages = client.fetch_each("1:*", "(FLAGS BODY.PEEK[])").await?;
    /// while let Some(mut message) = messages.next().await? {
    ///     let mut read = 0;
    ///     while let Some(mut body) = message.body().await? {
    ///         while let Some(chunk) = body.chunk().await? {
    ///             read += chunk.len();
    ///         }
    ///     }
    ///     let fetch = message.finish().await?;
    ///     println!("{:?}: {read} bytes, {:?}", fetch.uid(), fetch.flags());
    /// }
    /// # Ok(()) });
    /// ```
    ///
    /// Each response of the server is a message, as it was sent:
    ///
    /// | the server | result |
    /// | --- | --- |
    /// | sends a body as a literal of at least [`pieces_from`](Messages::pieces_from) bytes | its pieces are read as they arrive, and [`finish`](crate::Message::finish) returns the section without data |
    /// | sends a body as a smaller literal or as a quoted string | it is kept with the message, and [`body`](crate::Message::body) returns it as well |
    /// | sends NIL | there is no body; the section has no data |
    /// | sends the UID after the body | [`uid`](crate::Message::uid) is known at the end |
    /// | leaves out the UID | the message has only its sequence number; at the end it is fetched and returned once more, with its UID |
    /// | sends two responses about a message | both are returned |
    /// | sends nothing about a message, since it does not exist | it is left out |
    /// | reports new flags or removed messages | [`updates`](Self::updates) has them |
    /// | sends bodies of other messages | they are dropped, which leaves a gap in the [`updates`](Self::updates) |
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for sets or items that cannot be sent, such as
    /// message 0, and [`Error::State`](crate::Error::State). All others are returned by
    /// [`next`](Messages::next).
    pub async fn fetch_each<M: MessageSelection>(
        &mut self,
        messages: M,
        items: impl Into<FetchItems>,
    ) -> Result<Messages<'_, S>> {
        let items = items.into();
        let sets = self
            .pieces(messages, |set| wire::fetch(set, &items))
            .await?;
        Ok(Messages::new(self, sets, items))
    }
}
