//! Reads the common name of a certificate, for certificates without any other name.

use std::{error::Error, fmt};

/// A certificate that names its host only by its common name.
#[derive(Debug)]
pub(crate) struct CommonNameOnly(pub(crate) String);

/// The attribute type of a common name, 2.5.4.3, with its DER header.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];

/// Upper bound on the length of a name, in characters.
const LENGTH: usize = 253;

impl CommonNameOnly {
    /// Reads the subject's common name from a certificate in DER. Returns `None` if there is none
    /// or the certificate cannot be parsed.
    pub(crate) fn of(certificate: &[u8]) -> Option<Self> {
        let (certificate, _) = inside(certificate, SEQUENCE)?;
        let (mut fields, _) = inside(certificate, SEQUENCE)?;
        // RFC 5280 §4.1: version (optional), serial number, algorithm, issuer, dates,
        // subject.
        if let Some((_, rest)) = inside(fields, VERSION) {
            fields = rest;
        }
        let (_, fields) = inside(fields, INTEGER)?;
        let (_, fields) = inside(fields, SEQUENCE)?;
        let (_, fields) = inside(fields, SEQUENCE)?;
        let (_, fields) = inside(fields, SEQUENCE)?;
        let (subject, _) = inside(fields, SEQUENCE)?;
        let at = subject
            .windows(COMMON_NAME.len())
            .position(|window| window == COMMON_NAME)?;
        let value = subject.get(at + COMMON_NAME.len()..)?;
        let (text, _) = inside(value, *value.first()?)?;
        let name = String::from_utf8_lossy(text);
        Some(Self(name.chars().take(LENGTH).collect()))
    }
}

impl fmt::Display for CommonNameOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is only the common name {:?}", self.0)
    }
}

impl Error for CommonNameOnly {}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// Returns the content of the first value, if it has this tag, and the bytes after the value.
fn inside(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, rest) = der.split_first()?;
    let (length, rest) = rest.split_first()?;
    let (length, rest) = match *length {
        short @ 0..=0x7f => (usize::from(short), rest),
        // The number of bytes of the length: three are enough for any certificate.
        long @ 0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            let length = bytes
                .iter()
                .fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    (*first == tag).then_some((content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_name() {
        for der in [
            &b""[..],
            b"\x30",
            b"\x30\x84\xff\xff\xff\xff",
            b"\x30\x83\xff\xff\xff",
            b"\x30\x02\x30\x00",
            b"* OK hello",
        ] {
            assert!(CommonNameOnly::of(der).is_none(), "{der:?}");
        }
    }

    #[test]
    fn the_name_is_that_of_the_subject() {
        let value = |tag: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap();
            [&[tag, length][..], content].concat()
        };
        let name = |text: &[u8]| {
            let pair = [COMMON_NAME, &value(0x0c, text)].concat();
            value(SEQUENCE, &value(0x31, &value(SEQUENCE, &pair)))
        };
        let fields = [
            value(VERSION, &value(INTEGER, &[2])),
            value(INTEGER, &[7]),
            value(SEQUENCE, &[]),
            name(b"issuer"),
            value(SEQUENCE, &[]),
            name(b"mail.\x1b\xff"),
        ]
        .concat();
        let der = value(SEQUENCE, &value(SEQUENCE, &fields));
        assert_eq!(CommonNameOnly::of(&der).unwrap().0, "mail.\u{1b}\u{fffd}");
        assert!(CommonNameOnly::of(&der[..der.len() - 1]).is_none());
        let without = value(SEQUENCE, &value(SEQUENCE, &fields[..fields.len() - 22]));
        assert!(CommonNameOnly::of(&without).is_none());
    }
}
