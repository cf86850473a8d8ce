//! The server of the testkit, in this process: there is nothing to install.

use imapclient_testkit::{Server, SpecialUse};

use super::{Recipe, Running, account::Account, site::Site};
use crate::{failure::Result, signals::Signals};

pub(super) const NAME: &str = "embedded";
/// The accounts; a test of what two users share needs more than one.
const USERS: [&str; 4] = ["user1", "user2", "user3", "user4"];
const PASSWORD: &str = "pass";
/// What each may have, as at the throwaway Dovecot.
const STORAGE: Option<u64> = Some(1024 * 1024);
const MESSAGES: Option<u64> = Some(100_000);

pub(super) struct Embedded;

impl Recipe for Embedded {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> &'static str {
        "the testkit's own, in memory"
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
        let site = Site::new(NAME)?;
        // As Gmail, so that the live suite has a server for that; strict, since it judges our commands.
        let mut builder = Server::builder()
            .gmail()
            .strict(true)
            .say_capability("AUTH=CRAM-MD5");
        for mechanism in ["SCRAM-SHA-1", "SCRAM-SHA-256"] {
            builder = builder
                .say_capability(&format!("AUTH={mechanism}"))
                .say_capability(&format!("AUTH={mechanism}-PLUS"));
        }
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
            server: NAME,
            tls_port: Some(server.tls_addr().port()),
            plain_port: server.addr().port(),
            username: USERS[0],
            password: PASSWORD,
            ca_file: &site.ca_file(),
            auth: None,
            login_failure: "Authentication failed",
        })?;
        Ok(Running::embedded(server, site))
    }
}
