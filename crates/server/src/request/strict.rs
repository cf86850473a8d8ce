//! Commands that can be parsed, but violate the RFCs.

use imap_codec::imap_types::{
    command::{CommandBody, FetchModifier, StoreModifier},
    core::{AString, Charset, IString, NString},
    search::SearchKey,
};

use super::{Request, Search};
use crate::search::Key;

/// The highest mod-sequence, which has 63 bits (RFC 7162 §7).
const HIGHEST: u64 = i64::MAX as u64;

/// The reason why a command is not allowed.
type Why = &'static str;

impl Request<'_> {
    /// Returns the reason why the command is not allowed, or `None` if it is. With UTF8=ACCEPT
    /// enabled (`utf8`), all text is in UTF-8 (RFC 6855 §3).
    pub(crate) fn offence(&self, utf8: bool) -> Option<Why> {
        match self {
            Self::Plain(body) => plain(body),
            Self::GmailFetch(fetch) => plain(&fetch.plain),
            Self::StoreLabels(store) => unchanged_since(&store.modifiers),
            Self::Search(search) => self::search(search, utf8),
            Self::OfSaved(request) => request.offence(utf8),
            _ => None,
        }
    }
}

fn plain(body: &CommandBody<'_>) -> Option<Why> {
    match body {
        CommandBody::Fetch { modifiers, .. } => changed_since(modifiers),
        CommandBody::Store { modifiers, .. } => unchanged_since(modifiers),
        CommandBody::Id {
            parameters: Some(parameters),
        } => id(parameters),
        _ => None,
    }
}

fn changed_since(modifiers: &[FetchModifier]) -> Option<Why> {
    let is_too_high = |modifier: &FetchModifier| matches!(modifier, FetchModifier::ChangedSince(modseq) if modseq.get() > HIGHEST);
    modifier(modifiers, is_too_high)
}

fn unchanged_since(modifiers: &[StoreModifier]) -> Option<Why> {
    modifier(modifiers, |modifier| {
        let StoreModifier::UnchangedSince(modseq) = modifier;
        *modseq > HIGHEST
    })
}

/// Checks modifiers, which must not be repeated (RFC 4466 §2.4).
fn modifier<M: PartialEq>(modifiers: &[M], is_too_high: impl Fn(&M) -> bool) -> Option<Why> {
    if modifiers.iter().any(is_too_high) {
        return Some("That is no mod-sequence.");
    }
    let kind = std::mem::discriminant::<M>;
    let repeated = modifiers.iter().enumerate().any(|(at, modifier)| {
        let before = &modifiers[..at];
        before.iter().any(|other| kind(other) == kind(modifier))
    });
    repeated.then_some("A modifier may come only once.")
}

/// Checks an ID (RFC 2971 §3.3).
fn id(parameters: &[(IString<'_>, NString<'_>)]) -> Option<Why> {
    if parameters.len() > 30 {
        return Some("There may be 30 fields.");
    }
    for (at, (name, value)) in parameters.iter().enumerate() {
        let same = |other: &(IString<'_>, _)| other.0.as_ref().eq_ignore_ascii_case(name.as_ref());
        if parameters[..at].iter().any(same) {
            return Some("A field may come only once.");
        }
        if name.as_ref().len() > 30 {
            return Some("The name of a field may have 30 bytes.");
        }
        if value
            .0
            .as_ref()
            .is_some_and(|value| value.as_ref().len() > 1024)
        {
            return Some("The value of a field may have 1024 bytes.");
        }
    }
    None
}

/// Checks the texts of a search, which are in the named charset or else in US-ASCII (RFC 3501
/// §6.4.4).
fn search(search: &Search, utf8: bool) -> Option<Why> {
    let is_ascii = search.charset.as_ref().is_none_or(|charset| {
        let name = match charset {
            Charset::Atom(name) => name.as_ref(),
            Charset::Quoted(name) => name.as_ref(),
        };
        ["US-ASCII", "ASCII"]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    });
    let is_beyond = |key: &Key| match key {
        Key::Plain(key) => texts(key).iter().any(|text| !text.as_ref().is_ascii()),
        _ => false,
    };
    if is_ascii && !utf8 && search.keys.iter().any(|key| key.any(&is_beyond)) {
        return Some("That text needs a CHARSET.");
    }
    let is_too_high = |key: &Key| match key {
        Key::Plain(SearchKey::ModSequence { modseq, .. }) => *modseq > HIGHEST,
        _ => false,
    };
    let too_high = search.keys.iter().any(|key| key.any(&is_too_high));
    too_high.then_some("That is no mod-sequence.")
}

/// Returns the texts in a key.
pub(crate) fn texts<'a>(key: &'a SearchKey<'_>) -> Vec<&'a AString<'a>> {
    match key {
        SearchKey::Bcc(text)
        | SearchKey::Body(text)
        | SearchKey::Cc(text)
        | SearchKey::From(text)
        | SearchKey::Subject(text)
        | SearchKey::Text(text)
        | SearchKey::To(text) => vec![text],
        SearchKey::Header(name, text) => vec![name, text],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offence(name: &str, arguments: &str) -> Option<Why> {
        let command = format!("a {name} {arguments}\r\n");
        Request::parse(name, command.as_bytes())
            .unwrap()
            .offence(false)
    }

    #[test]
    fn what_is_allowed_is_no_offence() {
        let longest = "x".repeat(1024);
        for (name, arguments) in [
            ("ID", "NIL"),
            ("ID", "(\"name\" \"x\" \"version\" NIL)"),
            ("ID", &format!("(\"{}\" \"{longest}\")", "n".repeat(30))),
            ("FETCH", "1 FLAGS (CHANGEDSINCE 9223372036854775807)"),
            ("STORE", "1 (UNCHANGEDSINCE 0) FLAGS ()"),
            ("SEARCH", "SUBJECT x"),
            ("SEARCH", "CHARSET UTF-8 NOT SUBJECT {2+}\r\n\u{fc}"),
            ("SORT", "(DATE) UTF-8 TEXT {2+}\r\n\u{fc}"),
            ("SEARCH", "MODSEQ 0"),
        ] {
            assert_eq!(offence(name, arguments), None, "{name} {arguments}");
        }
    }

    #[test]
    fn offences() {
        let long = "x".repeat(1025);
        let many: Vec<_> = (0..31).map(|n| format!("\"{n}\" NIL")).collect();
        for (name, arguments) in [
            ("ID", "(\"name\" \"x\" \"NAME\" \"y\")"),
            ("ID", &format!("(\"name\" \"{long}\")")),
            ("ID", &format!("(\"{}\" NIL)", "n".repeat(31))),
            ("ID", &format!("({})", many.join(" "))),
            ("FETCH", "1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)"),
            ("UID FETCH", "1 FLAGS (CHANGEDSINCE 9223372036854775808)"),
            ("FETCH", "1 X-GM-MSGID (CHANGEDSINCE 9223372036854775808)"),
            ("FETCH", "$ FLAGS (CHANGEDSINCE 9223372036854775808)"),
            ("STORE", "1 (UNCHANGEDSINCE 9223372036854775808) FLAGS ()"),
            (
                "STORE",
                "1 (UNCHANGEDSINCE 9223372036854775808) X-GM-LABELS ()",
            ),
            ("SEARCH", "MODSEQ 9223372036854775808"),
            ("SEARCH", "OR ALL (NOT SUBJECT {2+}\r\n\u{fc})"),
            ("SEARCH", "CHARSET US-ASCII HEADER {2+}\r\n\u{fc} x"),
            ("THREAD", "REFERENCES US-ASCII BODY {2+}\r\n\u{fc}"),
        ] {
            assert!(offence(name, arguments).is_some(), "{name} {arguments}");
        }
    }
}
