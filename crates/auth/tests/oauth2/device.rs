//! Tests of device codes.

use imapclient_auth::DeviceCode;

use super::*;

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
