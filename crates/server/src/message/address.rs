//! Lists of addresses (RFC 5322 §3.4) for ENVELOPE, without decoding.

/// The parts of an address in ENVELOPE (RFC 3501 §7.4.2).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mailbox {
    /// The display name, or the comment that replaces it.
    pub(super) name: Option<Vec<u8>>,
    /// The obsolete source route.
    pub(super) route: Option<Vec<u8>>,
    /// The text before `@`, or the name of a group that begins; `None` at the end of a group.
    pub(super) local: Option<Vec<u8>>,
    /// The text after `@`, which may be empty; `None` at the beginning and end of a group.
    pub(super) host: Option<Vec<u8>>,
}

/// Parses an unfolded field. Invalid text is skipped up to the next comma.
pub(super) fn parse(field: &[u8]) -> Vec<Mailbox> {
    let mut scan = Scan::new(field);
    let mut list = Vec::new();
    let mut in_group = false;
    loop {
        scan.comment = None;
        let words = scan.words();
        let next = scan.bump();
        match next {
            Some(b',' | b';') | None => {
                if !words.0.is_empty() {
                    list.push(Mailbox {
                        name: scan.comment.take(),
                        local: Some(words.joined()),
                        host: Some(Vec::new()),
                        route: None,
                    });
                }
                if in_group && next != Some(b',') {
                    in_group = false;
                    list.push(Mailbox::default());
                }
                if next.is_none() {
                    return list;
                }
            }
            Some(b':') if !in_group => {
                in_group = true;
                list.push(Mailbox {
                    local: Some(words.phrase()),
                    ..Mailbox::default()
                });
            }
            Some(b'<') => {
                let address = scan.angle();
                scan.finish();
                let comment = scan.comment.take();
                let name = (!words.0.is_empty()).then(|| words.phrase());
                list.push(Mailbox {
                    name: name.or(comment),
                    ..address
                });
            }
            Some(b'@') => {
                let host = scan.domain();
                scan.finish();
                list.push(Mailbox {
                    name: scan.comment.take(),
                    local: Some(words.joined()),
                    host: Some(host),
                    route: None,
                });
            }
            Some(_) => {}
        }
    }
}

/// Returns the length of the comment at the beginning of `text`.
pub(super) fn comment(text: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'(' => depth += 1,
            b')' if depth == 1 => return at + 1,
            b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    text.len()
}

/// Returns the length and the content of the quoted string at the beginning of `text`.
pub(super) fn quoted(text: &[u8]) -> (usize, Vec<u8>) {
    let mut content = Vec::new();
    let mut escaped = false;
    for (at, &byte) in text.iter().enumerate().skip(1) {
        match byte {
            b'\\' if !escaped => escaped = true,
            b'"' if !escaped => return (at + 1, content),
            _ => {
                escaped = false;
                content.push(byte);
            }
        }
    }
    (text.len(), content)
}

struct Scan<'a> {
    rest: &'a [u8],
    /// The last comment that was skipped.
    comment: Option<Vec<u8>>,
}

/// Atoms and quoted strings; the flag is `true` if there was a blank before it.
struct Words(Vec<(bool, Vec<u8>)>);

impl Words {
    /// Returns the words as a phrase, in which any blanks become one.
    fn phrase(&self) -> Vec<u8> {
        let mut phrase = Vec::new();
        for (spaced, word) in &self.0 {
            if *spaced && !phrase.is_empty() {
                phrase.push(b' ');
            }
            phrase.extend_from_slice(word);
        }
        phrase
    }

    /// Returns the words as the local part of an address, without blanks.
    fn joined(&self) -> Vec<u8> {
        self.0.iter().flat_map(|(_, word)| word).copied().collect()
    }
}

impl<'a> Scan<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self {
            rest,
            comment: None,
        }
    }

    /// Parses all words up to the next of `,;:<>@`.
    fn words(&mut self) -> Words {
        let mut words = Vec::new();
        loop {
            let spaced = self.skip();
            match self.rest.first() {
                None | Some(b',' | b';' | b':' | b'<' | b'>' | b'@') => return Words(words),
                Some(b'"') => {
                    let (length, content) = quoted(self.rest);
                    self.rest = &self.rest[length..];
                    words.push((spaced, content));
                }
                Some(_) => {
                    let length = atom(self.rest);
                    words.push((spaced, self.rest[..length].to_vec()));
                    self.rest = &self.rest[length..];
                }
            }
        }
    }

    fn bump(&mut self) -> Option<u8> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    /// Skips up to the next comma or semicolon, which is not consumed.
    fn finish(&mut self) {
        loop {
            self.words();
            if matches!(self.rest.first(), None | Some(b',' | b';')) {
                return;
            }
            self.bump();
        }
    }

    /// Parses the address between `<` and `>`.
    fn angle(&mut self) -> Mailbox {
        self.skip();
        let mut route = None;
        if self.rest.first() == Some(&b'@') {
            let length = self.rest.iter().position(|b| matches!(b, b':' | b'>'));
            let (head, tail) = self.rest.split_at(length.unwrap_or(self.rest.len()));
            route = Some(head.trim_ascii().to_vec());
            self.rest = tail.strip_prefix(b":").unwrap_or(tail);
        }
        let local = self.words().joined();
        let mut host = Vec::new();
        if self.rest.first() == Some(&b'@') {
            self.bump();
            host = self.domain();
        }
        loop {
            self.words();
            if matches!(self.bump(), None | Some(b'>')) {
                break;
            }
        }
        Mailbox {
            name: None,
            route,
            local: Some(local),
            host: Some(host),
        }
    }

    /// Parses the domain after `@`, without blanks and comments.
    fn domain(&mut self) -> Vec<u8> {
        let mut domain = Vec::new();
        loop {
            self.skip();
            let length = match self.rest.first() {
                None | Some(b',' | b';' | b':' | b'<' | b'>' | b'@' | b'"') => return domain,
                Some(b'[') => {
                    let end = self.rest.iter().position(|&b| b == b']');
                    end.map_or(self.rest.len(), |at| at + 1)
                }
                Some(_) => atom(self.rest),
            };
            domain.extend_from_slice(&self.rest[..length]);
            self.rest = &self.rest[length..];
        }
    }

    /// Skips blanks and comments. Returns whether there were some.
    fn skip(&mut self) -> bool {
        let before = self.rest.len();
        loop {
            self.rest = self.rest.trim_ascii_start();
            if self.rest.first() != Some(&b'(') {
                return self.rest.len() < before;
            }
            let (text, rest) = self.rest.split_at(comment(self.rest));
            let text = &text[1..];
            let text = text.strip_suffix(b")").unwrap_or(text);
            self.comment = Some(text.trim_ascii().to_vec());
            self.rest = rest;
        }
    }
}

/// Returns the length of the atom at the beginning of `text`, at least 1. An encoded word without
/// blanks is always one atom.
fn atom(text: &[u8]) -> usize {
    if text.starts_with(b"=?") {
        let word = &text[..text
            .iter()
            .position(u8::is_ascii_whitespace)
            .unwrap_or(text.len())];
        let marks: Vec<_> = (2..word.len())
            .filter(|&at| word[at] == b'?')
            .take(3)
            .collect();
        if let [_, _, last] = marks[..]
            && word.get(last + 1) == Some(&b'=')
        {
            return last + 2;
        }
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || b"(),;:<>@\"".contains(b);
    text.iter().position(ends).unwrap_or(text.len()).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns addresses as `name|route|local|host`, with `-` for none.
    fn shown(field: &str) -> Vec<String> {
        let show = |part: &Option<Vec<u8>>| match part {
            Some(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            None => "-".to_owned(),
        };
        parse(field.as_bytes())
            .iter()
            .map(|m| [&m.name, &m.route, &m.local, &m.host].map(show).join("|"))
            .collect()
    }

    #[test]
    fn reads_lists_of_addresses() {
        for (field, expected) in [
            ("a@b.example", vec!["-|-|a|b.example"]),
            (
                "Bob <bob@b.example>, c@d",
                vec!["Bob|-|bob|b.example", "-|-|c|d"],
            ),
            (
                r#""Doe, J. \"X\"" <j@x>, J. Q.  Public<q@x>"#,
                vec![r#"Doe, J. "X"|-|j|x"#, "J. Q. Public|-|q|x"],
            ),
            ("a@b (Bob (the) Builder)", vec!["Bob (the) Builder|-|a|b"]),
            (
                "=?utf-8?Q?J=C3=B6rg,_x@y?= <j@x>",
                vec!["=?utf-8?Q?J=C3=B6rg,_x@y?=|-|j|x"],
            ),
            ("Jörg <j@x>", vec!["Jörg|-|j|x"]),
            ("<@a,@b:c@d>", vec!["-|@a,@b|c|d"]),
            (
                "Friends: a@b, C <c@d>; e@f",
                vec!["-|-|Friends|-", "-|-|a|b", "C|-|c|d", "-|-|-|-", "-|-|e|f"],
            ),
            (
                "undisclosed-recipients:;",
                vec!["-|-|undisclosed-recipients|-", "-|-|-|-"],
            ),
            ("open: a@b", vec!["-|-|open|-", "-|-|a|b", "-|-|-|-"]),
            (
                "john . doe @ [10.0.0.1] , bare",
                vec!["-|-|john.doe|[10.0.0.1]", "-|-|bare|"],
            ),
            (r#""a b"@c"#, vec!["-|-|a b|c"]),
            ("<>", vec!["-|-||"]),
            ("a@b@c, d@e", vec!["-|-|a|b", "-|-|d|e"]),
            ("Broken <a@b, c@d", vec!["Broken|-|a|b"]),
            (",, ;", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(shown(field), expected, "{field}");
        }
    }

    proptest::proptest! {
        #[test]
        fn ends_whatever_it_reads(field in "[ab @<>,;:()\"\\\\=?\\[\\]]{0,40}") {
            let opened = parse(field.as_bytes()).iter().filter(|m| m.host.is_none()).count();
            proptest::prop_assert_eq!(opened % 2, 0, "each group that begins ends");
        }
    }
}
