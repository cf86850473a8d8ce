//! Tests of access tokens from a provider on loopback: requests are counted, tokens kept and
//! rotated, and faults injected.
#![cfg(feature = "oauth2")]

use std::{
    error::Error as _,
    sync::{Arc, Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};

use imapclient_auth::{
    App, AuthorizationCode, DeviceCode, Http, RefreshToken, StoredToken, Token, TokenError,
    TokenSource, TokenStore,
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

#[test]
fn a_device_code() {
    let (provider, app) = provider();
    let asked = DeviceCode::begin(&app).unwrap();
    assert_eq!(asked.url(), "https://localhost/enter");
    assert_eq!(asked.expires_in(), Duration::from_secs(600));
    let user_code = asked.user_code().to_owned();
    let waits = Mutex::new(Vec::new());
    let grant = asked.finish(&app, |wait| {
        let mut waits = waits.lock().unwrap();
        waits.push(wait);
        // The user enters the code at last.
        if waits.len() == 2 {
            provider.enter(&user_code, Some("bob")).unwrap();
        }
    });
    let grant = grant.unwrap();
    assert_eq!(waits.into_inner().unwrap(), [Duration::from_secs(5); 2]);
    RefreshToken::new(app.clone(), grant.refresh_token.unwrap())
        .token(None)
        .unwrap();

    let asked = DeviceCode::begin(&app).unwrap();
    provider.enter(asked.user_code(), None).unwrap();
    let error = asked.finish(&app, |_| {}).unwrap_err();
    assert!(
        matches!(&error, TokenError::NotGranted { why, .. } if why == "access_denied"),
        "{error:?}"
    );
    assert_eq!(provider.counts().device, 2);
}

/// Returns the waits of a device whose code is entered after `count` of them.
fn waits(provider: &OAuthProvider, app: &App, count: usize) -> Vec<u64> {
    let asked = DeviceCode::begin(app).unwrap();
    let user_code = asked.user_code().to_owned();
    let waits = Mutex::new(Vec::new());
    let grant = asked.finish(app, |wait| {
        let mut waits = waits.lock().unwrap();
        waits.push(wait.as_secs());
        if waits.len() == count {
            provider.enter(&user_code, Some("bob")).unwrap();
        }
    });
    assert!(grant.unwrap().refresh_token.is_some());
    waits.into_inner().unwrap()
}

#[test]
fn a_device_waits_as_long_as_it_is_told() {
    let (provider, app) = provider();
    let lifetime = Duration::from_secs(600);
    for (interval, expected) in [(None, 5), (Some(0), 5), (Some(1), 1), (Some(7), 7)] {
        provider.set_device(lifetime, interval.map(Duration::from_secs));
        assert_eq!(waits(&provider, &app, 3), [expected; 3], "{interval:?}");
    }
    provider.add_fault(OAuthFault::Refuse("slow_down".into()));
    provider.add_fault(OAuthFault::Refuse("authorization_pending".into()));
    provider.add_fault(OAuthFault::Refuse("slow_down".into()));
    assert_eq!(waits(&provider, &app, 4), [7, 12, 12, 17]);
}

#[test]
fn a_device_waits_twice_as_long_for_a_provider_that_does_not_answer() {
    let (provider, app) = provider();
    provider.set_device(Duration::from_secs(600), Some(Duration::ZERO));
    let app = app.http(http(&provider).limit(Duration::from_millis(1500)));
    provider.add_fault(OAuthFault::Hang);
    provider.add_fault(OAuthFault::Hang);
    provider.add_fault(OAuthFault::Refuse("slow_down".into()));
    assert_eq!(waits(&provider, &app, 4), [5, 10, 20, 25]);
}

#[test]
fn a_device_gives_up_what_waiting_does_not_mend() {
    let (provider, app) = provider();
    type Check = fn(&TokenError) -> bool;
    let cases: [(OAuthFault, Check); 7] = [
        (OAuthFault::Status(500), |error| {
            matches!(error, TokenError::Status { status: 500, .. })
        }),
        (OAuthFault::Redirect("https://localhost/".into()), |error| {
            matches!(error, TokenError::Redirect { .. })
        }),
        (OAuthFault::Body("{\"canary\"".into()), |error| {
            bad_answer(error) && !error.to_string().contains("canary")
        }),
        (
            OAuthFault::Refuse("invalid_client".into()),
            |error| matches!(error, TokenError::Refused { code, .. } if code == "invalid_client"),
        ),
        (OAuthFault::Refuse("invalid_grant".into()), |error| {
            matches!(error, TokenError::InvalidGrant { .. })
        }),
        (
            OAuthFault::Refuse("expired_token".into()),
            |error| matches!(error, TokenError::NotGranted { why, .. } if why == "expired_token"),
        ),
        (
            OAuthFault::Refuse("access_denied".into()),
            |error| matches!(error, TokenError::NotGranted { description: Some(said), .. } if said.contains("testkit")),
        ),
    ];
    for (asked, (fault, check)) in (1..).zip(cases) {
        provider.add_fault(fault.clone());
        let code = DeviceCode::begin(&app).unwrap();
        let error = code.finish(&app, |_| {}).unwrap_err();
        assert!(check(&error), "{fault:?}: {error:?}");
        assert_eq!(provider.counts().token, asked, "{fault:?}");
    }
    // The provider does not listen any more.
    let code = DeviceCode::begin(&app).unwrap();
    drop(provider);
    let error = code.finish(&app, |_| {}).unwrap_err();
    assert!(matches!(error, TokenError::Connection { .. }), "{error:?}");
}

#[test]
fn a_device_code_runs_out() {
    let (provider, app) = provider();
    provider.set_device(Duration::from_secs(1), Some(Duration::from_secs(600)));
    let code = DeviceCode::begin(&app).unwrap();
    // It does not wait beyond the lifetime of the code.
    let error = code.finish(&app, thread::sleep).unwrap_err();
    assert!(
        matches!(&error, TokenError::NotGranted { why, .. } if why == "expired_token"),
        "{error:?}"
    );
    // A code that expires while the provider is silent is reported as expired.
    let app = app.http(http(&provider).limit(Duration::from_millis(1200)));
    provider.add_fault(OAuthFault::Hang);
    let code = DeviceCode::begin(&app).unwrap();
    let error = code.finish(&app, |_| {}).unwrap_err();
    assert!(matches!(error, TokenError::Timeout { .. }), "{error:?}");
}

/// A store in memory, which can be made to store nothing.
#[derive(Clone, Default)]
struct Store {
    token: Arc<Mutex<Option<SecretString>>>,
    takes_nothing: bool,
    keys: Arc<Mutex<Vec<String>>>,
}

struct Entry<'s>(&'s Store);

impl TokenStore for Store {
    fn lock(&self, key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
        self.keys.lock().unwrap().push(key.to_owned());
        Ok(Box::new(Entry(self)))
    }
}

impl StoredToken for Entry<'_> {
    fn get(&self) -> Option<SecretString> {
        self.0.token.lock().unwrap().clone()
    }

    fn put(&mut self, new: &SecretString) {
        if !self.0.takes_nothing {
            *self.0.token.lock().unwrap() = Some(new.clone());
        }
    }
}

#[test]
fn what_another_process_has_stored_is_used() {
    let (provider, app) = provider();
    provider.set_rotating(true);
    let store = Store::default();
    let source = source(&provider, &app).store(store.clone());
    let first = source.token(None).unwrap();
    let ours = store.token.lock().unwrap().clone().unwrap();

    // Another process uses it, and so it is revoked.
    let other = RefreshToken::new(app, ours).store(store.clone());
    other.token(None).unwrap();
    let second = source.token(Some(&first)).unwrap();
    assert!(second.is_fresh());
    // The other process adopts ours in turn.
    assert!(other.token(Some(&second)).is_ok());

    let keys = store.keys.lock().unwrap().clone();
    assert_eq!(keys[0], source.key());
    assert_ne!(source.key(), other.key());
    assert_eq!(source.key().len(), 64);
}

#[test]
fn what_the_store_does_not_take_is_used_by_this_process() {
    let (provider, app) = provider();
    provider.set_rotating(true);
    let first = source(&provider, &app);
    let stored = provider.add_refresh_token(ID, "bob");
    let store = Store {
        token: Arc::new(Mutex::new(Some(stored.into()))),
        takes_nothing: true,
        ..Store::default()
    };
    let source = first.store(store);
    let first = source.token(None).unwrap();
    // The token in the store is revoked by now.
    let second = source.token(Some(&first)).unwrap();
    assert!(source.token(Some(&second)).unwrap().is_fresh());
}

#[test]
fn a_store_that_cannot_be_locked_ends_it() {
    struct Locked;
    impl TokenStore for Locked {
        fn lock(&self, _key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
            Err(TokenError::other(std::io::Error::other("it is locked")))
        }
    }
    let (provider, app) = provider();
    let error = source(&provider, &app)
        .store(Locked)
        .token(None)
        .unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "it is locked");
    assert_eq!(provider.counts().token, 0);
}
