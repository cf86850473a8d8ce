//! Asks the user, if there is a terminal.

use std::io::{self, IsTerminal};

use imapclient::Security;
use imapclient_config::{Account, Error, Section};

use crate::{account, failure::Result, progress::Progress, screen::Screen};

/// The terminal at which to ask for user and password.
pub(super) struct Person<'a> {
    pub(super) screen: &'a Screen,
    pub(super) progress: &'a Progress,
}

impl Person<'_> {
    /// Asks for data that is missing to log in. Returns `None` without a terminal.
    ///
    /// # Errors
    /// Returns [`Failure::Config`](crate::failure::Failure::Config) for options that cannot be
    /// asked for.
    pub(super) fn complete(
        &self,
        section: &mut Section,
        missing: Error,
    ) -> Result<Option<Account>> {
        if !account::can_be_asked(&missing) {
            return Err(missing.into());
        }
        if !io::stdin().is_terminal() {
            return Ok(None);
        }
        self.progress.pause();
        if section.connect.server.security() == Some(Security::Plain) {
            // Warns now and not only in the report, which comes after the password was typed.
            self.screen
                .warn("the password will go over the network unencrypted (--insecure)");
        }
        account::complete(section, true).map(Some)
    }
}
