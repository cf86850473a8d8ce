//! Who sits at the terminal, if anybody does.

use std::io::{self, IsTerminal};

use imapclient::Security;
use imapclient_config::{Account, Error};

use crate::{account, failure::Result, progress::Progress, screen::Screen};

/// Whom to ask for a user and a password.
pub(super) struct Person<'a> {
    pub(super) screen: &'a Screen,
    pub(super) progress: &'a Progress,
}

impl Person<'_> {
    /// Asks for what is missing to log in. Whether it is there then: some people are not.
    ///
    /// # Errors
    /// [`Failure::Config`](crate::failure::Failure::Config) for what nobody can be asked for.
    pub(super) fn complete(&self, account: &mut Account, missing: Error) -> Result<bool> {
        if !account::can_be_asked(&missing) {
            return Err(missing.into());
        }
        if !io::stdin().is_terminal() {
            return Ok(false);
        }
        self.progress.pause();
        if account.security() == Security::Plain {
            // Now, and not only in the report: who reads it has typed the password already.
            self.screen
                .warn("the password will go over the network unencrypted (--insecure)");
        }
        account::complete(account, true)?;
        Ok(true)
    }
}
