//! The ways of big providers: what they announce, and what they do otherwise.
//!
//! ```text
//!  Profile ──▶ Row (table) ──┬─▶ Capabilities: the lists before and after the login
//!                            ├─▶ Settings: lengths, greeting, answers to a login
//!                            ├─▶ Store: the names of mailboxes
//!                            └─▶ Rules: behaviour ──▶ response (what is made of an answer)
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

use self::table::TABLE;
use super::{capabilities::Capabilities, rule::Rule};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// What stands for the capabilities in the greeting of a [`Row`].
pub(super) const CAPABILITIES: &str = "{capabilities}";

/// A mail provider, or a kind of server, whose ways the embedded server can take on.
///
/// A server with a profile greets as the provider does, announces the same capabilities before and after the login, has mailboxes of the same
/// names, refuses what the provider refuses, and answers as oddly. What the provider can do and the embedded server cannot is
/// [announced](Self::lacking) all the same, and answered with BAD.
///
/// What a provider does only now and then, or to who asks too much of it, is [`Trouble`], and does not happen unless a test asks for it.
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
}

/// What a provider does now and then, or to who asks too much of it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Trouble {
    /// What it is called, as `throttled`.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub about: &'static str,
    /// The commands that it happens to, as [`Rule::on`] takes them.
    pub commands: &'static [&'static str],
    /// Which of these commands it happens to, if not to all.
    when: Option<fn(&str) -> bool>,
    /// What the provider answers, from NO or BAD on; empty where it closes the connection instead.
    pub answer: &'static str,
}

/// A name that no profile has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no profile {name:?}; there is {}", names())]
pub struct UnknownProfile {
    name: String,
}

impl Profile {
    /// All profiles, in the order of the table.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| row.profile)
    }

    /// What it is called on a command line, as `gmail`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Which provider it is, in a few words.
    pub fn about(self) -> &'static str {
        self.row().about
    }

    /// The capabilities that are announced to those who have not logged in; `STARTTLS` comes on top where TLS is not on.
    pub fn capabilities_before_login(self) -> impl Iterator<Item = &'static str> {
        self.row().before.split(' ')
    }

    /// The capabilities that are announced to those who have logged in.
    pub fn capabilities(self) -> impl Iterator<Item = &'static str> {
        self.row().after.split(' ')
    }

    /// The capabilities that are announced, and that the embedded server cannot do yet: commands that need them are answered with BAD.
    pub fn lacking(self) -> impl Iterator<Item = &'static str> {
        let announced = self.capabilities_before_login().chain(self.capabilities());
        announced.filter(|name| !Capabilities::implements(name))
    }

    /// The code and text of the NO that a wrong password is answered with.
    pub fn login_refusal(self) -> &'static str {
        self.row().refusal
    }

    /// What the provider does now and then, or to who asks too much of it.
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
    ///
    /// If the provider has no trouble of that name; [`troubles`](Self::troubles) lists them.
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

    /// All that the provider does now and then, or to who asks too much of it.
    pub fn troubles(self) -> &'static [Trouble] {
        self.row().troubles
    }

    /// Where the facts come from, and which of them are assumed.
    pub fn sources(self) -> &'static str {
        self.row().sources
    }

    pub(super) fn row(self) -> &'static Row {
        let row = TABLE.iter().find(|row| row.profile == self);
        row.expect("a row for each profile")
    }
}

impl Trouble {
    /// A rule for each of its commands: to be narrowed down, and given to [`Server::add_rule`](super::Server::add_rule).
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

/// The names of all profiles, for people.
fn names() -> String {
    let names: Vec<_> = Profile::all().map(Profile::name).collect();
    names.join(", ")
}
