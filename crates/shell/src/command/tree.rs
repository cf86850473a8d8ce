//! Draws threads as trees.

use std::collections::BTreeMap;

use imapclient::{Fetch, Thread, Uid};

use super::fetched;
use crate::reply::{Cell, Line, View};

/// The depth at which replies are no longer indented: long conversations would leave no room for
/// text.
const DEPTH: usize = 12;

/// Draws the numbers only.
pub(super) fn numbers(threads: &Thread<Uid>) -> View {
    draw(threads, |number| vec![Cell::from(number.get())])
}

/// Draws the messages with subject, sender and date.
///
/// A number that the server repeats has them only once, which bounds the output.
pub(super) fn messages(threads: &Thread<Uid>, mut about: BTreeMap<Uid, Fetch>) -> View {
    draw(threads, |number| {
        let mut cells = vec![Cell::from(number.get())];
        let Some(fetch) = about.remove(&number) else {
            return cells;
        };
        let envelope = fetch.envelope();
        let subject = envelope.and_then(|envelope| envelope.subject());
        let subject = subject.filter(|subject| !subject.is_empty());
        let subject = subject.map_or_else(|| "(no subject)".to_owned(), |text| text.into_owned());
        let unseen = fetch
            .flags()
            .is_some_and(|flags| !flags.contains(&imapclient::Flag::Seen));
        cells.push(match unseen {
            true => Cell::strong(format!("  {subject}")),
            false => Cell::from(format!("  {subject}")),
        });
        let from = envelope
            .map(|envelope| fetched::people(envelope.from()))
            .unwrap_or_default();
        let date = envelope.and_then(|envelope| envelope.date());
        let date = date.map(crate::arguments::dates::shown).unwrap_or_default();
        cells.push(Cell::faint(format!("  {from}  {date}")));
        cells
    })
}

fn draw(threads: &Thread<Uid>, mut show: impl FnMut(Uid) -> Vec<Cell>) -> View {
    // For each level above the current one, whether the node is the last of its siblings.
    let mut last: Vec<bool> = Vec::new();
    let mut lines = Vec::new();
    let nodes: Vec<_> = threads.walk().collect();
    // A node has a sibling if the next node that is not deeper has the same depth. Scanning from
    // the end, `open` holds the depths seen since the last shallower node.
    let mut has_next = vec![false; nodes.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, (depth, _)) in nodes.iter().enumerate().rev() {
        while open.last().is_some_and(|below| below > depth) {
            open.pop();
        }
        match open.last() {
            Some(same) if same == depth => has_next[at] = true,
            _ => open.push(*depth),
        }
    }
    for ((depth, node), has_next) in nodes.iter().zip(has_next) {
        last.truncate(*depth);
        let mut stem = String::new();
        for above in last.iter().skip(1).take(DEPTH) {
            stem.push_str(if *above { "   " } else { "│  " });
        }
        if *depth > 0 {
            stem.push_str(if has_next { "├─ " } else { "└─ " });
        }
        last.push(!has_next);
        let mut line = vec![Cell::faint(stem)];
        match node.number() {
            Some(number) => line.extend(show(number)),
            None => line.push(Cell::faint("(not in this mailbox)")),
        }
        lines.push(Line(line));
    }
    View::Lines(lines)
}

#[cfg(test)]
mod tests {
    use imapclient::codec::{Decoder, Limits, RawResponse, Response};

    use super::*;

    fn drawn(wire: &str) -> String {
        let wire = format!("* THREAD {wire}\r\n");
        let message = RawResponse::from(wire.as_bytes());
        let Response::Thread(threads) = Decoder::new(Limits::default()).decode(&message) else {
            panic!("it is a THREAD")
        };
        let View::Lines(lines) = numbers(&threads.into_uids()) else {
            panic!("it is lines")
        };
        let text = |line: &Line| {
            line.0
                .iter()
                .map(|cell| cell.text.as_str())
                .collect::<String>()
        };
        lines.iter().map(|line| text(line) + "\n").collect()
    }

    #[test]
    fn answers_hang_below_what_they_answer() {
        assert_eq!(
            drawn("(2)(3 6 (4 23)(44 7 96))"),
            "2\n3\n└─ 6\n   ├─ 4\n   │  └─ 23\n   └─ 44\n      └─ 7\n         └─ 96\n"
        );
        assert_eq!(drawn("((1)(2))"), "(not in this mailbox)\n├─ 1\n└─ 2\n");
        assert_eq!(drawn(""), "");
    }

    #[test]
    fn a_deep_conversation_costs_no_depth() {
        let deep: Vec<_> = (1..=2000).map(|n: u32| n.to_string()).collect();
        let drawn = drawn(&format!("({})", deep.join(" ")));
        assert_eq!(drawn.lines().count(), 2000);
        assert!(drawn.lines().all(|line| line.chars().count() < 60));
    }
}
