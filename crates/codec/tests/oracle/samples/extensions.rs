//! Responses of extensions, and response codes.

use proptest::prelude::*;

use super::{any_name, any_number, any_string};

fn any_modseq() -> impl Strategy<Value = String> {
    (1..u64::MAX / 2).prop_map(|n| n.to_string())
}

fn any_set() -> impl Strategy<Value = String> {
    prop::collection::vec((1..1000_u32, 0..1000_u32), 1..5).prop_map(|ranges| {
        let range = |&(first, more): &(u32, u32)| match more {
            0 => first.to_string(),
            _ => format!("{first}:{}", first + more),
        };
        ranges.iter().map(range).collect::<Vec<_>>().join(",")
    })
}

fn nil_or(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop_oneof![1 => Just("NIL".to_owned()), 3 => text]
}

fn joined(
    item: impl Strategy<Value = String>,
    most: usize,
    by: &'static str,
) -> impl Strategy<Value = String> {
    prop::collection::vec(item, 1..=most).prop_map(move |items| items.join(by))
}

/// Generates `(1 2)`, `(1 (2)(3 4))`, `((1)(2))`, within the depth that imap-codec can read.
fn any_thread() -> impl Strategy<Value = String> {
    let members = || joined(any_number().prop_map(|n| n.to_string()), 4, " ");
    let leaf = members().prop_map(|members| format!("({members})"));
    leaf.prop_recursive(4, 20, 3, move |inner| {
        let answers = prop::collection::vec(inner, 2..4).prop_map(|answers| answers.concat());
        (prop::option::of(members()), answers).prop_map(|(members, answers)| {
            let members = members.map(|members| members + " ").unwrap_or_default();
            format!("({members}{answers})")
        })
    })
}

fn any_namespaces() -> impl Strategy<Value = String> {
    let delimiter = prop::sample::select(vec!["NIL", "\"/\"", "\".\"", "\"\\\\\""]);
    let more = prop::option::of("\"X[A-Z]{1,5}\" \\(\"[a-z]{1,3}\"( \"[a-z]{1,3}\")?\\)");
    let one = ("\"[a-zA-Z#~./]{0,8}\"", delimiter, more).prop_map(|(prefix, delimiter, more)| {
        let more = more.map(|more| format!(" {more}")).unwrap_or_default();
        format!("({prefix} {delimiter}{more})")
    });
    nil_or(joined(one, 3, "").prop_map(|all| format!("({all})")))
}

fn any_entry() -> impl Strategy<Value = String> {
    prop_oneof![
        "/(shared|private)(/[a-z]{1,5}){1,3}",
        "\"/shared/[a-z ]{1,8}\""
    ]
}

pub(super) fn any_code() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "CLOSED",
            "COMPRESSIONACTIVE",
            "METADATA NOPRIVATE",
            "METADATA TOOMANY",
            "NOMODSEQ",
            "OVERQUOTA",
            "PARSE",
            "TOOBIG",
            "UIDNOTSTICKY",
            "UNKNOWN-CTE",
        ])
        .prop_map(str::to_owned),
        any_number().prop_map(|n| format!("METADATA MAXSIZE {n}")),
        any_number().prop_map(|n| format!("METADATA LONGENTRIES {n}")),
        any_set().prop_map(|set| format!("MODIFIED {set}")),
        "BADCHARSET \\([A-Z]{2,5}-[0-9]( [A-Z]{3})?\\)",
        "CAPABILITY IMAP4REV1( [A-Z][A-Z0-9=-]{0,8}){0,3}",
    ]
}

pub(super) fn any_extension() -> impl Strategy<Value = String> {
    let numbers = || joined(any_number().prop_map(|n| n.to_string()), 20, " ");
    let modseq = prop::option::of(any_modseq().prop_map(|n| format!(" (MODSEQ {n})")));
    let earlier = prop::sample::select(vec!["", "(EARLIER) "]);
    let pair =
        (any_string(), nil_or(any_string())).prop_map(|(name, value)| format!("{name} {value}"));
    let resource = (
        prop::sample::select(vec![
            "STORAGE",
            "message",
            "MAILBOX",
            "ANNOTATION-STORAGE",
            "X-ODD",
        ]),
        any::<u32>(),
        0..u64::MAX / 2,
    )
        .prop_map(|(name, usage, limit)| format!("{name} {usage} {limit}"));
    let value = nil_or(any_string());
    let entry = (any_entry(), value).prop_map(|(name, value)| format!("{name} {value}"));
    prop_oneof![
        (numbers(), modseq).prop_map(|(numbers, modseq)| {
            format!("* SORT {numbers}{}\r\n", modseq.unwrap_or_default())
        }),
        joined(any_thread(), 4, "").prop_map(|threads| format!("* THREAD {threads}\r\n")),
        (earlier, any_set()).prop_map(|(earlier, set)| format!("* VANISHED {earlier}{set}\r\n")),
        joined("[A-Z]{2,8}(=[A-Z]{2,6})?".boxed(), 4, " ")
            .prop_map(|all| format!("* ENABLED {all}\r\n")),
        (any_namespaces(), any_namespaces(), any_namespaces())
            .prop_map(|(own, others, shared)| format!("* NAMESPACE {own} {others} {shared}\r\n")),
        nil_or(joined(pair, 4, " ").prop_map(|pairs| format!("({pairs})")))
            .prop_map(|pairs| format!("* ID {pairs}\r\n")),
        (any_string(), joined(resource, 4, " "))
            .prop_map(|(root, all)| format!("* QUOTA {root} ({all})\r\n")),
        (any_name(), joined(any_string(), 3, " "))
            .prop_map(|(name, roots)| format!("* QUOTAROOT {name} {roots}\r\n")),
        (any_name(), joined(entry, 3, " "))
            .prop_map(|(name, entries)| format!("* METADATA {name} ({entries})\r\n")),
        (any_name(), joined(any_entry(), 3, " "))
            .prop_map(|(name, entries)| format!("* METADATA {name} {entries}\r\n")),
    ]
}
