//! Commands about the session itself.

use std::time::Duration;

use clap::Args;

use super::help::Help;
use crate::{
    arguments::dates,
    failure::Result,
    reply::{Line, Reply},
    session::Session,
    trace,
};

commands! {
    Settings {
        /// Lists the commands, or explains one.
        #[command(visible_alias = "?", after_help = "Examples:\n  help\n  help search")]
        Help(Help),
        /// Shows the wire from now on, without secrets.
        #[command(after_help = "Examples:\n  trace on\n  trace off")]
        Trace(Trace),
        /// Shows the last lines on the wire, without secrets.
        ///
        /// After the connection is lost, shows its last lines until another command connects again.
        #[command(after_help = "Examples:\n  log")]
        Log(Log),
        /// Shows each answer as one JSON value.
        #[command(after_help = "Examples:\n  json on\n  json off")]
        Json(Json),
        /// Sets how long the server may be silent.
        #[command(after_help = "Examples:\n  timeout 30\n  timeout 2m\n  timeout none")]
        Timeout(Timeout),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Trace {
    #[command(flatten)]
    to: Switch,
}

#[derive(Debug, Args)]
pub(crate) struct Log {}

#[derive(Debug, Args)]
pub(crate) struct Json {
    #[command(flatten)]
    to: Switch,
}

#[derive(Debug, Args)]
struct Switch {
    /// On or off.
    #[arg(value_name = "on|off", value_parser = ["on", "off"], default_value = "on", hide_possible_values = true)]
    to: String,
}

#[derive(Debug, Args)]
pub(crate) struct Timeout {
    /// Seconds, or as in 2m; `none` for no limit.
    #[arg(value_name = "TIME")]
    time: String,
}

impl Trace {
    async fn run(self, _session: &Session) -> Result<Reply> {
        trace::switch(self.to.is_on());
        Ok(Reply::silent())
    }
}

impl Log {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let lines = session.log().await?;
        let view: Vec<Line> = lines.iter().map(|line| Line::from(line.as_str())).collect();
        Ok(Reply::new(lines, view))
    }
}

impl Json {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.screen.json = self.to.is_on();
        Ok(Reply::silent())
    }
}

impl Timeout {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let time = match self.time.as_str() {
            "none" => None,
            time => Some(Duration::from_secs(dates::seconds(time)?.into())),
        };
        session.set_timeout(time).await?;
        Ok(Reply::nothing())
    }
}

impl Switch {
    fn is_on(&self) -> bool {
        self.to == "on"
    }
}
