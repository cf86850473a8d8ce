//! Access tokens from the INI file through a provider to the server. The provider must be that of
//! the testkit, since the trials control it and read its counters.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use imapclient::{Error, Login, auth::secrecy::ExposeSecret};
use imapclient_config::{Account, Credentials, Tokens};
use imapclient_test_macros::faces;
use imapclient_testkit::OAuthControl;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::auth::with_tokens;

/// The lifetime of an access token that must expire during the trial.
const SHORT: Duration = Duration::from_secs(3);

/// Returns an account with an unused refresh token, and the control of its provider.
fn fresh_account() -> Result<(Account, OAuthControl), Stop> {
    let mut section = with_tokens()?;
    let ca_file = section.connect.tls.ca_file.as_deref();
    let folder = ca_file.and_then(|file| file.parent());
    let addr = folder.and_then(|folder| fs::read_to_string(folder.join("oauth2-control")).ok());
    let addr = addr.ok_or_else(|| Stop::ignored("the provider of tokens is not the testkit's"))?;
    let control = OAuthControl::new(addr.trim().parse()?);
    control.set_lifetime(Duration::from_secs(3600))?;
    control.set_rotating(false)?;
    let login = &mut section.login;
    let client = login.oauth2.client_id.as_deref().unwrap_or_default();
    let user = login.username.as_deref().unwrap_or_default();
    let refresh_token = control.add_refresh_token(client, user)?;
    login.oauth2.refresh_token = Some(refresh_token.into());
    Ok((section.account()?, control))
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn one_refresh_for_all_until_the_token_ends(cx: &Context) -> Result<(), Stop> {
        let (account, control) = fresh_account()?;
        control.set_lifetime(SHORT)?;
        let before = control.counts()?;
        let three = thread::scope(|scope| {
            let threads: Vec<_> =
                (0..3).map(|_| scope.spawn(|| face_run(visit(&account)))).collect();
            threads.into_iter().map(|thread| thread.join()).collect::<Vec<_>>()
        });
        for visit in three {
            visit.map_err(|_| Stop::failed("a panic"))??;
        }
        let after = control.counts()?;
        assert_eq!(after.token, before.token + 1);
        assert_eq!(after.introspection, before.introspection + 3);
        // Expiry is the subject of this trial.
        thread::sleep(SHORT);
        let builder = account.builder::<Client>()?;
        let client = Session::new(cx, builder.connect().await?);
        client.logout().await?;
        assert_eq!(control.counts()?.token, before.token + 2);
        Ok(())
    }

    #[trial]
    async fn a_revoked_token_is_replaced_once(_: &Context) -> Result<(), Stop> {
        let (account, control) = fresh_account()?;
        let before = control.counts()?;
        visit(&account).await?;
        visit(&account).await?;
        assert_eq!(control.counts()?.token, before.token + 1);
        control.revoke_access_tokens()?;
        visit(&account).await?;
        let after = control.counts()?;
        assert_eq!(after.token, before.token + 2);
        // The revoked token was tried first.
        assert_eq!(after.introspection, before.introspection + 4);
        Ok(())
    }

    #[trial]
    async fn a_rotated_refresh_token_reaches_the_hook(cx: &Context) -> Result<(), Stop> {
        let (mut account, control) = fresh_account()?;
        control.set_rotating(true)?;
        let kept = Arc::new(Mutex::new(None));
        let hook = {
            let kept = Arc::clone(&kept);
            move |new: &_| *kept.lock().unwrap() = Some(SecretString::clone(new))
        };
        let source = account.refresh_token()?.ok_or_else(|| Stop::failed("no refresh token"))?;
        let source = source.on_rotation(hook);
        let builder = account.connect.builder::<Client>()?;
        let builder = builder.login_with(Login::token(name_of(&account), source));
        let client = Session::new(cx, builder.connect().await?);
        client.logout().await?;
        let new = kept.lock().unwrap().take();
        let new = new.ok_or_else(|| Stop::failed("the hook was not called"))?;
        let old = replace_token(&mut account, new.clone())?;
        assert_ne!(old.expose_secret(), new.expose_secret());
        // Another run of the program would continue with the new token.
        visit(&account).await
    }

    #[trial]
    async fn a_provider_that_hangs(_: &Context) -> Result<(), Stop> {
        let (mut account, control) = fresh_account()?;
        account.connect.limits.timeout = Some(Duration::from_secs(1));
        control.hang()?;
        let builder = account.builder::<Client>()?;
        let error = builder.connect().await.err();
        let error = error.ok_or_else(|| Stop::failed("the login succeeded without a token"))?;
        assert!(matches!(error, Error::Token(_)) && error.is_timeout(), "{error:?}");
        if FACE == "tokio" {
            control.hang()?;
            others_go_on(&account)?;
        }
        visit(&account).await
    }

    /// Logs in and out.
    async fn visit(account: &Account) -> Result<(), Stop> {
        let builder = account.builder::<Client>()?;
        let mut client = builder.connect().await?;
        client.noop().await?;
        client.logout().await?;
        Ok(())
    }
}

type SecretString = imapclient::SecretString;

/// Replaces the refresh token of an account. Returns the old one.
fn replace_token(account: &mut Account, new: SecretString) -> Result<SecretString, Stop> {
    match &mut account.credentials {
        Credentials::Token {
            tokens: Tokens::Refresh { refresh_token, .. },
            ..
        } => Ok(std::mem::replace(refresh_token, new)),
        _ => Err(Stop::failed("the account has no refresh token")),
    }
}

fn name_of(account: &Account) -> &str {
    account.username().unwrap_or_default()
}

/// Waits in vain for a token, while another task of the same thread continues.
fn others_go_on(account: &Account) -> Result<(), Stop> {
    let mut account = account.clone();
    // A different user name, so that no other task waits for the same token.
    if let Credentials::Token { username, .. } = &mut account.credentials {
        username.push('@');
    }
    let builder = account.builder::<imapclient::tokio::Client>()?;
    let ticks = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ticks);
    let result = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let result = runtime.block_on(async {
            let ticking = tokio::spawn(async move {
                loop {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
            let result = builder.connect().await;
            ticking.abort();
            result
        });
        Ok::<_, std::io::Error>(result.err())
    });
    let error = result.join().map_err(|_| Stop::failed("a panic"))??;
    assert!(error.is_some_and(|error| error.is_timeout()));
    // The wait of a second has room for a hundred ticks; a busy machine may miss some.
    let ticks = ticks.load(Ordering::Relaxed);
    assert!(ticks > 10, "{ticks} ticks");
    Ok(())
}
