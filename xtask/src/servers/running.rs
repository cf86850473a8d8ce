//! A server that runs, until it is stopped.

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

/// The time that a server may take until it greets.
const START: Duration = Duration::from_secs(20);
/// The time that a server may take to end after SIGTERM.
const STOP: Duration = Duration::from_secs(5);
/// The number of attempts to start a server, since another process may take a free port before it.
const ATTEMPTS: usize = 3;

/// A running server. Dropping it stops the server, then removes its folder.
pub(crate) struct Running {
    server: Kind,
    /// The provider that the server asks about access tokens.
    provider: Option<OAuthProvider>,
    site: Site,
    ini: PathBuf,
    /// The port without TLS.
    port: u16,
}

/// The place where a server runs.
enum Kind {
    /// The server runs in its own processes.
    Processes(Group),
    /// The server runs in threads of this process.
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

    /// Waits until the server, which already greets on the first port, also accepts connections on
    /// another one.
    pub(super) fn listening_at(mut self, port: u16, signals: &Signals) -> Result<Self> {
        if let Kind::Processes(group) = &mut self.server {
            wait_for(group, &self.site.log(), signals, || connect(port).is_ok())?;
        }
        Ok(self)
    }

    /// Wraps an embedded server that is already running.
    pub(super) fn embedded(server: Server, site: Site) -> Self {
        Self {
            port: server.addr().port(),
            server: Kind::Embedded(Box::new(server)),
            provider: None,
            ini: site.ini(),
            site,
        }
    }

    /// Keeps the provider of access tokens running as long as the server.
    pub(super) fn with_provider(mut self, provider: OAuthProvider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Returns the path of the INI file with the account.
    pub(crate) fn ini(&self) -> &Path {
        &self.ini
    }

    /// Returns the port without TLS, on 127.0.0.1.
    pub(crate) fn plain_port(&self) -> u16 {
        self.port
    }

    /// Stops the server. Returns errors, which dropping it would only print as warnings.
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

/// Waits until `is_up` returns true. Fails if the server ends or takes too long.
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

/// Calls `start`, which uses [`free_ports`], and repeats it if the ports are no longer free.
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

/// Returns free ports of the loopback interface.
pub(super) fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // All are bound at the same time, so that they differ.
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
