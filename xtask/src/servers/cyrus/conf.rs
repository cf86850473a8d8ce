//! The configuration of Cyrus.

use std::path::Path;

/// The user names; tests of shared mailboxes need more than one.
pub(super) const USERS: [&str; 4] = ["user1", "user2", "user3", "user4"];
pub(super) const PASSWORD: &str = "pass";

/// The parameters of the configuration of a throwaway Cyrus.
pub(super) struct Conf<'a> {
    pub(super) folder: &'a Path,
    /// The folder of the programs of Debian's base package.
    pub(super) system: &'a Path,
    /// The folder of the programs of the IMAP server.
    pub(super) programs: &'a Path,
    pub(super) plain_port: u16,
    pub(super) tls_port: u16,
}

impl Conf<'_> {
    /// Returns `imapd.conf`.
    pub(super) fn imapd(&self) -> String {
        let folder = self.folder.display();
        // Mailboxes are beside INBOX and `/` is the delimiter, as on the other servers. The first
        // login creates the mailboxes of a user. Syncing to the disk is off as far as it can be
        // configured.
        format!(
            "\
configdirectory: {folder}/conf
defaultpartition: default
partition-default: {folder}/spool
proc_path: {folder}/conf/proc
mboxname_lockpath: {folder}/conf/lock
idlesocket: {folder}/conf/socket/idle
lmtpsocket: {folder}/conf/socket/lmtp
notifysocket: {folder}/conf/socket/notify
sievedir: {folder}/sieve
syslog_prefix: imapclient-{plain_port}
servername: localhost
altnamespace: yes
unixhierarchysep: yes
virtdomains: off
delete_mode: immediate
expunge_mode: immediate
munge8bit: no
umask: 077

tls_server_cert: {folder}/cert.pem
tls_server_key: {folder}/key.pem
tls_session_timeout: 0
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
failedloginpause: 0

autocreate_quota: 2097152
autocreate_inbox_folders: Drafts | Sent | Trash
autocreate_subscribe_folders: Drafts | Sent | Trash
xlist-drafts: Drafts
xlist-sent: Sent
xlist-trash: Trash

conversations: yes
conversations_db: twoskip
conversations_max_guidrecords: 1000000
conversations_max_guidexists: 1000000
conversations_max_guidinfolder: 1000000
annotation_allow_undefined: yes
imapidlepoll: 1
maxmessagesize: 209715200
",
            plain_port = self.plain_port
        )
    }

    /// Returns `cyrus.conf`.
    pub(super) fn master(&self) -> String {
        let Self {
            plain_port,
            tls_port,
            ..
        } = self;
        let (system, programs) = (self.system.display(), self.programs.display());
        let conf = format!("-C {}/imapd.conf", self.folder.display());
        format!(
            "\
START {{
  recover cmd=\"{system}/ctl_cyrusdb {conf} -r\"
}}
SERVICES {{
  imap cmd=\"{programs}/imapd {conf}\" listen=\"127.0.0.1:{plain_port}\" proto=\"tcp4\" prefork=1
  imaps cmd=\"{programs}/imapd {conf} -s\" listen=\"127.0.0.1:{tls_port}\" proto=\"tcp4\" prefork=1
}}
DAEMON {{
  idled cmd=\"{programs}/idled {conf}\"
}}
"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_stays_in_the_folder_and_on_loopback() {
        let conf = Conf {
            folder: Path::new("/tmp/imap-x"),
            system: Path::new("/usr/lib/cyrus/bin"),
            programs: Path::new("/tmp/imap-x/imapd/usr/lib/cyrus/bin"),
            plain_port: 1143,
            tls_port: 1993,
        };
        let text = conf.imapd();
        for line in text.lines().filter(|line| line.contains('/')) {
            assert!(line.contains(": /tmp/imap-x/"), "{line:?}");
        }
        let text = conf.master();
        for part in [
            "cmd=\"/usr/lib/cyrus/bin/ctl_cyrusdb -C /tmp/imap-x/imapd.conf -r\"",
            "listen=\"127.0.0.1:1143\"",
            "imapd -C /tmp/imap-x/imapd.conf -s\" listen=\"127.0.0.1:1993\"",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
        assert_eq!(text.matches("listen=").count(), 2);
    }
}
