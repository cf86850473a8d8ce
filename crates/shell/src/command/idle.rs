//! `idle`: shows updates as they arrive.

use std::time::{Duration, Instant};

use clap::Args;
use imapclient::{
    Notify, NotifyEvent, Scope, Update,
    tokio::{Idle as Idling, Watch},
};

use crate::{
    arguments::dates,
    failure::Result,
    reply::{Line, Reply},
    session::Session,
    updates,
};

/// The interval of polling a server without IDLE.
const POLL: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(crate) struct Idle {
    /// The time to wait, in seconds or as in 5m; by default until Ctrl-C.
    #[arg(value_name = "TIME")]
    time: Option<String>,
    /// Ends after this number of updates.
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// Also shows changes in these mailboxes.
    #[arg(long, value_name = "MAILBOX", num_args = 1..)]
    mailboxes: Vec<String>,
    /// Also shows changes in all of your mailboxes, and of their names and subscriptions.
    #[arg(long, conflicts_with = "mailboxes")]
    all: bool,
}

/// A wait for updates.
enum Wait<'a> {
    /// For those of the selected mailbox.
    Idle(Idling<'a>),
    /// For those of several mailboxes.
    Watch(Watch<'a>),
}

impl Idle {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        let time = self.time.as_deref().map(dates::seconds).transpose()?;
        let news = self.news(session).await?;
        let until = time
            .and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds.into())));
        // Only the updates are shown here.
        session.progress.pause();
        let screen = session.screen.clone();
        let client = session.client().await?;
        let mut wait = match &news {
            Some(news) => Wait::Watch(client.notify(news).await?),
            None => Wait::Idle(client.idle_or_poll(POLL).await?),
        };
        let mut told = 0;
        while self.count.is_none_or(|count| told < count) {
            let Some(update) = wait.next(until).await? else {
                break;
            };
            if let Some(text) = updates::report(&update) {
                screen.reply(&Reply::new(&update, vec![Line::from(text)]))?;
                told += 1;
            }
            // Updates that are already available cause no wait, and Ctrl-C would not be noticed
            // without this.
            tokio::task::consume_budget().await;
        }
        wait.done().await?;
        Ok(Reply::silent())
    }

    /// Returns the events to wait for in other mailboxes than the selected one.
    async fn news(&self, session: &mut Session) -> Result<Option<Notify>> {
        let messages = [
            NotifyEvent::new_messages(),
            NotifyEvent::MessageExpunge,
            NotifyEvent::FlagChange,
        ];
        if self.all {
            let names = [NotifyEvent::MailboxName, NotifyEvent::SubscriptionChange];
            let events = messages.into_iter().chain(names);
            return Ok(Some(Notify::new().on(Scope::Personal, events)));
        }
        if self.mailboxes.is_empty() {
            return Ok(None);
        }
        let mut names = Vec::with_capacity(self.mailboxes.len());
        for typed in &self.mailboxes {
            names.push(session.mailbox_name(typed).await?);
        }
        Ok(Some(Notify::new().on(Scope::Mailboxes(names), messages)))
    }
}

impl Wait<'_> {
    /// Returns the next update; `None` if there is none before `until`.
    async fn next(&mut self, until: Option<Instant>) -> imapclient::Result<Option<Update>> {
        let Some(until) = until else {
            return match self {
                Self::Idle(idle) => idle.next().await.map(Some),
                Self::Watch(watch) => watch.next().await.map(Some),
            };
        };
        let left = until.saturating_duration_since(Instant::now());
        match self {
            Self::Idle(idle) => idle.next_timeout(left).await,
            Self::Watch(watch) => watch.next_timeout(left).await,
        }
    }

    async fn done(self) -> imapclient::Result<()> {
        match self {
            Self::Idle(idle) => idle.done().await,
            Self::Watch(watch) => watch.done().await,
        }
    }
}
