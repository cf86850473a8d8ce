//! Profiles of large providers: their announcements and differences.
//!
//! ```text
//!  Profile ──▶ Row (table) ──┬─▶ Capabilities: the lists before and after the login
//!                            ├─▶ Settings: lengths, greeting, responses to a login
//!                            ├─▶ Store: the names of mailboxes
//!                            └─▶ Rules: behaviour ──▶ response (changes of responses)
//! ```

mod behaviour;
mod request;
mod response;
mod row;
mod table;
mod troubles;

#[cfg(test)]
mod tests;

pub(super) use self::row::{Row, Tells};

use std::{fmt, str::FromStr};

use thiserror::Error;

use self::table::TABLE;
use super::{capabilities::Capabilities, rule::Rule};

/// The placeholder for the capabilities in the greeting of a [`Row`].
pub(super) const CAPABILITIES: &str = "{capabilities}";

/// A mail provider, or a kind of server, that the embedded server can imitate.
///
/// A server with a profile sends the greeting of the provider, announces the same capabilities
/// before and after the login, has mailboxes with the same names, refuses the same commands, and
/// has the same quirks. Capabilities that the embedded server does not implement are
/// [announced](Self::lacking) nevertheless, and their commands are answered with BAD.
///
/// Faults that occur only occasionally, or under excessive use, are a [`Trouble`], and occur only
/// if a test adds them.
///
/// ```
/// use imapclient_server::{Profile, Server};
/// use std::{io::{BufRead, BufReader}, net::TcpStream};
///
/// let profile: Profile = "gmail".parse()?;
/// assert!(!profile.capabilities().any(|name| name == "MULTIAPPEND"));
/// let server = Server::builder().profile(profile).user("bob", "sekret").start();
///
/// let mut greeting = String::new();
/// BufReader::new(TcpStream::connect(server.addr())?).read_line(&mut greeting)?;
/// assert!(greeting.starts_with("* OK Gimap ready for requests"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// Gmail.
    Gmail,
    /// Exchange Online and Outlook.com.
    Outlook,
    /// iCloud.
    ICloud,
    /// Yahoo.
    Yahoo,
    /// Yandex.
    Yandex,
    /// Zoho.
    Zoho,
    /// QQ.
    Qq,
    /// Netease's 163, 126 and 188, which run Coremail.
    Netease,
    /// Proton Mail Bridge.
    Proton,
    /// Strato.
    Strato,
    /// A server that runs `WildDuck`.
    WildDuck,
    /// An HCL Domino server, once Lotus Domino.
    Domino,
    /// The server of the University of Washington, and Panda IMAP after it.
    Uw,
    /// RFC 3501 without any extension.
    Minimal,
    /// Every extension that the embedded server implements, with strict checks of commands.
    Full,
}

/// A fault that occurs at a provider occasionally, or under excessive use.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Trouble {
    /// The name, such as `throttled`.
    pub name: &'static str,
    /// A sentence that describes the fault.
    pub about: &'static str,
    /// The affected commands, in the form of [`Rule::on`].
    pub commands: &'static [&'static str],
    /// Returns whether a command is affected, if not all of them are.
    when: Option<fn(&str) -> bool>,
    /// The response of the provider, from NO or BAD on; empty if it closes the connection instead.
    pub answer: &'static str,
}

/// The error for a name that no profile has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no profile {name:?}; there is {}", names())]
pub struct UnknownProfile {
    name: String,
}

impl Profile {
    /// Returns all profiles, in the order of the table.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.profile)
    }

    /// Returns the name on a command line, such as `gmail`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns a short description of the provider.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// Returns the capabilities that are announced before the login. Without TLS, `STARTTLS` is
    /// added.
    pub fn capabilities_before_login(self) -> impl Iterator<Item = &'static str> {
        self.row().before.split(' ')
    }

    /// Returns the capabilities that are announced after the login.
    pub fn capabilities(self) -> impl Iterator<Item = &'static str> {
        self.row().after.split(' ')
    }

    /// Returns the announced capabilities that the embedded server does not implement yet. Commands
    /// that need them are answered with BAD.
    pub fn lacking(self) -> impl Iterator<Item = &'static str> {
        let announced = self.capabilities_before_login().chain(self.capabilities());
        announced.filter(|name| !Capabilities::implements(name))
    }

    /// Returns the code and text of the NO to a wrong password.
    pub fn login_refusal(self) -> &'static str {
        self.row().refusal
    }

    /// Returns the fault of the provider with this name.
    ///
    /// ```
    /// use imapclient_server::{Profile, Server};
    ///
    /// let server = Server::builder().profile(Profile::Outlook).user("bob", "sekret").start();
    /// let throttled = Profile::Outlook.trouble("throttled");
    /// for rule in throttled.rules() {
    ///     server.add_rule(rule.once());
    /// }
    /// ```
    ///
    /// # Panics
    /// Panics if the provider has no fault of that name; [`troubles`](Self::troubles) lists them.
    pub fn trouble(self, name: &str) -> Trouble {
        let mut troubles = self.troubles().iter().copied();
        let known = || {
            self.troubles()
                .iter()
                .map(|trouble| trouble.name)
                .collect::<Vec<_>>()
        };
        let found = troubles.find(|trouble| trouble.name == name);
        found.unwrap_or_else(|| panic!("{self} has no trouble {name:?}, but {:?}", known()))
    }

    /// Returns all faults that occur at the provider occasionally, or under excessive use.
    pub fn troubles(self) -> &'static [Trouble] {
        self.row().troubles
    }

    /// Returns the sources of the facts, and which of them are assumptions.
    pub fn sources(self) -> &'static str {
        self.row().sources
    }

    pub(super) fn row(self) -> &'static Row {
        let row = TABLE.iter().find(|row| row.profile == self);
        row.expect("a row for each profile")
    }
}

impl Trouble {
    /// Returns a rule for each of its commands, which can be narrowed down and passed to
    /// [`Server::add_rule`](super::Server::add_rule).
    pub fn rules(self) -> impl Iterator<Item = Rule> {
        self.commands.iter().map(move |command| {
            let mut rule = Rule::on(command);
            if let Some(when) = self.when {
                rule = rule.when(when);
            }
            match self.answer.split_once(' ') {
                Some(("NO", text)) => rule.no(text),
                Some(("BAD", text)) => rule.bad(text),
                _ => rule.cut(),
            }
        })
    }
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut all = Self::all();
        let found = all.find(|profile| profile.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| UnknownProfile {
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Returns the names of all profiles, for the error message.
fn names() -> String {
    let names: Vec<_> = Profile::all().map(Profile::name).collect();
    names.join(", ")
}
