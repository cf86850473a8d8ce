//! Logs in with the new token.

use std::sync::{Arc, Mutex, PoisonError};

use imapclient::{Login, SecretString, tokio::Client};
use imapclient_config::{Account, Auth};

use crate::{failure::Result, screen::Screen};

/// Logs in on the mail server and out again. If the provider issues another refresh token, it
/// replaces the one in the account.
pub(super) async fn log_in(account: &mut Account, screen: &Screen) -> Result<()> {
    let rotated: Arc<Mutex<Option<SecretString>>> = Arc::default();
    let source = account.refresh_token()?.on_rotation({
        let rotated = Arc::clone(&rotated);
        move |new| *rotated.lock().unwrap_or_else(PoisonError::into_inner) = Some(new.clone())
    });
    let user = account.username.as_deref().unwrap_or_default();
    let login = match account.auth {
        Some(Auth::XOAuth2) => Login::xoauth2(user, source),
        Some(Auth::OAuthBearer) => Login::oauthbearer(user, source),
        _ => Login::token(user, source),
    };
    let builder = account.connection::<Client>()?.login_with(login);
    let done = async { builder.connect().await?.logout().await }.await;
    if let Some(new) = rotated
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
    {
        account.oauth2_refresh_token = Some(new);
    }
    done?;
    let user = account.username.as_deref().unwrap_or_default();
    screen.note(&format!(
        "{user} is logged in at {} with the token",
        account.host
    ));
    Ok(())
}
