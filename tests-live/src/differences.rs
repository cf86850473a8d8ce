//! Known violations of the RFCs by the throwaway servers.
//!
//! On any other server all trials must pass. A listed trial is run, and reported as ignored if it
//! fails in the listed way. Otherwise the entry is out of date, which is a failure, so the list
//! cannot become stale.

use crate::{Outcome, Trial};

/// A violation by one server, and the trial that fails because of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference {
    /// The name of the server in `cargo xtask servers`.
    server: &'static str,
    /// The name of the trial, without its face.
    trial: &'static str,
    /// A part of the text of the failure. A failure without it is a real one.
    failure: &'static str,
    /// The behaviour of the server, and the section of the RFC that allows or forbids it. Follows
    /// the name of the server in the report.
    reason: &'static str,
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        server: "courier",
        trial: "append_without_a_last_line_end",
        failure: "29 bytes, not 27",
        reason: "adds a line end to a message without one; RFC 3501 §6.3.11 requires that it is stored unchanged",
    },
    Difference {
        server: "courier",
        trial: "body_structure_without_an_encoding",
        failure: "the encoding",
        reason: "reports 8bit for a part without an encoding; RFC 2045 §6.1 requires 7bit",
    },
    Difference {
        server: "courier",
        trial: "examine_is_for_reading",
        failure: "it was done",
        reason: "stores flags in a mailbox that was opened by EXAMINE; RFC 3501 §6.3.2 forbids it",
    },
    Difference {
        server: "courier",
        trial: "quota_of_a_root_nobody_knows",
        failure: "the server's answer to GETQUOTA cannot be read",
        reason: "answers OK for a quota root that does not exist, with its name in a quoted string whose quotes are not escaped; RFC 2087 §4.2 requires NO",
    },
    Difference {
        server: "courier",
        trial: "rename_refused",
        failure: "the server answered OK",
        reason: "answers OK to RENAME of a mailbox that does not exist; RFC 3501 §6.3.5 requires NO",
    },
    Difference {
        server: "courier",
        trial: "rename_the_inbox",
        failure: "INBOX rename not implemented",
        reason: "cannot rename INBOX; RFC 3501 §6.3.5 requires that it moves the messages",
    },
    Difference {
        server: "courier",
        trial: "search_for_the_last_uid",
        failure: "the last UID",
        reason: "finds nothing by UID *; RFC 3501 §9 defines it as the largest UID in use",
    },
    Difference {
        server: "courier",
        trial: "select_counts_what_is_recent_once",
        failure: "recent messages",
        reason: "does not count appended messages as recent; RFC 3501 §6.3.11 says that it should",
    },
    Difference {
        server: "courier",
        trial: "uid::sort_leaves_equals_in_order",
        failure: "equals by",
        reason: "also reverses equal messages; RFC 5256 §3 leaves them in the order of the mailbox",
    },
    Difference {
        server: "courier",
        trial: "seq::sort_leaves_equals_in_order",
        failure: "equals by",
        reason: "also reverses equal messages; RFC 5256 §3 leaves them in the order of the mailbox",
    },
    Difference {
        server: "courier",
        trial: "uid::thread_by_subject",
        failure: "threads by subject",
        reason: "makes each message the child of the one before; RFC 5256 §3 puts all below the first",
    },
    Difference {
        server: "courier",
        trial: "seq::thread_by_subject",
        failure: "threads by subject",
        reason: "makes each message the child of the one before; RFC 5256 §3 puts all below the first",
    },
    Difference {
        server: "cyrus",
        trial: "auth::scram_sha_1_plus",
        failure: "NO bad protocol",
        reason: "binds SCRAM by tls-unique, which TLS 1.3 does not have; RFC 9266 §3 requires tls-exporter",
    },
    Difference {
        server: "cyrus",
        trial: "auth::scram_sha_256_plus",
        failure: "NO bad protocol",
        reason: "binds SCRAM by tls-unique, which TLS 1.3 does not have; RFC 9266 §3 requires tls-exporter",
    },
    Difference {
        server: "cyrus",
        trial: "rename_the_inbox",
        failure: "the server closed the connection",
        reason: "closes the connection at RENAME of INBOX; RFC 3501 §6.3.5 requires that it moves the messages",
    },
    Difference {
        server: "cyrus",
        trial: "search_for_the_largest_size",
        failure: "num too big",
        reason: "accepts numbers of 31 bits and closes the connection at larger ones; RFC 3501 §9 allows 32",
    },
    Difference {
        server: "cyrus",
        trial: "uid::sort_returns_the_ends",
        failure: "the ends of the order",
        reason: "returns the lowest and the highest UID as MIN and MAX of SORT; RFC 5267 §3 requires the first and the last of the order",
    },
    Difference {
        server: "cyrus",
        trial: "seq::sort_returns_the_ends",
        failure: "the ends of the order",
        reason: "returns UIDs as MIN and MAX of SORT by sequence number; RFC 5267 §3 requires the first and the last of the order",
    },
    Difference {
        server: "cyrus",
        trial: "subscription_outlives_its_mailbox",
        failure: "left: []",
        reason: "removes the subscription with the mailbox; RFC 3501 §6.3.6 requires that it is kept",
    },
    Difference {
        server: "dovecot",
        trial: "acl_of_what_is_not_there",
        failure: "LISTRIGHTS: the server answered OK",
        reason: "answers OK to LISTRIGHTS and SETACL for a mailbox that does not exist; RFC 4314 §6",
    },
    Difference {
        server: "dovecot",
        trial: "delete_leaves_what_is_below",
        failure: "listed as if it were there",
        reason: "lists a deleted mailbox that has others below it without \\Noselect; RFC 3501 §6.3.4",
    },
    Difference {
        server: "dovecot",
        trial: "my_rights_in_what_is_not_there",
        failure: "the server answered OK",
        reason: "returns the rights of an owner for a mailbox that does not exist; RFC 4314 §6",
    },
    Difference {
        server: "dovecot",
        trial: "rename_the_inbox",
        failure: "Renaming INBOX isn't supported",
        reason: "cannot rename INBOX if it is a maildir; RFC 3501 §6.3.5 requires that it moves the messages",
    },
    Difference {
        server: "pymap",
        trial: "close_after_examine_removes_nothing",
        failure: "CLOSE refused: NO [READ-ONLY]",
        reason: "refuses CLOSE after EXAMINE; RFC 3501 §6.4.2 requires that it leaves the mailbox without error",
    },
    Difference {
        server: "pymap",
        trial: "unselect_removes_nothing",
        failure: "CLOSE refused: NO [READ-ONLY]",
        reason: "does not support UNSELECT, and refuses CLOSE after EXAMINE; RFC 3501 §6.4.2",
    },
    Difference {
        server: "pymap",
        trial: "search_in_bodies",
        failure: "BODY: ",
        reason: "searches for BODY in the header as well; RFC 3501 §6.4.4 includes only the body",
    },
    Difference {
        server: "pymap",
        trial: "search_by_sequence_number",
        failure: "left: []",
        reason: "reads the sequence numbers in UID SEARCH as UIDs; RFC 3501 §6.4.8",
    },
    Difference {
        server: "pymap",
        trial: "fetch_encoded_words",
        failure: "bytes, not",
        reason: "decodes encoded words in ENVELOPE; RFC 3501 §7.4.2 leaves them as in the header",
    },
    Difference {
        server: "pymap",
        trial: "body_structure_of_a_text",
        failure: "left: (Some(",
        reason: "counts the header in the size and the lines of a body; RFC 3501 §7.4.2",
    },
    Difference {
        server: "pymap",
        trial: "idle_without_a_mailbox",
        failure: "Must select a mailbox first",
        reason: "requires a selected mailbox for IDLE; RFC 2177 allows it in the authenticated state",
    },
    Difference {
        server: "pymap",
        trial: "subscription_outlives_its_mailbox",
        failure: "left: []",
        reason: "removes the subscription with the mailbox; RFC 3501 §6.3.6 requires that it is kept",
    },
    Difference {
        server: "outlook",
        trial: "append_ascii",
        failure: "left: Some(261)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::append_unicode",
        failure: "left: Some(264)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::append_unicode",
        failure: "left: Some(264)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::append_bytes",
        failure: "left: Some(244)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::append_bytes",
        failure: "left: Some(244)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_a_header_and_no_text",
        failure: "left: Some(31)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_without_a_last_line_end",
        failure: "left: Some(38)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_long_lines",
        failure: "left: Some(40226)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_64_kib_of_every_byte",
        failure: "left: Some(65547)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::fetch",
        failure: "left: Some(394)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::fetch",
        failure: "left: Some(394)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::fetch_items_as_text",
        failure: "left: (Some(232), None)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::fetch_items_as_text",
        failure: "left: (Some(232), None)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "eight_mebibytes",
        failure: "left: Some(8388619)",
        reason: "returns the size of the message as it was received instead of that of BODY[]; RFC 3501 §2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::search_with_unicode",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "can only search for ASCII; RFC 3501 §6.4.4 allows that",
    },
    Difference {
        server: "outlook",
        trial: "seq::search_with_unicode",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "can only search for ASCII; RFC 3501 §6.4.4 allows that",
    },
    Difference {
        server: "icloud",
        trial: "enable_condstore",
        failure: "enabled: ",
        reason: "does not report the enabled extensions after ENABLE; RFC 5161 §3.2",
    },
    Difference {
        server: "icloud",
        trial: "enable_what_nobody_knows",
        failure: "enabled: ",
        reason: "does not report the enabled extensions after ENABLE; RFC 5161 §3.2",
    },
    Difference {
        server: "outlook",
        trial: "search_in_a_charset",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "can only search for ASCII; RFC 3501 §6.4.4 allows that",
    },
    Difference {
        server: "proton",
        trial: "uid_expunge",
        failure: "UID EXPUNGE refused: BAD Unknown command",
        reason: "announces UIDPLUS and refuses UID EXPUNGE; RFC 4315 §2.1",
    },
    Difference {
        server: "yahoo",
        trial: "status_item_by_item",
        failure: "STATUS refused: BAD That is no command.",
        reason: "announces OBJECTID, which the embedded server does not have yet; RFC 8474 §4.3",
    },
];

/// Replaces the outcomes of the trials that `differences` lists for `server`.
///
/// # Errors
/// Fails, with one line of text, if an entry names a trial that does not exist.
pub(crate) fn apply<C: 'static>(
    differences: &[Difference],
    server: Option<&str>,
    trials: Vec<Trial<C>>,
) -> Result<Vec<Trial<C>>, String> {
    let here = |entry: &&Difference| Some(entry.server) == server;
    let is_about = |entry: &Difference, trial: &Trial<C>| {
        let name = trial.name().split_once("::").map(|(_face, name)| name);
        name == Some(entry.trial)
    };
    for entry in differences.iter().filter(here) {
        if !trials.iter().any(|trial| is_about(entry, trial)) {
            let Difference { server, trial, .. } = entry;
            return Err(format!(
                "the differences of {server} list {trial}, but there is no such trial"
            ));
        }
    }
    let judged = trials.into_iter().map(|trial| {
        let entry = differences.iter().filter(here);
        match entry.copied().find(|entry| is_about(entry, &trial)) {
            Some(entry) => trial.then(move |outcome| entry.judge(outcome)),
            None => trial,
        }
    });
    Ok(judged.collect())
}

impl Difference {
    fn judge(&self, outcome: Outcome) -> Outcome {
        let Self {
            server,
            failure,
            reason,
            ..
        } = self;
        let unlike = |what: &str| {
            Outcome::Failed(format!(
                "{what}, but the differences of {server} say that it fails with {failure:?}: {reason}"
            ))
        };
        match outcome {
            Outcome::Failed(why) if why.contains(failure) => {
                Outcome::Ignored(format!("{server} {reason}"))
            }
            Outcome::Failed(why) => unlike(&why),
            Outcome::Ignored(why) => unlike(&format!("ignored as {why}")),
            Outcome::Passed => unlike("it passes"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Args, Verdict, run};

    const LISTED: Difference = Difference {
        server: "pymap",
        trial: "idle",
        failure: "select first",
        reason: "wants a mailbox",
    };

    fn trial(outcome: Outcome) -> Trial<()> {
        Trial::new("tokio::idle", move |(): &()| outcome)
    }

    /// Returns the report of a run with one trial on a server.
    fn report(server: Option<&str>, outcome: Outcome) -> String {
        let args = Args::try_parse_from(["live"]).unwrap();
        let others = Trial::new("tokio::idle_dropped", |(): &()| ());
        let trials = apply(&[LISTED], server, vec![trial(outcome), others]).unwrap();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let verdict = run(&args, trials, || Ok::<_, String>(()), &mut out, &mut err).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(verdict == Verdict::Passed, text.contains("test result: ok"));
        assert!(text.contains("test tokio::idle_dropped ... ok\n"), "{text}");
        text
    }

    #[test]
    fn a_failure_as_listed_is_ignored_with_the_reason() {
        let failed = Outcome::Failed("refused: select first\nlog".into());
        let text = report(Some("pymap"), failed);
        let expected = "test tokio::idle ... ignored, pymap wants a mailbox\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn what_ends_otherwise_than_listed_is_a_failure() {
        for (outcome, what) in [
            (Outcome::Passed, "it passes, but"),
            (
                Outcome::Ignored("it lacks IDLE".into()),
                "ignored as it lacks IDLE, but",
            ),
            (Outcome::Failed("reset".into()), "reset, but"),
        ] {
            let text = report(Some("pymap"), outcome);
            assert!(text.contains("test tokio::idle ... FAILED\n"), "{text}");
            let expected = format!(
                "{what} the differences of pymap say that it fails with \"select first\": wants a mailbox\n"
            );
            assert!(text.contains(&expected), "{text}");
        }
    }

    #[test]
    fn on_other_servers_nothing_changes() {
        for server in [None, Some("cyrus")] {
            let text = report(server, Outcome::Passed);
            assert!(text.contains("test tokio::idle ... ok\n"), "{text}");
            let text = report(server, Outcome::Failed("select first".into()));
            assert!(text.contains("test tokio::idle ... FAILED\n"), "{text}");
        }
    }

    #[test]
    fn an_entry_without_a_trial_is_an_error() {
        let other = Trial::new("tokio::search", |(): &()| ());
        let error = apply(&[LISTED], Some("pymap"), vec![other]).unwrap_err();
        let expected = "the differences of pymap list idle, but there is no such trial";
        assert_eq!(error, expected);
    }

    #[test]
    fn entries_are_about_servers_there_are() {
        for entry in DIFFERENCES {
            let known = [
                "embedded", "dovecot", "cyrus", "courier", "pymap", "icloud", "outlook", "proton",
                "yahoo", "zoho",
            ];
            assert!(known.contains(&entry.server), "{entry:?}");
        }
    }
}
