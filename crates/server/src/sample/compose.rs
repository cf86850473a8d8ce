//! Generates letters in the style of people and programs.

mod shape;

pub(super) use self::shape::Shape;

use chrono::{DateTime, FixedOffset};

use super::{
    encode::{Words, words},
    mail::{Entity, Mail},
    people::{PEOPLE, Person, written},
    random::Random,
    texts::{JUNK_SUBJECTS, LIST_SUBJECTS, Tongue},
};

/// Generates letters for one recipient.
pub(super) struct Composer {
    pub(super) random: Random,
    /// The address of the recipient.
    me: String,
    /// The number of Message-IDs so far.
    serial: u64,
}

impl Composer {
    pub(super) fn new(user: &str, random: Random) -> Self {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let local = if !user.is_empty() && user.chars().all(is_plain) {
            user
        } else {
            "me"
        };
        Self {
            random,
            me: format!("{local}@example.org"),
            serial: 0,
        }
    }

    /// Returns a random shape, with realistic frequencies.
    pub(super) fn any_shape(&mut self) -> Shape {
        if self.random.chance(60) {
            *self
                .random
                .pick(&[Shape::Plain, Shape::QuotedPrintable, Shape::Alternative])
        } else {
            *self.random.pick(&Shape::ALL)
        }
    }

    /// Returns a letter to the recipient.
    pub(super) fn letter(&mut self, shape: Shape, tongue: Tongue, at: i64) -> Mail {
        let subject = *self.random.pick(tongue.subjects());
        let from = *self.random.pick(&PEOPLE);
        let entity = self.content(shape, tongue);
        let mut mail = self.mail(at, subject, from, entity);
        self.address(&mut mail, from, shape);
        self.title(&mut mail, shape);
        mail
    }

    /// Returns a reply to a letter. Some replies refer to it only by In-Reply-To, or only by the
    /// subject.
    pub(super) fn reply(&mut self, to: &Mail, tongue: Tongue, at: i64) -> Mail {
        let prefix = *self
            .random
            .pick(&["Re: ", "Re: ", "RE: ", "Re[2]: ", "Fwd: ", "AW: "]);
        let subject = match to.subject.strip_prefix("Re: ") {
            Some(subject) => format!("Re: {subject}"),
            None => format!("{prefix}{}", to.subject),
        };
        let from = *self.random.pick(&PEOPLE);
        let shape = *self
            .random
            .pick(&[Shape::Plain, Shape::QuotedPrintable, Shape::Flowed]);
        let entity = self.content(shape, tongue);
        let mut mail = self.mail(at, &subject, from, entity);
        self.address(&mut mail, from, shape);
        self.refer(&mut mail, to);
        self.title(&mut mail, shape);
        mail
    }

    /// Returns a letter from the recipient.
    pub(super) fn own(&mut self, tongue: Tongue, at: i64) -> Mail {
        let subject = *self.random.pick(tongue.subjects());
        let to = *self.random.pick(&PEOPLE);
        let shape = self.any_shape();
        let entity = self.content(shape, tongue);
        let id = self.id("example.org");
        let mut mail = Mail::new(subject, id.clone(), entity);
        mail.put("Date", date(at, 1));
        mail.put("From", format!("Me Myself <{}>", self.me));
        mail.put("To", to.written(self.words()));
        mail.put("Message-ID", id);
        self.title(&mut mail, shape);
        mail
    }

    /// Returns a message of a mailing list: a new one, or a reply.
    pub(super) fn post(&mut self, to: Option<&Mail>, at: i64) -> Mail {
        let subject = match to {
            Some(to) if to.subject.starts_with("Re: ") => to.subject.clone(),
            Some(to) => format!("Re: {}", to.subject),
            None => format!("[mail-dev] {}", self.random.pick(&LIST_SUBJECTS)),
        };
        let from = *self.random.pick(&PEOPLE);
        let entity = self.content(Shape::Plain, Tongue::English);
        let mut mail = self.mail(at, &subject, from, entity);
        mail.put("From", from.written(self.words()));
        mail.put("Sender", "mail-dev-bounces@lists.example");
        mail.put("Reply-To", "Mail developers <mail-dev@lists.example>");
        mail.put("To", "mail-dev@lists.example");
        if let Some(to) = to {
            self.refer(&mut mail, to);
        }
        mail.put("List-Id", "Everything about mail <mail-dev.lists.example>");
        mail.put("List-Post", "<mailto:mail-dev@lists.example>");
        mail.put(
            "List-Unsubscribe",
            "<https://lists.example/mail-dev>,\r\n <mailto:mail-dev-leave@lists.example>",
        );
        mail.put("Precedence", "list");
        self.title(&mut mail, Shape::Plain);
        mail
    }

    /// Returns a junk message.
    pub(super) fn junk(&mut self, at: i64) -> Mail {
        let subject = *self.random.pick(&JUNK_SUBJECTS);
        let from = Person {
            name: "",
            address: "winner@junk.example",
            zone: 8,
        };
        let shape = *self
            .random
            .pick(&[Shape::HtmlOnly, Shape::Base64, Shape::Plain]);
        let entity = self.content(shape, Tongue::English);
        let mut mail = self.mail(at, subject, from, entity);
        mail.put("From", written("Your luck", from.address, Words::Quoted));
        mail.put("To", "undisclosed-recipients:;");
        mail.put("X-Spam-Flag", "YES");
        mail.put(
            "X-Spam-Score",
            format!("{}.{}", 5 + self.random.below(20), self.random.below(10)),
        );
        self.title(&mut mail, shape);
        mail
    }

    /// Returns a message with the fields that a server adds, the date and the Message-ID.
    fn mail(&mut self, at: i64, subject: &str, from: Person, entity: Entity) -> Mail {
        let domain = from.address.rsplit('@').next().unwrap_or("example.org");
        let id = self.id(domain);
        let mut mail = Mail::new(subject, id.clone(), entity);
        mail.put("Return-Path", format!("<{}>", from.address));
        let hop = format!("{:08x}", self.random.next() as u32);
        mail.put(
            "Received",
            format!(
                "from mail.{domain} (mail.{domain} [192.0.2.{}])\r\n\tby mx.example.org with ESMTPS id {hop};\r\n\t{}",
                1 + self.random.below(250),
                date(at + 1, 0),
            ),
        );
        mail.put("Date", date(at, from.zone));
        mail.put("Message-ID", id);
        mail
    }

    /// Adds From, To and Cc.
    fn address(&mut self, mail: &mut Mail, from: Person, shape: Shape) {
        let how = self.words();
        mail.put("From", from.written(how));
        if shape == Shape::ManyRecipients {
            let all: Vec<_> = (0..120)
                .map(|n| {
                    written(
                        &format!("Member {n}"),
                        &format!("member{n}@club.example"),
                        how,
                    )
                })
                .collect();
            mail.put("To", format!("The Club: {};", all.join(",\r\n ")));
            mail.put("Bcc", self.me.clone());
            return;
        }
        mail.put("To", written("Me Myself", &self.me, how));
        if self.random.chance(25) {
            let others: Vec<_> = (0..1 + self.random.below(3))
                .map(|_| self.random.pick(&PEOPLE).written(how))
                .collect();
            mail.put("Cc", others.join(",\r\n "));
        }
        if self.random.chance(8) {
            mail.put("Reply-To", "\"Answers, please\" <answers@example.com>");
        }
    }

    /// Adds Subject, MIME-Version and the fields of mail programs.
    fn title(&mut self, mail: &mut Mail, shape: Shape) {
        match shape {
            Shape::NoSubject => {}
            // Invalid, but found in practice.
            Shape::RawHeader => mail.put("Subject", format!("{} \u{2013} größer", mail.subject)),
            Shape::LongHeader => mail.put(
                "Subject",
                format!(
                    "{}\r\n {}",
                    words(&mail.subject, Words::Base64),
                    "and so on ".repeat(40)
                ),
            ),
            _ => mail.put("Subject", words(&mail.subject.clone(), self.words())),
        }
        mail.put("MIME-Version", "1.0");
        if self.random.chance(40) {
            mail.put(
                "X-Mailer",
                *self.random.pick(&["Quill 3.1", "Pigeon/102 (webmail)"]),
            );
        }
        if self.random.chance(5) {
            mail.put("X-Priority", "1 (Highest)");
        }
    }

    /// Adds In-Reply-To and References.
    fn refer(&mut self, mail: &mut Mail, to: &Mail) {
        let chance = self.random.below(100);
        if chance < 5 {
            return;
        }
        mail.put("In-Reply-To", to.id.clone());
        mail.references = to.references.clone();
        mail.references.push(to.id.clone());
        if chance >= 12 {
            mail.put("References", mail.references.join("\r\n "));
        }
    }

    fn id(&mut self, domain: &str) -> String {
        self.serial += 1;
        format!("<{}.{:016x}@{domain}>", self.serial, self.random.next())
    }

    fn words(&mut self) -> Words {
        *self
            .random
            .pick(&[Words::Base64, Words::Quoted, Words::Latin1])
    }

    fn boundary(&mut self) -> String {
        format!("=_{:016x}", self.random.next())
    }
}

/// Formats a date for a header, in the time zone with this offset in hours.
fn date(at: i64, zone: i32) -> String {
    let zone = FixedOffset::east_opt(zone * 3600);
    let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
    match zone {
        Some(zone) => at.with_timezone(&zone).to_rfc2822(),
        None => at.to_rfc2822(),
    }
}
