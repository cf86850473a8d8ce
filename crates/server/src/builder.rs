//! Settings for a server and its mailboxes.

use std::{collections::BTreeMap, sync::Arc};

use imapclient_loopback::{Authority, Certificate};

use super::{
    Mail, Profile, Server, SpecialUse,
    capabilities::GMAIL,
    framer::{LINE, Limits},
    shared::{Settings, Shared},
    store::{AccountId, Quota, Store, StoreError},
};

/// The default limit on the size of a message.
const APPEND_LIMIT: usize = 64 * 1024 * 1024;

/// The seed of [`Builder::sample`].
const SEED: u64 = 3501;

/// Settings and accounts of a [`Server`].
///
/// Methods about mailboxes apply to the user that was added last.
#[must_use]
pub struct Builder {
    store: Store,
    users: BTreeMap<String, String>,
    /// The user that was added last.
    last: Option<AccountId>,
    said: Vec<String>,
    gmail: bool,
    forgotten: Vec<String>,
    profile: Option<Profile>,
    require_tls: bool,
    append_limit: Option<usize>,
    strict: Option<bool>,
}

/// A mailbox of a [`Builder`].
#[must_use]
pub struct MailboxBuilder {
    mails: Vec<Mail>,
    special_use: Vec<SpecialUse>,
    subscribed: bool,
    has_modseqs: bool,
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            store: Store::new(),
            users: BTreeMap::new(),
            last: None,
            said: Vec::new(),
            gmail: false,
            forgotten: Vec::new(),
            profile: None,
            require_tls: false,
            append_limit: None,
            strict: None,
        }
    }

    /// Adds a user with an empty INBOX.
    pub fn user(mut self, name: &str, password: &str) -> Self {
        self.last = Some(self.store.add_account(name, password));
        self.users.insert(name.to_owned(), password.to_owned());
        self
    }

    /// Adds a mailbox for the last user, or adds messages to an existing one. The hierarchy
    /// delimiter is `/`.
    ///
    /// ```
    /// # use imapclient_server::{Server, SpecialUse};
    /// let server = Server::builder()
    ///     .user("bob", "sekret")
    ///     .mailbox("INBOX", |m| m.message("Subject: one\n\n").message("Subject: two\n\n"))
    ///     .mailbox("Entwürfe", |m| m.special_use(SpecialUse::Drafts).subscribed())
    ///     .start();
    /// assert_eq!(server.messages("bob", "INBOX").len(), 2);
    /// ```
    ///
    /// # Panics
    /// Panics if there is no user, or if a name or a flag is invalid.
    pub fn mailbox(
        mut self,
        name: &str,
        fill: impl FnOnce(MailboxBuilder) -> MailboxBuilder,
    ) -> Self {
        let account = self.account();
        let mailbox = fill(MailboxBuilder {
            mails: Vec::new(),
            special_use: Vec::new(),
            subscribed: false,
            has_modseqs: true,
        });
        let store = &mut self.store;
        match store.create(account, name) {
            Ok(_) | Err(StoreError::AlreadyExists) => {}
            Err(error) => panic!("mailbox {name:?}: {error}"),
        }
        let filled = (|| {
            if !mailbox.special_use.is_empty() {
                store.set_special_use(account, name, mailbox.special_use)?;
            }
            if mailbox.subscribed {
                store.subscribe(account, name)?;
            }
            if !mailbox.has_modseqs {
                store.hide_modseqs(account, name)?;
            }
            for mail in mailbox.mails {
                store.append(account, name, mail.draft())?;
            }
            Ok::<(), StoreError>(())
        })();
        if let Err(error) = filled {
            panic!("mailbox {name:?}: {error}");
        }
        self
    }

    /// Adds several mailboxes with several hundred realistic messages for the last user. They are
    /// the same in each run.
    ///
    /// # Panics
    /// Panics if there is no user.
    pub fn sample(self) -> Self {
        self.sample_from(SEED)
    }

    /// Adds the messages of [`sample`](Self::sample) that another seed generates.
    ///
    /// # Panics
    /// Panics if there is no user.
    pub fn sample_from(mut self, seed: u64) -> Self {
        let account = self.account();
        if let Err(error) = self.store.fill(account, seed) {
            panic!("the sample: {error}");
        }
        self
    }

    /// Sets the quota of the last user: the total size of the messages in units of 1024 bytes, and
    /// their number.
    ///
    /// # Panics
    /// Panics if there is no user.
    pub fn quota(mut self, storage: Option<u64>, messages: Option<u64>) -> Self {
        let account = self.account();
        self.store.set_quota(account, Quota { storage, messages });
        self
    }

    /// Refuses logins without TLS.
    pub fn require_tls(mut self) -> Self {
        self.require_tls = true;
        self
    }

    /// Limits the size of a message in bytes, and announces `APPENDLIMIT` (RFC 7889). The default
    /// is 64 MiB, without an announcement.
    pub fn append_limit(mut self, bytes: usize) -> Self {
        self.append_limit = Some(bytes);
        self
    }

    /// Sets the number of removed messages that each mailbox remembers for QRESYNC (RFC 7162
    /// §3.2); the default is 10,000. A client whose state is older is told all UIDs that do not
    /// exist, instead of those that were removed since.
    pub fn removals(mut self, most: usize) -> Self {
        self.store.limit_history(most);
        self
    }

    /// Imitates the server of a large provider; see [`Profile`]. Special-use mailboxes get the
    /// names that the provider uses.
    ///
    /// ```
    /// # use imapclient_server::{Profile, Server};
    /// let server = Server::builder()
    ///     .profile(Profile::Gmail)
    ///     .user("bob", "sekret")
    ///     .start();
    /// assert!(server.messages("bob", "[Gmail]/Papierkorb").is_empty());
    /// ```
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Enables the extensions of Gmail: the items, the search keys and the labels of X-GM-EXT-1,
    /// and XLIST.
    ///
    /// Unlike on Gmail, a message with a label does not appear in the mailbox of that name.
    /// `X-GM-RAW` supports words, `from:`, `to:`, `subject:`, `label:`, `has:attachment`, and `is:`
    /// with `read`, `unread` and `starred`.
    ///
    /// ```
    /// # use imapclient_server::{Mail, Server};
    /// let server = Server::builder()
    ///     .gmail()
    ///     .user("bob", "sekret")
    ///     .mailbox("INBOX", |m| m.message(Mail::from("Subject: one\n\n").label("Work")))
    ///     .start();
    /// assert_eq!(server.messages("bob", "INBOX")[0].labels, ["Work"]);
    /// ```
    pub fn gmail(mut self) -> Self {
        self.gmail = true;
        self
    }

    /// Sets whether the server rejects commands that violate the RFCs, so that it judges the
    /// client.
    ///
    /// A server that is not strict accepts the same deviations as Dovecot:
    ///
    /// - several spaces between arguments, and spaces after `(`, before `)` and at the end of a
    ///   command;
    /// - quoted strings in UTF-8, although only literals may contain 8-bit data;
    /// - non-ASCII text in SEARCH, SORT and THREAD, with or without a `CHARSET`;
    /// - sequence numbers in SEARCH, SORT and THREAD that do not exist, which match no message;
    /// - an ID whose fields are repeated, too many or too long (RFC 2971 §3.3);
    /// - repeated modifiers of FETCH and STORE, and mod-sequences of more than 63 bits.
    ///
    /// A strict server answers each of these with BAD. By default only the
    /// [profiles](Self::profile) `Minimal`, `Full` and `WildDuck` are strict.
    ///
    /// ```
    /// # use imapclient_server::Server;
    /// # use std::{io::{BufRead, BufReader, Write}, net::TcpStream};
    /// for (strict, answer) in [(false, "a OK "), (true, "a BAD ")] {
    ///     let server = Server::builder().strict(strict).start();
    ///     let mut client = BufReader::new(TcpStream::connect(server.addr())?);
    ///     client.get_mut().write_all(b"a ID ( \"name\"  \"mine\" )\r\n")?;
    ///     let answers = client.lines().find(|line| !line.as_ref().is_ok_and(|l| l.starts_with('*')));
    ///     assert!(answers.unwrap()?.starts_with(answer));
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = Some(strict);
        self
    }

    /// Removes a capability; see [`Server::forget_capability`].
    pub fn forget_capability(mut self, name: &str) -> Self {
        self.forgotten.push(name.to_owned());
        self
    }

    /// Announces a capability, even if the server does not implement it. The following are
    /// implemented if they are announced: `QRESYNC`, `NOTIFY`, `METADATA`, `METADATA-SERVER`,
    /// `LIST-METADATA`, `LITERAL-`, `UTF8=ACCEPT`, `AUTH=CRAM-MD5`, `AUTH=SCRAM-SHA-256`,
    /// `AUTH=SCRAM-SHA-1` and their `-PLUS` forms, for which passwords must be in the form of
    /// SASLprep (RFC 4013), and `AUTH=XOAUTH2` and `AUTH=OAUTHBEARER`, for which the password of
    /// the user is the token.
    pub fn say_capability(mut self, name: &str) -> Self {
        self.said.push(name.to_owned());
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    /// Panics if there is no free port.
    pub fn start(mut self) -> Server {
        let authority = Authority::new();
        let certificate = Certificate::new(&["localhost", "127.0.0.1"]);
        let tls = authority.issue(certificate).server_config();
        let profile = self.profile.map(Profile::row);
        if let Some(row) = profile {
            self.furnish(row.mailboxes);
        }
        let append = profile.and_then(|row| row.append_limit());
        let settings = Settings {
            require_tls: self.require_tls,
            limits: Limits {
                append: self.append_limit.or(append).unwrap_or(APPEND_LIMIT),
                line: profile.and_then(|row| row.line).unwrap_or(LINE),
            },
            profile,
            strict: self
                .strict
                .unwrap_or_else(|| profile.is_some_and(|row| row.strict)),
        };
        let shared = Arc::new(Shared::new(self.store, tls, settings));
        let server = Server::new(shared, authority.pem(), self.users);
        match profile {
            Some(row) => server.announce(row.before, row.after),
            None if self.gmail => {}
            None => GMAIL.iter().for_each(|name| server.forget_capability(name)),
        }
        if let Some(bytes) = self.append_limit {
            server.say_capability(&format!("APPENDLIMIT={bytes}"));
        }
        for name in &self.said {
            server.say_capability(name);
        }
        for name in &self.forgotten {
            server.forget_capability(name);
        }
        server
    }

    /// Adds the mailboxes of a provider to each user. A mailbox with the same special use is
    /// renamed.
    fn furnish(&mut self, mailboxes: &[(&str, SpecialUse)]) {
        for user in self.users.keys() {
            let Some(account) = self.store.account(user) else {
                continue;
            };
            for (name, special_use) in mailboxes {
                if let Err(error) = self.store.furnish(account, name, *special_use) {
                    panic!("{user}'s mailbox {name:?}: {error}");
                }
            }
        }
    }

    fn account(&self) -> AccountId {
        self.last.expect("a user, named before")
    }
}

impl MailboxBuilder {
    /// Adds a message.
    pub fn message(mut self, mail: impl Into<Mail>) -> Self {
        self.mails.push(mail.into());
        self
    }

    /// Adds messages.
    pub fn messages<M: Into<Mail>>(mut self, mails: impl IntoIterator<Item = M>) -> Self {
        self.mails.extend(mails.into_iter().map(Into::into));
        self
    }

    /// Adds a special use of the mailbox (RFC 6154).
    pub fn special_use(mut self, special_use: SpecialUse) -> Self {
        self.special_use.push(special_use);
        self
    }

    /// Makes the mailbox unable to store mod-sequences: SELECT returns NOMODSEQ, and commands that
    /// use mod-sequences of its messages are answered with BAD (RFC 7162 §3.1.2.2).
    pub fn no_modseq(mut self) -> Self {
        self.has_modseqs = false;
        self
    }

    /// Subscribes to the mailbox.
    pub fn subscribed(mut self) -> Self {
        self.subscribed = true;
        self
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let users: Vec<_> = self.users.keys().collect();
        f.debug_struct("Builder").field("users", &users).finish()
    }
}

impl std::fmt::Debug for MailboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailboxBuilder")
            .field("mails", &self.mails)
            .finish_non_exhaustive()
    }
}
