//! Messages and updates as streams.

use std::{
    fmt,
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures_core::Stream;
use imapclient_codec::Fetch;
use imapclient_transport::Socket;

use crate::{each::Messages, error::Result, idle::Idle, updates::Update, watch::Watch};

impl<S: Socket> Messages<'_, S> {
    /// Returns a stream of the messages, each with all of its bodies: as
    /// [`next_whole`](Self::next_whole) does, of at most
    /// [`Builder::answer_limit`](crate::Builder::answer_limit) bytes each. Needs the feature
    /// `stream`.
    ///
    /// It continues after [`Error::TooLarge`](crate::Error::TooLarge) and
    /// [`Error::Unreadable`](crate::Error::Unreadable), which are about one
    /// message, and ends after any other error.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// use futures_core::Stream;
    ///
    /// let mut messages = client.fetch_each("1:*", "(UID FLAGS)").await?;
    /// let mut stream = messages.stream();
    /// // Usually by `StreamExt::next`.
    /// while let Some(fetch) = poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await {
    ///     println!("{:?}", fetch?.uid());
    /// }
    /// # Ok(()) });
    /// ```
    // codegen: skip, the blocking face has an iterator instead
    pub fn stream(&mut self) -> impl Stream<Item = Result<Fetch>> + Send + Unpin + fmt::Debug {
        Fed::new(|feed| async move {
            while let Some(next) = self.next_whole().await.transpose() {
                let is_last = next.as_ref().is_err_and(|error| !error.is_about_message());
                feed.give(next).await;
                if is_last {
                    break;
                }
            }
        })
    }
}

impl<S: Socket> Idle<'_, S> {
    /// Returns a stream of the updates, without a time limit. It ends after the first error, and
    /// can be dropped at any time; the IDLE goes on. Needs the feature `stream`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// use futures_core::Stream;
    ///
    /// let mut idle = client.idle().await?;
    /// let mut updates = idle.stream();
    /// // Usually by `StreamExt::next`.
    /// let first = poll_fn(|context| Pin::new(&mut updates).poll_next(context)).await;
    /// println!("{:?}", first.transpose()?);
    /// drop(updates);
    /// idle.done().await?;
    /// # Ok(()) });
    /// ```
    // codegen: skip, the blocking face has an iterator instead
    pub fn stream(&mut self) -> impl Stream<Item = Result<Update>> + Send + Unpin + fmt::Debug {
        Fed::new(|feed| async move {
            loop {
                let next = self.next().await;
                let is_last = next.is_err();
                feed.give(next).await;
                if is_last {
                    break;
                }
            }
        })
    }
}

impl<S: Socket> Watch<'_, S> {
    /// Returns a stream of the updates, without a time limit. It ends after the first error, and
    /// can be dropped at any time; the watch goes on. Needs the feature `stream`.
    ///
    /// ```
    /// # #[cfg(feature = "tokio")] imapclient_example::tokio!(async |mut client| {
    /// use std::{future::poll_fn, pin::Pin};
    ///
    /// use futures_core::Stream;
    /// use imapclient::{Notify, NotifyEvent, Scope};
    ///
    /// let news = Notify::new().on(Scope::Personal, [NotifyEvent::MailboxName]);
    /// let mut watch = client.notify(&news).await?;
    /// let mut updates = watch.stream();
    /// // Usually by `StreamExt::next`.
    /// let first = poll_fn(|context| Pin::new(&mut updates).poll_next(context)).await;
    /// println!("{:?}", first.transpose()?);
    /// drop(updates);
    /// watch.done().await?;
    /// # Ok(()) });
    /// ```
    // codegen: skip, the blocking face has an iterator instead
    pub fn stream(&mut self) -> impl Stream<Item = Result<Update>> + Send + Unpin + fmt::Debug {
        Fed::new(|feed| async move {
            loop {
                let next = self.next().await;
                let is_last = next.is_err();
                feed.give(next).await;
                if is_last {
                    break;
                }
            }
        })
    }
}

/// A stream of what a future gives. The future is boxed once, and not for each item.
struct Fed<'a, T> {
    work: Option<Pin<Box<dyn Future<Output = ()> + Send + 'a>>>,
    feed: Feed<T>,
}

/// The place for the item that the future has given and the stream has not returned.
struct Feed<T>(Arc<Mutex<Option<T>>>);

impl<'a, T> Fed<'a, T> {
    fn new<F: Future<Output = ()> + Send + 'a>(work: impl FnOnce(Feed<T>) -> F) -> Self {
        let slot = Arc::new(Mutex::new(None));
        Self {
            work: Some(Box::pin(work(Feed(Arc::clone(&slot))))),
            feed: Feed(slot),
        }
    }
}

impl<T> Feed<T> {
    /// Passes an item to the stream, which returns it and continues when it is polled again.
    async fn give(&self, item: T) {
        *self.slot() = Some(item);
        let mut is_given = false;
        poll_fn(|_| match mem::replace(&mut is_given, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }

    fn slot(&self) -> MutexGuard<'_, Option<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Stream for Fed<'_, T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        let Some(work) = &mut this.work else {
            return Poll::Ready(None);
        };
        if work.as_mut().poll(context).is_ready() {
            this.work = None;
        }
        let item = this.feed.slot().take();
        match item {
            None if this.work.is_some() => Poll::Pending,
            item => Poll::Ready(item),
        }
    }
}

impl<T> fmt::Debug for Fed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fed")
            .field("has_ended", &self.work.is_none())
            .finish_non_exhaustive()
    }
}
