//! Responses to SORT, THREAD, ENABLE, ID and others.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use imap_codec::imap_types::{
    core::{AString, IString, NString, NString8, QuotedChar},
    extensions::{
        metadata::MetadataResponse, namespace::Namespace as TheirNamespace,
        quota::QuotaGet as TheirQuota, thread::Thread as TheirThread,
    },
    response::{CommandContinuationRequest, Data},
};
use imapclient_codec::{
    MailboxName, MessageNumber, NameEncoding, Namespace, Response, Search, Thread,
};

use super::{differences, mailboxes, status};

pub(super) fn ours(response: &Response) -> String {
    match response {
        Response::Continue(more) => {
            format!("continue {:?}", String::from_utf8_lossy(&more.text).trim())
        }
        Response::Sort(found) => format!("sort {}", our_numbers(found)),
        Response::Thread(thread) => our_thread(thread),
        Response::Vanished(vanished) => format!("vanished {} {}", vanished.earlier, vanished.uids),
        Response::Enabled(names) => {
            format!("enabled {}", differences::capabilities(&names.to_string()))
        }
        Response::Namespace(all) => {
            let kind = |kind: &[Namespace]| -> Vec<_> { kind.iter().map(our_namespace).collect() };
            let (own, others, shared) = (
                kind(&all.personal),
                kind(&all.other_users),
                kind(&all.shared),
            );
            format!("namespace {own:?} {others:?} {shared:?}")
        }
        Response::Id(id) => format!("id {:?}", id.fields),
        Response::Quota(quota) => {
            assert!(quota.malformed.is_empty(), "{quota:?}");
            let resources: Vec<_> = quota
                .resources
                .iter()
                .map(|r| format!("{} {} {:?}", r.name.to_ascii_uppercase(), r.usage, r.limit))
                .collect();
            format!("quota {:?} {resources:?}", quota.root)
        }
        Response::QuotaRoot(roots) => format!(
            "quotaroot {:?} {:?}",
            mailboxes::shown(&roots.mailbox),
            roots.roots
        ),
        Response::Metadata(metadata) => {
            let mailbox = metadata.mailbox.as_ref().map(mailboxes::shown);
            let entries: Vec<_> = metadata
                .entries
                .iter()
                .map(|entry| (entry.name.clone(), entry.value.as_ref().map(|v| v.to_vec())))
                .collect();
            format!("metadata {mailbox:?} {entries:?} {:?}", metadata.changed)
        }
        other => format!("{other:?}"),
    }
}

pub(super) fn theirs(data: &Data<'_>) -> String {
    match data {
        Data::Sort(numbers, modseq) => {
            format!("sort {numbers:?} {:?}", modseq.map(std::num::NonZero::get))
        }
        Data::Thread(threads) => {
            let mut words = "thread".to_owned();
            for thread in threads {
                their_thread(thread, 0, &mut words);
            }
            words
        }
        Data::Vanished {
            earlier,
            known_uids,
        } => format!("vanished {earlier} {}", status::set(known_uids)),
        Data::Enabled { capabilities } => {
            let names: Vec<_> = capabilities.iter().map(ToString::to_string).collect();
            format!("enabled {}", differences::capabilities(&names.join(" ")))
        }
        Data::Namespace {
            personal,
            other,
            shared,
        } => {
            let kind = |kind: &[TheirNamespace<'_>]| -> Vec<_> {
                kind.iter().map(their_namespace).collect()
            };
            let (own, others, shared) = (kind(personal), kind(other), kind(shared));
            format!("namespace {own:?} {others:?} {shared:?}")
        }
        Data::Id { parameters } => {
            let fields: Vec<_> = parameters
                .iter()
                .flatten()
                .map(|(name, value)| (string(name), value.0.as_ref().map(string)))
                .collect();
            format!("id {fields:?}")
        }
        Data::Quota { root, quotas } => {
            let resource = |r: &TheirQuota<'_>| {
                let name = r.resource.to_string().to_ascii_uppercase();
                format!("{name} {} {:?}", r.usage, Some(r.limit))
            };
            let resources: Vec<_> = quotas.as_ref().iter().map(resource).collect();
            format!("quota {:?} {resources:?}", astring(root))
        }
        Data::QuotaRoot { mailbox, roots } => {
            let roots: Vec<_> = roots.iter().map(astring).collect();
            let mailbox = mailboxes::their_name(mailbox);
            format!("quotaroot {:?} {roots:?}", mailboxes::shown(&mailbox))
        }
        Data::Metadata { mailbox, items } => {
            let mailbox = mailboxes::their_name(mailbox);
            let mailbox = (!mailbox.as_str().is_empty()).then(|| mailboxes::shown(&mailbox));
            let (entries, changed) = their_metadata(items);
            format!("metadata {mailbox:?} {entries:?} {changed:?}")
        }
        other => format!("{other:?}"),
    }
}

pub(super) fn their_continuation(request: &CommandContinuationRequest<'_>) -> String {
    let text = match request {
        CommandContinuationRequest::Basic(basic) => basic.text().as_ref().to_owned(),
        CommandContinuationRequest::Base64(data) => STANDARD.encode(data),
    };
    format!("continue {:?}", text.trim())
}

/// Formats numbers in order, and the modification sequence.
pub(super) fn our_numbers(found: &Search) -> String {
    let numbers: Vec<_> = found.numbers.iter().map(|number| number.get()).collect();
    format!("{numbers:?} {:?}", found.modseq)
}

/// Formats messages with their depth.
fn our_thread(thread: &Thread) -> String {
    let mut words = "thread".to_owned();
    for (depth, node) in thread.walk() {
        write_message(&mut words, depth, node.number().map(MessageNumber::get));
    }
    words
}

fn their_thread(thread: &TheirThread, depth: usize, words: &mut String) {
    let (depth, answers) = match thread {
        TheirThread::Members { prefix, answers } => {
            let chain = prefix.as_ref();
            for (below, number) in chain.iter().enumerate() {
                write_message(words, depth + below, Some(number.get()));
            }
            (depth + chain.len(), answers.as_ref())
        }
        TheirThread::Nested { answers } => {
            write_message(words, depth, None);
            (depth + 1, Some(answers))
        }
    };
    for answer in answers.into_iter().flat_map(|answers| answers.as_ref()) {
        their_thread(answer, depth, words);
    }
}

fn write_message(words: &mut String, depth: usize, number: Option<u32>) {
    let _ = write!(words, " {depth}:{}", number.unwrap_or(0));
}

fn our_namespace(namespace: &Namespace) -> String {
    let extensions: Vec<_> = namespace.extensions.iter().map(|e| &e.name).collect();
    format!(
        "{:?} {:?} {extensions:?}",
        mailboxes::shown(&namespace.prefix),
        namespace.delimiter
    )
}

fn their_namespace(namespace: &TheirNamespace<'_>) -> String {
    let extensions: Vec<_> = namespace
        .extensions
        .iter()
        .map(|extension| string(&extension.key).to_ascii_uppercase())
        .collect();
    let prefix = MailboxName::from_wire(namespace.prefix.as_ref(), NameEncoding::Utf7);
    let delimiter = namespace.delimiter.as_ref().map(QuotedChar::inner);
    format!(
        "{:?} {delimiter:?} {extensions:?}",
        mailboxes::shown(&prefix)
    )
}

type Entries = Vec<(String, Option<Vec<u8>>)>;

/// Returns the entries with values, and the names of those without.
fn their_metadata(items: &MetadataResponse<'_>) -> (Entries, Vec<String>) {
    match items {
        MetadataResponse::WithValues(all) => {
            let entries = all.as_ref().iter().map(|one| {
                let value = match &one.value {
                    NString8::NString(NString(value)) => {
                        value.as_ref().map(|value| value.as_ref().to_vec())
                    }
                    NString8::Literal8(literal) => Some(literal.data.to_vec()),
                };
                (astring(one.entry.inner()), value)
            });
            (entries.collect(), Vec::new())
        }
        MetadataResponse::WithoutValues(all) => {
            let changed = all.as_ref().iter().map(|entry| astring(entry.inner()));
            (Vec::new(), changed.collect())
        }
    }
}

fn string(string: &IString<'_>) -> String {
    String::from_utf8_lossy(string.as_ref()).into_owned()
}

fn astring(string: &AString<'_>) -> String {
    String::from_utf8_lossy(string.as_ref()).into_owned()
}
