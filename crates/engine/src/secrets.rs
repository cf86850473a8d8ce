//! Secrets of a login under way, and responses that repeat them.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient_codec::{Code, Effect, Malformed, Part, Response, Status, Tag};
use imapclient_echo::{Echo, WITHHELD};
use zeroize::Zeroizing;

/// The secrets of a login, from before its first byte is written until it is answered.
pub(crate) struct Secrets {
    echo: Echo,
    /// The tag of the login. The client chose it, so it is kept even if it happens to contain a
    /// short secret.
    tag: Tag,
    /// True if each response counts as a secret as a whole, because the caller has not named the
    /// secrets in it.
    responses: bool,
    /// Returns what may be told of a text that is withheld.
    verdict: Option<Verdict>,
}

/// Returns what may be told of a text of the server that is withheld, in words that are not the
/// server's; `None` for nothing. See [`Options::verdict`](crate::Options::verdict).
pub type Verdict = fn(&str) -> Option<String>;

impl Secrets {
    /// Returns the secrets of a command that logs in; `None` for any other.
    pub(crate) fn of(
        parts: &[Part],
        effect: &Effect,
        tag: &Tag,
        verdict: Option<Verdict>,
    ) -> Option<Self> {
        if !matches!(effect, Effect::Login | Effect::Authenticate) {
            return None;
        }
        let mut echo = Echo::new();
        for part in parts {
            match part {
                Part::Secret(text) if *effect == Effect::Login => echo.add(&unquoted(text)),
                Part::Secret(text) => match BASE64_STANDARD.decode(text) {
                    Ok(response) => echo.add(&Zeroizing::new(response)),
                    Err(_) => echo.add(text),
                },
                Part::SecretLiteral(text) => echo.add(text),
                Part::Text(_) | Part::Literal { .. } | Part::Announced { .. } => {}
            }
        }
        Some(Self {
            echo,
            tag: tag.clone(),
            responses: true,
            verdict,
        })
    }

    /// Looks for these secrets from now on instead of whole responses.
    pub(crate) fn name(&mut self, secrets: &[&[u8]]) {
        self.echo = Echo::new();
        self.responses = false;
        for secret in secrets {
            self.echo.add(secret);
        }
    }

    /// Records a response to a challenge.
    pub(crate) fn respond(&mut self, response: &[u8]) {
        if self.responses {
            self.echo.add(response);
        }
    }

    /// Returns whether the beginning of a line must not be shown.
    pub(crate) fn hides_beginning(&self, line: &[u8]) -> bool {
        self.echo.hides_beginning(line)
    }

    /// Returns whether a response may repeat a secret. If `is_cut` is true, only the beginning of
    /// the message is known.
    pub(crate) fn hides(&self, message: &[u8], response: &Response, is_cut: bool) -> bool {
        let hides = |text: &[u8]| match is_cut {
            true => self.echo.hides_beginning(text),
            false => self.echo.hides(text),
        };
        match response {
            Response::Tagged(_, status) | Response::Status(status) => {
                self.echo.is_in(message) || hides(status.text.as_bytes())
            }
            // Base64 may be written in several ways.
            Response::Continue(text) => {
                let decoded = BASE64_STANDARD.decode(text.text.trim_ascii());
                let decoded = decoded.map(Zeroizing::new);
                hides(&text.text)
                    || decoded.is_ok_and(|decoded| hides(&decoded))
                    || (is_cut && hides(message))
            }
            Response::Unknown(_) | Response::Malformed(_) => hides(message),
            _ => self.echo.is_in(message),
        }
    }

    /// Replaces the part of a response that may not be shown because it repeats a secret, and
    /// returns the line for the log. The code of a status is kept because programs depend on it; a
    /// challenge is kept because the mechanism needs it.
    pub(crate) fn withhold(&self, message: &[u8], response: &mut Response) -> String {
        match response {
            Response::Tagged(tag, status)
                if *tag == self.tag || !self.echo.is_in(tag.as_ref().as_bytes()) =>
            {
                self.withhold_text(message, status);
                format!("{tag} {}", line_of(status))
            }
            Response::Status(status) => {
                self.withhold_text(message, status);
                format!("* {}", line_of(status))
            }
            Response::Continue(_) => format!("+ {WITHHELD}"),
            _ => {
                let is_untagged = message.trim_ascii_start().starts_with(b"*");
                let line = format!("{}{WITHHELD}", if is_untagged { "* " } else { "" });
                let why = "it may repeat the secret that was sent";
                *response = Response::Malformed(Malformed::new("RESPONSE", line.clone(), why, 0));
                line
            }
        }
    }

    fn withhold_text(&self, message: &[u8], status: &mut Status) {
        let code = status.code.take();
        status.code = code.and_then(|code| self.clean(message, &status.text, code));
        status.text = match self.verdict.and_then(|verdict| verdict(&status.text)) {
            Some(verdict) => format!("{WITHHELD}; {verdict}"),
            None => WITHHELD.to_owned(),
        };
    }

    /// Returns a code without the arguments that repeat a secret; `None` if the code would mean
    /// something else without them.
    fn clean(&self, message: &[u8], text: &str, code: Code) -> Option<Code> {
        // The text is the end of the line, unless it was repaired; then it is searched as well.
        let line = message.trim_ascii_end();
        let before = line
            .strip_suffix(text.trim_ascii_end().as_bytes())
            .unwrap_or(line);
        let start = before.iter().position(|byte| *byte == b'[').unwrap_or(0);
        if !self.echo.is_in(before.get(start..).unwrap_or_default()) {
            return Some(code);
        }
        if matches!(code, Code::Capability(_)) || self.echo.is_in(code.name().as_bytes()) {
            return None;
        }
        Some(Code::Other {
            name: code.name().to_owned(),
            arguments: None,
        })
    }
}

fn line_of(status: &Status) -> String {
    match &status.code {
        Some(code) => format!("{} [{code}] {}", status.kind, status.text),
        None => format!("{} {}", status.kind, status.text),
    }
}

/// Returns the text of a quoted string.
fn unquoted(quoted: &[u8]) -> Zeroizing<Vec<u8>> {
    let inside = quoted.strip_prefix(b"\"").unwrap_or(quoted);
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside);
    let mut text = Zeroizing::new(Vec::with_capacity(inside.len()));
    let mut bytes = inside.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => text.extend(bytes.next()),
            byte => text.push(*byte),
        }
    }
    text
}
