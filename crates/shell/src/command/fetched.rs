//! Formats fetched data as a table, and bodies below it.

use std::collections::BTreeMap;

use imapclient::{
    Fetch,
    codec::{Addresses, BodyPart, BodyStructure, Recipient},
};

use crate::{
    arguments::{dates, flags, messages::Number},
    reply::{self, Cell, Field, Json, Line, Reply, Rows, View},
};

/// A column: its name in the notation of tables, and a function for its content, which returns
/// `None` without data.
type Column = (&'static str, fn(&Fetch) -> Option<Cell>);

/// All possible columns. Only those with content are shown.
const COLUMNS: [Column; 13] = [
    ("<FLAGS", |fetch| {
        Some(Cell::from(flags::shown(fetch.flags()?)))
    }),
    ("=DATE", |fetch| {
        let sent = fetch.envelope().and_then(|envelope| envelope.date());
        let received = || fetch.internal_date().and_then(|date| date.date());
        let date = received().or(sent).map(dates::shown);
        let raw = || Some(fetch.internal_date()?.raw().to_owned());
        Some(Cell::from(date.or_else(raw)?))
    }),
    (">SIZE", |fetch| {
        Some(Cell::from(dates::shown_size(fetch.size()?)))
    }),
    ("FROM", |fetch| {
        Some(Cell::from(people(fetch.envelope()?.from())))
    }),
    ("SUBJECT", |fetch| {
        let subject = fetch.envelope()?.subject().unwrap_or_default();
        Some(Cell::from(subject.into_owned()))
    }),
    ("STRUCTURE", |fetch| {
        Some(Cell::from(structure(fetch.body_structure()?)))
    }),
    (">MODSEQ", |fetch| Some(Cell::from(fetch.modseq()?))),
    ("LABELS", |fetch| {
        let labels = fetch.gmail_labels()?;
        let labels: Vec<_> = labels.iter().map(|label| label.as_str()).collect();
        Some(Cell::from(labels.join(", ")))
    }),
    ("X-GM-MSGID", |fetch| {
        Some(Cell::from(fetch.gmail_message_id()?))
    }),
    ("X-GM-THRID", |fetch| {
        Some(Cell::from(fetch.gmail_thread_id()?))
    }),
    ("EMAILID", |fetch| Some(Cell::from(fetch.email_id()?))),
    ("THREADID", |fetch| Some(Cell::from(fetch.thread_id()?))),
    ("PREVIEW", |fetch| {
        Some(Cell::from(fetch.preview()?.into_owned()))
    }),
];

/// A message, by its UID or its sequence number.
type Item<N> = (N, Fetch);

/// Returns the reply with the messages in this order. With bodies, each message is shown
/// separately.
pub(super) fn reply<N: Number>(order: &[N], mut found: BTreeMap<N, Fetch>) -> Reply {
    let in_order: Vec<Item<N>> = match order.is_empty() {
        true => found.into_iter().collect(),
        false => order
            .iter()
            .filter_map(|number| Some((*number, found.remove(number)?)))
            .collect(),
    };
    let has_bodies = |(_, fetch): &Item<N>| fetch.sections().next().is_some();
    let json = |(_, fetch): &Item<N>| reply::value(fetch);
    let (json, view) = match in_order.iter().any(has_bodies) {
        true => {
            let one = move |(number, fetch): &Item<N>| one(Some(*number), fetch, |_, _| false);
            let (json, each) = reply::both(in_order, json, one);
            (json, View::Each(each))
        }
        false => {
            let (columns, row) = table(&in_order);
            let (json, rows) = reply::both(in_order, json, row);
            (json, Rows::new(&columns, rows, "no messages").into())
        }
    };
    Reply::long(Json::Array(json), view)
}

/// Returns the columns of the table of these messages, and a function for its rows.
fn table<N: Number>(
    found: &[Item<N>],
) -> (Vec<&'static str>, impl Fn(&Item<N>) -> Vec<Cell> + use<N>) {
    let filled = |column: &&Column| found.iter().any(|(_, fetch)| (column.1)(fetch).is_some());
    let columns: Vec<&Column> = COLUMNS.iter().filter(filled).collect();
    let mut names = vec![N::COLUMN];
    names.extend(columns.iter().map(|(name, _)| *name));
    let problems = found.iter().any(|(_, fetch)| !problems(fetch).is_empty());
    if problems {
        names.push("PROBLEMS");
    }
    let row = move |(number, fetch): &Item<N>| {
        let mut row = vec![Cell::strong(number.to_string())];
        let cells = columns.iter();
        row.extend(cells.map(|(_, cell)| cell(fetch).unwrap_or_default()));
        if problems {
            row.push(Cell::styled(self::problems(fetch), reply::Style::Warning));
        }
        row
    };
    (names, row)
}

/// Shows a message with its bodies, except for those sections that were shown before, which
/// `is_shown` knows by their names and offsets.
pub(super) fn one<N: Number>(
    number: Option<N>,
    fetch: &Fetch,
    is_shown: impl Fn(&str, Option<u64>) -> bool,
) -> View {
    let mut fields = Vec::new();
    if let Some(number) = number {
        let name = format!("{}{number}", N::MARK);
        fields.push(Field::new(N::FIELD, Cell::strong(name)));
    }
    for (name, cell) in COLUMNS {
        if let Some(cell) = cell(fetch) {
            fields.push(Field::new(reply::Column::new(name).name, cell));
        }
    }
    let problems = problems(fetch);
    if !problems.is_empty() {
        fields.push(Field::new(
            "PROBLEMS",
            Cell::styled(problems, reply::Style::Warning),
        ));
    }
    let mut views = vec![View::Fields(fields)];
    let sections = fetch.sections();
    for section in sections.filter(|section| !is_shown(section.name, section.origin)) {
        let size = section.data.map(|data| data.len() as u64);
        views.push(View::All(vec![
            heading(section.name, section.origin, size),
            View::Text(String::from_utf8_lossy(section.data.unwrap_or_default()).into_owned()),
        ]));
    }
    View::All(views)
}

/// Returns the line above the text of a section; without a size, the server has none.
pub(super) fn heading(name: &str, origin: Option<u64>, size: Option<u64>) -> View {
    let origin = origin.map_or_else(String::new, |origin| format!("<{origin}>"));
    // Names of parts such as `BINARY[1]` are complete already.
    let name = match name.contains('[') {
        true => format!("{name}{origin}"),
        false => format!("BODY[{name}]{origin}"),
    };
    let size = match size {
        Some(size) => format!("{size} bytes"),
        None => "the server has none".to_owned(),
    };
    View::Lines(vec![Line::from(Cell::faint(format!("{name}  {size}")))])
}

/// Describes the items that could not be parsed.
fn problems(fetch: &Fetch) -> String {
    let malformed = fetch.malformed().iter();
    let problems: Vec<_> = malformed
        .map(|one| format!("{}: {}", one.item, one.why))
        .collect();
    problems.join("; ")
}

/// Formats names, or addresses if there is no name.
pub(super) fn people(addresses: Addresses<'_>) -> String {
    let mut names = Vec::new();
    for recipient in addresses.recipients() {
        names.push(match recipient {
            Recipient::Mailbox(address) => match address.name() {
                Some(name) if !name.trim().is_empty() => name.into_owned(),
                _ => address.email(),
            },
            group => group.to_string(),
        });
    }
    names.join(", ")
}

/// Formats a structure, for example `mixed (text/plain, application/pdf "a.pdf")`.
fn structure(structure: BodyStructure<'_>) -> String {
    let mut text = String::new();
    let mut open = 0;
    let mut before: Option<usize> = None;
    for part in structure.walk() {
        let depth = depth(&part);
        match before {
            Some(level) if depth > level => {
                text.push_str(" (");
                open += 1;
            }
            Some(level) => {
                for _ in depth..level {
                    text.push(')');
                    open -= 1;
                }
                text.push_str(", ");
            }
            None => {}
        }
        before = Some(depth);
        match part.is_multipart() {
            true => text.push_str(&part.subtype()),
            false => text.push_str(&part.media_type()),
        }
        if let Some(name) = part.filename() {
            text.push_str(&format!(" {name:?}"));
        }
    }
    text.extend(std::iter::repeat_n(')', open));
    text
}

fn depth(part: &BodyPart<'_>) -> usize {
    std::iter::successors(part.parent(), BodyPart::parent).count()
}
