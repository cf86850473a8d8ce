//! The configuration of Courier.

use std::{fmt::Write as _, path::Path};

/// The user names; tests of shared mailboxes need more than one.
pub(super) const USERS: [&str; 4] = ["user1", "user2", "user3", "user4"];
pub(super) const PASSWORD: &str = "pass";

/// The folder in which Courier's programs read their configuration; the path is compiled in.
const CONFIGURATION: &str = "/etc/courier";
/// The folder of the daemon that checks passwords; the path is compiled in as well.
const RUNTIME: &str = "/run/courier";

/// The parameters of the configuration of a throwaway Courier.
pub(super) struct Conf<'a> {
    pub(super) folder: &'a Path,
    /// The folder with the unpacked package of the IMAP server.
    pub(super) unpacked: &'a Path,
    /// The user and the group that own the mail.
    pub(super) ids: (u32, u32),
    pub(super) plain_port: u16,
    pub(super) tls_port: u16,
}

impl Conf<'_> {
    /// Returns `authdaemonrc`, with passwords in a file of the folder.
    pub(super) fn authdaemon(&self) -> String {
        format!(
            "\
authmodulelist=\"authuserdb\"
authmodulelistorig=\"authuserdb\"
daemons=3
authdaemonvar={RUNTIME}/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=\"\"
LOGGEROPTS=\"\"
"
        )
    }

    /// Returns the script that runs the server in its own namespaces for mounts and processes,
    /// until one of the daemons ends. The script is the first process there, so all others end with
    /// it.
    ///
    /// Folders of the server are mounted over those whose paths are compiled in, so the files of
    /// this machine are neither read nor changed.
    pub(super) fn script(&self) -> String {
        let Self {
            folder,
            unpacked,
            plain_port,
            tls_port,
            ..
        } = self;
        let folder = folder.display();
        let environment = self.environment();
        let users = self.users();
        let imaplogin = unpacked.join("usr/lib/courier/courier/imaplogin");
        let imapd = unpacked.join("usr/bin/imapd");
        let session = format!("{} {} Maildir", imaplogin.display(), imapd.display());
        let listen = "couriertcpd -address=127.0.0.1 -maxprocs=200 -maxperip=200 -nodnslookup -noidentlookup";
        format!(
            "\
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p {RUNTIME}/authdaemon
chown -R courier: {RUNTIME}
mount --bind {folder}/etc {CONFIGURATION}

hash() {{ printf '%s\\n%s\\n' {PASSWORD} {PASSWORD} | userdbpw \"$@\"; }}
plain=$(hash -md5)
cram=$(hash -hmac-md5)
{{
{users}}} > {CONFIGURATION}/userdb
chmod 600 {CONFIGURATION}/userdb
makeuserdb

set -a
{environment}. {CONFIGURATION}/authdaemonrc
set +a

trap 'exit 1' TERM
serve() {{ {{ \"$@\" || true; kill -s TERM 1; }} & }}
serve /usr/lib/courier/courier-authlib/authdaemond
while ! [ -S {RUNTIME}/authdaemon/socket ]; do sleep 0.05; done
serve env IMAP_TLS=1 {listen} {tls_port} \\
  /usr/bin/couriertls -server -tcpd -user=courier {session}
serve {listen} {plain_port} {session}
wait
"
        )
    }

    /// Returns a line for the account of each user, with the password for PLAIN and LOGIN and the
    /// one for CRAM-MD5.
    fn users(&self) -> String {
        let (uid, gid) = self.ids;
        let folder = self.folder.display();
        USERS.iter().fold(String::new(), |mut text, user| {
            let home = format!("{folder}/mail/{user}");
            let account = format!("uid={uid}|gid={gid}|home={home}|mail={home}/Maildir");
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "  printf '{user}\\t{account}|systempw=%s|hmac-md5pw=%s\\n' \"$plain\" \"$cram\""
            );
            text
        })
    }

    /// Returns the options of Debian's `imapd` and `imapd-ssl` for which Courier has no default.
    fn environment(&self) -> String {
        let folder = self.folder.display();
        // IDLE checks for changes once a second.
        format!(
            "\
ADDRESS=127.0.0.1
IMAP_CAPABILITY='IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA AUTH=CRAM-MD5 IDLE'
IMAP_CAPABILITY_TLS=\"$IMAP_CAPABILITY AUTH=PLAIN\"
IMAP_CAPABILITY_ORIG=\"$IMAP_CAPABILITY\"
IMAP_CAPABILITY_TLS_ORIG=\"$IMAP_CAPABILITY_TLS\"
IMAP_KEYWORDS=1
IMAP_ACL=1
IMAP_PROXY=0
IMAP_IDLE_TIMEOUT=1
IMAP_ENHANCEDIDLE=0
IMAP_MAILBOX_SANITY_CHECK=0
IMAP_DISABLETHREADSORT=0
IMAP_CHECK_ALL_FOLDERS=0
IMAP_OBSOLETE_CLIENT=0
IMAP_USELOCKS=1
IMAP_SHAREDINDEXFILE={CONFIGURATION}/shared/index
IMAP_TRASHFOLDERNAME=Trash
IMAP_MOVE_EXPUNGE_TO_TRASH=0
MAILDIRPATH=Maildir
COURIERTLS=/usr/bin/couriertls
IMAP_STARTTLS=YES
IMAPDSTARTTLS=YES
IMAP_TLS_REQUIRED=0
TLS_CERTFILE={folder}/server.pem
TLS_VERIFYPEER=NONE
TLS_PRIORITY='NORMAL:-VERS-TLS1.0:-VERS-TLS1.1:-VERS-SSL3.0'
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
            unpacked: Path::new("/tmp/imap-x/unpacked"),
            ids: (65534, 65534),
            plain_port: 1143,
            tls_port: 1993,
        };
        let text = conf.script();
        for line in [
            "mount --make-rprivate /",
            "mount --bind /tmp/imap-x/etc /etc/courier",
            "TLS_CERTFILE=/tmp/imap-x/server.pem",
        ] {
            assert!(
                text.lines().any(|found| found == line),
                "{line:?} is missing in:\n{text}"
            );
        }
        assert_eq!(text.matches("-address=127.0.0.1").count(), 2);
        for user in USERS {
            let part = format!("home=/tmp/imap-x/mail/{user}|mail=/tmp/imap-x/mail/{user}/Maildir");
            assert!(text.contains(&part), "{part:?} is missing in:\n{text}");
        }
        // The mounts come before the first write to a path of the machine.
        let bound = text.find("mount --bind").unwrap();
        let written = text.find("> /etc/courier/userdb").unwrap();
        assert!(bound < written);
    }
}
