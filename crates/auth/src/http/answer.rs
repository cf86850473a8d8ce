//! Parses HTTP responses.

use zeroize::Zeroizing;

/// The parts of an HTTP/1.1 response (RFC 9112) that matter here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) content_type: Option<String>,
    pub(super) body: Zeroizing<Vec<u8>>,
}

/// The length of the body.
enum Length {
    Known(usize),
    Chunked,
    /// The body extends to the end of the connection.
    Open,
}

impl Answer {
    /// Parses the bytes received so far. Returns `None` if the response is not complete yet.
    /// `is_all` means that no more bytes will come.
    pub(super) fn read(received: &[u8], is_all: bool) -> Result<Option<Self>, &'static str> {
        let cut_off = || match is_all {
            true => Err("it is cut off"),
            false => Ok(None),
        };
        let mut rest = received;
        loop {
            let Some((head, after)) = split(rest, b"\r\n\r\n") else {
                return cut_off();
            };
            let head = String::from_utf8_lossy(head);
            let mut lines = head.split("\r\n");
            let status = status(lines.next().unwrap_or_default())?;
            // Skip informational responses.
            if (100..200).contains(&status) {
                rest = after;
                continue;
            }
            let field = |name: &str| {
                let mut fields = lines.clone().filter_map(|line| line.split_once(':'));
                let found = fields.find(|(found, _)| found.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.trim())
            };
            let content_type = field("content-type").map(ToOwned::to_owned);
            let length = match (field("transfer-encoding"), field("content-length")) {
                (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => Length::Chunked,
                (Some(_), _) => return Err("it uses a transfer coding that was not requested"),
                (None, Some(length)) => {
                    Length::Known(length.parse().map_err(|_| "its length is not a number")?)
                }
                (None, None) => Length::Open,
            };
            let body = match length {
                Length::Known(length) => after
                    .get(..length)
                    .map(|body| Zeroizing::new(body.to_vec())),
                Length::Open => is_all.then(|| Zeroizing::new(after.to_vec())),
                Length::Chunked => unchunked(after)?,
            };
            return match body {
                Some(body) => Ok(Some(Self {
                    status,
                    content_type,
                    body,
                })),
                None => cut_off(),
            };
        }
    }
}

fn status(line: &str) -> Result<u16, &'static str> {
    let mut words = line.split(' ');
    let version = words.next().unwrap_or_default();
    let status = words.next().and_then(|status| status.parse().ok());
    match status {
        Some(status @ 100..1000) if version.starts_with("HTTP/1.") => Ok(status),
        _ => Err("it is not HTTP/1.1"),
    }
}

/// Decodes a body in chunks (RFC 9112 §7.1). Returns `None` if the last chunk is missing.
fn unchunked(mut chunks: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, &'static str> {
    // Sized beforehand, since growing would leave a copy behind.
    let mut body = Zeroizing::new(Vec::with_capacity(chunks.len()));
    loop {
        let Some((line, after)) = split(chunks, b"\r\n") else {
            return Ok(None);
        };
        let size = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(size).ok();
        let size = size.and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let size = size.ok_or("it has a chunk without a size")?;
        if size == 0 {
            return Ok(Some(body));
        }
        let Some((chunk, after)) = after.split_at_checked(size) else {
            return Ok(None);
        };
        body.extend_from_slice(chunk);
        chunks = match after {
            [b'\r', b'\n', after @ ..] => after,
            [] | [b'\r'] => return Ok(None),
            _ => return Err("it has a chunk that is longer than its size"),
        };
    }
}

/// Splits at the first `end`, which is in neither part.
fn split<'b>(bytes: &'b [u8], end: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(end.len()).position(|window| window == end)?;
    Some((bytes.get(..at)?, bytes.get(at + end.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, content_type: Option<&str>, body: &str) -> Answer {
        Answer {
            status,
            content_type: content_type.map(ToOwned::to_owned),
            body: Zeroizing::new(body.as_bytes().to_vec()),
        }
    }

    #[test]
    fn answers_whole_and_in_pieces() {
        for (text, expected) in [
            (
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\ncontent-length: 2\r\n\r\n{}",
                answer(200, Some("application/json"), "{}"),
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 400 Bad\r\nContent-Length:0\r\n\r\n",
                answer(400, None, ""),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\n{\"a\r\nA;x=y\r\n\":123456}\r\r\n0\r\n\r\n",
                answer(200, None, "{\"a\":123456}\r"),
            ),
            (
                "HTTP/1.1 204\r\ncontent-length: 0\r\n\r\n",
                answer(204, None, ""),
            ),
        ] {
            for end in 0..text.len() {
                let part = &text.as_bytes()[..end];
                let read = Answer::read(part, false).unwrap();
                // The last line of the chunks carries no information.
                assert!(read.is_none() || end + 2 >= text.len(), "{part:?}");
            }
            assert_eq!(Answer::read(text.as_bytes(), false), Ok(Some(expected)));
        }
        let open = b"HTTP/1.0 200 OK\r\n\r\n{}";
        assert_eq!(Answer::read(open, false), Ok(None));
        assert_eq!(Answer::read(open, true), Ok(Some(answer(200, None, "{}"))));
    }

    #[test]
    fn answers_that_are_none() {
        for text in [
            "* OK hello\r\n\r\n",
            "HTTP/2 200\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n",
            "HTTP/1.1 99999\r\n\r\n",
            "HTTP/1.1 OK 200\r\n\r\n",
            "\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc",
        ] {
            assert!(Answer::read(text.as_bytes(), false).is_err(), "{text:?}");
        }
        for text in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n{}",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffff\r\n{}",
        ] {
            assert_eq!(Answer::read(text.as_bytes(), false), Ok(None), "{text:?}");
            assert_eq!(
                Answer::read(text.as_bytes(), true),
                Err("it is cut off"),
                "{text:?}"
            );
        }
    }
}
