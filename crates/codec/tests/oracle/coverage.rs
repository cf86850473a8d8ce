//! Verifies the statements of the crate's page about imap-codec and about this crate.

use imap_codec::{
    CommandCodec, ResponseCodec,
    decode::Decoder as _,
    imap_types::response::{Code, Response as Theirs, Status, StatusBody, Tagged},
};
use imapclient_codec::{
    Code as OurCode, Decoder, Limits, NameEncoding, Outgoing, Part, RawResponse, Response,
};

mod commands;
mod responses;

const PAGE: &str = include_str!("../../src/lib.rs");

/// Returns the rows of the table whose first column has this heading.
fn rows(heading: &str) -> Vec<[&'static str; 3]> {
    PAGE.lines()
        .skip_while(|line| !line.starts_with(&format!("//! | {heading} |")))
        .skip(2)
        .map_while(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").collect::<Vec<_>>().try_into().unwrap())
        .collect()
}

/// Checks that each row states the results for its samples, and that every row has samples.
fn compare<S>(
    heading: &str,
    samples: Vec<(&'static str, Vec<S>)>,
    judge: impl Fn(&S) -> [&'static str; 2],
) {
    let rows = rows(heading);
    let names: Vec<_> = rows.iter().map(|[name, ..]| *name).collect();
    let sampled: Vec<_> = samples.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, sampled);
    for ([name, theirs, ours], (_, samples)) in rows.into_iter().zip(samples) {
        assert!(!samples.is_empty(), "{name}");
        for (index, sample) in samples.iter().enumerate() {
            assert_eq!(judge(sample), [theirs, ours], "{name}, sample {index}");
        }
    }
}

#[test]
fn responses_are_read_as_the_page_says() {
    compare("a server sends", responses::samples(), |wire| {
        [their_reading(wire), our_reading(wire)]
    });
}

#[test]
fn commands_are_written_as_the_page_says() {
    compare("a client sends", commands::samples(), |outgoing| {
        let wire = wire(outgoing);
        let theirs = match CommandCodec::default().decode(&wire) {
            Ok(([], _)) => "yes",
            _ => "no",
        };
        [theirs, "yes"]
    });
}

fn their_reading(wire: &[u8]) -> &'static str {
    let status = match ResponseCodec::default().decode(wire) {
        Ok(([], Theirs::Status(status))) => status,
        Ok(([], _)) => return "typed",
        _ => return "lost",
    };
    let code = match &status {
        Status::Untagged(StatusBody { code, .. })
        | Status::Tagged(Tagged {
            body: StatusBody { code, .. },
            ..
        }) => code,
        Status::Bye(bye) => &bye.code,
    };
    match code {
        Some(Code::Other(_)) => "raw",
        _ => "typed",
    }
}

fn our_reading(wire: &[u8]) -> &'static str {
    let response = Decoder::new(Limits::default()).decode(&RawResponse::from(wire));
    assert!(response.malformed().is_empty(), "{response:?}");
    let is_raw = match &response {
        Response::Unknown(_) => true,
        Response::Status(status) | Response::Tagged(_, status) => {
            matches!(status.code, Some(OurCode::Other { .. }))
        }
        Response::Fetch(fetch) => !fetch.unknown().is_empty(),
        Response::List(list) => !list.unknown().is_empty(),
        Response::MailboxStatus(status) => !status.unknown.is_empty(),
        _ => false,
    };
    if is_raw { "raw" } else { "typed" }
}

/// Returns the bytes for a server with `LITERAL+`.
fn wire(outgoing: &Outgoing) -> Vec<u8> {
    let mut wire = b"A1 ".to_vec();
    let (parts, _) = outgoing.clone().into_parts(NameEncoding::Utf7).unwrap();
    for part in parts {
        match part {
            Part::Text(text) => wire.extend(text),
            Part::Secret(text) => wire.extend_from_slice(&text),
            Part::Literal { data, binary } => {
                let sign = if binary { "~" } else { "" };
                wire.extend(format!("{sign}{{{}+}}\r\n", data.len()).into_bytes());
                wire.extend(data);
            }
            Part::Announced { size, .. } => panic!("no sample announces {size} bytes"),
            Part::SecretLiteral(data) => {
                wire.extend(format!("{{{}+}}\r\n", data.len()).into_bytes());
                wire.extend_from_slice(&data);
            }
        }
    }
    wire.extend_from_slice(b"\r\n");
    wire
}
