//! Hides secrets of a request that a provider repeats in its answer.

use imapclient_echo::{Echo, WITHHELD};
use oauth2::url::form_urlencoded;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Answer;

/// The fields of a request that are secret.
const SECRETS: [&str; 5] = [
    "client_secret",
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
];

/// Removes from an answer what repeats a secret of its request: the content type, and the texts of
/// a refusal, but not its error code. The body of a successful answer contains tokens in any case
/// and is never shown.
pub(super) fn screened(mut answer: Answer, request: &[u8]) -> Answer {
    let mut echo = Echo::new();
    for (name, value) in form_urlencoded::parse(request) {
        if SECRETS.contains(&&*name) {
            echo.add(&Zeroizing::new(value.into_owned().into_bytes()));
        }
    }
    if let Some(content_type) = &mut answer.content_type
        && echo.is_in(content_type.as_bytes())
    {
        *content_type = WITHHELD.to_owned();
    }
    if answer.status != 200
        && let Ok(Value::Object(said)) = serde_json::from_slice(&answer.body)
    {
        let said = Value::Object(without_words(said, &echo));
        answer.body = Zeroizing::new(said.to_string().into_bytes());
    }
    answer
}

/// Checks each field of a refusal (RFC 6749 §5.2) by itself.
fn without_words(said: Map<String, Value>, echo: &Echo) -> Map<String, Value> {
    let shown = said.into_iter().map(|(name, value)| {
        let hidden = match (&*name, value.as_str()) {
            // The code is one of a few words that programs compare. It is hidden only if it repeats
            // a secret, not just because a secret is short.
            ("error", Some(text)) => echo.is_in(text.as_bytes()),
            (_, Some(text)) => echo.hides(text.as_bytes()),
            (_, None) => echo.is_in(value.to_string().as_bytes()),
        };
        match hidden {
            true => (name, Value::String(WITHHELD.to_owned())),
            false => (name, value),
        }
    });
    shown.collect()
}
