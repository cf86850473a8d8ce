//! LOGIN and AUTHENTICATE.

use imap_codec::{
    AuthenticateDataCodec,
    decode::Decoder as _,
    imap_types::{
        auth::{AuthMechanism, AuthenticateData},
        response::{CommandContinuationRequest, Response},
    },
};
use imapclient_loopback::lock;

use super::{Account, Session, bearer::Bearer, cram::Challenge, scram::Scram};
use crate::{
    profile::Tells,
    reply::{Outcome, Reply, Stop, word_code},
    rule::{FAILED_LOGIN, LOGIN},
};

impl Session<'_> {
    /// LOGIN (RFC 3501 §6.2.3).
    pub(super) fn login(&mut self, user: &[u8], password: &[u8]) -> Outcome {
        self.check_privacy()?;
        self.let_in(user, password)
    }

    /// AUTHENTICATE (RFC 3501 §6.2.2) with PLAIN (RFC 4616) or LOGIN, and with SCRAM and
    /// CRAM-MD5 if they are announced.
    pub(super) fn authenticate(
        &mut self,
        mechanism: &AuthMechanism<'_>,
        initial: Option<&[u8]>,
    ) -> Outcome {
        if initial.is_some() && !self.has("SASL-IR") {
            return Err(Reply::bad("The answer comes after its challenge.").into());
        }
        let simple = matches!(mechanism, AuthMechanism::Plain | AuthMechanism::Login);
        let name = format!("AUTH={mechanism}");
        let scram = if self.says(&name) {
            self.scram(mechanism)
        } else {
            None
        };
        let cram = mechanism
            .as_ref()
            .eq_ignore_ascii_case(Challenge::MECHANISM)
            && self.says(&name);
        let bearer = Bearer::of(mechanism).filter(|_| self.says(&name));
        let known = scram.is_some() || cram || bearer.is_some() || (simple && self.has(&name));
        if !known {
            return Err(Reply::no("That mechanism is not known here.").into());
        }
        self.check_privacy()?;
        if let Some(scram) = scram {
            return self.prove(&scram, initial);
        }
        if let Some(bearer) = bearer {
            return self.bear(bearer, initial);
        }
        if cram {
            return self.digest(initial);
        }
        if *mechanism == AuthMechanism::Login {
            let user = self.answer_to(b"Username:", initial)?;
            let password = self.answer_to(b"Password:", None)?;
            return self.let_in(&user, &password);
        }
        let message = self.answer_to(b"", initial)?;
        let mut parts = message.split(|&byte| byte == 0);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(authorize), Some(user), Some(password), None) => {
                // No user may act for another one.
                if !authorize.is_empty() && authorize != user {
                    return Err(self.fail(&String::from_utf8_lossy(user)));
                }
                self.let_in(user, password)
            }
            _ => Err(Reply::bad("That is not PLAIN.").into()),
        }
    }

    fn scram(&self, mechanism: &AuthMechanism<'_>) -> Option<Scram> {
        let offers_plus =
            self.says("AUTH=SCRAM-SHA-1-PLUS") || self.says("AUTH=SCRAM-SHA-256-PLUS");
        let exporter = self.out.connection.tls_exporter();
        Scram::new(mechanism.as_ref(), offers_plus, exporter)
    }

    /// SCRAM: logs in a client that proves to know the password, and proves the same to the client.
    fn prove(&mut self, scram: &Scram, initial: Option<&[u8]>) -> Outcome {
        let first = self.answer_to(b"", initial)?;
        let first = scram.first(&first).ok_or_else(|| self.fail(""))?;
        let user = first.user.clone();
        let password = lock(&self.shared.store).password(&user);
        let password = password.ok_or_else(|| self.fail(&user))?;
        let (message, asked) = scram.ask(first, &password);
        let proof = self.answer_to(message.as_bytes(), None)?;
        let proof = scram.verify(&asked, &proof);
        let proof = proof.ok_or_else(|| self.fail(&user))?;
        if !self.answer_to(proof.as_bytes(), None)?.is_empty() {
            return Err(Reply::bad("There is nothing left to say.").into());
        }
        self.let_in(user.as_bytes(), password.as_bytes())
    }

    /// CRAM-MD5 (RFC 2195): logs in a client that sends the digest of the challenge and the
    /// password.
    fn digest(&mut self, initial: Option<&[u8]>) -> Outcome {
        if initial.is_some() {
            return Err(Reply::bad("The answer comes after its challenge.").into());
        }
        let challenge = Challenge::new();
        let answer = self.answer_to(challenge.text().as_bytes(), None)?;
        let (user, digest) = Challenge::parts(&answer).ok_or_else(|| self.fail(""))?;
        let password = lock(&self.shared.store).password(user);
        let password = password.ok_or_else(|| self.fail(user))?;
        if !challenge.is_met(&password, digest) {
            return Err(self.fail(user));
        }
        self.let_in(user.as_bytes(), password.as_bytes())
    }

    fn check_privacy(&self) -> Outcome<()> {
        if self.shared.settings.require_tls && !self.out.connection.is_tls() {
            return Err(Reply::no("Only with TLS.")
                .with_word("PRIVACYREQUIRED")
                .into());
        }
        Ok(())
    }

    pub(super) fn let_in(&mut self, user: &[u8], password: &[u8]) -> Outcome {
        let id = lock(&self.shared.store).login(user, password);
        let user = String::from_utf8_lossy(user).into_owned();
        let id = id.ok_or_else(|| self.fail(&user))?;
        if let Some(flow) = self.plan_login(LOGIN, &user)? {
            return Err(Stop::Answered(flow));
        }
        self.remote.log_in(&user);
        self.account = Some(Account { id, user });
        self.welcome()
    }

    /// Returns the response to a successful login.
    fn welcome(&mut self) -> Outcome {
        let capabilities = format!("CAPABILITY {}", self.capabilities());
        let Some(row) = self.shared.settings.profile else {
            return Ok(Reply::ok("Logged in.").with(word_code(capabilities)));
        };
        let user = self.account.as_ref().map(|account| account.user.as_str());
        let reply = Reply::ok(row.welcome.replace("{user}", user.unwrap_or_default()));
        Ok(match row.tells {
            Tells::Code => reply.with(word_code(capabilities)),
            Tells::Untagged => {
                self.out.line(format!("* {capabilities}").as_bytes())?;
                reply
            }
            Tells::Nothing => reply,
        })
    }

    /// Returns the response to a wrong user name, password or proof.
    pub(super) fn fail(&mut self, user: &str) -> Stop {
        match self.plan_login(FAILED_LOGIN, user) {
            Ok(Some(flow)) => return Stop::Answered(flow),
            Ok(None) => {}
            Err(error) => return error.into(),
        }
        match self.shared.settings.profile {
            Some(row) => Reply::no(row.refusal).into(),
            None => refused(),
        }
    }

    /// Sends a challenge and returns the client's response.
    pub(super) fn answer_to(
        &mut self,
        challenge: &[u8],
        initial: Option<&[u8]>,
    ) -> Outcome<Vec<u8>> {
        if let Some(initial) = initial {
            return Ok(initial.to_vec());
        }
        let request = CommandContinuationRequest::base64(challenge.to_vec());
        self.out
            .response(Response::CommandContinuationRequest(request))?;
        self.out.flush()?;
        let line = self.read_line()?;
        let line = line.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?;
        match AuthenticateDataCodec::default().decode(&line) {
            Ok((_, AuthenticateData::Continue(data))) => Ok(data.declassify().to_vec()),
            Ok((_, AuthenticateData::Cancel)) => Err(Reply::bad("Cancelled.").into()),
            Err(_) => Err(Reply::bad("That is not base64.").into()),
        }
    }
}

fn refused() -> Stop {
    Reply::no("Authentication failed.")
        .with_word("AUTHENTICATIONFAILED")
        .into()
}
