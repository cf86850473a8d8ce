//! The part of HTTP/1.1 that a provider needs: one request and one response for each connection.

use std::{collections::BTreeMap, io, net::TcpStream, sync::Arc};

use imapclient_loopback::Connection;
use rustls::ServerConfig;
use serde_json::Value;

/// The limit on a body.
const BODY: usize = 64 * 1024;

pub(super) struct Request {
    pub(super) method: String,
    /// The path without the query.
    pub(super) path: String,
    /// The fields of the query, and of the body if it is a form.
    pub(super) fields: BTreeMap<String, String>,
    /// The token of `Authorization: Bearer`.
    pub(super) bearer: Option<String>,
}

pub(super) struct Reply {
    status: u16,
    pub(super) content_type: String,
    location: Option<String>,
    body: String,
}

impl Request {
    /// Reads a request. Returns `None` if the client disconnects without one, for example because
    /// it does not trust the certificate.
    pub(super) fn read(
        stream: TcpStream,
        tls: Option<Arc<ServerConfig>>,
    ) -> io::Result<Option<(Connection, Self)>> {
        let mut connection = Connection::new(stream)?;
        if let Some(config) = tls
            && connection.start_tls(config).is_err()
        {
            return Ok(None);
        }
        let Ok(line) = connection.read_line() else {
            return Ok(None);
        };
        let mut words = line.split(' ');
        let (method, target) = (words.next(), words.next());
        let (Some(method), Some(target)) = (method, target) else {
            return Err(invalid(format!("no request: {line:?}")));
        };
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut fields = pairs(query);
        let (mut length, mut form, mut bearer) = (0, false, None);
        loop {
            let line = connection.read_line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap_or(usize::MAX),
                "content-type" => form = value.starts_with("application/x-www-form-urlencoded"),
                "authorization" => bearer = value.strip_prefix("Bearer ").map(ToOwned::to_owned),
                _ => {}
            }
        }
        if length > BODY {
            return Err(invalid(format!("a body of {length} bytes")));
        }
        let body = connection.read_exact(length)?;
        if form {
            fields.extend(pairs(&String::from_utf8_lossy(&body)));
        }
        let request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            fields,
            bearer,
        };
        Ok(Some((connection, request)))
    }

    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

impl Reply {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::body(status, body.to_string())
    }

    pub(super) fn body(status: u16, body: String) -> Self {
        Self {
            status,
            content_type: "application/json; charset=utf-8".to_owned(),
            location: None,
            body,
        }
    }

    pub(super) fn page(status: u16) -> Self {
        Self {
            content_type: "text/html".to_owned(),
            ..Self::body(status, format!("<h1>{status}</h1>"))
        }
    }

    pub(super) fn redirect(to: &str) -> Self {
        Self {
            location: Some(to.to_owned()),
            ..Self::page(307)
        }
    }

    pub(super) fn send(&self, connection: &mut Connection) -> io::Result<()> {
        let mut head = format!(
            "HTTP/1.1 {} So\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n",
            self.status,
            self.content_type,
            self.body.len()
        );
        if let Some(location) = &self.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        connection.send_bytes(format!("{head}\r\n{}", self.body).as_bytes())?;
        connection.part()
    }
}

/// Keeps the connection open until the client closes it, or the provider ends.
pub(super) fn wait_for_end(connection: &mut Connection) -> io::Result<()> {
    // Errors at the end do not matter.
    let _ = connection.wait_eof();
    Ok(())
}

/// Returns the fields of a query or a form.
pub(super) fn pairs(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = match (byte, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                &after[2..]
            }
            (b'+', _) => {
                bytes.push(b' ');
                after
            }
            _ => {
                bytes.push(byte);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encodes a text for a query.
pub(super) fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded() {
        let found = pairs("a=b+c&d=%C3%AB%3D&e=&f&g=%zz%");
        let expected = [("a", "b c"), ("d", "ë="), ("e", ""), ("g", "%zz%")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, BTreeMap::from(expected));
        assert_eq!(decode(&encode("ë= &/?")), "ë= &/?");
    }
}
