//! Every response can be read, and the result can be used.

use bytes::Bytes;
use imapclient_codec::{
    BodyStructure, Decoder, Envelope, Fetch, Limits, Malformed, NameEncoding, RawResponse,
    Recipient, Response, Thread,
};

/// `data` is a response, or anything else.
///
/// # Panics
/// Panics if a result depends on where the bytes are stored, or refers to bytes outside of them.
pub fn response(data: &[u8]) {
    let shared = Bytes::copy_from_slice(data);
    let tight = Limits {
        depth: 2,
        items: 3,
        ..Limits::default()
    };
    for limits in [tight, Limits::default()] {
        for names in [NameEncoding::Utf7, NameEncoding::Utf8] {
            let mut decoder = Decoder::new(limits);
            decoder.set_names(names);
            let response = decoder.decode(&RawResponse::from(data));
            assert_eq!(response, decoder.decode(&RawResponse::from(&shared)));
            assert!(!format!("{response:?}").is_empty());
            inspect(&response, data, &limits);
        }
    }
}

fn inspect(response: &Response, data: &[u8], limits: &Limits) {
    for malformed in response.malformed() {
        inspect_malformed(malformed, data);
    }
    match response {
        Response::Fetch(fetch) => inspect_fetch(fetch, limits),
        Response::Thread(thread) => inspect_thread(thread),
        Response::Unknown(unknown) => assert_eq!(unknown.raw, data),
        Response::Malformed(malformed) => assert_eq!(malformed.raw, data),
        _ => {}
    }
}

fn inspect_fetch(fetch: &Fetch, limits: &Limits) {
    assert!(fetch.unknown().len() <= limits.items && fetch.malformed().len() <= limits.items + 1);
    if let Some(envelope) = fetch.envelope() {
        inspect_envelope(envelope);
    }
    if let Some(structure) = fetch.body_structure() {
        inspect_structure(structure, limits);
    }
    let _ = (fetch.internal_date(), fetch.save_date(), fetch.preview());
    let _ = (fetch.gmail_labels(), fetch.email_id(), fetch.thread_id());
    for section in fetch.sections() {
        let found = match section.origin {
            None => fetch.section(section.name),
            Some(origin) => fetch.partial(section.name, origin),
        };
        assert!(found.is_some() || section.data.is_none() || fetch.sections().count() > 1);
    }
    let mut merged = fetch.clone();
    merged.merge(fetch.clone());
    assert_eq!((merged.seq(), merged.uid()), (fetch.seq(), fetch.uid()));
    assert!(merged.sections().count() <= fetch.sections().count());
}

fn inspect_envelope(envelope: Envelope<'_>) {
    let kept = envelope.into_owned();
    assert_eq!(kept.view(), envelope);
    let _ = (envelope.date(), envelope.subject(), envelope.message_id());
    let lists = [
        envelope.from(),
        envelope.sender(),
        envelope.reply_to(),
        envelope.to(),
        envelope.cc(),
        envelope.bcc(),
    ];
    for addresses in lists {
        // Addresses in a header are a single line.
        assert!(!addresses.to_string().contains(char::is_control));
        let members: usize = addresses
            .recipients()
            .map(|recipient| match recipient {
                Recipient::Mailbox(_) => 1,
                Recipient::Group { members, .. } => members.count(),
            })
            .sum();
        assert_eq!(members, addresses.count());
    }
}

fn inspect_structure(structure: BodyStructure<'_>, limits: &Limits) {
    let parts: Vec<_> = structure.walk().collect();
    for part in parts.iter().take(20) {
        let number = part.number();
        if let Some(found) = structure.part(&number) {
            assert_eq!(found.number(), number);
        }
        let mut depth = 0;
        let mut up = part.parent();
        while let Some(parent) = up {
            depth += 1;
            up = parent.parent();
        }
        assert!(depth <= limits.depth);
        assert!(part.children().count() < parts.len());
        let _ = (part.media_type(), part.filename(), part.description());
        let _ = (part.parameter("charset"), part.languages().count());
        if let Some(envelope) = part.envelope() {
            inspect_envelope(envelope);
        }
    }
    let _ = (structure.find_text(), structure.attachments().count());
}

fn inspect_thread(thread: &Thread) {
    assert_eq!(thread.walk().count(), thread.len());
    let roots = thread.walk().filter(|(depth, _)| *depth == 0);
    assert_eq!(roots.count(), thread.roots().count());
    for (depth, node) in thread.walk().take(50) {
        assert_eq!(depth == 0, node.parent().is_none());
    }
}

fn inspect_malformed(malformed: &Malformed, data: &[u8]) {
    assert!(malformed.at <= data.len() && malformed.raw.len() <= data.len());
    assert!(!malformed.why.is_empty());
}
