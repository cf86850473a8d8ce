//! Access tokens, refresh tokens and client secrets, with all behaviours of providers.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpListener,
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient::{
    Login,
    auth::{
        App, AuthorizationCode, Http, RefreshToken, TokenError, TokenSource, secrecy::ExposeSecret,
    },
};
use imapclient_test_macros::faces;
use imapclient_testkit::{OAuthFault, OAuthProvider, Peer};

use crate::{
    common::{goodbye, lines, plain, text},
    log::{capture, clean, error_clean, logged},
};

fn provider() -> (OAuthProvider, App) {
    let provider = OAuthProvider::start();
    provider.add_client("reader", Some("hunter2"));
    let http = Http::new()
        .without_native_roots()
        .ca_pem(provider.ca_pem())
        .limit(Duration::from_secs(5));
    let app = App::new(&provider.token_url(), "reader").unwrap();
    let app = app
        .authorization_url(&provider.authorization_url())
        .unwrap();
    (provider, app.client_secret("hunter2".into()).http(http))
}

/// Fails if a text contains a generated secret, plain or in base64.
#[track_caller]
fn without(shown: &str, secret: &str) {
    assert!(secret.len() > 20);
    assert!(!shown.contains(secret), "{secret} in {shown}");
    for skip in 0..3 {
        let whole = (secret.len() - skip) / 3 * 3;
        let encoded = BASE64_STANDARD.encode(&secret[skip..skip + whole]);
        assert!(!shown.contains(&encoded), "{secret} in {shown}");
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    #[case]
    async fn tokens_that_work_and_that_do_not() {
        capture();
        let (provider, app) = provider();
        let refresh_token = provider.add_refresh_token("reader", "bob");
        let source = || RefreshToken::new(app.clone(), refresh_token.as_str().into());
        clean(&format!("{:?} {app:?}", source()));
        let token = source().token(None).unwrap().secret().expose_secret().to_owned();
        for (mechanism, answer) in [
            ("XOAUTH2", "OK in"),
            ("OAUTHBEARER", "OK in"),
            ("XOAUTH2", "NO no"),
            ("OAUTHBEARER", "BAD no"),
        ] {
            let peer = Peer::start(move |mut connection| {
                connection.send(&format!("* OK [CAPABILITY SASL-IR AUTH={mechanism}] hi"))?;
                let line = connection.read_line()?;
                let tag = line.split(' ').next().unwrap_or_default();
                connection.send(&format!("{tag} {answer}"))?;
                if !answer.starts_with("OK") {
                    // This is the fresh token, or the same one without an initial response.
                    let line = connection.read_line()?;
                    let tag = line.split(' ').next().unwrap_or_default();
                    connection.send(&format!("{tag} {answer}"))?;
                }
                goodbye(&mut connection)
            });
            let mut client = plain::<Client>(&peer).connect().await.unwrap();
            let login = Login::token("bob", source());
            without(&format!("{login:?}"), &refresh_token);
            if let Err(error) = client.login_with(login).await {
                error_clean(&error);
                without(&format!("{error:?} {error:#?}"), &token);
            }
            let said = lines(client.wire_log()).join("\n");
            assert!(said.contains(&format!("AUTHENTICATE {mechanism} <secret, ")), "{said}");
            without(&format!("{client:?} {said}"), &token);
            client.logout().await.unwrap();
            peer.finish().unwrap();
        }
        let log = logged();
        assert!(log.contains("getting an access token"), "{log}");
        without(&log, &token);
        without(&log, &refresh_token);
        clean(&log);
    }
}

#[test]
fn providers_that_fail() {
    capture();
    let (provider, app) = provider();
    let echo = r#"{"access_token": "hunter2", "token_type": 5}"#;
    for fault in [
        OAuthFault::Status(500),
        OAuthFault::Redirect(provider.token_url()),
        OAuthFault::Body(echo.to_owned()),
        OAuthFault::Body("hunter2".to_owned()),
        OAuthFault::ContentType("text/html".to_owned()),
    ] {
        provider.add_fault(fault);
        let refresh_token = provider.add_refresh_token("reader", "bob");
        let source = RefreshToken::new(app.clone(), refresh_token.as_str().into());
        let error = source.token(None).unwrap_err();
        let error = imapclient::Error::from(error);
        error_clean(&error);
        without(&format!("{error:?} {}", logged()), &refresh_token);
    }
    let wrong = app.client_secret("hunter3".into());
    let refresh_token = provider.add_refresh_token("reader", "bob");
    let error = RefreshToken::new(wrong, refresh_token.as_str().into()).token(None);
    error_clean(&imapclient::Error::from(error.unwrap_err()));
    without(&logged(), &refresh_token);
}

/// Accepts one request and refuses it, with a text in which `{refresh_token}` and the like stand
/// for the values that were sent. Returns the address.
fn refusing(said: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        let mut said = said.to_owned();
        for field in String::from_utf8(body).unwrap().split('&') {
            let (name, value) = field.split_once('=').unwrap();
            said = said.replace(&format!("{{{name}}}"), value);
            let decoded = BASE64_STANDARD.encode(value.replace("%2F", "/"));
            said = said.replace(&format!("{{base64 {name}}}"), &decoded);
        }
        let head = "HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\n";
        let length = said.len();
        write!(
            stream.get_mut(),
            "{head}content-length: {length}\r\n\r\n{said}"
        )
        .unwrap();
    });
    format!("http://127.0.0.1:{port}/token")
}

#[test]
fn providers_that_repeat_secrets() {
    const REFRESH: &str = "1//refresh-token-of-bob";
    capture();
    for (said, code) in [
        (
            r#"{"error": "invalid_grant", "error_description": "bad token {refresh_token}"}"#,
            None,
        ),
        (
            r#"{"error": "slow_down", "error_description": "{base64 refresh_token} again"}"#,
            Some("slow_down"),
        ),
        (
            r#"{"error": "invalid_client", "error_description": "not {client_secret}"}"#,
            Some("invalid_client"),
        ),
        (
            r#"{"error": "{refresh_token}"}"#,
            Some("<withheld: it may repeat the secret that was sent>"),
        ),
    ] {
        let app = App::new(&refusing(said), "reader")
            .unwrap()
            .client_secret("hunter2".into());
        let error = RefreshToken::new(app, REFRESH.into())
            .token(None)
            .unwrap_err();
        let error = imapclient::Error::from(error);
        error_clean(&error);
        let shown = format!("{error:?} {} {}", text(&error), logged());
        without(&shown, REFRESH);
        assert!(!shown.contains("%2F%2Frefresh"), "{shown}");
        assert!(text(&error).contains("<withheld"), "{error:?}");
        let imapclient::Error::Token(error) = error else {
            panic!("{error:?}");
        };
        match (error, code) {
            (TokenError::InvalidGrant { .. }, None) => {}
            (TokenError::Refused { code, .. }, Some(expected)) => assert_eq!(code, expected),
            (error, _) => panic!("{error:?}"),
        }
    }
    // A text without secrets is shown.
    let said = r#"{"error": "invalid_grant", "error_description": "it was revoked"}"#;
    let app = App::new(&refusing(said), "reader")
        .unwrap()
        .client_secret("hunter2".into());
    let error = RefreshToken::new(app, REFRESH.into())
        .token(None)
        .unwrap_err();
    assert!(error.to_string().ends_with("(it was revoked)"), "{error}");
    // Any text is withheld if a secret is too short to be found in it.
    let app = App::new(&refusing(said), "reader")
        .unwrap()
        .client_secret("abc".into());
    let error = RefreshToken::new(app, REFRESH.into())
        .token(None)
        .unwrap_err();
    assert!(error.to_string().contains("(<withheld"), "{error}");
}

#[test]
fn the_first_tokens() {
    capture();
    let (provider, app) = provider();
    let asked = AuthorizationCode::begin(&app, "http://127.0.0.1:1/").unwrap();
    clean(asked.url());
    let back = provider.grant(asked.url(), "bob").unwrap();
    let code = back
        .split_once("code=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    without(&format!("{asked:?}"), &code);
    let grant = asked.finish(&app, &back).unwrap();
    let refresh_token = grant
        .refresh_token
        .as_ref()
        .unwrap()
        .expose_secret()
        .to_owned();
    let shown = format!("{grant:?} {}", logged());
    for secret in [grant.access_token.expose_secret(), &refresh_token, &code] {
        without(&shown, secret);
    }
    clean(&shown);
}
