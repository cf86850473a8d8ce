//! `idle`: shows updates as they arrive.

use std::time::{Duration, Instant};

use clap::Args;

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
}

impl Idle {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        let time = self.time.as_deref().map(dates::seconds).transpose()?;
        let until = time
            .and_then(|seconds| Instant::now().checked_add(Duration::from_secs(seconds.into())));
        // Only the updates are shown here.
        session.progress.pause();
        let screen = session.screen.clone();
        let mut idle = session.client().await?.idle_or_poll(POLL).await?;
        let mut told = 0;
        while self.count.is_none_or(|count| told < count) {
            let update = match until {
                None => idle.next().await?,
                Some(until) => {
                    let left = until.saturating_duration_since(Instant::now());
                    match idle.next_timeout(left).await? {
                        Some(update) => update,
                        None => break,
                    }
                }
            };
            if let Some(text) = updates::note(&update) {
                screen.reply(&Reply::new(&update, vec![Line::from(text)]))?;
                told += 1;
            }
            // Updates that are already available cause no wait, and Ctrl-C would not be noticed
            // without this.
            tokio::task::consume_budget().await;
        }
        idle.done().await?;
        Ok(Reply::silent())
    }
}
