//! Examines the network: the server's addresses, and whether one of them accepts a connection.

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use imapclient::Security;
use imapclient_config::Address;
use serde_json::{Value, json};
use tokio::{net::TcpStream, task::JoinSet, time};

use super::{
    millis,
    report::{Name, Report, Step, short},
};

const DNS: Name = Name("dns", "DNS");
const TCP: Name = Name("tcp", "TCP");

/// Examines the network. Returns whether the server can be reached.
pub(super) async fn reach(server: &Address, limit: Duration, report: &mut Report) -> bool {
    let addresses = match look_up(server, limit).await {
        Ok((addresses, step)) => {
            report.add(step);
            addresses
        }
        Err(step) => {
            report.add(step);
            return false;
        }
    };
    // Tries all addresses at once, unlike the client, which uses the first that answers. Each gets
    // a share of the time limit.
    let share = limit / u32::try_from(addresses.len()).unwrap_or(u32::MAX);
    let mut running = JoinSet::new();
    for (index, address) in addresses.into_iter().enumerate() {
        running.spawn(async move {
            let begin = Instant::now();
            let result = within(share, TcpStream::connect(address)).await;
            let took = result.map(|_| begin.elapsed());
            (index, Try { address, took })
        });
    }
    let mut tries = running.join_all().await;
    tries.sort_by_key(|(index, _)| *index);
    let tries: Vec<Try> = tries.into_iter().map(|(_, one)| one).collect();
    let reached = tries.iter().any(|one| one.took.is_ok());
    report.add(told(server, limit, &tries));
    reached
}

/// An address, and the time it took to connect.
struct Try {
    address: SocketAddr,
    took: io::Result<Duration>,
}

async fn look_up(server: &Address, limit: Duration) -> Result<(Vec<SocketAddr>, Step), Step> {
    let (host, port) = (server.host.as_str(), server.port);
    if let Ok(address) = host.parse::<IpAddr>() {
        let step = Step::good(DNS, format!("{address} is an address: nothing to look up"));
        return Ok((vec![SocketAddr::new(address, port)], step));
    }
    let begin = Instant::now();
    let found = within(limit, tokio::net::lookup_host((host, port))).await;
    let took = millis(begin.elapsed());
    let failed = |why: &str| {
        let summary = format!("no address is found for {:?}: {why}", short(host));
        Step::bad(DNS, summary).advice(spelling(host))
    };
    let mut addresses: Vec<SocketAddr> = match found {
        Ok(found) => found.collect(),
        Err(error) if error.kind() == ErrorKind::TimedOut => {
            return Err(failed(&format!("it took longer than {limit:?}")));
        }
        Err(error) => return Err(failed(&error.to_string())),
    };
    addresses.dedup();
    if addresses.is_empty() {
        return Err(failed("the name has no address"));
    }
    let shown: Vec<_> = addresses.iter().map(|one| one.ip().to_string()).collect();
    let step = Step::good(DNS, format!("{} in {took}", shown.join(", ")));
    Ok((addresses, step.rows("addresses", shown, Vec::new())))
}

/// Suggests what may be wrong with a name that has no address.
fn spelling(host: &str) -> String {
    let usual = "check how the host is spelled, and that this machine is online";
    if host.contains("://") || host.contains('/') {
        return "give only the name of the host, without the other parts of a web address"
            .to_owned();
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => format!(
            "give the port apart from the host, as in --host {} --port {port}",
            short(name)
        ),
        _ => usual.to_owned(),
    }
}

fn told(server: &Address, limit: Duration, tries: &[Try]) -> Step {
    let port = server.port;
    let reached = tries
        .iter()
        .find_map(|one| Some((one.address, one.took.as_ref().ok()?)));
    let failed: Vec<&Try> = tries.iter().filter(|one| one.took.is_err()).collect();
    let step = match reached {
        None => unreachable(server, limit, tries),
        Some((address, took)) => {
            let summary = format!("{} port {port} in {}", address.ip(), millis(*took));
            // On this machine, servers often listen on only one of the two loopback addresses.
            match failed.iter().all(|one| one.address.ip().is_loopback()) {
                true => Step::good(TCP, summary),
                false => Step::warning(
                    TCP,
                    format!(
                        "only {} of the {} addresses of the host answer",
                        tries.len() - failed.len(),
                        tries.len()
                    ),
                )
                .advice("have the server or its DNS entry corrected: clients lose time with it"),
            }
        }
    };
    let json: Vec<Value> = tries.iter().map(Try::json).collect();
    let shown = match tries {
        [_] => Vec::new(),
        several => several.iter().map(Try::shown).collect(),
    };
    step.rows("tries", json, shown)
}

impl Try {
    fn json(&self) -> Value {
        let (took, error) = match &self.took {
            Ok(took) => (Some(took.as_secs_f64() * 1000.0), None),
            Err(error) => (None, Some(why(error))),
        };
        json!({ "address": self.address.ip().to_string(), "ms": took, "error": error })
    }

    fn shown(&self) -> (String, String) {
        let result = match &self.took {
            Ok(took) => format!("in {}", millis(*took)),
            Err(error) => why(error),
        };
        (
            "address".to_owned(),
            format!("{}: {result}", self.address.ip()),
        )
    }
}

/// Reports that no address accepts a connection, with the reason of the last one.
fn unreachable(server: &Address, limit: Duration, tries: &[Try]) -> Step {
    let (host, port) = (short(&server.host), server.port);
    let error = tries.last().and_then(|one| one.took.as_ref().err());
    let usual = match server.security {
        Security::Tls => "993",
        _ => "143",
    };
    match error.map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => Step::bad(
            TCP,
            format!("nothing listens on port {port} of {host} (connection refused)"),
        )
        .advice(format!(
            "check the port (usual here: {usual}), and that the server runs"
        )),
        Some(ErrorKind::TimedOut) => Step::bad(
            TCP,
            format!("port {port} of {host} does not answer within {limit:?}"),
        )
        .advice(format!(
            "check host and port (usual here: {usual}); a firewall may be in between"
        )),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            Step::bad(TCP, format!("there is no route from here to {host}"))
                .advice("check the network of this machine, and its VPN if it needs one")
        }
        _ => {
            let why = error.map_or_else(|| "no address".to_owned(), why);
            Step::bad(
                TCP,
                format!("cannot connect to port {port} of {host}: {why}"),
            )
            .advice("check host and port, and the network of this machine")
        }
    }
}

/// Formats an error without the number of the operating system.
fn why(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}

async fn within<T>(limit: Duration, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let result = time::timeout(limit, work).await;
    result.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(kind: ErrorKind) -> io::Result<Duration> {
        Err(kind.into())
    }

    #[test]
    fn what_several_addresses_say() {
        let server = Address::tls("imap.example.org");
        let limit = Duration::from_secs(30);
        let reached = || Ok(Duration::from_millis(7));
        let refused = || failed(ErrorKind::ConnectionRefused);
        for (tries, outcome, words) in [
            (
                vec![("192.0.2.1", reached())],
                "ok",
                "192.0.2.1 port 993 in 7.0 ms",
            ),
            (
                vec![("2001:db8::1", refused()), ("192.0.2.1", reached())],
                "warn",
                "only 1 of the 2 addresses of the host answer",
            ),
            (
                vec![("::1", refused()), ("127.0.0.1", reached())],
                "ok",
                "127.0.0.1 port 993 in 7.0 ms",
            ),
            (
                vec![("2001:db8::1", refused()), ("192.0.2.1", refused())],
                "bad",
                "nothing listens on port 993 of imap.example.org",
            ),
            (
                vec![("192.0.2.1", failed(ErrorKind::TimedOut))],
                "bad",
                "port 993 of imap.example.org does not answer within 30s",
            ),
            (
                vec![("192.0.2.1", failed(ErrorKind::NetworkUnreachable))],
                "bad",
                "there is no route from here to imap.example.org",
            ),
            (
                vec![("192.0.2.1", failed(ErrorKind::PermissionDenied))],
                "bad",
                "cannot connect to port 993 of imap.example.org: permission denied",
            ),
        ] {
            let tries: Vec<Try> = tries
                .into_iter()
                .map(|(address, took)| Try {
                    address: SocketAddr::new(address.parse().unwrap(), 993),
                    took,
                })
                .collect();
            let mut report = Report::default();
            report.add(told(&server, limit, &tries));
            let json = &report.json()["steps"][0];
            assert_eq!(json["outcome"], outcome, "{json}");
            assert!(
                json["summary"].as_str().unwrap().starts_with(words),
                "{json}"
            );
            assert_eq!(json["tries"].as_array().unwrap().len(), tries.len());
        }
    }

    #[test]
    fn what_people_write_in_place_of_a_host() {
        for (host, advice) in [
            ("imap.exampel.org", "check how the host is spelled"),
            ("imaps://imap.example.org", "give only the name of the host"),
            (
                "imap.example.org:993",
                "as in --host imap.example.org --port 993",
            ),
        ] {
            assert!(spelling(host).contains(advice), "{host}");
        }
    }
}
