//! Tests of access tokens from a provider on loopback: requests are counted, tokens kept and
//! rotated, and faults injected.
#![cfg(feature = "oauth2")]

mod device;
mod store;

use std::{
    error::Error as _,
    sync::{Arc, Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};

use imapclient_auth::{
    App, AuthorizationCode, Http, RefreshToken, Token, TokenError, TokenSource,
    secrecy::{ExposeSecret, SecretString},
};
use imapclient_testkit::{Authority, OAuthFault, OAuthProvider};

const ID: &str = "mail-reader";

/// Returns a provider and the program that is registered with it.
fn provider() -> (OAuthProvider, App) {
    let provider = OAuthProvider::start();
    provider.add_client(ID, Some("hush-hush"));
    let app = app(&provider).client_secret("hush-hush".into());
    (provider, app)
}

fn app(provider: &OAuthProvider) -> App {
    let app = App::new(&provider.token_url(), ID).unwrap();
    app.http(http(provider))
        .authorization_url(&provider.authorization_url())
        .unwrap()
        .device_url(&provider.device_url())
        .unwrap()
}

fn http(provider: &OAuthProvider) -> Http {
    Http::new()
        .without_native_roots()
        .ca_pem(provider.ca_pem())
        .limit(Duration::from_secs(8))
}

fn source(provider: &OAuthProvider, app: &App) -> RefreshToken {
    let refresh_token = provider.add_refresh_token(ID, "bob");
    RefreshToken::new(app.clone(), refresh_token.into()).username("bob")
}

fn text(token: &Token) -> &str {
    token.secret().expose_secret()
}

#[test]
fn a_token_is_kept_until_shortly_before_its_end() {
    let (provider, app) = provider();
    provider.set_lifetime(Duration::from_secs(2));
    let source = source(&provider, &app);
    let begun = Instant::now();
    let first = source.token(None).unwrap();
    assert!(first.is_fresh() && text(&first).starts_with("access-"));
    let second = source.token(None).unwrap();
    // Skipped if the machine was suspended in between.
    if begun.elapsed() < Duration::from_secs(1) {
        assert!(!second.is_fresh());
        assert_eq!(text(&first), text(&second));
        assert_eq!(provider.counts().token, 1);
    }
    // Waits until less than a tenth of the lifetime is left.
    thread::sleep(Duration::from_millis(1850));
    let third = source.token(None).unwrap();
    assert!(third.is_fresh());
    assert_ne!(text(&first), text(&third));
}

#[test]
fn a_limit_beyond_all_clocks() {
    let (provider, app) = provider();
    let app = app.http(http(&provider).limit(Duration::MAX));
    assert!(source(&provider, &app).token(None).is_ok());
}

#[test]
fn sources_of_the_same_account_share_a_token_and_others_do_not() {
    let (provider, app) = provider();
    let refresh_token = provider.add_refresh_token(ID, "bob");
    let source = |user: &str, refresh_token: &str| {
        RefreshToken::new(app.clone(), refresh_token.into()).username(user)
    };
    let first = source("bob", &refresh_token).token(None).unwrap();
    let second = source("bob", &refresh_token).token(None).unwrap();
    assert_eq!(text(&first), text(&second));
    assert_eq!(provider.counts().token, 1);
    let other_user = source("bob@example.org", &refresh_token)
        .token(None)
        .unwrap();
    assert_ne!(text(&first), text(&other_user));
    let other_token = provider.add_refresh_token(ID, "bob");
    source("bob", &other_token).token(None).unwrap();
    assert_eq!(provider.counts().token, 3);
}

#[test]
fn one_asks_for_all() {
    let (provider, app) = provider();
    let source = source(&provider, &app);
    let start = Barrier::new(8);
    let tokens: Vec<Token> = thread::scope(|scope| {
        let ask = || {
            start.wait();
            source.token(None).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(provider.counts().token, 1);
    assert!(tokens.iter().all(|token| text(token) == text(&tokens[0])));
    assert_eq!(tokens.iter().filter(|token| token.is_fresh()).count(), 1);
}

#[test]
fn one_failure_is_for_all_that_waited() {
    let (provider, app) = provider();
    let limit = Duration::from_millis(1500);
    let source = source(&provider, &app.http(http(&provider).limit(limit)));
    provider.add_fault(OAuthFault::Hang);
    thread::scope(|scope| {
        let first = scope.spawn(|| source.token(None));
        // The others come while the first one waits.
        while provider.counts().token == 0 {
            thread::yield_now();
        }
        let others: Vec<_> = (0..4).map(|_| scope.spawn(|| source.token(None))).collect();
        assert!(first.join().unwrap().unwrap_err().is_timeout());
        for other in others {
            assert!(other.join().unwrap().unwrap_err().is_timeout());
        }
    });
    assert_eq!(provider.counts().token, 1);
    // A later call tries again.
    source.token(None).unwrap();
    assert_eq!(provider.counts().token, 2);
}

#[test]
fn a_token_that_was_refused_is_not_given_again() {
    let (provider, app) = provider();
    let source = source(&provider, &app);
    let old = source.token(None).unwrap();
    let new = source.token(Some(&old)).unwrap();
    assert!(new.is_fresh());
    assert_ne!(text(&old), text(&new));
    // Another connection that used the old token causes no further request.
    let same = source.token(Some(&old)).unwrap();
    assert_eq!(text(&new), text(&same));
    assert_eq!(provider.counts().token, 2);
}

#[test]
fn a_rotated_refresh_token_reaches_the_hook_and_is_used() {
    let (provider, app) = provider();
    provider.set_rotating(true);
    let kept = Arc::new(Mutex::new(Vec::new()));
    let hook = {
        let kept = Arc::clone(&kept);
        move |new: &SecretString| kept.lock().unwrap().push(new.expose_secret().to_owned())
    };
    let source = source(&provider, &app).on_rotation(hook);
    let first = source.token(None).unwrap();
    assert_eq!(kept.lock().unwrap().len(), 1);
    // The first refresh token is no longer valid.
    let second = source.token(Some(&first)).unwrap();
    assert!(second.is_fresh());
    let kept = kept.lock().unwrap().clone();
    assert_eq!(kept.len(), 2);
    assert_ne!(kept[0], kept[1]);
    let later = RefreshToken::new(app, kept[1].as_str().into());
    assert!(later.token(None).unwrap().is_fresh());
}

#[test]
fn programs_without_a_secret() {
    let provider = OAuthProvider::start();
    provider.add_client(ID, None);
    source(&provider, &app(&provider)).token(None).unwrap();
}

#[test]
fn refusals_of_the_provider() {
    let (provider, app) = provider();
    let good = source(&provider, &app);
    let wrong = RefreshToken::new(app.client_secret("wrong".into()), "x".into());
    let error = wrong.token(None).unwrap_err();
    assert!(
        matches!(&error, TokenError::Refused { code, .. } if code == "invalid_client"),
        "{error:?}"
    );
    provider.revoke_refresh_tokens();
    let error = good.token(None).unwrap_err();
    assert!(
        matches!(error, TokenError::InvalidGrant { .. }),
        "{error:?}"
    );
    assert!(!error.is_transient());
    assert_eq!(
        error.to_string(),
        r#"the provider does not accept the grant any more; log in there again (The testkit says "no".)"#
    );
}

#[test]
fn what_an_endpoint_may_do_instead() {
    let (provider, app) = provider();
    // The target of the redirect, which must receive no request.
    let elsewhere = OAuthProvider::start();
    type Check = fn(&TokenError) -> bool;
    let body = |text: &str| OAuthFault::Body(text.to_owned());
    let cases: [(OAuthFault, Check); 13] = [
        (OAuthFault::Redirect(elsewhere.token_url()), |error| {
            matches!(error, TokenError::Redirect { status: 307, .. })
        }),
        (OAuthFault::Status(500), |error| {
            matches!(error, TokenError::Status { status: 500, .. }) && error.is_transient()
        }),
        (OAuthFault::Status(503), |error| error.is_transient()),
        (OAuthFault::Status(429), |error| error.is_transient()),
        (OAuthFault::Status(404), |error| {
            matches!(error, TokenError::Status { status: 404, .. }) && !error.is_transient()
        }),
        (
            OAuthFault::ContentType("text/plain".into()),
            |error| matches!(error, TokenError::ContentType { content_type: Some(found), .. } if found == "text/plain"),
        ),
        (
            OAuthFault::ContentType("application/jsonp".into()),
            |error| matches!(error, TokenError::ContentType { .. }),
        ),
        (body(""), bad_answer),
        (body("{"), bad_answer),
        (body("<html>"), bad_answer),
        (body("{}"), bad_answer),
        (
            body(r#"{"access_token": 5, "token_type": "Bearer"}"#),
            bad_answer,
        ),
        (body(&"x".repeat(300_000)), bad_answer),
    ];
    for (asked, (fault, check)) in (1..).zip(cases) {
        provider.add_fault(fault.clone());
        let error = source(&provider, &app).token(None).unwrap_err();
        assert!(check(&error), "{fault:?}: {error:?}");
        assert!(
            error.to_string().starts_with("localhost ") || bad_answer(&error),
            "{error}"
        );
        assert!(!error.is_timeout());
        assert_eq!(provider.counts().token, asked);
    }
    assert_eq!(elsewhere.counts().token, 0);
}

fn bad_answer(error: &TokenError) -> bool {
    matches!(error, TokenError::BadAnswer { host, .. } if host == "localhost")
}

#[test]
fn what_is_in_a_broken_answer_is_not_shown() {
    let (provider, app) = provider();
    for body in [
        r#"{"access_token": "canary", "token_type": "Bearer", "expires_in": "canary"}"#,
        r#"{"access_token": ["canary"]}"#,
        r#"{"access_token": "canary"#,
        "canary",
    ] {
        provider.add_fault(OAuthFault::Body(body.to_owned()));
        let error = source(&provider, &app).token(None).unwrap_err();
        let mut shown = format!("{error} {error:?}");
        let mut cause = error.source();
        while let Some(error) = cause {
            shown.push_str(&format!("{error} {error:?}"));
            cause = error.source();
        }
        assert!(!shown.contains("canary"), "{shown}");
    }
}

#[test]
fn an_endpoint_that_hangs_is_given_up() {
    let (provider, app) = provider();
    provider.add_fault(OAuthFault::Hang);
    let limit = Duration::from_millis(100);
    let begun = Instant::now();
    let error = source(&provider, &app.http(http(&provider).limit(limit)))
        .token(None)
        .unwrap_err();
    assert!(matches!(error, TokenError::Timeout { .. }), "{error:?}");
    assert!(error.is_timeout() && error.is_transient());
    assert!(begun.elapsed() < Duration::from_secs(8));
    assert_eq!(error.to_string(), "localhost did not answer within 100ms");
}

#[test]
fn an_endpoint_of_somebody_else_gets_no_secret() {
    let (provider, app) = provider();
    let stranger = Authority::new();
    for http in [
        Http::new().without_native_roots().ca_pem(stranger.pem()),
        Http::new().without_native_roots(),
        Http::new()
            .without_native_roots()
            .ca_pem("-----BEGIN CERTIFICATE-----\n?"),
    ] {
        let error = source(&provider, &app.clone().http(http))
            .token(None)
            .unwrap_err();
        assert!(matches!(error, TokenError::Connection { .. }), "{error:?}");
    }
    assert_eq!(provider.counts().token, 0);
    let url = provider.token_url();
    drop(provider);
    let app = App::new(&url, ID).unwrap();
    let error = RefreshToken::new(app, "x".into()).token(None).unwrap_err();
    assert!(
        matches!(error, TokenError::Connection { .. }) && error.is_transient(),
        "{error:?}"
    );
}

#[test]
fn an_authorization_code_with_pkce() {
    let (provider, app) = provider();
    let redirect = "http://127.0.0.1:4567/back";
    let asked = AuthorizationCode::begin(&app, redirect).unwrap();
    let back = provider.grant(asked.url(), "bob").unwrap();
    assert!(back.starts_with(redirect), "{back}");
    let grant = asked.finish(&app, &back).unwrap();
    assert_eq!(grant.expires_in, Some(Duration::from_secs(3600)));
    let source = RefreshToken::new(app.clone(), grant.refresh_token.unwrap());
    source.token(None).unwrap();

    // The path with the query is what a listener sees.
    let asked = AuthorizationCode::begin(&app, redirect).unwrap();
    let back = provider.grant(asked.url(), "bob").unwrap();
    let path = back.strip_prefix("http://127.0.0.1:4567").unwrap();
    asked.finish(&app, path).unwrap();
}

#[test]
fn codes_of_somebody_else() {
    let (provider, app) = provider();
    let redirect = "http://127.0.0.1:4567/";
    let begin = || AuthorizationCode::begin(&app, redirect).unwrap();
    let asked = begin();
    let other = provider.grant(begin().url(), "mallory").unwrap();
    let error = asked.finish(&app, &other).unwrap_err();
    assert!(matches!(error, TokenError::Mismatch), "{error:?}");

    let state = |url: &str| {
        let (_, rest) = url.split_once("state=").unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    // With our own state, but a code for another verifier.
    let (asked, other) = (begin(), begin());
    let stolen = provider.grant(other.url(), "mallory").unwrap();
    let forged = stolen.replace(&state(other.url()), &state(asked.url()));
    let error = asked.finish(&app, &forged).unwrap_err();
    assert!(
        matches!(error, TokenError::InvalidGrant { .. }),
        "{error:?}"
    );

    let asked = begin();
    let denied = format!(
        "{redirect}?error=access_denied&error_description=not+today&state={}",
        state(asked.url())
    );
    let error = asked.finish(&app, &denied).unwrap_err();
    assert_eq!(
        error.to_string(),
        "access was not granted: access_denied (not today)"
    );
    assert!(
        matches!(&error, TokenError::NotGranted { why, .. } if why == "access_denied"),
        "{error:?}"
    );
    let error = begin().finish(&app, "").unwrap_err();
    assert!(matches!(error, TokenError::Mismatch), "{error:?}");
    let error = AuthorizationCode::begin(&app, "http://example.org/").unwrap_err();
    assert!(matches!(error, TokenError::Address { .. }), "{error:?}");
}
