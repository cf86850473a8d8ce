//! The credentials that providers require.

use imapclient::auth::Provider;

/// Returns advice for a refused password, if the provider requires a different one, or OAuth 2.
pub(super) fn advice(host: &str) -> Option<&'static str> {
    match Provider::of_host(host) {
        Some(Provider::GOOGLE) => Some(
            "Gmail does not accept the account password: create an app password (needs 2-step verification), \
             or use OAuth 2 (`imapclient oauth2 login`)",
        ),
        Some(Provider::MICROSOFT) => Some(
            "Outlook does not accept passwords for IMAP: use OAuth 2 (`imapclient oauth2 login`), \
             and check that IMAP is allowed for the mailbox",
        ),
        Some(Provider::YAHOO) => Some(
            "Yahoo does not accept the account password: create an app password in the account's security \
             settings",
        ),
        _ => {
            let host = host.trim_end_matches('.').to_ascii_lowercase();
            let known = APP_PASSWORDS.iter().find(|(known, _)| *known == host);
            known.map(|(_, advice)| *advice)
        }
    }
}

/// Hosts without OAuth 2 for all users that require a password other than that of the account.
const APP_PASSWORDS: &[(&str, &str)] = &[
    (
        "imap.mail.me.com",
        "iCloud does not accept the account password: create an app-specific one in the settings of the Apple \
         account",
    ),
    (
        "imap.aol.com",
        "AOL does not accept the account password: create an app password in the account's security settings",
    ),
    (
        "imap.fastmail.com",
        "Fastmail does not accept the account password: create an app password in its settings",
    ),
    (
        "imap.qq.com",
        "QQ Mail does not accept the account password: create an authorisation code in its settings",
    ),
    (
        "imap.163.com",
        "163 does not accept the account password: create an authorisation code in its settings",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_host() {
        for (host, begin) in [
            (
                "imap.gmail.com",
                Some("Gmail does not accept the account password"),
            ),
            (
                "outlook.office365.com",
                Some("Outlook does not accept passwords"),
            ),
            (
                "imap.mail.yahoo.com.",
                Some("Yahoo does not accept the account"),
            ),
            (
                "IMAP.mail.me.com",
                Some("iCloud does not accept the account"),
            ),
            ("imap.example.org", None),
        ] {
            match (advice(host), begin) {
                (Some(told), Some(begin)) => assert!(told.starts_with(begin), "{host}: {told}"),
                (told, begin) => assert_eq!(told, begin, "{host}"),
            }
        }
    }
}
