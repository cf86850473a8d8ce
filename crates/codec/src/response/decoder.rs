//! Identifies a response and passes it to its reader.

use crate::{
    Capabilities, Flags, MessageNumber, NameEncoding,
    framer::RawResponse,
    limits::Limits,
    token::{Cursor, Fault, Read},
};

use super::{
    Acl, Comparator, Continue, Esearch, Fetch, Id, ListRights, ListedMailbox, MailboxStatus,
    Metadata, MyRights, Namespaces, Quota, QuotaRoot, Response, Search, Status, StatusKind, Tag,
    Thread, Vanished,
    fetch::{self, Context, Number, Scratch},
    language, list,
    reader::Reader,
    source::Source,
    url,
};

/// Decodes responses. It never fails: see [`Response::Unknown`] and [`Response::Malformed`].
///
/// ```
/// use imapclient_codec::{Decoder, Limits, RawResponse, Response};
///
/// let mut decoder = Decoder::new(Limits::default());
/// let line: &[u8] = b"* 23 EXISTS\r\n";
/// assert_eq!(decoder.decode(&RawResponse::from(line)), Response::Exists(23.into()));
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    limits: Limits,
    names: NameEncoding,
    scratch: Scratch,
}

impl Decoder {
    /// Creates a decoder for the start of a session, when names are in modified UTF-7.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            names: NameEncoding::default(),
            scratch: Scratch::default(),
        }
    }

    /// Sets the encoding of mailbox names from now on.
    pub fn set_names(&mut self, names: NameEncoding) {
        self.names = names;
    }

    /// Decodes one response.
    #[must_use]
    pub fn decode(&mut self, message: &RawResponse<'_>) -> Response {
        // By far the most frequent response.
        if let Some((seq, items)) = fetch::usual(message) {
            let context = Context {
                limits: &self.limits,
                names: self.names,
                scratch: &mut self.scratch,
            };
            return Response::Fetch(Fetch::read(Number::Seq(seq), message, items, context));
        }
        if let Some(list) = list::usual(message) {
            return Response::List(list);
        }
        self.decode_other(message)
    }

    #[inline(never)]
    fn decode_other(&mut self, message: &RawResponse<'_>) -> Response {
        Reader {
            limits: &self.limits,
            names: self.names,
            source: Source::new(message),
            cursor: Cursor::new(message),
            scratch: &mut self.scratch,
        }
        .response()
    }
}

impl Reader<'_, '_, '_> {
    fn response(mut self) -> Response {
        // Some servers pad lines with NULs or spaces.
        self.cursor.until(|byte| byte > b' ');
        match self.cursor.peek() {
            Some(b'*') => self.untagged(),
            Some(b'+') => self.continuation(),
            _ => self.tagged(),
        }
    }

    fn continuation(&mut self) -> Response {
        self.cursor.skip(1);
        self.cursor.blanks();
        let start = self.cursor.at();
        self.cursor.until(|byte| matches!(byte, b'\r' | b'\n'));
        let text = self.source.slice(start..self.cursor.at());
        Response::Continue(Continue { text })
    }

    fn tagged(&mut self) -> Response {
        let word = self.cursor.until(|byte| byte <= b' ');
        self.cursor.blanks();
        let kind = StatusKind::read(self.cursor.until(|byte| byte <= b' '));
        match (Tag::read(word), kind) {
            (Some(tag), Some(kind @ (StatusKind::Ok | StatusKind::No | StatusKind::Bad))) => {
                Response::Tagged(tag, Status::read(kind, &mut self.cursor, self.limits))
            }
            _ => self.unknown(word),
        }
    }

    fn untagged(&mut self) -> Response {
        self.cursor.skip(1);
        self.cursor.blanks();
        match self.cursor.peek() {
            Some(b'0'..=b'9') => self.numbered(),
            Some(b'-') if matches!(self.cursor.rest(), [_, b'0'..=b'9', ..]) => self.numbered(),
            // Some servers leave out `OK` before a response code.
            Some(b'[') => match Status::read(StatusKind::Ok, &mut self.cursor, self.limits) {
                status if status.code.is_some() => Response::Status(status),
                _ => self.unknown(b""),
            },
            _ => self.named(),
        }
    }

    /// Reads `* n EXISTS` and similar responses.
    fn numbered(&mut self) -> Response {
        let start = self.cursor.at();
        let number = self.cursor.number32();
        self.cursor.until(|byte| byte <= b' ');
        self.cursor.blanks();
        let name = self.cursor.until(|byte| byte <= b' ' || byte == b'(');
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        let message = || {
            number.and_then(|number| {
                let why = "there is no message 0";
                MessageNumber::new(number).ok_or(Fault { at: start, why })
            })
        };
        let read = if is("FETCH") || is("UIDFETCH") {
            self.cursor.blanks();
            let list = self.cursor.expect(b'(', "a list of items is missing");
            match message().and_then(|number| list.map(|()| number)) {
                Ok(number) if is("FETCH") => return self.fetch(Number::Seq(number.as_seq())),
                Ok(number) => return self.fetch(Number::Uid(number.as_uid())),
                Err(fault) => Err(fault),
            }
        } else if is("EXPUNGE") {
            message().map(|number| Response::Expunge(number.as_seq()))
        } else if is("EXISTS") {
            number.map(|count| Response::Exists(count.into()))
        } else if is("RECENT") {
            number.map(|count| Response::Recent(count.into()))
        } else {
            return self.unknown(name);
        };
        self.or_malformed(read, name)
    }

    fn fetch(&mut self, number: Number) -> Response {
        let context = Context {
            limits: self.limits,
            names: self.names,
            scratch: self.scratch,
        };
        let items = self.cursor.at();
        Response::Fetch(Fetch::read(number, self.source.message(), items, context))
    }

    fn named(&mut self) -> Response {
        let ends = |byte| byte <= b' ' || matches!(byte, b'(' | b'[');
        let name = self.cursor.until(ends);
        let is = |wire: &str| name.eq_ignore_ascii_case(wire.as_bytes());
        let read = if is("SEARCH") {
            match Search::read(self) {
                Ok(search) => return Response::Search(search),
                Err(fault) => Err(fault),
            }
        } else if is("LIST") || is("XLIST") {
            // Bypasses the `Result` below, which is large, since there are many of these.
            match ListedMailbox::read(self) {
                Ok(list) => return Response::List(list),
                Err(fault) => Err(fault),
            }
        } else if is("LSUB") {
            ListedMailbox::read(self).map(Response::Lsub)
        } else if is("STATUS") {
            MailboxStatus::read(self).map(|status| Response::MailboxStatus(Box::new(status)))
        } else if is("FLAGS") {
            Flags::read_line(&mut self.cursor, self.limits.items).map(Response::Flags)
        } else if is("CAPABILITY") {
            Ok(Response::Capability(Capabilities::read(self.cursor.rest())))
        } else if let Some(kind) = StatusKind::read(name)
            && self.cursor.peek() != Some(b'(')
        {
            Ok(Response::Status(Status::read(
                kind,
                &mut self.cursor,
                self.limits,
            )))
        } else {
            match self.extension(name) {
                Some(read) => read,
                None => return self.unknown(name),
            }
        };
        self.or_malformed(read, name)
    }

    /// Reads responses of extensions. Returns `None` for unknown ones.
    #[cold]
    fn extension(&mut self, name: &[u8]) -> Option<Read<Response>> {
        let name = name.to_ascii_uppercase();
        Some(match &*name {
            b"ESEARCH" => Esearch::read(self).map(|found| Response::Esearch(Box::new(found))),
            b"SORT" => Search::read(self).map(Response::Sort),
            b"THREAD" => Thread::read(self).map(Response::Thread),
            b"VANISHED" => Vanished::read(self).map(Response::Vanished),
            b"ENABLED" => Ok(Response::Enabled(Capabilities::read(self.cursor.rest()))),
            b"NAMESPACE" => Namespaces::read(self).map(Response::Namespace),
            b"ID" => Id::read(self).map(Response::Id),
            b"QUOTA" => Quota::read(self).map(Response::Quota),
            b"QUOTAROOT" => QuotaRoot::read(self).map(Response::QuotaRoot),
            b"METADATA" => Metadata::read(self).map(Response::Metadata),
            b"ACL" => Acl::read(self).map(Response::Acl),
            b"LISTRIGHTS" => ListRights::read(self).map(Response::ListRights),
            b"MYRIGHTS" => MyRights::read(self).map(Response::MyRights),
            b"GENURLAUTH" => self.texts().map(Response::GenUrlAuth),
            b"URLFETCH" => url::fetched(self).map(Response::UrlFetch),
            b"LANGUAGE" => language::languages(self).map(Response::Language),
            b"COMPARATOR" => Comparator::read(self).map(Response::Comparator),
            b"EXISTS" | b"RECENT" | b"EXPUNGE" | b"FETCH" | b"UIDFETCH" => {
                self.cursor.fault("a number is missing before the name")
            }
            b"JMAPACCESS" => self.text().and_then(|url| {
                self.end()?;
                Ok(Response::JmapAccess(url))
            }),
            _ => return None,
        })
    }

    fn unknown(&mut self, name: &[u8]) -> Response {
        Response::Unknown(self.source.unknown(name, self.source.whole()))
    }

    fn or_malformed(&mut self, read: Read<Response>, name: &[u8]) -> Response {
        read.unwrap_or_else(|fault| {
            Response::Malformed(self.source.malformed(name, self.source.whole(), fault))
        })
    }
}
