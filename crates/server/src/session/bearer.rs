//! XOAUTH2 and OAUTHBEARER (RFC 7628), with the password of the user as the token.

use imap_codec::imap_types::auth::AuthMechanism;
use imapclient_loopback::lock;

use super::Session;
use crate::reply::{Outcome, Reply};

/// A mechanism that sends an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    XOAuth2,
    OAuthBearer,
}

impl Bearer {
    pub(super) fn of(mechanism: &AuthMechanism<'_>) -> Option<Self> {
        match mechanism.as_ref().to_ascii_uppercase().as_str() {
            "XOAUTH2" => Some(Self::XOAuth2),
            "OAUTHBEARER" => Some(Self::OAuthBearer),
            _ => None,
        }
    }

    /// Parses the user and the token in the client's message.
    fn read(self, message: &str) -> Option<(String, &str)> {
        let mut fields = message.strip_suffix("\u{1}\u{1}")?.split('\u{1}');
        let head = fields.next()?;
        let user = match self {
            Self::XOAuth2 => head.strip_prefix("user=")?.to_owned(),
            Self::OAuthBearer => {
                let user = head.strip_prefix("n,a=")?.strip_suffix(',')?;
                user.replace("=2C", ",").replace("=3D", "=")
            }
        };
        let token = fields.find_map(|field| field.strip_prefix("auth=Bearer "))?;
        Some((user, token))
    }

    /// Returns the challenge after a wrong token, before the NO.
    fn challenge(self) -> &'static [u8] {
        match self {
            Self::XOAuth2 => {
                br#"{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}"#
            }
            Self::OAuthBearer => {
                br#"{"status":"invalid_token","scope":"https://mail.google.com/"}"#
            }
        }
    }
}

impl Session<'_> {
    /// Logs in a client that sends a valid token.
    pub(super) fn bear(&mut self, bearer: Bearer, initial: Option<&[u8]>) -> Outcome {
        let message = self.answer_to(b"", initial)?;
        let message = String::from_utf8_lossy(&message);
        let Some((user, token)) = bearer.read(&message) else {
            return Err(Reply::bad("That shows no token.").into());
        };
        let known = lock(&self.shared.store).login(user.as_bytes(), token.as_bytes());
        if known.is_none() {
            // The client's response does not matter.
            self.answer_to(bearer.challenge(), None)?;
            return Err(self.fail(&user));
        }
        self.let_in(user.as_bytes(), token.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_tokens() {
        let read = |bearer: Bearer, text: &'static str| bearer.read(text);
        assert_eq!(
            read(Bearer::XOAuth2, "user=a@b\u{1}auth=Bearer t\u{1}\u{1}"),
            Some(("a@b".into(), "t"))
        );
        assert_eq!(
            read(
                Bearer::OAuthBearer,
                "n,a=x=2Cy,\u{1}host=h\u{1}auth=Bearer t\u{1}\u{1}"
            ),
            Some(("x,y".into(), "t"))
        );
        for wrong in [
            "",
            "user=a\u{1}auth=Basic t\u{1}\u{1}",
            "user=a\u{1}auth=Bearer t",
        ] {
            assert_eq!(read(Bearer::XOAuth2, wrong), None, "{wrong:?}");
        }
    }
}
