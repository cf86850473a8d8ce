//! Lays out text in the columns of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The number of spaces between two columns.
pub(crate) const GAP: usize = 2;
/// The minimum width of a column.
const NARROWEST: usize = 6;
/// The width that is kept of columns that shrink last: that of a date.
const KEPT: usize = 16;
/// The width that is left of columns that shrink first.
const LEFT: usize = 12;

/// The order in which columns shrink if there is not enough room for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Shrinks first, for columns that matter less than the rest.
    First,
    Usual,
    /// Shrinks last, for columns that mean nothing when cut: numbers and dates.
    Last,
}

/// Distributes `room` among columns of the wanted widths. Among columns of equal priority the
/// widest shrink first, to the same width.
pub(crate) fn widths(wanted: &[(usize, Gives)], room: usize) -> Vec<usize> {
    let room = room.saturating_sub(GAP * wanted.len().saturating_sub(1));
    let within = |most: usize, last: usize| {
        let widths = wanted.iter().map(|&(width, gives)| match gives {
            Gives::First => width.min(most.min(LEFT)),
            Gives::Usual => width.min(most),
            Gives::Last => width.min(most.max(last)),
        });
        widths.collect::<Vec<usize>>()
    };
    let fits = |widths: &Vec<usize>| widths.iter().sum::<usize>() <= room;
    let all: Vec<usize> = wanted.iter().map(|&(width, _)| width).collect();
    if fits(&all) {
        return all;
    }
    let widest = all.iter().copied().max().unwrap_or_default();
    let narrower = |last| {
        let widths = (NARROWEST..=widest).rev().map(move |most| (most, last));
        widths.map(|(most, last)| within(most, last))
    };
    let mut widths = narrower(KEPT)
        .chain(narrower(NARROWEST))
        .find(fits)
        .unwrap_or_else(|| within(NARROWEST, NARROWEST));
    // The room that is left goes to columns that shrank last, and then to those that shrank first.
    let mut left = room.saturating_sub(widths.iter().sum());
    for first in [false, true] {
        for (width, &(wanted, gives)) in widths.iter_mut().zip(wanted).rev() {
            if (gives == Gives::First) == first {
                let more = left.min(wanted - *width);
                *width += more;
                left -= more;
            }
        }
    }
    widths
}

/// Cuts a text to a number of columns.
pub(crate) fn fit(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = 1;
    for c in text.chars() {
        taken += c.width().unwrap_or_default();
        if taken > room {
            break;
        }
        kept.push(c);
    }
    if room > 0 {
        kept.push('…');
    }
    kept
}

/// Breaks a text into lines of at most `room` columns, at spaces if there are any.
pub(crate) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut taken = 0;
    for word in text.split_inclusive(' ') {
        if taken > 0 && taken + word.trim_end().width() > room {
            lines.push(std::mem::take(&mut line));
            taken = 0;
        }
        for c in word.chars() {
            let width = c.width().unwrap_or_default();
            if taken + width > room && c != ' ' {
                lines.push(std::mem::take(&mut line));
                taken = 0;
            }
            line.push(c);
            taken += width;
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_give_way_first() {
        let usual = |wanted: &[usize], room| {
            let wanted: Vec<_> = wanted.iter().map(|&width| (width, Gives::Usual)).collect();
            widths(&wanted, room)
        };
        assert_eq!(usual(&[3, 10, 20], 100), [3, 10, 20]);
        assert_eq!(usual(&[3, 10, 50], 40), [3, 10, 23]);
        assert_eq!(usual(&[3, 50, 50], 40), [3, 16, 17]);
        assert_eq!(usual(&[50, 50], 4), [NARROWEST, NARROWEST]);
        assert_eq!(usual(&[], 10), [0; 0]);
    }

    #[test]
    fn what_says_most_gives_way_last() {
        let wanted = [
            (30, Gives::First),
            (16, Gives::Last),
            (20, Gives::Usual),
            (60, Gives::Usual),
        ];
        assert_eq!(widths(&wanted, 200), [30, 16, 20, 60]);
        assert_eq!(widths(&wanted, 120), [18, 16, 20, 60]);
        assert_eq!(widths(&wanted, 100), [12, 16, 20, 46]);
        assert_eq!(widths(&wanted, 60), [12, 16, 13, 13]);
        assert_eq!(widths(&wanted, 40), [6, 16, 6, 6]);
        assert_eq!(widths(&wanted, 30), [6, 6, 6, 6]);
        // A server may send any text as a date.
        assert_eq!(
            widths(&[(2000, Gives::Last), (50, Gives::Usual)], 40),
            [19, 19]
        );
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(fit("日本語", 6), "日本語");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn lines_break_at_blanks_or_anywhere() {
        assert_eq!(wrap("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 4), [""]);
    }
}
