//! Receives the redirected browser: a listener on this machine (RFC 8252 §7.3).

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
    time::Duration,
};

use imapclient::auth::Provider;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::page;
use crate::failure::{Failure, Result};

/// Upper bound on the head of a request, in bytes.
const HEAD: usize = 16 * 1024;

/// Time limit for a browser to send its request, and to receive the page.
const PATIENCE: Duration = Duration::from_secs(10);

/// Upper bound on simultaneous connections: browsers open some in advance.
const CONNECTIONS: usize = 16;

/// An address on this machine that the provider redirects the browser to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    host: &'static str,
    /// The port; 0 for any free one.
    port: u16,
    path: String,
}

/// A listener for one visit of a browser.
#[derive(Debug)]
pub(super) struct Redirect {
    listener: TcpListener,
    url: String,
    path: String,
}

/// A browser with the provider's answer, waiting for a page.
#[derive(Debug)]
pub(super) struct Visit {
    stream: TcpStream,
    target: String,
}

impl Redirect {
    pub(super) async fn listen(address: &Address) -> Result<Self> {
        let Address { host, port, path } = address;
        let ip = match *host {
            "[::1]" => IpAddr::from(Ipv6Addr::LOCALHOST),
            _ => Ipv4Addr::LOCALHOST.into(),
        };
        let failure =
            |error| Failure::Other(format!("cannot listen at http://{host}:{port}: {error}"));
        let listener = TcpListener::bind((ip, *port)).await.map_err(failure)?;
        let port = listener.local_addr()?.port();
        Ok(Self {
            listener,
            url: format!("http://{host}:{port}{path}"),
            path: path.clone(),
        })
    }

    /// Returns the address for the provider.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Waits for the browser to bring an answer. Other requests, for example for an icon, are
    /// answered with "not found"; connections that send nothing or too much are dropped.
    pub(super) async fn visit(&self) -> io::Result<Visit> {
        let mut open = JoinSet::new();
        loop {
            tokio::select! {
                accepted = self.listener.accept(), if open.len() < CONNECTIONS => match accepted {
                    Ok((stream, _)) => {
                        open.spawn(receive(stream, self.path.clone()));
                    }
                    // The client has closed the connection before it was accepted.
                    Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
                    Err(error) => return Err(error),
                },
                Some(received) = open.join_next() => match received {
                    Ok(Some(visit)) => return Ok(visit),
                    Ok(None) => {}
                    Err(error) => return Err(io::Error::other(error)),
                },
            }
        }
    }
}

impl Visit {
    /// Returns the target of the request: the path, and the query with the provider's answer.
    pub(super) fn target(&self) -> &str {
        &self.target
    }

    /// Sends a page.
    pub(super) async fn answer(mut self, page: &str) -> io::Result<()> {
        answer(&mut self.stream, "200 OK", page).await
    }
}

impl Address {
    /// Returns the root of this machine, at any port.
    pub(super) fn usual(provider: Option<Provider>) -> Self {
        Self {
            host: match provider {
                // Microsoft accepts any port only of this name, and lets no other be registered.
                Some(Provider::MICROSOFT) => "localhost",
                // RFC 8252 §8.3 prefers the address, which is never looked up.
                _ => "127.0.0.1",
            },
            port: 0,
            path: "/".to_owned(),
        }
    }
}

impl FromStr for Address {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "it has to be http://127.0.0.1, http://localhost or http://[::1], perhaps with a port and a path";
        let rest = url.strip_prefix("http://").ok_or(WRONG)?;
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let hosts = ["127.0.0.1", "localhost", "[::1]"];
        let mut found = hosts
            .into_iter()
            .filter_map(|host| Some((host, authority.strip_prefix(host)?)));
        let (host, port) = found.next().ok_or(WRONG)?;
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| WRONG)?,
            None if port.is_empty() => 0,
            None => return Err(WRONG),
        };
        // Only characters that may appear unescaped in a request.
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#%\\\"<>^`{|}".contains(&byte);
        if !path.bytes().all(plain) || path.split('/').any(|part| part == "." || part == "..") {
            return Err("its path contains characters or parts that are not allowed");
        }
        Ok(Self {
            host,
            port,
            path: path.to_owned(),
        })
    }
}

/// Reads a request. Answers all but the provider's answer with "not found".
async fn receive(mut stream: TcpStream, path: String) -> Option<Visit> {
    // A client that does not speak HTTP is not a browser and gets no response.
    let head = timeout(PATIENCE, head(&mut stream)).await.ok()?.ok()?;
    if let Some(target) = target(&head, &path) {
        let target = target.to_owned();
        return Some(Visit { stream, target });
    }
    // It does not matter whether the client reads the response.
    let _ = answer(&mut stream, "404 Not Found", &page::missing()).await;
    None
}

/// Reads up to the empty line.
async fn head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut bytes = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut bytes).await?;
        if count == 0 || head.len() + count > HEAD {
            return Err(ErrorKind::InvalidData.into());
        }
        head.extend_from_slice(&bytes[..count]);
    }
    String::from_utf8(head).map_err(|_| ErrorKind::InvalidData.into())
}

/// Returns the target of a request if it is the answer of a provider (RFC 6749 §4.1.2).
fn target<'h>(head: &'h str, path: &str) -> Option<&'h str> {
    let line = head.lines().next()?;
    let (target, version) = line.strip_prefix("GET ")?.split_once(' ')?;
    let (asked, query) = target.split_once('?')?;
    let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
    let answers = names.any(|name| matches!(name, "code" | "error" | "state"));
    (version.starts_with("HTTP/1.") && asked == path && answers).then_some(target)
}

async fn answer(stream: &mut TcpStream, status: &str, page: &str) -> io::Result<()> {
    // The address contains the code, so it must not be passed on or cached.
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\n\
         content-security-policy: default-src 'none'\r\n\r\n",
        page.len()
    );
    let written = async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await
    };
    let in_time = timeout(PATIENCE, written).await;
    in_time.unwrap_or_else(|_| Err(ErrorKind::TimedOut.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_this_machine() {
        for (url, host, port, path) in [
            ("http://127.0.0.1/", "127.0.0.1", 0, "/"),
            ("http://localhost", "localhost", 0, "/"),
            ("http://localhost:8080", "localhost", 8080, "/"),
            ("http://[::1]:80/back/here", "[::1]", 80, "/back/here"),
        ] {
            let expected = Address {
                host,
                port,
                path: path.to_owned(),
            };
            assert_eq!(url.parse(), Ok(expected), "{url}");
        }
        for url in [
            "",
            "localhost",
            "https://localhost/",
            "http://example.org/",
            "http://localhost.example.org/",
            "http://localhost@example.org/",
            "http://127.0.0.1:/",
            "http://127.0.0.1:70000/",
            "http://127.0.0.1/?x=y",
            "http://127.0.0.1/a b",
            "http://127.0.0.1/a/../b",
        ] {
            assert!(url.parse::<Address>().is_err(), "{url}");
        }
    }

    #[test]
    fn answers_of_a_provider() {
        let found = |line: &str| target(&format!("{line}\r\nhost: x\r\n\r\n"), "/back").is_some();
        for line in [
            "GET /back?code=x&state=y HTTP/1.1",
            "GET /back?state=y&error=access_denied HTTP/1.1",
            "GET /back?code HTTP/1.0",
        ] {
            assert!(found(line), "{line}");
        }
        for line in [
            "GET /favicon.ico HTTP/1.1",
            "GET /back HTTP/1.1",
            "GET /back?x=code HTTP/1.1",
            "GET /?code=x&state=y HTTP/1.1",
            "GET //example.org/back?code=x HTTP/1.1",
            "POST /back?code=x&state=y HTTP/1.1",
            "GET /back?code=x&state=y",
            "GET /back?code=x HTTP/2",
            "",
        ] {
            assert!(!found(line), "{line}");
        }
    }
}
