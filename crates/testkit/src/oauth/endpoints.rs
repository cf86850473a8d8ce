//! The endpoints: token (RFC 6749), device (RFC 8628), introspection (RFC 7662).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::{
    http::{Reply, Request},
    state::{Refusal, State},
};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub(super) fn answer(state: &mut State, request: &Request) -> Reply {
    let result = match (request.method.as_str(), request.path.as_str()) {
        ("POST", "/token") => token(state, request),
        ("POST", "/device") => device(state, request),
        ("GET" | "POST", "/introspect") => Ok(introspect(state, request)),
        _ => return Reply::page(404),
    };
    result.unwrap_or_else(refusal)
}

pub(super) fn refusal(code: &str) -> Reply {
    let status = if code == "invalid_client" { 401 } else { 400 };
    let description = "The testkit says \"no\".";
    let body = json!({"error": code, "error_description": description});
    Reply::json(status, &body)
}

fn token(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    let client = request.field("client_id");
    state.check_client(client, request.field("client_secret"))?;
    let (owner, refresh_token) = match request.field("grant_type") {
        "refresh_token" => state.use_refresh_token(client, request.field("refresh_token"))?,
        "authorization_code" => {
            let owner = state.use_code(
                client,
                request.field("code"),
                request.field("redirect_uri"),
                request.field("code_verifier"),
            )?;
            let refresh_token = state.add_refresh_token(client, &owner.user);
            (owner, Some(refresh_token))
        }
        DEVICE_CODE => {
            let owner = state.use_device(client, request.field("device_code"))?;
            let refresh_token = state.add_refresh_token(client, &owner.user);
            (owner, Some(refresh_token))
        }
        _ => return Err("unsupported_grant_type"),
    };
    let mut body = json!({
        "access_token": state.add_access_token(&owner.user),
        "token_type": "Bearer",
        "expires_in": state.lifetime.as_secs(),
        "scope": "imap",
    });
    if let Some(refresh_token) = refresh_token {
        body["refresh_token"] = refresh_token.into();
    }
    Ok(Reply::json(200, &body))
}

fn device(state: &mut State, request: &Request) -> Result<Reply, Refusal> {
    state.counts.device += 1;
    let client = request.field("client_id");
    state.check_client(client, request.field("client_secret"))?;
    let (device_code, user_code) = state.add_device(client);
    let mut body = json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": "https://localhost/enter",
        "expires_in": state.device_lifetime.as_secs(),
    });
    if let Some(interval) = state.device_interval {
        body["interval"] = interval.as_secs().into();
    }
    Ok(Reply::json(200, &body))
}

fn introspect(state: &mut State, request: &Request) -> Reply {
    state.counts.introspection += 1;
    let token = request.bearer.as_deref();
    let token = token.unwrap_or_else(|| request.field("token"));
    let now = Instant::now();
    let access = state.access.get(token).filter(|access| access.until > now);
    let Some(access) = access else {
        return Reply::json(200, &json!({"active": false}));
    };
    let ends = SystemTime::now() + (access.until - now);
    let ends = ends.duration_since(UNIX_EPOCH).unwrap_or_default();
    Reply::json(
        200,
        &json!({
            "active": true,
            "username": access.user,
            "scope": "imap",
            "exp": ends.as_secs(),
        }),
    )
}
