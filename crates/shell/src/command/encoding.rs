//! Decodes the transfer encoding of a part (RFC 2045 §6), piece by piece.

/// The most white space at the end of a line that quoted-printable removes, in bytes: lines have at
/// most 76 characters, and no part takes more memory.
const MOST_SPACE: usize = 64 * 1024;

/// A transfer encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// One that changes nothing, or an unknown one.
    Identity,
    Base64,
    QuotedPrintable,
}

/// A text is not in its encoding, so that it cannot be decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// Decodes one text, whose pieces come in order.
#[derive(Debug)]
pub(super) struct Decoder {
    state: State,
    /// The bytes that the last piece stood for.
    decoded: Vec<u8>,
}

#[derive(Debug)]
enum State {
    Identity,
    Base64(Base64),
    QuotedPrintable(QuotedPrintable),
}

impl Encoding {
    /// Returns the encoding with this name, as the server reports it.
    pub(super) fn named(name: &str) -> Self {
        // As in a header field, some write quotes or spaces around it.
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
        match name.trim_matches(|c| !is_part(c)) {
            name if name.eq_ignore_ascii_case("base64") => Self::Base64,
            name if name.eq_ignore_ascii_case("quoted-printable") => Self::QuotedPrintable,
            _ => Self::Identity,
        }
    }

    pub(super) fn decoder(self) -> Decoder {
        Decoder {
            state: match self {
                Self::Identity => State::Identity,
                Self::Base64 => State::Base64(Base64::default()),
                Self::QuotedPrintable => State::QuotedPrintable(QuotedPrintable::default()),
            },
            decoded: Vec::new(),
        }
    }
}

impl Decoder {
    /// Returns the bytes that the next piece stands for, as far as they are known.
    pub(super) fn decode<'d>(&'d mut self, piece: &'d [u8]) -> Result<&'d [u8], Damaged> {
        self.decoded.clear();
        match &mut self.state {
            State::Identity => return Ok(piece),
            State::Base64(base64) => base64.decode(piece, &mut self.decoded)?,
            State::QuotedPrintable(quoted) => quoted.decode(piece, &mut self.decoded)?,
        }
        Ok(&self.decoded)
    }

    /// Returns the rest, now that there are no more pieces.
    pub(super) fn finish(&mut self) -> &[u8] {
        self.decoded.clear();
        match &mut self.state {
            State::Identity => {}
            State::Base64(base64) => base64.finish(&mut self.decoded),
            State::QuotedPrintable(quoted) => self.decoded.append(&mut quoted.space),
        }
        &self.decoded
    }
}

/// Base64 (RFC 2045 §6.8). Padding may be missing at the end, and may occur within the text, which
/// several texts in a row are.
#[derive(Debug, Default)]
struct Base64 {
    /// The bits of the characters that have not become bytes.
    bits: u32,
    /// The number of these characters, less than 4.
    count: u8,
    /// `true` if the last character was a hyphen.
    after_hyphen: bool,
}

impl Base64 {
    fn decode(&mut self, piece: &[u8], to: &mut Vec<u8>) -> Result<(), Damaged> {
        for &byte in piece {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' => {
                    self.pad(to);
                    self.after_hyphen = false;
                    continue;
                }
                b' ' | b'\t' | b'\r' | b'\n' => {
                    self.after_hyphen = false;
                    continue;
                }
                // Two of them begin the end of a multipart, which is not part of the text.
                b'-' if !self.after_hyphen => {
                    self.after_hyphen = true;
                    continue;
                }
                _ => return Err(Damaged),
            };
            self.after_hyphen = false;
            self.bits = self.bits << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                let [_, bytes @ ..] = self.bits.to_be_bytes();
                to.extend_from_slice(&bytes);
                (self.bits, self.count) = (0, 0);
            }
        }
        Ok(())
    }

    /// Appends the bytes of a group that has less than four characters.
    fn pad(&mut self, to: &mut Vec<u8>) {
        if self.count > 0 {
            let [_, bytes @ ..] = (self.bits << (6 * (4 - self.count))).to_be_bytes();
            let whole = usize::from(self.count - 1).max(1);
            to.extend(bytes.iter().take(whole));
        }
        (self.bits, self.count) = (0, 0);
    }

    fn finish(&mut self, to: &mut Vec<u8>) {
        // One character alone is less than a byte.
        if self.count > 1 {
            self.pad(to);
        }
    }
}

/// Quoted-printable (RFC 2045 §6.7). White space at the end of a line is removed. A `=` that begins
/// nothing stands for itself.
#[derive(Debug, Default)]
struct QuotedPrintable {
    escape: Escape,
    /// White space that is removed if the line ends after it.
    space: Vec<u8>,
    last: u8,
    /// `true` after the first CR: all later lines end in CR LF.
    has_cr: bool,
}

/// The part of an escaped byte that was read.
#[derive(Debug, Default)]
enum Escape {
    #[default]
    None,
    Equals,
    /// Also the first digit.
    Digit(u8),
}

impl QuotedPrintable {
    fn decode(&mut self, piece: &[u8], to: &mut Vec<u8>) -> Result<(), Damaged> {
        for &byte in piece {
            self.take(byte, to)?;
            self.last = byte;
        }
        Ok(())
    }

    fn take(&mut self, byte: u8, to: &mut Vec<u8>) -> Result<(), Damaged> {
        match (byte, &self.escape) {
            (b'=', Escape::None) => self.escape = Escape::Equals,
            (b'=', _) => return Err(Damaged),
            // The line was broken by the encoding.
            (b'\n', Escape::Equals) => {
                self.escape = Escape::None;
                to.append(&mut self.space);
            }
            (b'\n', _) => {
                self.space.clear();
                to.extend_from_slice(if self.has_cr { b"\r\n" } else { b"\n" });
            }
            (b'\r', _) => self.has_cr = true,
            (byte, Escape::None) if byte.is_ascii_whitespace() => {
                if self.space.len() == MOST_SPACE {
                    to.append(&mut self.space);
                }
                self.space.push(byte);
            }
            (byte, Escape::None) => {
                to.append(&mut self.space);
                to.push(byte);
            }
            (byte, Escape::Equals) => match digit(byte) {
                Some(first) => self.escape = Escape::Digit(first),
                None if byte.is_ascii_whitespace() => {}
                None => {
                    self.escape = Escape::None;
                    to.append(&mut self.space);
                    to.extend([b'=', byte]);
                }
            },
            (byte, &Escape::Digit(first)) => {
                self.escape = Escape::None;
                to.append(&mut self.space);
                match digit(byte) {
                    Some(second) => to.push(first << 4 | second),
                    None => to.extend([b'=', self.last, byte]),
                }
            }
        }
        Ok(())
    }
}

/// Returns the value of a hexadecimal digit.
fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use proptest::prelude::*;

    use super::*;

    /// Decodes a text in pieces of this size.
    fn decoded(encoding: Encoding, text: &[u8], size: usize) -> Result<Vec<u8>, Damaged> {
        let mut decoder = encoding.decoder();
        let mut all = Vec::new();
        for piece in text.chunks(size) {
            all.extend_from_slice(decoder.decode(piece)?);
        }
        all.extend_from_slice(decoder.finish());
        Ok(all)
    }

    #[test]
    fn texts_are_decoded_however_they_are_divided() {
        use Encoding::{Base64, Identity, QuotedPrintable};

        for (encoding, text, expected) in [
            (Identity, "a=3D\r\n", Ok("a=3D\r\n")),
            (Base64, "VGVz\r\ndA==\r\n", Ok("Test")),
            (Base64, "VGVzdA==VGVzdDI=", Ok("TestTest2")),
            // The end of the last group is not lost.
            (Base64, "VGVzdA", Ok("Test")),
            (Base64, "VGVzdDI", Ok("Test2")),
            (Base64, "VGVzd", Ok("Tes")),
            (Base64, "VG-Vz", Ok("Tes")),
            (Base64, "VGVzdA==\r\n--\r\nfooter", Err(Damaged)),
            (Base64, "VGVz!", Err(Damaged)),
            (Base64, "", Ok("")),
            (QuotedPrintable, "a=3Db=\r\nc \t\r\n", Ok("a=bc\r\n")),
            (QuotedPrintable, "a =\nb\nc ", Ok("a b\nc ")),
            (QuotedPrintable, "100=%, =x4, =4x", Ok("100=%, =x4, =4x")),
            (QuotedPrintable, "a==3D", Err(Damaged)),
        ] {
            for size in 1..=text.len().max(1) {
                let got = decoded(encoding, text.as_bytes(), size);
                let got = got.map(|bytes| String::from_utf8(bytes).unwrap());
                let expected = expected.as_ref().ok().map(|text| (*text).to_owned());
                assert_eq!(got.ok(), expected, "{text:?} by {size}");
            }
        }
    }

    #[test]
    fn white_space_takes_no_more_than_its_bound() {
        let text = vec![b' '; 3 * MOST_SPACE];
        let mut decoder = Encoding::QuotedPrintable.decoder();
        let first = decoder.decode(&text).unwrap().len();
        assert!(first >= 2 * MOST_SPACE);
        assert_eq!(first + decoder.finish().len(), text.len());
    }

    #[test]
    fn names_of_encodings() {
        for (name, encoding) in [
            ("base64", Encoding::Base64),
            ("BASE64 ", Encoding::Base64),
            ("\"Quoted-Printable\"", Encoding::QuotedPrintable),
            ("7bit", Encoding::Identity),
            ("x-base64", Encoding::Identity),
            ("", Encoding::Identity),
        ] {
            assert_eq!(Encoding::named(name), encoding, "{name:?}");
        }
    }

    /// Decodes a whole text with the parser of messages.
    fn parsed(encoding: &str, text: &[u8]) -> Vec<u8> {
        let head = "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: ";
        let mut message = format!("{head}{encoding}\r\n\r\n").into_bytes();
        message.extend_from_slice(text);
        let message = MessageParser::default().parse(&message).unwrap();
        message.parts[0].contents().to_vec()
    }

    proptest! {
        /// The parser returns a text that is damaged as it is.
        #[test]
        fn the_results_are_those_of_a_parser(
            base64 in "[A-Za-z0-9+/=\r\n \t-]{0,60}=",
            quoted in "([ -~]|=|=3D|=\r\n|[\r\n \tA4=]){0,40}",
            size in 1..9_usize,
        ) {
            for (encoding, name, text) in [
                (Encoding::Base64, "base64", base64.as_bytes()),
                (Encoding::QuotedPrintable, "quoted-printable", quoted.as_bytes()),
            ] {
                let got = decoded(encoding, text, size).unwrap_or_else(|_| text.to_vec());
                prop_assert_eq!(got, parsed(name, text), "{:?}", text);
            }
        }
    }
}
