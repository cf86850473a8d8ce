//! From settings to a client that is logged in.

use std::time::Duration;

use imapclient_codec::{Status, StatusKind, command};
use imapclient_engine::{Engine, Event, Options, Phase};
use imapclient_transport::{
    self as transport, Endpoint, First, Other, Pipe, Socket, TlsConfig, TlsOptions, Wait, Want,
};

use crate::{
    blocking,
    builder::{Builder, Security},
    client::Client,
    command::{Ask, need_no_login},
    error::{Error, Result},
    kept::Kept,
    login::Place,
    updates::Updates,
    workaround::Workarounds,
};

/// How long a port may be silent in clear until it is asked whether it waits for TLS. A server
/// greets at once; one that does not is either slow or no server for this.
const PATIENCE: Duration = Duration::from_secs(3);

impl<S: Socket> Builder<Client<S>> {
    /// Connects, and logs in if the settings say how.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no connection, [`Error::Tls`] if its certificate is not to be
    /// trusted, [`Error::Timeout`] if it takes too long;
    /// [`Error::Missing`] without STARTTLS where it is asked for; [`Error::Refused`] or
    /// [`Error::Login`] if the server does not let the user in, [`Error::Auth`] if that failed on
    /// our side, [`Error::NoMechanism`] if there is no way.
    pub async fn connect(self) -> Result<Client<S>> {
        let connect_until = self.connect_timeout.and_then(Client::<S>::from_now);
        // Before anything is sent: what is wrong here is nobody else's business.
        if let Some(id) = &self.id {
            command::id(id)?;
        }
        let tls = match self.security {
            Security::Tls | Security::StartTls => Some(self.tls.build()?),
            Security::Plain => None,
        };
        let endpoint = self.to_endpoint();
        let socket = S::connect(&endpoint, self.connect_timeout).await?;
        let port = matches!(endpoint, Endpoint::Tcp { .. }).then(|| endpoint.clone());
        let options = Options {
            limits: self.limits,
            body_limit: Some(self.answer_limit),
            require_starttls: self.security == Security::StartTls,
            tolerance: self.tolerance,
        };
        let mut client = Client {
            greeting: Status {
                kind: StatusKind::Ok,
                code: None,
                text: String::new(),
            },
            socket,
            pipe: Pipe::plain(),
            engine: Engine::new(options),
            updates: Updates::default(),
            workarounds: Workarounds::default(),
            place: Place {
                host: self.host.clone(),
                endpoint,
            },
            checks_certificate: self.tls.verifies_server(),
            sasl_ir: self.sasl_ir,
            id: self.id,
            wants_id: false,
            introduced: false,
            timeout: self.timeout,
            connect_timeout: self.connect_timeout,
            connect_until,
            command_timeout: self.command_timeout,
            bye_until: None,
            answer_limit: self.answer_limit,
            received: 0,
            idle_renewal: self.idle_renewal,
            unproven: false,
            broken: false,
            change: None,
            steps: None,
        };
        if let (Security::Tls, Some(tls)) = (self.security, &tls) {
            client.pipe.start_tls(tls, &self.host)?;
        }
        // What is no port may be silent for other reasons.
        let asked = (self.security != Security::Tls).then_some(port).flatten();
        client.greeted(asked).await?;
        if let (Security::StartTls, Some(tls)) = (self.security, &tls) {
            client.starttls(tls, &self.host).await?;
        }
        // A server may know who we are from the way we came (RFC 9051 §7.1.4).
        if let Some(login) = self.login
            && client.state().phase() == Phase::NotAuthenticated
        {
            client.log_in(login).await?;
        } else if client.state().phase() == Phase::Authenticated {
            client.introduce().await?;
        }
        client.connect_until = None;
        Ok(client)
    }
}

impl Builder<blocking::Client> {
    /// Connects, and logs in if the settings say how.
    ///
    /// # Errors
    /// [`Error::Connect`] if there is no connection, [`Error::Tls`] if its certificate is not to be
    /// trusted, [`Error::Timeout`] if it takes too long;
    /// [`Error::Missing`] without STARTTLS where it is asked for; [`Error::Refused`] or
    /// [`Error::Login`] if the server does not let the user in, [`Error::Auth`] if that failed on
    /// our side, [`Error::NoMechanism`] if there is no way.
    pub fn connect(self) -> Result<blocking::Client> {
        blocking::connect(self)
    }
}

impl<S: Socket> Client<S> {
    /// Waits for the greeting. While a port that was to begin in clear is silent, it is asked
    /// whether it waits for TLS.
    async fn greeted(&mut self, port: Option<Endpoint>) -> Result<()> {
        let event = match port {
            None => self.next_event(self.wait()).await,
            Some(port) => match self.next_event(self.first_wait()).await {
                Err(Error::Timeout { .. }) if self.received == 0 => {
                    self.ask_for_tls(&port).await?;
                    self.next_event(self.wait()).await
                }
                Err(Error::Timeout { .. }) => self.next_event(self.wait()).await,
                other => other,
            },
        };
        let event = event.map_err(|error| error.waiting_for(|| "the greeting".to_owned()))?;
        if let Event::Greeting(status) = event {
            self.updates.alert(&status);
            self.greeting = status;
        }
        match self.state().phase() {
            Phase::Logout => Err(self.closed()),
            _ => Ok(()),
        }
    }

    /// How long a port that was to begin in clear may be silent until it is asked for TLS.
    fn first_wait(&self) -> Wait {
        let wait = self.wait();
        let now = S::now();
        // Half of what there is, if it is little: the answer takes its time too.
        let left = wait.until.map(|until| until.saturating_duration_since(now));
        let left = [left, wait.idle].into_iter().flatten().min();
        let patience = left.map_or(PATIENCE, |left| PATIENCE.min(left / 2));
        Wait {
            until: now.checked_add(patience),
            ..wait
        }
    }

    /// Asks on a second connection whether the port speaks TLS from the first byte, and fails if
    /// so. Whatever else becomes of that connection says nothing: this one goes on as it was, and
    /// is listened to meanwhile.
    async fn ask_for_tls(&mut self, port: &Endpoint) -> Result<()> {
        let Endpoint::Tcp { host, .. } = port else {
            return Ok(());
        };
        // Nothing is said there after the handshake, so anybody may answer.
        let anybody = TlsOptions::new()
            .dangerous_accept_invalid_certs(true)
            .dangerous_accept_invalid_hostname(true)
            .build();
        let mut pipe = Pipe::plain();
        let begun = anybody.and_then(|anybody| pipe.start_tls(&anybody, host));
        if let Err(error) = begun {
            tracing::debug!(%error, "TLS cannot be asked for");
            return Ok(());
        }
        let limit = self.first_wait().until;
        let limit = limit.map(|until| until.saturating_duration_since(S::now()));
        let mut socket = match S::connect(port, limit).await {
            Ok(socket) => socket,
            Err(error) => {
                tracing::debug!(%error, "no second connection to ask for TLS");
                return Ok(());
            }
        };
        let other = Other {
            socket: &mut socket,
            pipe: &mut pipe,
            want: Want::Flushed,
        };
        let wait = self.wait();
        let first = self
            .socket
            .exchange_either(&mut self.pipe, Want::Input, other, wait);
        match first.await {
            First::This(Ok(_)) => Ok(()),
            First::This(Err(error)) => {
                let error = self.lost(error);
                Err(error.waiting_for(|| "the greeting".to_owned()))
            }
            First::Other(_) if pipe.peer_speaks_tls() => {
                self.broken = true;
                let host = host.clone();
                Err(Error::Tls(transport::Error::ExpectsTls { host }))
            }
            First::Other(_) => Ok(()),
        }
    }

    async fn starttls(&mut self, tls: &TlsConfig, host: &str) -> Result<()> {
        self.require("STARTTLS").await?;
        let ask = |_| Ok(command::starttls());
        // Its effect is what the next line is for.
        let starttls = Ask::to("STARTTLS", need_no_login, ask);
        self.perform(&mut Kept::default(), starttls, |_| Ok(()))
            .await?;
        self.pipe.start_tls(tls, host)?;
        // What was said in clear may have been said by anybody.
        self.updates.clear();
        self.flush().await
    }

    /// Fails unless the server has a capability, by itself or as a part of `IMAP4rev2`.
    pub(crate) async fn require(&mut self, capability: &str) -> Result<()> {
        if self.capabilities().await?.offers(capability) {
            Ok(())
        } else {
            Err(Error::missing(capability))
        }
    }
}
