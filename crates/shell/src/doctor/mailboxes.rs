//! Examines what a logged-in user can do: mailboxes, response time, IDLE.

use std::time::{Duration, Instant};

use imapclient::{Attribute, Error, Namespace, tokio::Client};
use serde_json::{Value, json};

use super::{
    connect::text_of,
    millis,
    report::{Name, Report, Step, short},
    talk::trouble,
};

const NAMESPACES: Name = Name("namespaces", "namespaces");
const SPECIAL: Name = Name("special_folders", "special folders");
const INBOX: Name = Name("inbox", "INBOX");
const ROUND_TRIP: Name = Name("round_trip", "round trip");
const IDLE: Name = Name("idle", "IDLE");
const WORKAROUNDS: Name = Name("workarounds", "workarounds");

/// The number of NOOPs of which the median is reported.
const NOOPS: usize = 5;

/// Upper bound on the namespaces that are reported; more than any user has.
const MOST: usize = 50;

/// A response time above this is reported as slow.
const SLOW: Duration = Duration::from_secs(1);

/// The uses of mailboxes.
const USES: [(&str, Attribute); 5] = [
    ("sent", Attribute::Sent),
    ("drafts", Attribute::Drafts),
    ("trash", Attribute::Trash),
    ("junk", Attribute::Junk),
    ("archive", Attribute::Archive),
];

/// Takes all steps. Returns whether it was completed.
pub(super) async fn examine(client: &mut Client, report: &mut Report) -> bool {
    take(NAMESPACES, namespaces, client, report).await
        && take(SPECIAL, special_folders, client, report).await
        && take(INBOX, inbox, client, report).await
        && take(ROUND_TRIP, round_trip, client, report).await
        && take(IDLE, idle, client, report).await
        && take(WORKAROUNDS, workarounds, client, report).await
}

/// Takes a step. Returns whether further ones are possible.
async fn take(
    name: Name,
    step: impl AsyncFnOnce(&mut Client) -> Result<Step, Error>,
    client: &mut Client,
    report: &mut Report,
) -> bool {
    match step(client).await {
        Ok(step) => {
            report.add(step);
            true
        }
        Err(error) => {
            report.add(trouble(name, &error));
            !report.is_over()
        }
    }
}

async fn namespaces(client: &mut Client) -> Result<Step, Error> {
    if !client.has_capability("NAMESPACE").await? {
        return Ok(Step::skipped(NAMESPACES, "the server does not report them"));
    }
    let told = client.namespace().await?;
    let of = |namespaces: &[Namespace]| match namespaces {
        [] => "none".to_owned(),
        some => short(&some.iter().map(shown).collect::<Vec<_>>().join(", ")),
    };
    Ok(
        Step::good(NAMESPACES, format!("yours: {}", of(&told.personal)))
            .rows("personal", json_of(&told.personal), Vec::new())
            .rows(
                "other users",
                json_of(&told.other_users),
                vec![("of others".to_owned(), of(&told.other_users))],
            )
            .rows(
                "shared",
                json_of(&told.shared),
                vec![("shared".to_owned(), of(&told.shared))],
            ),
    )
}

fn shown(namespace: &Namespace) -> String {
    let prefix = short(namespace.prefix.as_ref());
    match namespace.delimiter {
        Some(delimiter) => format!("{prefix:?}, levels by {delimiter:?}"),
        None => format!("{prefix:?}, no levels"),
    }
}

fn json_of(namespaces: &[Namespace]) -> Vec<Value> {
    let json = namespaces.iter().take(MOST).map(|namespace| {
        json!({
            "prefix": short(namespace.prefix.as_ref()),
            "delimiter": namespace.delimiter,
        })
    });
    json.collect()
}

async fn special_folders(client: &mut Client) -> Result<Step, Error> {
    let capabilities = client.capabilities().await?;
    let told = capabilities.has("SPECIAL-USE") || capabilities.has("XLIST");
    let mut found = Vec::new();
    for (name, attribute) in USES {
        let mailbox = client.find_special_mailbox(attribute).await?;
        found.push((name, mailbox.map(|mailbox| short(mailbox.as_ref()))));
    }
    let number = found
        .iter()
        .filter(|(_, mailbox)| mailbox.is_some())
        .count();
    let how = match told {
        true => "reported by the server (RFC 6154)",
        false => "by their usual names, since the server does not report them",
    };
    let summary = match number {
        0 => "none found".to_owned(),
        number => format!("{number} found, {how}"),
    };
    let json: serde_json::Map<_, _> = found
        .iter()
        .map(|(name, mailbox)| ((*name).to_owned(), mailbox.as_deref().into()))
        .collect();
    let rows = found.into_iter().map(|(name, mailbox)| {
        let mailbox = mailbox.unwrap_or_else(|| "(none)".to_owned());
        (name.to_owned(), mailbox)
    });
    Ok(Step::good(SPECIAL, summary).rows("folders", json, rows.collect()))
}

/// Opens the mailbox read-only, so that nothing is changed.
async fn inbox(client: &mut Client) -> Result<Step, Error> {
    match client.examine("INBOX").await {
        Ok(mailbox) => {
            let exists = mailbox.exists;
            let step = Step::good(
                INBOX,
                format!("it can be opened, and has {exists} messages"),
            );
            Ok(step.rows("messages", exists.get(), Vec::new()))
        }
        Err(error @ Error::Refused(_)) => Ok(Step::bad(
            INBOX,
            format!("INBOX cannot be opened: {}", text_of(&error)),
        )
        .advice("follow the server's message, or ask its operator")),
        Err(error) => Err(error),
    }
}

async fn round_trip(client: &mut Client) -> Result<Step, Error> {
    let mut took = Vec::with_capacity(NOOPS);
    for _ in 0..NOOPS {
        let begin = Instant::now();
        client.noop().await?;
        took.push(begin.elapsed());
    }
    took.sort_unstable();
    let median = took.get(NOOPS / 2).copied().unwrap_or_default();
    let step = match median > SLOW {
        true => Step::warning(
            ROUND_TRIP,
            format!("a response takes {}, which is slow", millis(median)),
        )
        .advice("check whether the network or the server is busy"),
        false => Step::good(
            ROUND_TRIP,
            format!("{}, the median of {NOOPS} NOOPs", millis(median)),
        ),
    };
    Ok(step.rows("ms", median.as_secs_f64() * 1000.0, Vec::new()))
}

async fn idle(client: &mut Client) -> Result<Step, Error> {
    if !client.has_capability("IDLE").await? {
        let step = Step::warning(
            IDLE,
            "the server does not offer IDLE, and reports no changes by itself",
        );
        return Ok(step.advice("poll it at intervals"));
    }
    let begin = Instant::now();
    match client.idle().await {
        Ok(idle) => {
            let took = begin.elapsed();
            idle.done().await?;
            let step = Step::good(
                IDLE,
                format!("it works: the server said + in {}", millis(took)),
            );
            Ok(step.rows("ms", took.as_secs_f64() * 1000.0, Vec::new()))
        }
        Err(error @ (Error::Refused(_) | Error::NoAnswer { .. } | Error::Unreadable { .. })) => {
            Ok(Step::warning(
                IDLE,
                format!("the server offers IDLE, but it fails: {}", text_of(&error)),
            )
            .advice("poll the server at intervals"))
        }
        Err(error) => Err(error),
    }
}

/// Reports the workarounds that the previous steps needed.
async fn workarounds(client: &mut Client) -> Result<Step, Error> {
    let all = client.workarounds();
    let summary = match all.len() {
        0 => "none was needed".to_owned(),
        1 => "the server does not support all that it offers; one workaround is in use".to_owned(),
        some => {
            format!("the server does not support all that it offers; {some} workarounds are in use")
        }
    };
    let names: Vec<_> = all.iter().map(|one| format!("{one:?}")).collect();
    let rows = all
        .iter()
        .map(|one| ("instead".to_owned(), one.to_string()));
    let disabled = client.disabled();
    let unused: Vec<_> = disabled.iter().map(|one| one.capability.clone()).collect();
    let why = disabled
        .iter()
        .map(|one| ("not used".to_owned(), one.to_string()));
    let step = Step::good(WORKAROUNDS, summary).rows("in force", names, rows.collect());
    Ok(match disabled.is_empty() {
        true => step,
        false => step.rows("not used", unused, why.collect()),
    })
}
