//! Status lines and their codes.

use imap_codec::imap_types::{
    core::Charset,
    extensions::{
        metadata::MetadataCode as TheirMetadata,
        uidplus::{UidElement, UidSet as TheirUids},
    },
    flag::FlagPerm,
    response::{Code as TheirCode, Response, Status as TheirStatus, StatusKind as TheirKind},
    sequence::{SeqOrUid, Sequence, SequenceSet},
};
use imapclient_codec::{Code, CopyUid, Flags, MetadataCode, Status, UidSet};

use super::differences;

/// `theirs` is the result of imap-codec.
pub(super) fn ours(status: &Status, theirs: &Response<'_>) -> String {
    let code = |code: &Code| match theirs {
        // Ours may read a known code, or its arguments, that imap-codec could not.
        Response::Status(theirs) if matches!(their_code_of(theirs), Some(TheirCode::Other(_))) => {
            code.name().to_owned()
        }
        _ => our_code(code),
    };
    words(
        status.kind.to_string(),
        status.code.as_ref().map(code),
        &status.text,
    )
}

pub(super) fn theirs(status: &TheirStatus<'_>) -> String {
    let kind = match status {
        TheirStatus::Untagged(body) => kind(body.kind),
        TheirStatus::Tagged(tagged) => kind(tagged.body.kind),
        TheirStatus::Bye(_) => "BYE",
    };
    let code = their_code_of(status).map(their_code);
    words(kind.to_owned(), code, their_text_of(status))
}

pub(super) fn their_text_of<'a>(status: &'a TheirStatus<'_>) -> &'a str {
    match status {
        TheirStatus::Untagged(body) => body.text.as_ref(),
        TheirStatus::Tagged(tagged) => tagged.body.text.as_ref(),
        TheirStatus::Bye(bye) => bye.text.as_ref(),
    }
}

pub(super) fn their_code_of<'a>(status: &'a TheirStatus<'_>) -> Option<&'a TheirCode<'a>> {
    match status {
        TheirStatus::Untagged(body) => body.code.as_ref(),
        TheirStatus::Tagged(tagged) => tagged.body.code.as_ref(),
        TheirStatus::Bye(bye) => bye.code.as_ref(),
    }
}

fn words(kind: String, code: Option<String>, text: &str) -> String {
    format!("{kind} {code:?} {:?}", text.trim())
}

fn kind(kind: TheirKind) -> &'static str {
    match kind {
        TheirKind::Ok => "OK",
        TheirKind::No => "NO",
        TheirKind::Bad => "BAD",
    }
}

/// A code for which imap-codec has no type is reduced to its name.
fn our_code(code: &Code) -> String {
    match code {
        Code::UidNext(n) => format!("uidnext {n}"),
        Code::UidValidity(n) => format!("uidvalidity {n}"),
        Code::Unseen(n) => format!("unseen {n}"),
        Code::HighestModSeq(n) => format!("modseq {n}"),
        Code::PermanentFlags(flags) => format!("permanent {flags}"),
        Code::Capability(names) => format!("can {}", differences::capabilities(&names.to_string())),
        Code::BadCharset(known) => format!("charsets {known:?}"),
        Code::Modified(left) => format!("modified {left}"),
        Code::Metadata(metadata) => match metadata {
            MetadataCode::LongEntries(n) => format!("metadata long {n}"),
            MetadataCode::MaxSize(n) => format!("metadata size {n}"),
            MetadataCode::TooMany => "metadata many".to_owned(),
            MetadataCode::NoPrivate => "metadata private".to_owned(),
            other => format!("{other:?}"),
        },
        Code::AppendUid(append) => match append.uids.len() {
            Some(1) => format!("append {} {}", append.uid_validity, append.uids),
            _ => code.name().to_owned(),
        },
        Code::CopyUid(CopyUid {
            uid_validity,
            source,
            destination,
        }) => {
            format!("copy {uid_validity} {source} {destination}")
        }
        other => other.name().to_owned(),
    }
}

fn their_code(code: &TheirCode<'_>) -> String {
    match code {
        TheirCode::UidNext(n) => format!("uidnext {n}"),
        TheirCode::UidValidity(n) => format!("uidvalidity {n}"),
        TheirCode::Unseen(n) => format!("unseen {n}"),
        TheirCode::HighestModSeq(n) => format!("modseq {n}"),
        TheirCode::PermanentFlags(flags) => {
            let name = |flag: &FlagPerm<'_>| match flag {
                FlagPerm::Flag(flag) => flag.to_string(),
                FlagPerm::Asterisk => "\\*".to_owned(),
            };
            format!("permanent {}", flags.iter().map(name).collect::<Flags>())
        }
        TheirCode::Capability(names) => {
            let names: Vec<_> = names.as_ref().iter().map(ToString::to_string).collect();
            format!("can {}", differences::capabilities(&names.join(" ")))
        }
        TheirCode::BadCharset { allowed } => {
            let name = |charset: &Charset<'_>| match charset {
                Charset::Atom(atom) => atom.as_ref().to_owned(),
                Charset::Quoted(quoted) => quoted.as_ref().to_owned(),
            };
            let known: Vec<_> = allowed.iter().map(name).collect();
            format!("charsets {known:?}")
        }
        TheirCode::Modified(left) => format!("modified {}", set(left)),
        TheirCode::Metadata(metadata) => match metadata {
            TheirMetadata::LongEntries(n) => format!("metadata long {n}"),
            TheirMetadata::MaxSize(n) => format!("metadata size {n}"),
            TheirMetadata::TooMany => "metadata many".to_owned(),
            TheirMetadata::NoPrivate => "metadata private".to_owned(),
        },
        TheirCode::AppendUid { uid_validity, uid } => format!("append {uid_validity} {uid}"),
        TheirCode::CopyUid {
            uid_validity,
            source,
            destination,
        } => format!("copy {uid_validity} {} {}", uids(source), uids(destination)),
        TheirCode::Alert => "ALERT".to_owned(),
        TheirCode::Parse => "PARSE".to_owned(),
        TheirCode::ReadOnly => "READ-ONLY".to_owned(),
        TheirCode::ReadWrite => "READ-WRITE".to_owned(),
        TheirCode::TryCreate => "TRYCREATE".to_owned(),
        TheirCode::CompressionActive => "COMPRESSIONACTIVE".to_owned(),
        TheirCode::OverQuota => "OVERQUOTA".to_owned(),
        TheirCode::TooBig => "TOOBIG".to_owned(),
        TheirCode::UnknownCte => "UNKNOWN-CTE".to_owned(),
        TheirCode::UidNotSticky => "UIDNOTSTICKY".to_owned(),
        TheirCode::NoModSeq => "NOMODSEQ".to_owned(),
        TheirCode::Closed => "CLOSED".to_owned(),
        TheirCode::Other(other) => {
            let raw = String::from_utf8_lossy(other.inner());
            raw.split(' ')
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase()
        }
        other => format!("{other:?}"),
    }
}

fn uids(uids: &TheirUids) -> String {
    let member = |element: &UidElement| match element {
        UidElement::Single(n) => n.to_string(),
        UidElement::Range(a, b) => format!("{a}:{b}"),
    };
    let members: Vec<_> = uids.0.as_ref().iter().map(member).collect();
    normal(&members.join(","))
}

pub(super) fn set(set: &SequenceSet) -> String {
    let end = |end: &SeqOrUid| match end {
        SeqOrUid::Value(n) => n.to_string(),
        SeqOrUid::Asterisk => "*".to_owned(),
    };
    let member = |member: &Sequence| match member {
        Sequence::Single(one) => end(one),
        Sequence::Range(a, b) => format!("{}:{}", end(a), end(b)),
    };
    let members: Vec<_> = set.0.as_ref().iter().map(member).collect();
    normal(&members.join(","))
}

/// Normalises the direction of ranges.
fn normal(text: &str) -> String {
    text.parse::<UidSet>()
        .map_or_else(|error| error.to_string(), |set| set.to_string())
}
