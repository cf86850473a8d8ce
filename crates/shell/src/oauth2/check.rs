//! Logs in with the new token.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use imapclient::{
    Login, SecretString,
    auth::{StoredToken, TokenError, TokenStore},
    tokio::Client,
};
use imapclient_config::{LoginMethod, Section, TokenMethod};

use crate::{
    failure::{Failure, Result},
    screen::Screen,
};

/// The refresh token with which the provider replaces the one that is checked. It is kept even if
/// Ctrl-C ends the check while the provider is asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Rotation(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    /// The number of requests to the provider that are under way.
    asking: usize,
    newest: Option<SecretString>,
    /// `true` once the check is over, so that no other request may begin.
    is_over: bool,
}

impl Rotation {
    /// Ends the check: waits until the provider has answered, but no longer than `limit`. Returns
    /// the newest refresh token, if the provider issued one.
    pub(super) fn end(&self, limit: Duration, screen: &Screen) -> Option<SecretString> {
        let mut state = self.state();
        state.is_over = true;
        if state.asking > 0 {
            screen.note("waiting for the provider, which may replace the refresh token");
            let waited = self
                .0
                .1
                .wait_timeout_while(state, limit, |state| state.asking > 0);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.asking > 0 {
                screen.warn(
                    "the provider has not answered: if it issues a new refresh token, that one is \
                     lost, and the one that is printed may be invalid; `imapclient oauth2 login` gets another",
                );
            }
        }
        state.newest.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for Rotation {
    fn lock(&self, _key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
        let mut state = self.state();
        if state.is_over {
            return Err(TokenError::other(io::Error::other("the check is over")));
        }
        state.asking += 1;
        Ok(Box::new(Asking(self)))
    }
}

/// A request to the provider.
struct Asking<'r>(&'r Rotation);

impl StoredToken for Asking<'_> {
    fn get(&self) -> Option<SecretString> {
        self.0.state().newest.clone()
    }

    fn put(&mut self, new: &SecretString) {
        self.0.state().newest = Some(new.clone());
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.state().asking -= 1;
        self.0.0.1.notify_all();
    }
}

/// Logs in on the mail server and out again.
pub(super) async fn log_in(section: &Section, rotation: &Rotation, screen: &Screen) -> Result<()> {
    let account = section.account()?;
    let Some(source) = account.refresh_token()? else {
        let why = "the account does not log in with a refresh token";
        return Err(Failure::Other(why.to_owned()));
    };
    let source = source.store(rotation.clone());
    let user = account.username().unwrap_or_default();
    let login = match section.login.method {
        LoginMethod::Token(TokenMethod::XOAuth2) => Login::xoauth2(user, source),
        LoginMethod::Token(TokenMethod::OAuthBearer) => Login::oauthbearer(user, source),
        _ => Login::token(user, source),
    };
    let builder = account.connect.builder::<Client>()?.login_with(login);
    builder.connect().await?.logout().await?;
    screen.note(&format!(
        "{user} is logged in at {} with the token",
        account.connect.server.host()
    ));
    Ok(())
}
