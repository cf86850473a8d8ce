//! Where a server does otherwise than the trials expect.
//!
//! Only what the throwaway servers do is listed: on any other server everything has to hold. A
//! listed trial is run, and reported as ignored if it fails as it should. If it does not, the entry
//! is out of date, and that is a failure: the list cannot rot.

use crate::{Outcome, Trial};

/// What one server does otherwise in one trial.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference {
    /// The server, as `cargo xtask servers` calls it.
    server: &'static str,
    /// The trial, without its face.
    trial: &'static str,
    /// What the failure says; another one counts.
    failure: &'static str,
    /// What the server does, and what allows or forbids it.
    reason: &'static str,
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        server: "courier",
        trial: "append_without_a_last_line_end",
        failure: "29 bytes, not 27",
        reason: "adds a line end to a message without one; RFC 3501 section 6.3.11 has it stored as it is",
    },
    Difference {
        server: "courier",
        trial: "body_structure_without_an_encoding",
        failure: "the encoding",
        reason: "calls 8bit what names no encoding; RFC 2045 section 6.1 has 7bit",
    },
    Difference {
        server: "courier",
        trial: "examine_is_for_reading",
        failure: "it was done",
        reason: "stores flags in a mailbox that was opened by EXAMINE; RFC 3501 section 6.3.2",
    },
    Difference {
        server: "courier",
        trial: "quota_of_a_root_nobody_knows",
        failure: "said OK to GETQUOTA",
        reason: "says OK, and nothing else, about a quota root that is not there; RFC 2087 section 4.2 has NO",
    },
    Difference {
        server: "courier",
        trial: "rename_refused",
        failure: "the server did it",
        reason: "says OK to RENAME of what is not there; RFC 3501 section 6.3.5 has NO",
    },
    Difference {
        server: "courier",
        trial: "rename_the_inbox",
        failure: "INBOX rename not implemented",
        reason: "cannot rename INBOX; RFC 3501 section 6.3.5 has it move the messages",
    },
    Difference {
        server: "courier",
        trial: "search_for_the_last_uid",
        failure: "the last UID",
        reason: "finds nothing by UID *; RFC 3501 section 9 has it stand for the largest there is",
    },
    Difference {
        server: "courier",
        trial: "select_counts_what_is_recent_once",
        failure: "recent messages",
        reason: "does not count what was appended as recent; RFC 3501 section 6.3.11 has it so",
    },
    Difference {
        server: "courier",
        trial: "uid::sort_leaves_equals_in_order",
        failure: "equals by",
        reason: "reverses what is equal as well; RFC 5256 section 3 leaves it in the order of the mailbox",
    },
    Difference {
        server: "courier",
        trial: "seq::sort_leaves_equals_in_order",
        failure: "equals by",
        reason: "reverses what is equal as well; RFC 5256 section 3 leaves it in the order of the mailbox",
    },
    Difference {
        server: "courier",
        trial: "uid::thread_by_subject",
        failure: "threads by subject",
        reason: "makes each message the answer to the one before; RFC 5256 section 3 has all below the first",
    },
    Difference {
        server: "courier",
        trial: "seq::thread_by_subject",
        failure: "threads by subject",
        reason: "makes each message the answer to the one before; RFC 5256 section 3 has all below the first",
    },
    Difference {
        server: "cyrus",
        trial: "auth::scram_sha_1_plus",
        failure: "NO bad protocol",
        reason: "binds SCRAM by tls-unique, which TLS 1.3 does not have; RFC 9266 section 3 has tls-exporter",
    },
    Difference {
        server: "cyrus",
        trial: "auth::scram_sha_256_plus",
        failure: "NO bad protocol",
        reason: "binds SCRAM by tls-unique, which TLS 1.3 does not have; RFC 9266 section 3 has tls-exporter",
    },
    Difference {
        server: "cyrus",
        trial: "rename_the_inbox",
        failure: "the server closed the connection",
        reason: "hangs up at RENAME of INBOX; RFC 3501 section 6.3.5 has it move the messages",
    },
    Difference {
        server: "cyrus",
        trial: "search_for_the_largest_size",
        failure: "num too big",
        reason: "takes numbers of 31 bits and hangs up at more; RFC 3501 section 9 has 32",
    },
    Difference {
        server: "cyrus",
        trial: "uid::sort_returns_the_ends",
        failure: "the ends of the order",
        reason: "tells the lowest and the highest UID as MIN and MAX of SORT; RFC 5267 section 3 has the first and the last of the order",
    },
    Difference {
        server: "cyrus",
        trial: "seq::sort_returns_the_ends",
        failure: "the ends of the order",
        reason: "tells UIDs as MIN and MAX of SORT by sequence number; RFC 5267 section 3 has the first and the last of the order",
    },
    Difference {
        server: "cyrus",
        trial: "subscription_outlives_its_mailbox",
        failure: "left: []",
        reason: "drops the subscription with the mailbox; RFC 3501 section 6.3.6 has it kept",
    },
    Difference {
        server: "dovecot",
        trial: "acl_of_what_is_not_there",
        failure: "LISTRIGHTS: the server did it",
        reason: "answers LISTRIGHTS and SETACL for a mailbox that is not there; RFC 4314 section 6",
    },
    Difference {
        server: "dovecot",
        trial: "delete_leaves_what_is_below",
        failure: "listed as if it were there",
        reason: "lists a deleted mailbox with others below it without \\Noselect; RFC 3501 section 6.3.4",
    },
    Difference {
        server: "dovecot",
        trial: "my_rights_in_what_is_not_there",
        failure: "the server did it",
        reason: "tells the rights of an owner in a mailbox that is not there; RFC 4314 section 6",
    },
    Difference {
        server: "dovecot",
        trial: "rename_the_inbox",
        failure: "Renaming INBOX isn't supported",
        reason: "cannot rename INBOX when it is a maildir; RFC 3501 section 6.3.5 has it move the messages",
    },
    Difference {
        server: "pymap",
        trial: "close_after_examine_removes_nothing",
        failure: "CLOSE refused: NO [READ-ONLY]",
        reason: "refuses CLOSE after EXAMINE; RFC 3501 section 6.4.2 has it leave the mailbox without error",
    },
    Difference {
        server: "pymap",
        trial: "unselect_removes_nothing",
        failure: "CLOSE refused: NO [READ-ONLY]",
        reason: "has no UNSELECT, and refuses CLOSE after EXAMINE; RFC 3501 section 6.4.2",
    },
    Difference {
        server: "pymap",
        trial: "search_in_bodies",
        failure: "BODY: ",
        reason: "looks for BODY in the header, too; RFC 3501 section 6.4.4 says only in the body",
    },
    Difference {
        server: "pymap",
        trial: "search_by_sequence_number",
        failure: "left: []",
        reason: "takes the sequence numbers of UID SEARCH for UIDs; RFC 3501 section 6.4.8",
    },
    Difference {
        server: "pymap",
        trial: "fetch_encoded_words",
        failure: "bytes, not",
        reason: "decodes encoded words in ENVELOPE; RFC 3501 section 7.4.2 leaves them as in the header",
    },
    Difference {
        server: "pymap",
        trial: "body_structure_of_a_text",
        failure: "left: (Some(",
        reason: "counts the header in the size and the lines of a body; RFC 3501 section 7.4.2",
    },
    Difference {
        server: "pymap",
        trial: "idle_without_a_mailbox",
        failure: "Must select a mailbox first",
        reason: "wants a mailbox open for IDLE; RFC 2177 allows it in the authenticated state",
    },
    Difference {
        server: "pymap",
        trial: "subscription_outlives_its_mailbox",
        failure: "left: []",
        reason: "drops the subscription with the mailbox; RFC 3501 section 6.3.6 has it kept",
    },
    Difference {
        server: "outlook",
        trial: "append_ascii",
        failure: "left: Some(261)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::append_unicode",
        failure: "left: Some(264)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::append_unicode",
        failure: "left: Some(264)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::append_bytes",
        failure: "left: Some(244)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::append_bytes",
        failure: "left: Some(244)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_a_header_and_no_text",
        failure: "left: Some(31)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_without_a_last_line_end",
        failure: "left: Some(38)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_long_lines",
        failure: "left: Some(40226)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "append_64_kib_of_every_byte",
        failure: "left: Some(65547)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::fetch",
        failure: "left: Some(394)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::fetch",
        failure: "left: Some(394)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::fetch_items_as_text",
        failure: "left: (Some(232), None)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "seq::fetch_items_as_text",
        failure: "left: (Some(232), None)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "eight_mebibytes",
        failure: "left: Some(8388619)",
        reason: "tells the size of a message as it came, and not that of BODY[]; RFC 3501 section 2.3.4",
    },
    Difference {
        server: "outlook",
        trial: "uid::search_with_unicode",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "searches for ASCII alone; RFC 3501 section 6.4.4 allows it",
    },
    Difference {
        server: "outlook",
        trial: "seq::search_with_unicode",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "searches for ASCII alone; RFC 3501 section 6.4.4 allows it",
    },
    Difference {
        server: "icloud",
        trial: "enable_condstore",
        failure: "enabled: ",
        reason: "does not say what ENABLE has turned on; RFC 5161 section 3.2",
    },
    Difference {
        server: "icloud",
        trial: "enable_what_nobody_knows",
        failure: "enabled: ",
        reason: "does not say what ENABLE has turned on; RFC 5161 section 3.2",
    },
    Difference {
        server: "outlook",
        trial: "search_in_a_charset",
        failure: "[BADCHARSET (US-ASCII)]",
        reason: "searches for ASCII alone; RFC 3501 section 6.4.4 allows it",
    },
    Difference {
        server: "proton",
        trial: "uid::uid_expunge",
        failure: "UID EXPUNGE refused: BAD Unknown command",
        reason: "announces UIDPLUS and refuses UID EXPUNGE; RFC 4315 section 2.1",
    },
    Difference {
        server: "yahoo",
        trial: "status_item_by_item",
        failure: "STATUS refused: BAD That is no command.",
        reason: "announces OBJECTID, which the embedded server does not have yet; RFC 8474 section 4.3",
    },
    Difference {
        server: "zoho",
        trial: "uid::fetch",
        failure: "the modification sequence",
        reason: "tells MODSEQ as -1; RFC 7162 section 7 has a number from 1 on",
    },
    Difference {
        server: "zoho",
        trial: "uid::fetch_modifiers",
        failure: "no MODSEQ",
        reason: "tells MODSEQ as -1; RFC 7162 section 7 has a number from 1 on",
    },
    Difference {
        server: "zoho",
        trial: "uid::search_with_modseq",
        failure: "no MODSEQ",
        reason: "tells MODSEQ as -1; RFC 7162 section 7 has a number from 1 on",
    },
    Difference {
        server: "zoho",
        trial: "uid::store_unless_changed",
        failure: "no MODSEQ",
        reason: "tells MODSEQ as -1; RFC 7162 section 7 has a number from 1 on",
    },
];

/// Has the trials that `server` is listed for in `differences` end as listed.
///
/// # Errors
///
/// One line: an entry that is about no trial.
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

    /// The report of one trial, on a server.
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
