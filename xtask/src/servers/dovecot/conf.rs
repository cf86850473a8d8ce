//! The configuration of Dovecot.

use std::{fmt::Write as _, path::Path};

use super::extensions;

/// The user names; tests of shared mailboxes need more than one.
pub(super) const USERS: [&str; 4] = ["user1", "user2", "user3", "user4"];
pub(super) const PASSWORD: &str = "pass";

/// The parameters of the configuration of a throwaway Dovecot.
pub(super) struct Conf<'a> {
    pub(super) folder: &'a Path,
    pub(super) user: &'a str,
    pub(super) group: &'a str,
    pub(super) plain_port: u16,
    pub(super) tls_port: u16,
}

impl Conf<'_> {
    /// Returns `dovecot.conf`.
    pub(super) fn main(&self) -> String {
        let Self {
            user,
            group,
            plain_port,
            tls_port,
            ..
        } = self;
        let extensions = extensions::conf(self.folder);
        let folder = self.folder.display();
        // One user runs everything, so no service can change its root. Failed logins are not
        // delayed: `auth_failure_delay` turns off one delay, and disabling the socket of anvil the
        // other, which grows for each address.
        let services = ["imap-login", "imap-urlauth-login", "stats"]
            .iter()
            .fold(String::new(), |text, service| {
                text + &format!("service {service} {{\n  chroot =\n}}\n")
            });
        format!(
            "\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
instance_name = imapclient-{plain_port}
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
protocols = imap
listen = 127.0.0.1
login_greeting = Ready.
shutdown_clients = yes

ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
ssl_min_protocol = TLSv1.2

disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256 xoauth2 oauthbearer external
auth_failure_delay = 0
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
# Client certificates are optional; the common name is the user name.
ssl_ca = <{folder}/ca.pem
ssl_require_crl = no
ssl_verify_client_cert = yes
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes
passdb {{
  driver = static
  mechanisms = external
  args = nopassword
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/mail/%u
}}

mail_location = maildir:~/Maildir
mail_uid = {user}
mail_gid = {group}
mail_fsync = never
first_valid_uid = 1
first_valid_gid = 1
mail_max_userip_connections = 200
mailbox_list_index = yes

namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}

service imap-login {{
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
  service_count = 0
  process_min_avail = 1
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{services}
{extensions}"
        )
    }

    /// Returns the file with the users and their passwords.
    pub(super) fn users(&self) -> String {
        USERS.iter().fold(String::new(), |mut text, user| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{user}:{{PLAIN}}{PASSWORD}::::::");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stays_in_the_folder_and_on_loopback() {
        let conf = Conf {
            folder: Path::new("/tmp/imap-x"),
            user: "nobody",
            group: "nogroup",
            plain_port: 1143,
            tls_port: 1993,
        };
        let text = conf.main();
        for line in [
            "base_dir = /tmp/imap-x/run",
            "log_path = /tmp/imap-x/log",
            "listen = 127.0.0.1",
            "    port = 1143",
            "    port = 1993",
            "    mode = 0",
            "    special_use = \\Sent",
            "service imap-login {",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line:?} is missing in:\n{text}"
            );
        }
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        assert_eq!(conf.users().lines().next(), Some("user1:{PLAIN}pass::::::"));
    }
}
