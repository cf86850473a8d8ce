//! Asks the user, if there is a terminal.

use std::io::{self, IsTerminal};

use imapclient::Security;
use imapclient_config::{Account, Error};

use crate::{account, failure::Result, progress::Progress, screen::Screen};

/// The terminal at which to ask for user and password.
pub(super) struct Person<'a> {
    pub(super) screen: &'a Screen,
    pub(super) progress: &'a Progress,
}

impl Person<'_> {
    /// Asks for data that is missing to log in. Returns whether it is complete then.
    ///
    /// # Errors
    /// Returns [`Failure::Config`](crate::failure::Failure::Config) for options that cannot be
    /// asked for.
    pub(super) fn complete(&self, account: &mut Account, missing: Error) -> Result<bool> {
        if !account::can_be_asked(&missing) {
            return Err(missing.into());
        }
        if !io::stdin().is_terminal() {
            return Ok(false);
        }
        self.progress.pause();
        if account.security() == Security::Plain {
            // Warns now and not only in the report, which comes after the password was typed.
            self.screen
                .warn("the password will go over the network unencrypted (--insecure)");
        }
        account::complete(account, true)?;
        Ok(true)
    }
}
