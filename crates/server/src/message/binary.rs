//! `BINARY[part]` (RFC 3516).

use std::{borrow::Cow, num::NonZeroU32};

use mail_parser::decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode};

use super::{Message, header, params::Parameterised, part::Part};

/// The error for a part with an unknown transfer encoding, or with invalid data for its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnknownEncoding;

impl Message {
    /// Returns the body of a part without its transfer encoding, or `None` if there is no such
    /// part. Without a number it is the whole message, which has no encoding.
    pub(crate) fn binary(
        &self,
        part: &[NonZeroU32],
    ) -> Result<Option<Cow<'_, [u8]>>, UnknownEncoding> {
        if part.is_empty() {
            return Ok(Some(Cow::Borrowed(&self.raw)));
        }
        let part = self.root.at(part.iter().map(|number| number.get()));
        part.map(|part| self.decoded(part)).transpose()
    }

    fn decoded(&self, part: &Part) -> Result<Cow<'_, [u8]>, UnknownEncoding> {
        let body = &self.raw[part.body.clone()];
        let encoding = header::value(&self.raw[part.header.clone()], "Content-Transfer-Encoding")
            .map(|field| Parameterised::parse(&field).value.to_ascii_lowercase());
        let decoded = match encoding.as_deref() {
            None | Some(b"" | b"7bit" | b"8bit" | b"binary") => return Ok(Cow::Borrowed(body)),
            Some(b"base64") => base64_decode(body),
            Some(b"quoted-printable") => quoted_printable_decode(body),
            Some(_) => None,
        };
        decoded.map(Cow::Owned).ok_or(UnknownEncoding)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binary(head: &str, body: &str) -> Result<Vec<u8>, UnknownEncoding> {
        let message = Message::new(format!("Content-Transfer-Encoding: {head}\r\n\r\n{body}"));
        let decoded = message.binary(&[NonZeroU32::MIN])?;
        Ok(decoded.unwrap().into_owned())
    }

    #[test]
    fn encodings_go() {
        for (head, body, expected) in [
            ("7bit", "a=41\r\n", "a=41\r\n"),
            ("8Bit (x)", "ü\r\n", "ü\r\n"),
            ("binary", "YQ==", "YQ=="),
            ("BASE64", "YWJj\r\nZA==\r\n", "abcd"),
            ("base64", "", ""),
            (
                "Quoted-Printable",
                "a=3Db=\r\n c  \r\n=C3=BC\r\n",
                "a=b c\r\nü\r\n",
            ),
        ] {
            let decoded = binary(head, body);
            assert_eq!(decoded.as_deref(), Ok(expected.as_bytes()), "{head}");
        }
        assert_eq!(binary("base64", "AAEC").unwrap(), [0, 1, 2]);
        for (head, body) in [
            ("x-uuencode", "a"),
            ("base64", "YQ==\u{7f}!"),
            ("quoted-printable", "=XY"),
        ] {
            assert_eq!(binary(head, body), Err(UnknownEncoding), "{head}");
        }
    }

    #[test]
    fn no_number_is_all_and_a_wrong_one_nothing() {
        let message = Message::new("Content-Transfer-Encoding: base64\r\n\r\nYQ==");
        assert_eq!(message.binary(&[]).unwrap().as_deref(), Some(message.raw()));
        assert_eq!(message.binary(&[NonZeroU32::MAX]), Ok(None));
    }
}
