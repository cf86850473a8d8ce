//! Commands about the server.

use clap::Args;
use imapclient::{Id as Fields, Namespace as Space, SecretString, Security};
use imapclient_config::{Credentials, PasswordMethod};
use serde_json::json;

use super::{idle::Idle, raw::Raw};
use crate::{
    account,
    failure::{Failure, Result},
    reply::{Cell, Field, Line, Reply, Table, View},
    session::Session,
};

commands! {
    Server {
        /// Shows the state of the connection.
        #[command(visible_alias = "whoami", after_help = "RFC 9051 §3\n\nExamples:\n  info")]
        Info(Info),
        /// Lists what the server can do.
        #[command(visible_alias = "caps", after_help = "RFC 9051 §6.1.1 (CAPABILITY)\n\nExamples:\n  capability\n  capability IDLE")]
        Capability(Capability),
        /// Switches extensions on.
        #[command(after_help = "RFC 9051 §6.3.1 (ENABLE)\n\nExamples:\n  enable CONDSTORE")]
        Enable(Enable),
        /// Exchanges identifications with the server.
        #[command(after_help = "RFC 2971 (ID)\n\nExamples:\n  id\n  id name mail-tool version 1.0")]
        Id(Id),
        /// Shows where mailboxes are: yours, others', shared.
        #[command(after_help = "RFC 9051 §6.3.10 (NAMESPACE)\n\nExamples:\n  namespace")]
        Namespace(Namespace),
        /// Asks for updates, and keeps the connection alive.
        #[command(after_help = "RFC 9051 §6.1.2 (NOOP)\n\nExamples:\n  noop")]
        Noop(Noop),
        /// Shows changes in the mailbox, until Ctrl-C.
        ///
        /// A server without IDLE is asked every minute. Other mailboxes can be watched as well if
        /// the server has NOTIFY.
        #[command(visible_alias = "watch", after_help = "RFC 9051 §6.3.13 (IDLE); RFC 5465 (NOTIFY)\n\nExamples:\n  idle\n  idle 60\n  idle --count 1\n  idle --mailboxes Archive Drafts\n  idle --all")]
        Idle(Idle),
        /// Logs in as another user, on a new connection.
        #[command(after_help = "RFC 9051 §6.2.3 (LOGIN)\n\nExamples:\n  login alice")]
        Login(Login),
        /// Sends the rest of the line unchanged.
        ///
        /// Shows the answer line by line: only the end of a long answer, and only the beginning of
        /// a long line. In JSON it is complete.
        #[command(after_help = "RFC 9051 §2.2.1\n\nExamples:\n  raw CHECK\n  raw STATUS INBOX (MESSAGES)")]
        Raw(Raw),
        /// Logs out and leaves.
        #[command(visible_aliases = ["logout", "exit"], after_help = "RFC 9051 §6.1.3 (LOGOUT)")]
        Quit(Quit),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Info {}

#[derive(Debug, Args)]
pub(crate) struct Capability {
    /// The capability to check for.
    #[arg(value_name = "CAPABILITY")]
    name: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Enable {
    /// The extensions, by their capabilities.
    #[arg(value_name = "CAPABILITY", required = true)]
    names: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Id {
    /// The identification to send: names and values in turn.
    #[arg(value_name = "NAME VALUE")]
    fields: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Namespace {}

#[derive(Debug, Args)]
pub(crate) struct Noop {}

#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The user; by default the current one.
    #[arg(value_name = "USER")]
    user: Option<String>,
    /// The password. It stays on the screen: leave it out to be asked for it.
    #[arg(value_name = "PASSWORD", allow_hyphen_values = true)]
    password: Option<SecretString>,
}

#[derive(Debug, Args)]
pub(crate) struct Quit {}

impl Info {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.client().await?;
        let account = session.account();
        let server = &account.connect.server;
        let (host, user, security) = (
            server.host().to_owned(),
            account.username().map(ToOwned::to_owned),
            match server.security() {
                Some(Security::Tls) => "TLS",
                Some(Security::StartTls) => "STARTTLS",
                Some(_) => "none",
                None => "a command",
            },
        );
        let client = session.client().await?;
        let state = client.state();
        let greeting = client.greeting().text.clone();
        let mailbox = state.selected().map(|mailbox| mailbox.name.to_string());
        let tls = client.tls();
        let tls = tls.map(|tls| format!("{} with {}", tls.version, tls.cipher_suite));
        let known = state.capabilities().map(|all| all.len().to_string());
        let disabled = client.disabled();
        let workarounds = client.workarounds();
        let names: Vec<_> = workarounds.iter().map(|one| format!("{one:?}")).collect();
        let json = json!({
            "host": host,
            "user": user,
            "security": security,
            "tls": tls,
            "compressed": state.is_compressed(),
            "greeting": greeting,
            "phase": format!("{:?}", state.phase()),
            "mailbox": mailbox,
            "workarounds": names,
            "disabled": disabled.iter().map(|one| &one.capability).collect::<Vec<_>>(),
        });
        let mut fields = vec![
            Field::new("HOST", host),
            Field::new("USER", user),
            Field::new("SECURITY", security),
            Field::new("TLS", tls),
            Field::new("GREETING", greeting),
            Field::new("PHASE", format!("{:?}", state.phase())),
            Field::new("MAILBOX", mailbox),
            Field::new("CAPABILITIES", known),
        ];
        if state.is_compressed() {
            fields.push(Field::new("COMPRESSION", "DEFLATE"));
        }
        fields.extend(
            disabled
                .iter()
                .map(|one| Field::new("DISABLED", one.to_string())),
        );
        let workarounds = workarounds.iter().map(ToString::to_string);
        fields.extend(workarounds.map(|text| Field::new("WORKAROUND", text)));
        Ok(Reply::new(json, fields))
    }
}

impl Capability {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let client = session.client().await?;
        if let Some(name) = self.name {
            let has = client.has_capability(&name).await?;
            return Ok(Reply::done(has, if has { "yes" } else { "no" }));
        }
        let capabilities = client.capabilities().await?;
        let names: Vec<&str> = capabilities.iter().collect();
        let lines = names
            .iter()
            .map(|name| Line::from(*name))
            .collect::<Vec<_>>();
        Ok(Reply::new(&names, lines))
    }
}

impl Enable {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let enabled = session.client().await?.enable(&names).await?;
        let enabled: Vec<&str> = enabled.iter().collect();
        let text = match enabled.as_slice() {
            [] => "nothing was enabled".to_owned(),
            names => format!("enabled {}", names.join(" ")),
        };
        Ok(Reply::done(&enabled, text))
    }
}

impl Id {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let ours: Fields = match self.fields.as_slice() {
            [] => [
                ("name", "imapclient"),
                ("version", env!("CARGO_PKG_VERSION")),
            ]
            .into(),
            fields if fields.len() % 2 == 0 => fields
                .chunks_exact(2)
                .map(|pair| (&*pair[0], &*pair[1]))
                .collect(),
            _ => {
                return Err(Failure::usage(
                    "a value is missing: names and values come in pairs",
                ));
            }
        };
        let theirs = session.client().await?.id(ours).await?;
        let mut json = serde_json::Map::new();
        let mut fields = Vec::new();
        for (name, value) in theirs.fields {
            json.insert(name.clone(), json!(value));
            fields.push(Field::new(name, value));
        }
        Ok(Reply::new(json, fields))
    }
}

impl Namespace {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let spaces = session.client().await?.namespace().await?;
        let mut table = Table::new(&["NAMESPACE", "PREFIX", "DELIMITER"], "no namespaces");
        let mut rows = |name: &str, spaces: &[Space]| {
            for space in spaces {
                table.row([
                    Cell::from(name),
                    format!("{:?}", space.prefix.as_str()).into(),
                    space.delimiter.map(String::from).into(),
                ]);
            }
        };
        rows("personal", &spaces.personal);
        rows("other users", &spaces.other_users);
        rows("shared", &spaces.shared);
        Ok(Reply::new(&spaces, View::from(table)))
    }
}

impl Noop {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.client().await?.noop().await?;
        Ok(Reply::nothing())
    }
}

impl Login {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let mut account = session.account().clone();
        let username = match (self.user, account.username()) {
            (Some(user), _) => user,
            (None, Some(user)) => user.to_owned(),
            (None, None) => account::ask_for("user", "login USER")?,
        };
        // The old password belongs to another user, or was wrong.
        let password = match self.password {
            Some(password) => password,
            None => {
                session.progress.pause();
                account::password(&username, &account.connect)?
            }
        };
        let method = match account.credentials {
            Credentials::Password { method, .. } => method,
            _ => PasswordMethod::default(),
        };
        account.credentials = Credentials::Password {
            username: username.clone(),
            password: password.into(),
            method,
        };
        session.change_account(account).await?;
        let user = username;
        let text = format!("logged in as {user}");
        Ok(Reply::done(json!({ "user": user }), text))
    }
}

impl Quit {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.leave().await?;
        Ok(Reply::silent())
    }
}
