//! Occasional deviations of each provider.

use super::{Trouble, request};

const FETCH: &[&str] = &["FETCH", "UID FETCH"];

pub(super) static GMAIL: [Trouble; 1] = [Trouble {
    name: "over-quota",
    about: "what has been fetched is above the day's allowance",
    commands: FETCH,
    when: None,
    answer: "NO [OVERQUOTA] Account exceeded command or bandwidth limits.",
}];

pub(super) static OUTLOOK: [Trouble; 4] = [
    Trouble {
        name: "throttled",
        about: "there were too many commands in a short time",
        commands: &["*"],
        when: None,
        answer: "BAD Request is throttled. Suggested Backoff Time: 30000 milliseconds",
    },
    Trouble {
        name: "not-connected",
        about: "the server that has the mailbox is not reached, as happens for a moment",
        commands: &["*"],
        when: None,
        answer: "BAD User is authenticated but not connected.",
    },
    Trouble {
        name: "namespace-refused",
        about: "NAMESPACE is announced and refused",
        commands: &["NAMESPACE"],
        when: None,
        answer: "BAD Command Error. 10",
    },
    Trouble {
        name: "password-refused",
        about: "passwords are refused, and access tokens alone are taken; it is not proven that all accounts are like that",
        commands: &["LOGIN", "AUTHENTICATE"],
        when: Some(request::has_password),
        answer: "NO AUTHENTICATE failed.",
    },
];

pub(super) static YANDEX: [Trouble; 1] = [Trouble {
    name: "idle-ends",
    about: "IDLE ends after minutes, with the connection and without a word",
    commands: &["IDLE"],
    when: None,
    answer: "",
}];

pub(super) static NETEASE: [Trouble; 1] = [Trouble {
    name: "unsafe-login",
    about: "the program that has logged in is not trusted, though it has sent ID",
    commands: &["SELECT", "EXAMINE", "STATUS"],
    when: None,
    answer: "NO SELECT Unsafe Login. Please contact support",
}];
