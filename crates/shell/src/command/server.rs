//! Commands about the server and the session.

use clap::{Args, Subcommand};

use crate::{failure::Result, reply::Reply, session::Session, trace};

#[derive(Debug, Subcommand)]
pub(crate) enum Server {
    /// Asks the server for news, and keeps the connection alive.
    #[command(after_help = "RFC 9051 §6.1.2 (NOOP)")]
    Noop,
    /// Shows what is said on the wire, secrets left out.
    #[command(after_help = "Examples:\n  trace on\n  trace off")]
    Trace(Switch),
    /// Logs out and leaves.
    #[command(visible_aliases = ["logout", "exit"], after_help = "RFC 9051 §6.1.3 (LOGOUT)")]
    Quit,
}

#[derive(Debug, Args)]
pub(crate) struct Switch {
    /// Whether.
    #[arg(value_name = "on|off", value_parser = ["on", "off"], default_value = "on", hide_possible_values = true)]
    to: String,
}

impl Server {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        match self {
            Self::Noop => session.client().await?.noop().await?,
            Self::Trace(to) => trace::switch(to.is_on()),
            Self::Quit => session.leave().await?,
        }
        Ok(Reply::nothing())
    }
}

impl Switch {
    fn is_on(&self) -> bool {
        self.to == "on"
    }
}
