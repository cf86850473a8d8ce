//! Chooses the structure of the letters in the sample mail.

use super::{Composer, Tongue, date};
use crate::sample::{
    encode::{latin1, param, quoted_printable},
    mail::Entity,
};

/// The structure of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sample) enum Shape {
    Plain,
    QuotedPrintable,
    Base64,
    EightBit,
    Latin1,
    Flowed,
    HtmlOnly,
    Alternative,
    InlineImage,
    Attachments,
    Forward,
    Digest,
    Bounce,
    Invitation,
    Signed,
    Nested,
    Untyped,
    Empty,
    NoSubject,
    RawHeader,
    LongHeader,
    ManyRecipients,
    Large,
}

impl Shape {
    pub(in crate::sample) const ALL: [Self; 23] = [
        Self::Plain,
        Self::QuotedPrintable,
        Self::Base64,
        Self::EightBit,
        Self::Latin1,
        Self::Flowed,
        Self::HtmlOnly,
        Self::Alternative,
        Self::InlineImage,
        Self::Attachments,
        Self::Forward,
        Self::Digest,
        Self::Bounce,
        Self::Invitation,
        Self::Signed,
        Self::Nested,
        Self::Untyped,
        Self::Empty,
        Self::NoSubject,
        Self::RawHeader,
        Self::LongHeader,
        Self::ManyRecipients,
        Self::Large,
    ];
}

/// A GIF of one pixel.
const PIXEL: &[u8] =
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\
    \x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

const UTF8: &str = "text/plain; charset=utf-8";

/// Names and types of attachments.
const FILES: [(&str, &str); 5] = [
    ("report.pdf", "application/pdf"),
    ("Übersicht März.xlsx", "application/vnd.ms-excel"),
    ("a file; with \u{201c}quotes\u{201d}.zip", "application/zip"),
    ("写真.jpg", "image/jpeg"),
    ("holiday pictures.tar.gz", "application/gzip"),
];

impl Composer {
    pub(super) fn content(&mut self, shape: Shape, tongue: Tongue) -> Entity {
        match shape {
            Shape::Empty => Entity::new("text/plain; charset=us-ascii", ""),
            Shape::Untyped => Entity::default().with("X-Content", "none"),
            Shape::Base64 => Entity::base64(UTF8, self.text(tongue, 3).as_bytes()),
            Shape::EightBit => {
                Entity::new(UTF8, self.text(tongue, 3)).with("Content-Transfer-Encoding", "8bit")
            }
            Shape::Latin1 => self.latin(),
            Shape::Flowed => Entity::new(
                "text/plain; charset=\"utf-8\"; format=flowed; delsp=yes",
                quoted_printable(self.text(tongue, 4).as_bytes()),
            )
            .with("Content-Transfer-Encoding", "quoted-printable"),
            Shape::HtmlOnly => self.html(tongue, ""),
            Shape::Alternative => self.alternative(tongue, ""),
            Shape::InlineImage => self.with_image(tongue),
            Shape::Attachments => self.with_attachments(tongue),
            Shape::Forward => self.forward(tongue),
            Shape::Digest => self.digest(tongue),
            Shape::Bounce => self.bounce(tongue),
            Shape::Invitation => self.invitation(tongue),
            Shape::Signed => self.signed(tongue),
            Shape::Nested => self.nested(tongue),
            Shape::Large => self.large(),
            Shape::QuotedPrintable
            | Shape::NoSubject
            | Shape::RawHeader
            | Shape::LongHeader
            | Shape::ManyRecipients => self.quoted(tongue),
            Shape::Plain if tongue == Tongue::English => {
                Entity::new("text/plain", self.text(tongue, 3))
            }
            Shape::Plain => self.quoted(tongue),
        }
    }

    /// Returns paragraphs in lines of less than 79 characters.
    fn text(&mut self, tongue: Tongue, most: usize) -> String {
        let mut text = String::new();
        for _ in 0..1 + self.random.below(most) {
            let mut width = 0;
            for _ in 0..1 + self.random.below(4) {
                let sentence = *self.random.pick(tongue.sentences());
                for word in sentence.split(' ') {
                    let length = word.chars().count() + 1;
                    if width > 0 {
                        let fits = width + length < 78;
                        text.push_str(if fits { " " } else { "\r\n" });
                        width = if fits { width } else { 0 };
                    }
                    text.push_str(word);
                    width += length;
                }
            }
            text.push_str("\r\n\r\n");
        }
        text
    }

    fn quoted(&mut self, tongue: Tongue) -> Entity {
        let text = quoted_printable(self.text(tongue, 3).as_bytes());
        Entity::new(UTF8, text).with("Content-Transfer-Encoding", "quoted-printable")
    }

    fn latin(&mut self) -> Entity {
        let text = self.text(Tongue::German, 3);
        let bytes = latin1(&text).unwrap_or_default();
        Entity::new("text/plain; charset=ISO-8859-1", quoted_printable(&bytes))
            .with("Content-Transfer-Encoding", "Quoted-Printable")
    }

    fn html(&mut self, tongue: Tongue, more: &str) -> Entity {
        let text = self.text(tongue, 3).replace("\r\n\r\n", "</p>\r\n<p>");
        let page = format!("<html><body><p>{text}</p>{more}</body></html>\r\n");
        Entity::new(
            "text/html; charset=UTF-8",
            quoted_printable(page.as_bytes()),
        )
        .with("Content-Transfer-Encoding", "quoted-printable")
    }

    fn alternative(&mut self, tongue: Tongue, more: &str) -> Entity {
        let parts = [self.quoted(tongue), self.html(tongue, more)];
        Entity::multipart("alternative", &self.boundary(), &parts)
    }

    fn with_image(&mut self, tongue: Tongue) -> Entity {
        let id = format!("pixel.{:x}@example.org", self.random.next());
        let image = Entity::base64("image/gif; name=\"pixel.gif\"", PIXEL)
            .with("Content-ID", format!("<{id}>"))
            .with("Content-Disposition", "inline; filename=\"pixel.gif\"")
            .with("Content-Description", "One pixel");
        let page = self.alternative(tongue, &format!("<img src=\"cid:{id}\">"));
        let boundary = self.boundary();
        Entity::multipart("related", &boundary, &[page, image])
    }

    fn with_attachments(&mut self, tongue: Tongue) -> Entity {
        let mut parts = vec![self.quoted(tongue)];
        for _ in 0..1 + self.random.below(3) {
            let (name, kind) = *self.random.pick(&FILES);
            let size = 200 + self.random.below(6000);
            let content = self.random.bytes(size);
            let disposition = format!("attachment;\r\n {}", param("filename", name));
            parts.push(Entity::base64(kind, &content).with("Content-Disposition", disposition));
        }
        let table = Entity::new(
            "text/csv; charset=us-ascii; header=present",
            "a,b\r\n1,2\r\n",
        )
        .with(
            "Content-Disposition",
            "attachment; filename=table.csv; size=10",
        )
        .with("Content-Language", "en, de")
        .with("Content-Location", "https://example.org/table.csv")
        .with("Content-MD5", "yhWHLzkjXCaUHdqwlR/Ijg==");
        parts.push(table);
        Entity::multipart("mixed", &self.boundary(), &parts)
            .with_preamble("This is a message with parts.\r\n")
    }

    /// Returns a complete message of another sender.
    fn inner(&mut self, tongue: Tongue, content: &Entity) -> Vec<u8> {
        let subject = *self.random.pick(tongue.subjects());
        let mut mail = super::Mail::new(subject, String::new(), content.clone());
        let from = *self.random.pick(&super::PEOPLE);
        let how = self.words();
        let day = i64::try_from(self.random.below(300)).unwrap_or_default();
        mail.put("Date", date(1_690_000_000 + day * 86_400, from.zone));
        mail.put("From", from.written(how));
        mail.put("To", "someone@example.net");
        mail.put("Subject", super::words(subject, how));
        mail.put("Message-ID", self.id("inner.example"));
        mail.put("MIME-Version", "1.0");
        mail.bytes()
    }

    fn forward(&mut self, tongue: Tongue) -> Entity {
        let content = self.alternative(tongue, "");
        let message = Entity::new("message/rfc822", self.inner(tongue, &content)).with(
            "Content-Disposition",
            "attachment; filename=\"forwarded.eml\"",
        );
        let parts = [self.quoted(tongue), message];
        Entity::multipart("mixed", &self.boundary(), &parts)
    }

    /// Returns a digest, whose parts without a type are messages.
    fn digest(&mut self, tongue: Tongue) -> Entity {
        let parts: Vec<_> = (0..3)
            .map(|_| {
                let content = self.quoted(tongue);
                Entity::bare(self.inner(tongue, &content))
            })
            .collect();
        Entity::multipart("digest", &self.boundary(), &parts)
    }

    fn bounce(&mut self, tongue: Tongue) -> Entity {
        let content = self.quoted(tongue);
        let status = "Reporting-MTA: dns; mx.example.org\r\n\r\n\
            Final-Recipient: rfc822; nobody@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\n";
        let parts = [
            Entity::new("text/plain", "There is no such user.\r\n"),
            Entity::new("message/delivery-status", status),
            Entity::new("message/rfc822", self.inner(tongue, &content)),
        ];
        Entity::multipart(
            "report; report-type=delivery-status",
            &self.boundary(),
            &parts,
        )
    }

    fn invitation(&mut self, tongue: Tongue) -> Entity {
        let event = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n\
            UID:1@example.org\r\nDTSTART:20240501T090000Z\r\nSUMMARY:Meeting\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        let parts = [
            self.quoted(tongue),
            Entity::new("text/calendar; charset=utf-8; method=REQUEST", event),
        ];
        Entity::multipart("alternative", &self.boundary(), &parts)
    }

    fn signed(&mut self, tongue: Tongue) -> Entity {
        let signature = self.random.bytes(96);
        let signature = super::super::encode::base64_lines(&signature);
        let parts = [
            self.quoted(tongue),
            Entity::new(
                "application/pgp-signature; name=\"signature.asc\"",
                format!(
                    "-----BEGIN PGP SIGNATURE-----\r\n\r\n{signature}-----END PGP SIGNATURE-----\r\n"
                ),
            ),
        ];
        let subtype = "signed; micalg=pgp-sha256;\r\n protocol=\"application/pgp-signature\"";
        Entity::multipart(subtype, &self.boundary(), &parts)
    }

    /// Returns nested multiparts, with a nested message.
    fn nested(&mut self, tongue: Tongue) -> Entity {
        let related = self.with_image(tongue);
        let boundary = self.boundary();
        let content = Entity::multipart("mixed", &boundary, &[related, self.quoted(tongue)]);
        let message = Entity::new("message/rfc822", self.inner(tongue, &content));
        let boundary = self.boundary();
        Entity::multipart("mixed", &boundary, &[self.quoted(tongue), message])
    }

    fn large(&mut self) -> Entity {
        let size = 150_000 + self.random.below(200_000);
        let parts = [
            Entity::new("text/plain", self.text(Tongue::English, 400)),
            Entity::base64("application/octet-stream", &self.random.bytes(size))
                .with("Content-Disposition", "attachment; filename=large.bin"),
        ];
        Entity::multipart("mixed", &self.boundary(), &parts)
    }
}
