use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use imapclient_testkit::{OAuthProvider, Server};

use super::site::Site;
use crate::{
    failure::{Doing as _, Failure, Result},
    process::Group,
    signals::Signals,
};

/// How long a server may take until it greets.
const START: Duration = Duration::from_secs(20);
/// How long it may take to end after SIGTERM.
const STOP: Duration = Duration::from_secs(5);
/// Another process may take a port between our look and the server's start.
const ATTEMPTS: usize = 3;

/// A server that is up. Dropping it ends it, then removes its folder.
pub(crate) struct Running {
    server: Kind,
    /// Whom the server asks about access tokens.
    provider: Option<OAuthProvider>,
    site: Site,
    ini: PathBuf,
    /// Where it listens without TLS.
    port: u16,
}

/// Where a server is.
enum Kind {
    /// In processes of its own.
    Processes(Group),
    /// In threads of this one.
    Embedded(Box<Server>),
}

impl Running {
    /// Starts `command` and waits until the server greets on `port`.
    pub(super) fn start(
        site: Site,
        command: &mut Command,
        port: u16,
        signals: &Signals,
    ) -> Result<Self> {
        let program = command.get_program().to_owned();
        let mut group = Group::spawn(command).doing(|| format!("start {program:?}"))?;
        wait_for(&mut group, &site.log(), signals, || {
            greeting(port).is_ok_and(|line| line.starts_with("* "))
        })?;
        Ok(Self {
            server: Kind::Processes(group),
            provider: None,
            ini: site.ini(),
            site,
            port,
        })
    }

    /// Waits until the server, which greets already, accepts connections on another port, too.
    pub(super) fn listening_at(mut self, port: u16, signals: &Signals) -> Result<Self> {
        if let Kind::Processes(group) = &mut self.server {
            wait_for(group, &self.site.log(), signals, || connect(port).is_ok())?;
        }
        Ok(self)
    }

    /// Takes a server in that is up.
    pub(super) fn embedded(server: Server, site: Site) -> Self {
        Self {
            port: server.addr().port(),
            server: Kind::Embedded(Box::new(server)),
            provider: None,
            ini: site.ini(),
            site,
        }
    }

    /// Keeps up for as long as the server whom it asks about access tokens.
    pub(super) fn with_provider(mut self, provider: OAuthProvider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// The INI file with the account.
    pub(crate) fn ini(&self) -> &Path {
        &self.ini
    }

    /// Where it listens without TLS, on 127.0.0.1.
    pub(crate) fn plain_port(&self) -> u16 {
        self.port
    }

    /// Ends it and tells when that did not go well, where a drop would only warn.
    pub(crate) fn stop(self) -> Result<()> {
        let Self {
            server,
            provider,
            site,
            ..
        } = self;
        let stopped = match server {
            Kind::Processes(mut group) => group.stop(STOP),
            Kind::Embedded(server) => server.stop().map_err(Failure::new),
        };
        drop(provider);
        site.close()?;
        stopped
    }
}

/// Waits until a server `is_up`.
fn wait_for(
    group: &mut Group,
    log: &Path,
    signals: &Signals,
    is_up: impl Fn() -> bool,
) -> Result<()> {
    let started = Instant::now();
    loop {
        if is_up() {
            return Ok(());
        }
        let ended = group.ended().doing(|| "watch the server".into())?;
        if ended.is_some() || started.elapsed() > START {
            let how = ended.map_or_else(
                || "does not answer".into(),
                |status| format!("ended with {status}"),
            );
            return Err(Failure::set_up(format!(
                "the server {how}; its log ends: {}",
                last_lines(log)
            )));
        }
        if signals.within(Duration::from_millis(10)) {
            return Err(Failure::interrupted());
        }
    }
}

/// Starts a server on [`free_ports`], anew when they are no longer free.
pub(super) fn at_free_ports(mut start: impl FnMut() -> Result<Running>) -> Result<Running> {
    let taken = |failure: &Failure| {
        let text = failure.to_string().to_ascii_lowercase();
        text.contains("address already in use")
    };
    for _ in 1..ATTEMPTS {
        match start() {
            Err(failure) if taken(&failure) => {}
            other => return other,
        }
    }
    start()
}

/// Ports on which nobody listens on loopback.
pub(super) fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // All are held at the same time, so that they differ.
    let listeners: Vec<_> = (0..N)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<io::Result<_>>()?;
    let mut ports = [0; N];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}

fn connect(port: u16) -> io::Result<TcpStream> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1))
}

fn greeting(port: u16) -> io::Result<String> {
    let stream = connect(port)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let last = &lines[lines.len().saturating_sub(3)..];
    if last.is_empty() {
        "(nothing)".into()
    } else {
        last.join(" | ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_ports_differ() {
        let ports: [u16; 3] = free_ports().unwrap();
        assert!(!ports.contains(&0), "{ports:?}");
        assert!(
            ports[0] != ports[1] && ports[1] != ports[2] && ports[0] != ports[2],
            "{ports:?}"
        );
    }

    #[test]
    fn a_server_that_ends_is_told_with_its_log_and_leaves_nothing() {
        let site = Site::new("test").unwrap();
        let path = site.path().to_owned();
        let mut command = Command::new("sh");
        command
            .args([
                "-c",
                "printf 'one\\ntwo\\nthree\\nno such setting: x\\n' > log; exit 89",
            ])
            .current_dir(&path);
        let [port] = free_ports().unwrap();
        let (_sender, signals) = Signals::channel();
        let failure = Running::start(site, &mut command, port, &signals)
            .err()
            .unwrap();
        assert_eq!(
            failure.to_string(),
            "the server ended with exit status: 89; its log ends: two | three | no such setting: x"
        );
        assert_eq!(failure.status(), 2);
        assert!(!path.exists());
    }

    #[test]
    fn a_request_to_stop_ends_a_start() {
        let site = Site::new("test").unwrap();
        let path = site.path().to_owned();
        let mut command = Command::new("sleep");
        command.arg("600");
        let [port] = free_ports().unwrap();
        let (sender, signals) = Signals::channel();
        sender.send(()).unwrap();
        let failure = Running::start(site, &mut command, port, &signals)
            .err()
            .unwrap();
        assert_eq!(failure.to_string(), "interrupted");
        assert!(!path.exists());
    }
}
