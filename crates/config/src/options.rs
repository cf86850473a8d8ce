//! The names of the options, and suggestions for misspelt ones.

/// Every option, in the order of the documentation.
pub(crate) const ALL: &[&str] = &[
    "host",
    "port",
    "username",
    "password",
    "password_command",
    "auth",
    "fallback",
    "sasl_ir",
    "send_id",
    "pipelining",
    "disable",
    "allow",
    "ssl",
    "starttls",
    "ssl_check_hostname",
    "ssl_verify_cert",
    "ssl_ca_file",
    "ssl_client_cert",
    "ssl_client_key",
    "timeout",
    "answer_limit",
    "command_timeout",
    "min_speed",
    "speed_window",
    "unsolicited_limit",
    "unsolicited_bytes",
    "response_limit",
    "compress",
    "stream",
    "oauth2",
    "oauth2_client_id",
    "oauth2_client_secret",
    "oauth2_refresh_token",
    "oauth2_token_url",
    "oauth2_scope",
    "expect_failure",
];

/// The options that an environment variable `imapclient_...` can set.
pub(crate) const FROM_ENVIRONMENT: &[&str] = &[
    "username",
    "password",
    "oauth2_client_id",
    "oauth2_client_secret",
    "oauth2_refresh_token",
];

/// Returns whether the values of an option must not appear in messages.
pub(crate) fn is_secret(option: &str) -> bool {
    // A misspelt or auxiliary option may contain part of a password.
    !ALL.contains(&option)
        || matches!(
            option,
            "password" | "password_command" | "oauth2_client_secret" | "oauth2_refresh_token"
        )
}

/// Returns the values of options that are not set.
pub(crate) fn built_in() -> Vec<(String, String)> {
    let values = [
        ("fallback", "true"),
        ("sasl_ir", "true"),
        ("send_id", "false"),
        ("pipelining", "true"),
        ("ssl", "true"),
        ("starttls", "false"),
        ("ssl_check_hostname", "true"),
        ("ssl_verify_cert", "true"),
        ("compress", "false"),
        ("stream", "false"),
        ("oauth2", "false"),
    ];
    let owned = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
    values.map(owned).into()
}

/// Returns the name in `known` that `name` was probably meant to be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let length = name.chars().count();
    // This also bounds the work on a very long name.
    let alike = known.iter().filter(|one| length.abs_diff(one.len()) <= 3);
    let nearest = alike
        .map(|one| (distance(name, one), *one))
        .filter(|(distance, one)| *distance <= one.len().div_ceil(3).min(3))
        .min();
    // `user` and `hostname` differ in many letters, but are extended or shortened names.
    let longer_or_shorter = || {
        let related = |one: &&&str| one.starts_with(name) || name.starts_with(**one);
        let related = known.iter().filter(related).filter(|_| length >= 4);
        related.map(|one| (length.abs_diff(one.len()), *one)).min()
    };
    let found = nearest.or_else(longer_or_shorter);
    found.map(|(_, one)| one)
}

/// Returns the number of characters to insert, remove, replace, or exchange with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("host", "host", 0),
            ("host", "hsot", 1),
            ("host", "hots", 1),
            ("host", "hosts", 1),
            ("user", "username", 4),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a:?} {b:?}");
        }
    }

    #[test]
    fn nearest_names() {
        for (name, expected) in [
            ("hostname", Some("host")),
            ("hsot", Some("host")),
            ("user", Some("username")),
            ("user_name", Some("username")),
            ("pasword", Some("password")),
            ("start_tls", Some("starttls")),
            ("ssl_verify", Some("ssl_verify_cert")),
            ("ssl_cafile", Some("ssl_ca_file")),
            ("oauth2_client_scret", Some("oauth2_client_secret")),
            ("tls", None),
            ("x", None),
            ("", None),
            ("completely different", None),
        ] {
            assert_eq!(nearest(name, ALL), expected, "{name:?}");
        }
    }
}
