//! The embedded server, which runs in this process and needs no installation.

use imapclient_testkit::{Builder, Profile, Server, SpecialUse};

use super::{Recipe, Running, account::Account, site::Site};
use crate::{failure::Result, signals::Signals};

pub(super) const NAME: &str = "embedded";
/// The user names; tests of shared mailboxes need more than one.
const USERS: [&str; 4] = ["user1", "user2", "user3", "user4"];
const PASSWORD: &str = "pass";
/// The quota of each user, in KiB and in messages; the same as on the throwaway Dovecot.
const STORAGE: Option<u64> = Some(1024 * 1024);
const MESSAGES: Option<u64> = Some(100_000);

/// The embedded server, with or without a profile.
pub(super) struct Embedded(pub(super) Option<Profile>);

/// The embedded server without a profile, without strict checks of commands and without QRESYNC.
pub(super) struct Lenient;

impl Recipe for Lenient {
    fn name(&self) -> &'static str {
        Embedded(None).name()
    }

    fn about(&self) -> &'static str {
        Embedded(None).about()
    }

    fn version(&self) -> Option<String> {
        Embedded(None).version()
    }

    fn obstacle(&self) -> Option<String> {
        None
    }

    fn install(&self, _signals: &Signals) -> Result<()> {
        Ok(())
    }

    fn start(&self, _signals: &Signals) -> Result<Running> {
        // A server with QRESYNC reports changes with their UIDs as soon as CONDSTORE is enabled
        // (RFC 7162 §3.2.4). Dovecot does not, which would be a difference of many commands.
        let builder = plain().strict(false).forget_capability("QRESYNC");
        start(NAME, builder, "Authentication failed")
    }
}

impl Recipe for Embedded {
    fn name(&self) -> &'static str {
        self.0.map_or(NAME, Profile::name)
    }

    fn about(&self) -> &'static str {
        self.0
            .map_or("the testkit's own, in memory", Profile::about)
    }

    fn version(&self) -> Option<String> {
        Some(env!("CARGO_PKG_VERSION").into())
    }

    fn obstacle(&self) -> Option<String> {
        None
    }

    fn install(&self, _signals: &Signals) -> Result<()> {
        Ok(())
    }

    fn start(&self, _signals: &Signals) -> Result<Running> {
        match self.0 {
            Some(profile) => {
                let builder = Server::builder().profile(profile);
                start(self.name(), builder, &login_failure(profile))
            }
            None => start(self.name(), plain(), "Authentication failed"),
        }
    }
}

/// Starts a server with the accounts of all users.
fn start(name: &'static str, mut builder: Builder, login_failure: &str) -> Result<Running> {
    let site = Site::new(name)?;
    for user in USERS {
        builder = builder.user(user, PASSWORD).quota(STORAGE, MESSAGES);
        if user == USERS[0] {
            builder = builder.sample();
        }
        for (name, special_use) in [
            ("Drafts", SpecialUse::Drafts),
            ("Sent", SpecialUse::Sent),
            ("Trash", SpecialUse::Trash),
        ] {
            builder = builder.mailbox(name, |m| m.special_use(special_use).subscribed());
        }
    }
    let server = builder.start();
    site.write("ca.pem", server.ca_pem())?;
    site.write_account(&Account {
        server: name,
        tls_port: Some(server.tls_addr().port()),
        plain_port: server.addr().port(),
        username: USERS[0],
        password: PASSWORD,
        ca_file: &site.ca_file(),
        login_failure,
    })?;
    Ok(Running::embedded(server, site))
}

/// Returns a pattern for the refusal of a wrong password.
fn login_failure(profile: Profile) -> String {
    profile
        .login_refusal()
        .replace(['[', ']', '(', ')', '.'], ".")
}

/// Returns a server with all extensions, including those of Gmail, which the live suite tests on no
/// other server. It is strict, since it judges our commands.
fn plain() -> Builder {
    let mut builder = Server::builder()
        .gmail()
        .strict(true)
        .say_capability("AUTH=CRAM-MD5")
        .say_capability("QRESYNC")
        .say_capability("NOTIFY")
        .say_capability("METADATA")
        .say_capability("LIST-METADATA");
    for mechanism in ["SCRAM-SHA-1", "SCRAM-SHA-256"] {
        builder = builder
            .say_capability(&format!("AUTH={mechanism}"))
            .say_capability(&format!("AUTH={mechanism}-PLUS"));
    }
    builder
}
