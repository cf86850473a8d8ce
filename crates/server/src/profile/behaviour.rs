//! The permanent differences of providers, as rules.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use super::{request, response};
use crate::{Rule, rule::Rewrite};

const FETCH: [&str; 2] = ["FETCH", "UID FETCH"];
const SEARCH: [&str; 2] = ["SEARCH", "UID SEARCH"];
const COPY: [&str; 4] = ["COPY", "MOVE", "UID COPY", "UID MOVE"];
const SELECT: [&str; 2] = ["SELECT", "EXAMINE"];
const LIST: [&str; 3] = ["LIST", "LSUB", "XLIST"];

/// The commands with a set of messages.
const ON_SETS: [&str; 9] = [
    "FETCH",
    "STORE",
    "COPY",
    "MOVE",
    "UID FETCH",
    "UID STORE",
    "UID COPY",
    "UID MOVE",
    "UID EXPUNGE",
];

/// The number of connections that a user of Gmail may have.
const CONNECTIONS: usize = 15;

/// The difference between RFC822.SIZE and the size of BODY[] at Exchange, which returns the size of
/// the message as it was received.
const SIZE: u64 = 11;

/// At Zoho, one of this number of FETCH responses lacks its UID.
const UNNAMED: u32 = 5;

pub(super) fn gmail() -> Vec<Rule> {
    let mut rules = each(&SEARCH, |rule| {
        rule.when(|search| request::names_charset_but(search, "UTF-8"))
            .no("[BADCHARSET (UTF-8)] Charset not supported")
    });
    let too_many = "[ALERT] Too many simultaneous connections. (Failure)";
    rules.push(Rule::on_login().beyond(CONNECTIONS).no(too_many));
    rules
}

pub(super) fn outlook() -> Vec<Rule> {
    let refused = "[BADCHARSET (US-ASCII)] The specified charset is not supported.";
    let mut rules = each(&SEARCH, |rule| {
        rule.when(|search| {
            request::names_charset_but(search, "US-ASCII") || request::is_beyond_ascii(search)
        })
        .no(refused)
    });
    rules.extend(each(&COPY, |rule| rule.rewrite(empty_copyuid)));
    rules.extend(on_fetch(|items| {
        for item in items.iter_mut().filter(|item| item.is("RFC822.SIZE")) {
            let size = item.number().map(|size| (size + SIZE).to_string());
            item.value = size.map(|size| size.into_bytes().into());
        }
    }));
    rules
}

/// Replaces the sets of a COPYUID with empty ones.
fn empty_copyuid(line: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    match text.split_once(" OK ") {
        Some((tag, text)) if !tag.contains(' ') && !text.starts_with('[') => {
            format!("{tag} OK [COPYUID 1  ] {text}").into_bytes()
        }
        _ => line.to_vec(),
    }
}

pub(super) fn icloud() -> Vec<Rule> {
    let mut rules = on_fetch(|items| items.retain(|item| !item.is("RFC822")));
    // An extension that the answer does not name is not enabled (RFC 7162 §3.2.3).
    rules.push(
        Rule::on("ENABLE")
            .when(|enable| enable.to_ascii_uppercase().contains("QRESYNC"))
            .ok("ENABLE completed"),
    );
    rules.push(Rule::on("ENABLE").rewrite(|line| response::without(line, "* ENABLED")));
    rules.push(Rule::on_failed_login().skip(1).each_connection().cut());
    rules
}

pub(super) fn yandex() -> Vec<Rule> {
    on_fetch(|items| {
        for item in items {
            // A part that exists and is empty has an empty literal.
            if item.name.starts_with(b"BODY[") && item.value.as_deref() == Some(b"\"\"") {
                item.value = None;
            }
        }
    })
}

pub(super) fn zoho() -> Vec<Rule> {
    let told = AtomicU32::new(1);
    let odd: Rewrite = Arc::new(move |line| {
        response::of_fetch(line, |items| {
            for item in items.iter_mut().filter(|item| item.is("MODSEQ")) {
                item.value = Some(b"(-1)"[..].into());
            }
            // A response with the UID only would be empty without it.
            if items.len() > 1 && told.fetch_add(1, Ordering::Relaxed).is_multiple_of(UNNAMED) {
                items.retain(|item| !item.is("UID"));
            }
        })
    });
    let mut rules = each(&["UID FETCH"], |rule| {
        let odd = Arc::clone(&odd);
        rule.rewrite(move |line| odd(line))
    });
    rules.extend(each(&SELECT, |rule| {
        rule.rewrite(|line| match line.strip_suffix(b")") {
            Some(flags) if line.starts_with(b"* FLAGS (") => [flags, b" \\*)"].concat(),
            _ => line.to_vec(),
        })
    }));
    rules
}

pub(super) fn qq() -> Vec<Rule> {
    each(&ON_SETS, |rule| {
        rule.when(request::has_descending_range)
            .bad("Invalid arguments")
    })
}

pub(super) fn netease() -> Vec<Rule> {
    let mut rules: Vec<_> = ["SELECT", "EXAMINE", "STATUS"]
        .into_iter()
        .map(|command| {
            Rule::on(command)
                .until(request::is_id_with_a_pair)
                .no(&format!("{command} Unsafe Login. Please contact support"))
        })
        .collect();
    rules.push(
        Rule::on("AUTHENTICATE")
            .when(request::has_initial_response)
            .bad("Parse command error"),
    );
    rules.extend(each(&SELECT, |rule| {
        rule.rewrite(|line| response::without(line, "* OK [UIDNEXT "))
    }));
    rules
}

pub(super) fn proton() -> Vec<Rule> {
    vec![Rule::on("UID EXPUNGE").bad("Unknown command")]
}

pub(super) fn strato() -> Vec<Rule> {
    let mut rules = vec![
        Rule::on("LIST")
            .when(|list| request::returns(list, "SPECIAL-USE"))
            .rewrite(|line| response::without(line, "* LIST ")),
    ];
    rules.extend(each(&SEARCH, |rule| {
        rule.after(|command| request::enables(command, "IMAP4rev2"))
            .rewrite(response::empty_esearch)
    }));
    rules
}

pub(super) fn wildduck() -> Vec<Rule> {
    each(&LIST, |rule| {
        rule.when(request::has_bare_pattern)
            .bad("Invalid arguments: the mailbox has to be a string")
    })
}

pub(super) fn domino() -> Vec<Rule> {
    on_fetch(|items| {
        for item in items {
            if ["RFC822.SIZE", "ENVELOPE", "INTERNALDATE"]
                .iter()
                .any(|name| item.is(name))
                && let Some(value) = &item.value
            {
                let value = [&value[..], b")"].concat();
                item.name = [b"(", &item.name[..]].concat().into();
                item.value = Some(value.into());
            }
        }
    })
}

/// Returns a rule for each of these commands.
fn each(commands: &[&str], rule: impl Fn(Rule) -> Rule) -> Vec<Rule> {
    commands
        .iter()
        .map(|command| rule(Rule::on(command)))
        .collect()
}

/// Returns rules that change the items of each FETCH response to FETCH and UID FETCH.
fn on_fetch(
    change: impl Fn(&mut Vec<response::Item<'_>>) + Copy + Send + Sync + 'static,
) -> Vec<Rule> {
    each(&FETCH, |rule| {
        rule.rewrite(move |line| response::of_fetch(line, change))
    })
}
