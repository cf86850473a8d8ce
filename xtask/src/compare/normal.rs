//! The normal form of responses, without the parts that may differ between servers: human-readable
//! text, numbers that the server chooses, the order of unordered data, and the form of strings.

use chrono::DateTime;

/// A piece of a response.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    Atom(String),
    String(String),
    List(Vec<Self>),
}

/// Response codes and items whose numbers the server chooses.
const CHOSEN: [&str; 4] = ["UIDVALIDITY", "HIGHESTMODSEQ", "APPENDUID", "COPYUID"];

/// Returns the normal form of the responses to a command, with the untagged ones sorted.
pub(super) fn normal(responses: &[Vec<u8>]) -> Vec<String> {
    let mut lines: Vec<String> = responses.iter().map(|bytes| response(bytes)).collect();
    let last = lines.pop();
    let expunged = |line: &String| {
        line.strip_prefix("* ")?
            .strip_suffix(" EXPUNGE")?
            .parse()
            .ok()
    };
    let gone: Vec<u32> = lines.iter().filter_map(expunged).collect();
    lines.retain(|line| expunged(line).is_none());
    if !gone.is_empty() {
        lines.push(format!("* EXPUNGE of {:?}", at_first(&gone)));
    }
    lines.sort();
    lines.extend(last);
    lines
}

/// Returns the numbers that the messages had before the first EXPUNGE, since each EXPUNGE changes
/// the numbers.
fn at_first(gone: &[u32]) -> Vec<u32> {
    let mut numbers: Vec<u32> = Vec::new();
    for &number in gone {
        let mut number = number;
        for &before in &numbers {
            if before <= number {
                number += 1;
            }
        }
        let at = numbers.partition_point(|&other| other < number);
        numbers.insert(at, number);
    }
    numbers
}

fn response(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let Some((first, rest)) = text.split_once(' ') else {
        return text.into_owned();
    };
    let kind = rest.split(' ').next().unwrap_or_default();
    let rest = match kind {
        "OK" | "NO" | "BAD" | "BYE" | "PREAUTH" => status(kind, &rest[kind.len()..]),
        _ => data(rest),
    };
    format!("{first} {rest}")
}

/// Returns a status without its text.
fn status(kind: &str, rest: &str) -> String {
    let Some((code, _)) = rest
        .strip_prefix(" [")
        .and_then(|rest| rest.split_once(']'))
    else {
        return kind.to_owned();
    };
    if code.starts_with("CAPABILITY") {
        return kind.to_owned();
    }
    format!("{kind} [{}]", data(code))
}

fn data(text: &str) -> String {
    let (mut tokens, _) = tokens(text);
    let has = |at: usize, word: &str| matches!(tokens.get(at), Some(Token::Atom(a)) if a == word);
    let fetch = has(1, "FETCH");
    if has(0, "CAPABILITY") {
        return "CAPABILITY".to_owned();
    }
    let pairs = fetch || has(0, "STATUS");
    let words = ["LIST", "LSUB", "FLAGS", "PERMANENTFLAGS"];
    let sorted = words.iter().any(|word| has(0, word));
    let search = has(0, "ESEARCH");
    let rights = has(0, "ACL") || has(0, "MYRIGHTS") || has(0, "LISTRIGHTS");
    if sorted {
        for token in &mut tokens {
            sort_list(token);
        }
    }
    if search {
        let items = tokens.split_off(2.min(tokens.len()));
        tokens.extend(sorted_results(items));
    }
    if rights {
        sort_rights(&mut tokens);
    }
    if pairs && let Some(Token::List(items)) = tokens.last_mut() {
        sort_items(items);
    }
    hide_chosen(&mut tokens);
    write(&tokens, fetch)
}

/// Sorts the items of FETCH or STATUS by name, and their flags.
fn sort_items(items: &mut Vec<Token>) {
    let mut pairs = Vec::new();
    let mut rest = std::mem::take(items).into_iter();
    while let Some(name) = rest.next() {
        let mut value = rest.next();
        let is = |word: &str| matches!(&name, Token::Atom(atom) if atom == word);
        if is("FLAGS") {
            value.iter_mut().for_each(sort_list);
        }
        if is("MODSEQ") {
            value = Some(Token::Atom("n".into()));
        }
        if is("INTERNALDATE") {
            value.iter_mut().for_each(in_utc);
        }
        if is("BODY") || is("BODYSTRUCTURE") {
            value.iter_mut().for_each(small_types);
        }
        pairs.push((write(&[name], true), value));
    }
    pairs.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (name, value) in pairs {
        items.push(Token::Atom(name));
        items.extend(value);
    }
}

/// Sorts the return data of ESEARCH.
fn sorted_results(items: Vec<Token>) -> Vec<Token> {
    let mut words: Vec<_> = items
        .into_iter()
        .map(|item| write(&[item], false))
        .collect();
    let uid = words.first().is_some_and(|word| word == "UID");
    let mut results = words.split_off(usize::from(uid));
    let mut results: Vec<_> = results
        .chunks_mut(2)
        .map(|pair| match pair {
            [name, _] if name == "MODSEQ" => "MODSEQ n".to_owned(),
            pair => pair.join(" "),
        })
        .collect();
    results.sort();
    words.extend(results);
    words.into_iter().map(Token::Atom).collect()
}

/// Sorts the letters of rights, the identifiers of ACL, and the optional rights of LISTRIGHTS.
fn sort_rights(tokens: &mut Vec<Token>) {
    let first = std::mem::take(tokens).into_iter();
    let mut words: Vec<_> = first.map(|token| write(&[token], false)).collect();
    let letters = |rights: &str| {
        let mut letters: Vec<_> = rights.chars().collect();
        letters.sort_unstable();
        letters.into_iter().collect::<String>()
    };
    match words.first().map(String::as_str) {
        Some("ACL") => {
            let mut pairs: Vec<_> = words.split_off(2.min(words.len()));
            let mut pairs: Vec<_> = pairs
                .chunks_mut(2)
                .map(|pair| match pair {
                    [identifier, rights] => format!("{identifier} {}", letters(rights)),
                    odd => odd.join(" "),
                })
                .collect();
            pairs.sort();
            words.extend(pairs);
        }
        Some("LISTRIGHTS") => {
            let mut optional = words.split_off(4.min(words.len()));
            optional.sort();
            words.extend(optional);
        }
        _ => words
            .iter_mut()
            .skip(2)
            .for_each(|rights| *rights = letters(rights)),
    }
    tokens.extend(words.into_iter().map(Token::Atom));
}

fn sort_list(token: &mut Token) {
    if let Token::List(list) = token {
        list.sort_by_key(|token| write(std::slice::from_ref(token), true).to_lowercase());
    }
}

/// Converts a date to UTC, since the server may choose the time zone.
fn in_utc(token: &mut Token) {
    if let Token::String(date) = token
        && let Ok(moment) = DateTime::parse_from_str(date, "%e-%b-%Y %H:%M:%S %z")
    {
        *date = moment.to_utc().to_rfc3339();
    }
}

/// Converts media types to lower case, since case does not matter.
fn small_types(token: &mut Token) {
    match token {
        Token::List(list) => list.iter_mut().for_each(small_types),
        Token::String(word) if ["TEXT", "MESSAGE", "RFC822"].contains(&word.as_str()) => {
            word.make_ascii_lowercase();
        }
        _ => {}
    }
}

/// Replaces numbers that the server chooses with `n`.
fn hide_chosen(tokens: &mut [Token]) {
    let mut chosen = false;
    for token in tokens {
        match token {
            Token::Atom(atom) if chosen => *atom = "n".to_owned(),
            Token::List(list) => {
                // MODSEQ alone in a list, as in STATUS and at the end of SEARCH.
                if let [Token::Atom(name), Token::Atom(number)] = &mut list[..]
                    && name == "MODSEQ"
                {
                    *number = "n".to_owned();
                }
                hide_chosen(list);
            }
            _ => {}
        }
        chosen = matches!(token, Token::Atom(atom) if CHOSEN.contains(&atom.as_str()));
    }
}

/// Writes tokens, with strings in quotes if `quoted`, so that the text NIL differs from NIL.
fn write(tokens: &[Token], quoted: bool) -> String {
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Atom(atom) => atom.clone(),
            Token::String(text) if quoted || text.is_empty() => format!("{text:?}"),
            Token::String(text) => text.clone(),
            Token::List(list) => format!("({})", write(list, quoted)),
        })
        .collect();
    words.join(" ")
}

/// Reads tokens up to the end or to a closing parenthesis. Returns them and the rest of the text.
fn tokens(text: &str) -> (Vec<Token>, &str) {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(' ');
        let Some(first) = rest.chars().next() else {
            return (tokens, rest);
        };
        let (token, tail) = match first {
            ')' => return (tokens, &rest[1..]),
            '(' => {
                let (list, tail) = self::tokens(&rest[1..]);
                (Token::List(list), tail)
            }
            '"' => quoted(&rest[1..]),
            '{' => literal(rest).unwrap_or_else(|| atom(rest)),
            '~' => literal(&rest[1..]).unwrap_or_else(|| atom(rest)),
            _ => atom(rest),
        };
        tokens.push(token);
        rest = tail;
    }
}

fn quoted(text: &str) -> (Token, &str) {
    let mut string = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (Token::String(string), &text[at + 1..]),
            '\\' => string.extend(chars.next().map(|(_, c)| c)),
            c => string.push(c),
        }
    }
    (Token::String(string), "")
}

fn literal(text: &str) -> Option<(Token, &str)> {
    let (length, tail) = text.strip_prefix('{')?.split_once("}\r\n")?;
    let length: usize = length.parse().ok()?;
    let (string, tail) = tail.split_at_checked(length)?;
    Some((Token::String(string.to_owned()), tail))
}

/// Reads an atom, including a section in brackets.
fn atom(text: &str) -> (Token, &str) {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            ' ' | ')' | '(' if depth == 0 && at > 0 => {
                return (Token::Atom(text[..at].to_owned()), &text[at..]);
            }
            _ => {}
        }
    }
    (Token::Atom(text.to_owned()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> String {
        response(line.as_bytes())
    }

    #[test]
    fn words_for_people_and_chosen_numbers_go() {
        for (line, expected) in [
            ("TAG OK [READ-WRITE] done", "TAG OK [READ-WRITE]"),
            ("TAG OK [APPENDUID 17 3] done", "TAG OK [APPENDUID n 3]"),
            (
                "* OK [PERMANENTFLAGS (b \\*  a)] x",
                "* OK [PERMANENTFLAGS (\\* a b)]",
            ),
            ("TAG NO it is full", "TAG NO"),
            (
                "* 1 FETCH (UID 2 BINARY[1] ~{3}\r\na\0b)",
                "* 1 FETCH (BINARY[1] \"a\\0b\" UID 2)",
            ),
            (
                "* STATUS \"x y\" (UIDVALIDITY 5 MESSAGES 1)",
                "* STATUS x y (MESSAGES 1 UIDVALIDITY n)",
            ),
            ("* SEARCH 1 2 (MODSEQ 9)", "* SEARCH 1 2 (MODSEQ n)"),
            (
                "* LIST (\\b \\a) \"/\" {5}\r\nINBOX",
                "* LIST (\\a \\b) / INBOX",
            ),
        ] {
            assert_eq!(one(line), expected);
        }
    }

    #[test]
    fn what_esearch_tells_has_one_order() {
        for (line, expected) in [
            ("* ESEARCH (TAG \"t1\")", "* ESEARCH (TAG t1)"),
            (
                "* ESEARCH (TAG \"t1\") UID MIN 2 MODSEQ 7 ALL 2:3,9",
                "* ESEARCH (TAG t1) UID ALL 2:3,9 MIN 2 MODSEQ n",
            ),
            (
                "* ESEARCH (TAG t1) COUNT 0 ALL 1",
                "* ESEARCH (TAG t1) ALL 1 COUNT 0",
            ),
        ] {
            assert_eq!(one(line), expected);
        }
    }

    #[test]
    fn rights_have_one_order() {
        for (line, expected) in [
            ("* MYRIGHTS \"x y\" srl", "* MYRIGHTS x y lrs"),
            (
                "* ACL x \"b\" rl a {0}\r\n c wi",
                "* ACL x a \"\" b lr c iw",
            ),
            ("* ACL x", "* ACL x"),
            ("* LISTRIGHTS x b \"\" l a r", "* LISTRIGHTS x b \"\" a l r"),
        ] {
            assert_eq!(one(line), expected);
        }
    }

    #[test]
    fn what_fetch_tells_has_one_order_and_form() {
        for date in ["15-Jan-2024 09:30:00 +0100", "15-Jan-2024 08:30:00 +0000"] {
            assert_eq!(
                one(&format!(
                    "* 1 FETCH (INTERNALDATE \"{date}\" BODY (\"TEXT\" \"Plain\"))"
                )),
                "* 1 FETCH (BODY (\"text\" \"Plain\") INTERNALDATE \"2024-01-15T08:30:00+00:00\")"
            );
        }
        assert_eq!(
            one(
                "* 1 FETCH (UID 7 MODSEQ (5) FLAGS (b a) BODY[HEADER.FIELDS (x y)]<0> {3}\r\n(\r\n)"
            ),
            "* 1 FETCH (BODY[HEADER.FIELDS (x y)]<0> \"(\\r\\n\" FLAGS (a b) MODSEQ n UID 7)"
        );
        assert_eq!(
            one("* 1 FETCH (X (\"NIL\" NIL))"),
            "* 1 FETCH (X (\"NIL\" NIL))"
        );
    }

    #[test]
    fn expunges_are_told_by_the_first_numbers() {
        for expunges in [["3", "1", "2"], ["1", "2", "2"], ["4", "3", "1"]] {
            let expunges = expunges.map(|number| format!("* {number} EXPUNGE"));
            let lines = ["* 9 EXISTS", "* 2 RECENT", "TAG OK x"].map(ToOwned::to_owned);
            let lines: Vec<_> = expunges
                .into_iter()
                .chain(lines)
                .map(String::into_bytes)
                .collect();
            let expected = [
                "* 2 RECENT",
                "* 9 EXISTS",
                "* EXPUNGE of [1, 3, 4]",
                "TAG OK",
            ];
            assert_eq!(normal(&lines)[..], expected);
        }
    }
}
