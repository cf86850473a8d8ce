//! Known servers, and their peculiarities.

use imapclient::{Capabilities, Id};

/// A kind of server, or a provider.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: &'static str,
    clues: &'static [Clue],
    /// Its differences from other servers.
    pub(super) facts: &'static [&'static str],
}

/// A sign by which a server is recognised. Texts are compared in lower case.
#[derive(Debug, PartialEq, Eq)]
enum Clue {
    /// Part of the name in its response to ID.
    Id(&'static str),
    /// Part of its greeting.
    Greeting(&'static str),
    /// The start of its greeting together with a capability; either alone would not be sufficient.
    Begins(&'static str, &'static str),
    /// The end of its host name.
    Host(&'static str),
    /// A capability that only it has.
    Capability(&'static str),
}

/// The data by which a server is recognised.
#[derive(Debug, Default)]
pub(super) struct Traits {
    pub(super) host: String,
    pub(super) greeting: String,
    pub(super) capabilities: Capabilities,
    pub(super) id: Option<Id>,
}

impl Traits {
    /// Returns the first entry of the table with a matching sign.
    pub(super) fn recognise(&self) -> Option<&'static Known> {
        let host = self.host.trim_end_matches('.').to_lowercase();
        let greeting = self.greeting.to_lowercase();
        let name = self.id.as_ref().and_then(|id| id.get("name"));
        let name = name.unwrap_or_default().to_lowercase();
        KNOWN.iter().find(|known| {
            known.clues.iter().any(|clue| match clue {
                Clue::Id(part) => name.contains(part),
                Clue::Greeting(part) => greeting.contains(part),
                Clue::Begins(part, capability) => {
                    greeting.starts_with(part) && self.capabilities.lists(capability)
                }
                Clue::Host(end) => ends_with_domain(&host, end),
                Clue::Capability(capability) => self.capabilities.lists(capability),
            })
        })
    }
}

fn ends_with_domain(host: &str, domain: &str) -> bool {
    let before = host.strip_suffix(domain);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Providers come before the software that they may use.
const KNOWN: &[Known] = &[
    Known {
        name: "Gmail",
        clues: &[
            Clue::Capability("X-GM-EXT-1"),
            Clue::Host("imap.gmail.com"),
            Clue::Host("imap.googlemail.com"),
        ],
        facts: &[
            "a label is a mailbox: a message with two labels is in two mailboxes, and in All Mail",
            "flagging as \\Deleted and expunging only removes a label; to delete, move to the Trash",
            "names below [Gmail] are in the user's language: rely on special uses, not on names",
            "IDLE ends after about ten minutes: restart it before that",
            "downloads are limited to about 2.5 GB a day",
        ],
    },
    Known {
        name: "Exchange or Outlook",
        clues: &[
            Clue::Greeting("microsoft exchange"),
            Clue::Host("outlook.office365.com"),
            Clue::Host("outlook.office.com"),
            Clue::Host("imap-mail.outlook.com"),
            Clue::Id("microsoft.exchange"),
        ],
        facts: &[
            "\"authenticated but not connected\" after a login means a mailbox that cannot be \
             reached now, or no IMAP for this user: try later, then ask the administrator",
            "it answers too many requests with a time to wait",
            "RFC822.SIZE is not always the length of the message",
            "shared mailboxes (user/shared) and DOMAIN\\user need the LOGIN command: auth = login",
        ],
    },
    Known {
        name: "Yahoo or AOL",
        clues: &[
            Clue::Host("imap.mail.yahoo.com"),
            Clue::Host("imap.mail.yahoo.co.jp"),
            Clue::Host("imap.aol.com"),
            Clue::Id("y!imap"),
            Clue::Greeting("imapgate"),
        ],
        facts: &[
            "every command takes a second or more: few big ones are better than many small ones",
            "SERVERBUG or UNAVAILABLE to a FETCH is temporary: ask for fewer messages at once",
            "sequence numbers are not reliable after EXPUNGE: use UIDs",
            "a connection ends after about half an hour",
        ],
    },
    Known {
        name: "iCloud",
        clues: &[Clue::Host("imap.mail.me.com"), Clue::Greeting("icloud")],
        facts: &[
            "FETCH of RFC822 returns nothing: use BODY[]",
            "it hangs up after two failed logins",
            "it says OK to ENABLE without reporting what is enabled",
        ],
    },
    Known {
        name: "ProtonMail Bridge",
        clues: &[
            Clue::Greeting("proton"),
            Clue::Id("proton"),
            Clue::Id("gluon"),
        ],
        facts: &[
            "it has a password of its own, shown in the Bridge: not that of the Proton account",
            "its certificate is self-signed: export it from the Bridge for ssl_ca_file",
            "it may refuse UID EXPUNGE and special uses in LIST, though it offers them",
        ],
    },
    Known {
        name: "NetEase or Coremail (163, 126, 188)",
        clues: &[
            Clue::Host("163.com"),
            Clue::Host("126.com"),
            Clue::Host("188.com"),
            Clue::Greeting("coremail"),
        ],
        facts: &["it opens no mailbox (\"Unsafe Login\") for a client that has not sent ID"],
    },
    Known {
        name: "QQ Mail",
        clues: &[Clue::Host("qq.com"), Clue::Greeting("qqmail")],
        facts: &[
            "it accepts sets of messages only in ascending order",
            "it sends a whole part when only a range of it is requested",
            "it requires an authorisation code from its settings instead of the password",
        ],
    },
    Known {
        name: "Yandex",
        clues: &[
            Clue::Host("yandex.ru"),
            Clue::Host("yandex.com"),
            Clue::Greeting("yandex"),
        ],
        facts: &["IDLE may end silently after six minutes or more"],
    },
    Known {
        name: "Dovecot",
        clues: &[Clue::Id("dovecot"), Clue::Greeting("dovecot")],
        facts: &[
            "it delays its response longer after each failed login",
            "a command line may have at most 64 KiB: long sets of messages are split (done here)",
            "a mailbox that does not exist is refused without the code NONEXISTENT",
        ],
    },
    Known {
        name: "Cyrus",
        clues: &[Clue::Id("cyrus"), Clue::Greeting("cyrus imap")],
        facts: &[
            "expunged messages may stay on the disk for days (its setting `expunge_mode`)",
            "its SCRAM-...-PLUS binds to TLS 1.2 only: with TLS 1.3 the one without -PLUS is used",
            "LOGINDISABLED among its capabilities after the login has no meaning",
        ],
    },
    Known {
        name: "pymap",
        clues: &[Clue::Id("pymap"), Clue::Begins("server ready ", "OBJECTID")],
        facts: &[
            "it hangs up silently after five errors in a row",
            "names in ENVELOPE are already decoded",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(traits: Traits) -> Option<&'static str> {
        traits.recognise().map(|known| known.name)
    }

    #[test]
    fn by_what_they_tell() {
        let greeting = |text: &str| Traits {
            greeting: text.to_owned(),
            ..Traits::default()
        };
        let host = |text: &str| Traits {
            host: text.to_owned(),
            ..Traits::default()
        };
        let id = |text: &str| Traits {
            id: Some(Id::from([("name", text)])),
            ..Traits::default()
        };
        for (traits, expected) in [
            (greeting("Dovecot (Debian) ready."), Some("Dovecot")),
            (
                greeting("mail Cyrus IMAP 3.6.1 server ready"),
                Some("Cyrus"),
            ),
            (
                greeting("The Microsoft Exchange IMAP4 service is ready."),
                Some("Exchange or Outlook"),
            ),
            (id("Dovecot"), Some("Dovecot")),
            (id("pymap"), Some("pymap")),
            (host("IMAP.gmail.com."), Some("Gmail")),
            (host("imap.mail.me.com"), Some("iCloud")),
            (host("p03-imap.mail.me.com"), None),
            (host("notqq.com"), None),
            (host("imap.exmail.qq.com"), Some("QQ Mail")),
            (greeting("hello"), None),
            (Traits::default(), None),
        ] {
            assert_eq!(name(traits), expected);
        }
    }

    #[test]
    fn a_provider_before_its_software() {
        let traits = Traits {
            greeting: "Dovecot ready".to_owned(),
            capabilities: Capabilities::from_iter(["IMAP4rev1", "X-GM-EXT-1"]),
            ..Traits::default()
        };
        assert_eq!(name(traits), Some("Gmail"));
    }

    #[test]
    fn a_greeting_that_says_little_is_not_enough() {
        for (capabilities, expected) in [("OBJECTID", Some("pymap")), ("MOVE", None)] {
            let traits = Traits {
                greeting: "Server ready localhost".to_owned(),
                capabilities: Capabilities::from_iter(["IMAP4rev1", capabilities]),
                ..Traits::default()
            };
            assert_eq!(name(traits), expected);
        }
    }
}
