//! The types of other crates that may be part of the public API.
//!
//! A new major version of such a crate is a breaking change of ours.

use super::list::Listing;

/// A type, trait or module of another crate, as its path is written in the sources.
struct Row {
    name: &'static str,
    /// The crates that may name it.
    by: &'static [&'static str],
    /// The reason for which there is no type of our own.
    why: &'static str,
}

const ROWS: &[Row] = &[
    Row {
        name: "bytes",
        by: &["imapclient"],
        why: "a program needs the type of fetched bodies without a dependency of its own",
    },
    Row {
        name: "bytes::Bytes",
        by: &["imapclient_codec", "imapclient_engine"],
        why: "bodies are shared with the read buffer, not copied",
    },
    Row {
        name: "chrono",
        by: &["imapclient"],
        why: "a program needs the types of dates without a dependency of its own",
    },
    Row {
        name: "chrono::DateTime",
        by: &["imapclient_codec", "imapclient_server"],
        why: "times of messages have a date and an offset",
    },
    Row {
        name: "chrono::FixedOffset",
        by: &["imapclient_codec", "imapclient_server"],
        why: "times of messages have a date and an offset",
    },
    Row {
        name: "chrono::NaiveDate",
        by: &["imapclient_codec"],
        why: "searches are by date",
    },
    Row {
        name: "chrono::TimeZone",
        by: &["imapclient_codec"],
        why: "times in any time zone convert to INTERNALDATE",
    },
    Row {
        name: "futures_core::Stream",
        by: &["imapclient"],
        why: "it is what the feature is for",
    },
    Row {
        name: "rustix::fd::BorrowedFd",
        by: &["imapclient_loopback"],
        why: "it is the type of the standard library, under one name on all platforms",
    },
    Row {
        name: "rustls::ServerConfig",
        by: &["imapclient_loopback", "imapclient_testkit"],
        why: "tests choose the TLS settings of their servers",
    },
    Row {
        name: "secrecy",
        by: &["imapclient_auth"],
        why: "a mechanism of a user takes secrets without a dependency of its own",
    },
    Row {
        name: "secrecy::SecretString",
        by: &["imapclient", "imapclient_auth"],
        why: "passwords and tokens are not shown by Debug, and are erased",
    },
    Row {
        name: "secrecy::zeroize::Zeroizing",
        by: &["imapclient"],
        why: "a response of SASL contains secrets, which are erased",
    },
    Row {
        name: "serde::Serialize",
        by: &["imapclient", "imapclient_codec", "imapclient_engine"],
        why: "it is what the feature is for",
    },
    Row {
        name: "tokio::io::AsyncRead",
        by: &["imapclient"],
        why: "bodies are read, and uploads written, as any other data of tokio",
    },
    Row {
        name: "tokio::io::AsyncWrite",
        by: &["imapclient"],
        why: "the body of a message is written to any output of tokio",
    },
    Row {
        name: "zeroize::Zeroizing",
        by: &["imapclient_auth", "imapclient_codec"],
        why: "a response of SASL contains secrets, which are erased",
    },
];

/// Returns the types that a crate names although [`ROWS`] does not allow it, and the rows that
/// allow too much. `is_own` returns whether a crate is in the workspace.
pub(super) fn violations(
    name: &str,
    listing: &Listing,
    is_own: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, line) in &listing.outside {
        let own = path.split("::").next().is_some_and(&is_own);
        let mut rows = ROWS.iter();
        if !own && !rows.any(|row| row.name == path && row.by.contains(&name)) {
            wrong.push(format!(
                "{name}: `{line}` names {path}: use a type of our own or of std, or allow it in \
                 xtask/src/surface/allowed.rs with the reason"
            ));
        }
    }
    for row in ROWS.iter().filter(|row| row.by.contains(&name)) {
        if !listing.outside.contains_key(row.name) {
            wrong.push(format!(
                "xtask/src/surface/allowed.rs allows {} ({}), which {name} does not name",
                row.name, row.why
            ));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(outside: &[&str]) -> Listing {
        let outside = outside.iter();
        Listing {
            outside: outside
                .map(|path| ((*path).to_owned(), "fn f()".to_owned()))
                .collect(),
            ..Listing::default()
        }
    }

    fn of(name: &str, outside: &[&str]) -> Vec<String> {
        violations(name, &listing(outside), |name| name == "imapclient_codec")
    }

    #[test]
    fn a_type_of_another_crate_needs_a_row() {
        let used = [
            "bytes::Bytes",
            "serde::Serialize",
            "imapclient_codec::Fetch",
        ];
        assert_eq!(of("imapclient_engine", &used), [""; 0]);
        let used = ["bytes::Bytes", "serde::Serialize", "bytes::BytesMut"];
        let wrong = of("imapclient_engine", &used);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].starts_with("imapclient_engine: `fn f()` names bytes::BytesMut: "));
        // The row is for other crates.
        assert_eq!(of("imapclient_escape", &["bytes::Bytes"]).len(), 1);
    }

    #[test]
    fn a_row_that_is_not_needed_is_removed() {
        let wrong = of("imapclient_engine", &["serde::Serialize"]);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].contains("bytes::Bytes"), "{wrong:?}");
    }
}
