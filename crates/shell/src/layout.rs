//! Text in columns of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Blanks between two columns.
pub(crate) const GAP: usize = 2;
/// No column becomes narrower.
const NARROWEST: usize = 6;

/// How wide columns are whose contents want these widths, in so much room: the widest give way
/// first, to each other's width.
pub(crate) fn widths(wanted: &[usize], room: usize) -> Vec<usize> {
    let room = room.saturating_sub(GAP * wanted.len().saturating_sub(1));
    let taken = |most: usize| wanted.iter().map(|&width| width.min(most)).sum::<usize>();
    let widest = wanted.iter().copied().max().unwrap_or_default();
    if taken(widest) <= room {
        return wanted.to_vec();
    }
    let most = (NARROWEST..widest).rev().find(|&most| taken(most) <= room);
    let most = most.unwrap_or(NARROWEST);
    // What is left over, by less than one for each, goes to the last that has given way.
    let mut left = room.saturating_sub(taken(most));
    let mut widths: Vec<usize> = wanted.iter().map(|&width| width.min(most)).collect();
    for (width, &wanted) in widths.iter_mut().zip(wanted).rev() {
        let more = left.min(wanted - *width);
        *width += more;
        left -= more;
    }
    widths
}

/// As much of a text as goes into so many columns.
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

/// Lines of so many columns, broken at blanks where there are any.
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
        assert_eq!(widths(&[3, 10, 20], 100), [3, 10, 20]);
        assert_eq!(widths(&[3, 10, 50], 40), [3, 10, 23]);
        assert_eq!(widths(&[3, 50, 50], 40), [3, 16, 17]);
        assert_eq!(widths(&[50, 50], 4), [NARROWEST, NARROWEST]);
        assert_eq!(widths(&[], 10), [0; 0]);
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
