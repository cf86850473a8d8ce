//! Finds the place in an account in which the trials may work.

use imapclient::{Attribute, Builder, Error, Login, blocking::Client};
use imapclient_config::{Account, Section};

use crate::outcome::one_line;

/// The mailbox below which the trials create theirs.
const ROOT: &str = "imapclient-tests";

/// An account that can be used, and the place in it where mailboxes can be created.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// The settings of the account.
    pub account: Account,
    /// The hierarchy delimiter of mailbox names; `None` if there are no levels.
    pub delimiter: Option<char>,
    /// The mailbox below which trials may make any changes.
    pub root: String,
    /// `true` if the server was started for the trials only, so that no one's mail is at risk.
    pub throwaway: bool,
    /// The login. All connections share it, since it remembers the mechanism that worked. Otherwise
    /// a mechanism that the server announces and always refuses would cost each a failed login.
    pub(crate) login: Option<Login>,
}

impl Target {
    /// Logs in, determines the properties of the account and logs out.
    ///
    /// # Errors
    /// Fails, with one line of text, if the login fails or no mailbox can be created.
    pub fn probe(section: &Section) -> Result<Self, String> {
        // These errors already name the file and the option.
        let account = section.account().map_err(|error| one_line(&error))?;
        let login = account.login().map_err(|error| one_line(&error))?;
        let target = Self {
            account,
            delimiter: None,
            root: ROOT.into(),
            throwaway: false,
            login,
        };
        let builder = target.builder().map_err(|error| one_line(&error))?;
        look(target, builder).map_err(|error| format!("[{}] {}", section.name(), one_line(&error)))
    }

    /// Returns a builder that connects and logs in.
    ///
    /// # Errors
    /// Fails if the configuration is invalid.
    pub fn builder<C>(&self) -> Result<Builder<C>, imapclient_config::Error> {
        let builder = self.account.connect.builder()?;
        Ok(match &self.login {
            Some(login) => builder.login_with(login.clone()),
            None => builder,
        })
    }

    /// Returns the name of the mailbox `name` below `parent`.
    #[must_use]
    pub fn child(&self, parent: &str, name: &str) -> String {
        match self.delimiter {
            Some(delimiter) => format!("{parent}{delimiter}{name}"),
            // Without levels, only the name can express the relation.
            None => format!("{parent}-{name}"),
        }
    }

    /// Returns whether the mailbox `name` is `parent` or below it.
    pub(crate) fn is_within(&self, name: &str, parent: &str) -> bool {
        let separator = self.delimiter.unwrap_or('-');
        name.strip_prefix(parent)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(separator))
    }
}

fn look(mut target: Target, builder: Builder<Client>) -> Result<Target, Error> {
    let mut client = builder.connect()?;
    target.delimiter = client
        .list("", "")?
        .first()
        .and_then(|mailbox| mailbox.delimiter);
    if let Err(refused) = try_mailbox(&mut client, &target) {
        // Some servers have all mailboxes of a user below INBOX.
        target.root = target.child("INBOX", ROOT);
        if !matches!(refused, Error::Refused(_)) || try_mailbox(&mut client, &target).is_err() {
            return Err(refused);
        }
    }
    client.logout()?;
    Ok(target)
}

/// Creates and removes a mailbox, unless there are some already, since removing one may take
/// seconds.
fn try_mailbox(client: &mut Client, target: &Target) -> Result<(), Error> {
    let below = target.child(&target.root, "%");
    let found = client.list("", &below)?;
    if found
        .iter()
        .any(|mailbox| !mailbox.has(&Attribute::NoSelect))
    {
        return Ok(());
    }
    let name = target.child(&target.root, "probe");
    match client.delete(&name) {
        // A refusal is the usual case: no earlier run was interrupted here.
        Ok(()) | Err(Error::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    client.create(&name)?;
    client.delete(&name)
}
