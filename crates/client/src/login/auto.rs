//! Logs in by user name and password: chooses the method, and another one if that is refused.

use imapclient_auth::{self as auth, Plain, Scram, secrecy::SecretString};
use imapclient_codec::{Code, Needs, StatusKind};
use imapclient_transport::Socket;

use super::{Password, known::Known, method::AutoMethod};
use crate::{
    client::Client,
    error::{Attempt, Error, Refused, Result},
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Logs in by the best method. If that is refused in a way that allows it, tries one other.
    pub(super) async fn log_in_by_password(
        &mut self,
        username: String,
        password: Password,
        fallback: bool,
        known: &Known,
    ) -> Result<()> {
        let best = self.choose().await?;
        let password = self.password(password).await?;
        if let Some(works) = self.instead_of(best, fallback, known) {
            let result = self.log_in_by(works, &username, &password).await.0;
            return match result {
                Ok(()) => {
                    self.works_instead(best);
                    Ok(())
                }
                Err(error) => {
                    // A transient failure proves nothing about the method.
                    if !error.is_transient() {
                        known.forget_what_worked(&self.peer().place);
                    }
                    Err(self.only(works, error))
                }
            };
        }
        let (result, sent) = self.log_in_by(best, &username, &password).await;
        let Err(error) = result else {
            return Ok(());
        };
        let passes = error.is_transient();
        let refused = match error {
            Error::Refused(refused) if !passes && leads_on(best, &refused, sent) => refused,
            error => return Err(self.only(best, error)),
        };
        let Some(next) = self.second(best).filter(|_| fallback) else {
            return Err(self.only(best, Error::Refused(refused)));
        };
        tracing::debug!(?best, ?next, "the first way was refused; trying the second");
        match self.log_in_by(next, &username, &password).await.0 {
            Ok(()) => {
                known.worked(next, best, &self.peer().place);
                self.works_instead(best);
                Ok(())
            }
            Err(error) => Err(Error::Login {
                mechanism: next.to_string(),
                first: Some(Attempt {
                    mechanism: best.to_string(),
                    refused,
                }),
                instead: None,
                source: Box::new(error),
            }),
        }
    }

    /// Returns the best method for passwords that the server offers.
    pub(super) async fn choose(&mut self) -> Result<AutoMethod> {
        self.meet("LOGIN", &Needs::fresh()).await?;
        let capabilities = self.capabilities().await?;
        let can_bind = self.connection().tls_exporter().is_some();
        AutoMethod::best(&capabilities, can_bind).ok_or_else(|| Error::NoMechanism {
            offered: capabilities.auth_mechanisms().map(Into::into).collect(),
        })
    }

    /// Returns the method that worked before instead of the best one, if it is still allowed.
    pub(super) fn instead_of(
        &self,
        best: AutoMethod,
        fallback: bool,
        known: &Known,
    ) -> Option<AutoMethod> {
        let works = known.instead_of(best, &self.peer().place)?;
        (fallback && self.second(best) == Some(works)).then_some(works)
    }

    /// Returns the one method that may be tried after this one was refused, depending on what the
    /// server offers and on how the connection is protected.
    fn second(&self, first: AutoMethod) -> Option<AutoMethod> {
        let capabilities = self.state().capabilities()?;
        let command = (!capabilities.has("LOGINDISABLED")).then_some(AutoMethod::LoginCommand);
        match first {
            // An attacker on the network path could have refused it to obtain something weaker.
            scram if scram.is_scram() && !self.is_verified() => None,
            scram if scram.is_scram() => match scram.unbound() {
                Some(unbound) => unbound.is_offered(capabilities).then_some(unbound),
                None if AutoMethod::Plain.is_offered(capabilities) => Some(AutoMethod::Plain),
                None => command,
            },
            AutoMethod::LoginCommand => None,
            _ => command,
        }
    }

    /// Returns whether this is TLS with a server whose certificate was fully checked.
    fn is_verified(&self) -> bool {
        self.peer().checks_certificate && self.connection().handshake().is_some()
    }

    /// Returns the error after one attempt.
    fn only(&self, method: AutoMethod, error: Error) -> Error {
        if !method.is_scram() || !matches!(error, Error::Refused(_) | Error::Auth(_)) {
            return error;
        }
        Error::Login {
            mechanism: method.to_string(),
            first: None,
            instead: self.instead(method, &error),
            source: Box::new(error),
        }
    }

    /// Returns the method to suggest after this SCRAM mechanism has failed. The server may store
    /// the password in another form; but a server that has failed to prove its identity, or was not
    /// checked, must not receive the password by a weaker method.
    fn instead(&self, scram: AutoMethod, error: &Error) -> Option<AutoMethod> {
        let may_be_the_way = match error {
            Error::Refused(refused) => {
                let code = &refused.code;
                !error.is_transient()
                    && (is_not_understood(refused)
                        || matches!(code, None | Some(Code::AuthenticationFailed)))
            }
            _ => false,
        };
        (may_be_the_way && self.is_verified()).then(|| scram.unbound().unwrap_or(AutoMethod::Plain))
    }

    /// Records the workaround for a method that was replaced by another one.
    fn works_instead(&mut self, first: AutoMethod) {
        self.note(match first {
            scram if scram.unbound().is_some() => Workaround::ScramPlusRefused,
            scram if scram.is_scram() => Workaround::ScramRefused,
            _ => Workaround::AuthenticateRefused,
        });
    }

    /// Makes one attempt. Also returns the number of commands that have carried the password.
    async fn log_in_by(
        &mut self,
        method: AutoMethod,
        username: &str,
        password: &SecretString,
    ) -> (Result<()>, u32) {
        let (name, password) = (username.to_owned(), password.clone());
        match method {
            AutoMethod::ScramSha256Plus => self.talk(Scram::sha256_plus(name, password)).await,
            AutoMethod::ScramSha1Plus => self.talk(Scram::sha1_plus(name, password)).await,
            AutoMethod::ScramSha256 => self.talk(Scram::sha256(name, password)).await,
            AutoMethod::ScramSha1 => self.talk(Scram::sha1(name, password)).await,
            AutoMethod::Plain => self.talk(Plain::new(name, password)).await,
            AutoMethod::SaslLogin => self.talk(auth::Login::new(name, password)).await,
            AutoMethod::LoginCommand => (self.send_login(&name, &password).await, 1),
        }
    }
}

/// Returns whether this refusal of the first method may be about the method and not about the
/// password. `sent` is the number of commands that have carried the password.
fn leads_on(first: AutoMethod, refused: &Refused, sent: u32) -> bool {
    match first {
        scram if scram.is_scram() => {
            refused.kind == StatusKind::No
                && matches!(refused.code, None | Some(Code::AuthenticationFailed))
        }
        AutoMethod::LoginCommand => false,
        _ => sent < 2 && is_not_understood(refused),
    }
}

/// Returns whether the server cannot parse the command, and gives no other reason.
pub(super) fn is_not_understood(refused: &Refused) -> bool {
    refused.kind == StatusKind::Bad
        && matches!(
            refused.code,
            None | Some(Code::ClientBug | Code::Parse | Code::Cannot)
        )
}
