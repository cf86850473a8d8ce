//! Providers that repeat the secrets they were sent.

use imapclient_echo::{Echo, WITHHELD};
use oauth2::url::form_urlencoded;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::Answer;

/// The fields of a request that are secrets.
const SECRETS: [&str; 5] = [
    "client_secret",
    "refresh_token",
    "code",
    "code_verifier",
    "device_code",
];

/// Returns an answer without what repeats a secret of its request: of a refusal the words, while
/// its code is kept, and the type of the content. A body that grants something has tokens in it in
/// any case, and is shown to nobody.
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

/// The fields of a refusal (RFC 6749 section 5.2), each by itself.
fn without_words(said: Map<String, Value>, echo: &Echo) -> Map<String, Value> {
    let shown = said.into_iter().map(|(name, value)| {
        let hidden = match (&*name, value.as_str()) {
            // It is one of a few words, and programs go by it.
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
