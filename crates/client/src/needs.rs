//! Checks the needs of a command.

use imapclient_codec::{Capabilities, Needs, Place};
use imapclient_engine::{Phase, State};

use crate::error::{Error, Result, phase_text};

/// A need of a command that is not met.
#[derive(Debug)]
pub(crate) struct Unmet {
    needs: &'static str,
    is: &'static str,
}

impl Unmet {
    /// Returns the error of a command with this name.
    pub(crate) fn by(self, command: &str) -> Error {
        Error::State {
            command: command.strip_prefix("UID ").unwrap_or(command).to_owned(),
            needs: self.needs,
            is: self.is,
        }
    }
}

/// Fails if the connection is not in the state that the command needs, or if the selected mailbox
/// is read-only and the command changes it.
pub(crate) fn check_place(needs: &Needs, state: &State) -> Result<(), Unmet> {
    let phase = state.phase();
    let is_in = matches!(phase, Phase::Authenticated | Phase::Selected);
    let (place, is_met) = match needs.place() {
        Place::Anywhere => ("", true),
        Place::Fresh => ("a fresh connection", phase == Phase::NotAuthenticated),
        Place::LoggedIn => ("a login", is_in),
        Place::NoMailbox => (
            "a login and no selected mailbox",
            phase == Phase::Authenticated,
        ),
        Place::Mailbox => ("a selected mailbox", phase == Phase::Selected),
    };
    if !is_met {
        let is = match needs.place() {
            Place::Fresh if is_in => "somebody is logged in",
            _ => phase_text(phase),
        };
        return Err(Unmet { needs: place, is });
    }
    let is_read_only = state.selected().is_some_and(|mailbox| mailbox.read_only);
    if needs.is_writable() && is_read_only {
        return Err(Unmet {
            needs: "a mailbox that is open for writing",
            is: "the selected one is open for reading only",
        });
    }
    Ok(())
}

/// Returns whether the server's capabilities are required to check the needs.
pub(crate) fn is_about_server(needs: &Needs) -> bool {
    needs.is_login_command()
        || needs.capabilities().next().is_some()
        || !needs.alternatives().is_empty()
}

/// Fails if the server lacks a capability that the command needs.
pub(crate) fn check_server(needs: &Needs, state: &State) -> Result<()> {
    let none = Capabilities::default();
    let capabilities = state.capabilities().unwrap_or(&none);
    if needs.is_login_command() && capabilities.has("LOGINDISABLED") {
        return Err(Error::LoginDisabled);
    }
    if let Some(lacks) = needs.capabilities().find(|name| !capabilities.has(name)) {
        return Err(Error::missing(&[lacks], state));
    }
    let any = needs.alternatives();
    match any.is_empty() || any.iter().any(|name| capabilities.has(name)) {
        true => Ok(()),
        false => Err(Error::missing(any, state)),
    }
}
