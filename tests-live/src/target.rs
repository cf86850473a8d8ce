use imapclient::{Attribute, Builder, Error, Login, blocking::Client};
use imapclient_config::Account;

use crate::outcome::one_line;

/// Below this mailbox the trials work.
const ROOT: &str = "imapclient-tests";

/// An account that was found to work, and where in it mailboxes can be made.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Target {
    /// How to reach it.
    pub account: Account,
    /// What separates the levels of a mailbox name; `None` if there are no levels.
    pub delimiter: Option<char>,
    /// The mailbox below which trials may do what they want.
    pub root: String,
    /// Whether the account is nobody's: its server was started for the trials.
    pub throwaway: bool,
    /// How to log in. One value for all connections, since it remembers what worked: a mechanism
    /// that is offered in vain would else cost a failed login on each.
    pub(crate) login: Option<Login>,
}

impl Target {
    /// Logs in once, looks around and logs out.
    ///
    /// # Errors
    ///
    /// One line: why there is no way in, or no mailbox can be made.
    pub fn probe(account: &Account) -> Result<Self, String> {
        // Its errors name the file and the option themselves.
        let login = account.login().map_err(|error| one_line(&error))?;
        let target = Self {
            account: account.clone(),
            delimiter: None,
            root: ROOT.into(),
            throwaway: false,
            login,
        };
        let builder = target.builder().map_err(|error| one_line(&error))?;
        look(target, builder)
            .map_err(|error| format!("[{}] {}", account.section(), one_line(&error)))
    }

    /// Settings to connect and log in.
    ///
    /// # Errors
    ///
    /// Those of the configuration.
    pub fn builder<C>(&self) -> Result<Builder<C>, imapclient_config::Error> {
        let builder = self.account.connection()?;
        Ok(match &self.login {
            Some(login) => builder.login_with(login.clone()),
            None => builder,
        })
    }

    /// The mailbox `name` below `parent`.
    #[must_use]
    pub fn child(&self, parent: &str, name: &str) -> String {
        match self.delimiter {
            Some(delimiter) => format!("{parent}{delimiter}{name}"),
            // All mailboxes stand side by side: the name is all there is.
            None => format!("{parent}-{name}"),
        }
    }

    /// Whether the mailbox `name` is `parent` or below it.
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
        // Some servers have everything of a user below INBOX.
        target.root = target.child("INBOX", ROOT);
        if !matches!(refused, Error::Refused(_)) || try_mailbox(&mut client, &target).is_err() {
            return Err(refused);
        }
    }
    client.logout()?;
    Ok(target)
}

/// Makes and removes a mailbox, unless there is one already: to remove it may take seconds.
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
        // The usual case: no earlier run was cut off here.
        Ok(()) | Err(Error::Refused(_)) => {}
        Err(error) => return Err(error),
    }
    client.create(&name)?;
    client.delete(&name)
}
