//! Hides the secrets of a login that the server repeats.

use imapclient_codec::Response;

use super::Engine;
use crate::{log::WireLog, oversize::Oversize, secrets::Secrets};

impl Engine {
    /// Names the secrets of the login under way: the password or token, and the values derived from
    /// it. Text of the server is withheld if it repeats one of them, until the login is answered.
    /// If this is not called, the argument of LOGIN and each response to a challenge count as
    /// secrets as a whole.
    ///
    /// Call this again after [`respond`](Self::respond) if there are more secrets by then. Has no
    /// effect while no login is under way.
    ///
    /// ```
    /// use imapclient_engine::{Engine, Event, Options, WITHHELD, codec::command};
    ///
    /// let mut engine = Engine::new(Options::default());
    /// engine.feed(b"* OK hello\r\n");
    /// engine.poll_event()?;
    /// engine.submit(command::authenticate("PLAIN", Some(b"\0bob\0sekret"))?)?;
    /// engine.name_secrets(&[b"sekret"]);
    /// engine.wrote(engine.output().len());
    ///
    /// engine.feed(b"A0001 NO [AUTHENTICATIONFAILED] wrong password: sekret\r\n");
    /// let Some(Event::Done { status, .. }) = engine.poll_event()? else { unreachable!() };
    /// assert_eq!(status.text, WITHHELD);
    /// assert!(status.code.is_some());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn name_secrets(&mut self, secrets: &[&[u8]]) {
        if let Some(known) = &mut self.secrets {
            known.name(secrets);
        }
    }
}

/// Logs a response, and replaces the part of it that may not be shown. Returns whether it repeats a
/// secret.
pub(super) fn screen(
    secrets: Option<&Secrets>,
    log: &mut WireLog,
    message: &[u8],
    response: &mut Response,
    is_cut: bool,
) -> bool {
    let Some(secrets) = secrets.filter(|secrets| secrets.hides(message, response, is_cut)) else {
        log.server(message);
        return false;
    };
    let line = secrets.withhold(message, response);
    log.server(line.as_bytes());
    true
}

/// Does the same as [`screen`] for a response of which only the beginning is known.
pub(super) fn screened_past(
    secrets: Option<&Secrets>,
    log: &mut WireLog,
    head: &[u8],
    response: Result<Response, Box<Oversize>>,
) -> (Result<Response, Box<Oversize>>, bool) {
    let mut response = match response {
        Ok(response) => response,
        Err(oversize) if secrets.is_some_and(|secrets| secrets.hides_beginning(head)) => {
            oversize.into_malformed()
        }
        Err(oversize) => {
            log.server(head);
            return (Err(oversize), false);
        }
    };
    let echoes = screen(secrets, log, head, &mut response, true);
    (Ok(response), echoes)
}
