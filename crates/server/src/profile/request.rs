//! Conditions on commands, which are given from their name on.

/// Returns whether SEARCH names a charset other than `known`.
pub(super) fn names_charset_but(command: &str, known: &str) -> bool {
    charset(command).is_some_and(|charset| !charset.eq_ignore_ascii_case(known))
}

/// Returns the charset that SEARCH names.
fn charset(command: &str) -> Option<&str> {
    let mut words = command.split(' ').peekable();
    while let Some(word) = words.next() {
        // It precedes all keys; elsewhere it is text.
        let before_keys = word.eq_ignore_ascii_case("SEARCH") || word.ends_with(')');
        let next = words.peek()?;
        if before_keys && next.eq_ignore_ascii_case("CHARSET") {
            return words.nth(1).map(|name| name.trim_matches('"'));
        }
    }
    None
}

/// Returns whether the command contains non-ASCII text.
pub(super) fn is_beyond_ascii(command: &str) -> bool {
    !command.is_ascii()
}

/// Returns whether the set of messages, which follows the name of the command, has a descending
/// range.
pub(super) fn has_descending_range(command: &str) -> bool {
    let mut words = command
        .split(' ')
        .skip_while(|word| word.eq_ignore_ascii_case("UID"));
    let set = words.nth(1).unwrap_or_default();
    set.split(',').any(|range| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        match (first.parse::<u32>(), last.parse::<u32>()) {
            (Ok(first), Ok(last)) => first > last,
            // `*` is the highest number.
            (Err(_), Ok(_)) => first == "*",
            _ => false,
        }
    })
}

/// Returns whether AUTHENTICATE has an initial response.
pub(super) fn has_initial_response(command: &str) -> bool {
    command.split(' ').count() > 2
}

/// Returns whether the command is ID with at least one pair.
pub(super) fn is_id_with_a_pair(command: &str) -> bool {
    let (name, rest) = command.split_once(' ').unwrap_or((command, ""));
    let inner = rest.trim().strip_prefix('(');
    name.eq_ignore_ascii_case("ID")
        && inner.is_some_and(|inner| inner.trim_start().starts_with('"'))
}

/// Returns whether LIST has this return option.
pub(super) fn returns(command: &str, option: &str) -> bool {
    let command = command.to_ascii_uppercase();
    let options = command.rsplit_once(" RETURN (").map(|(_, options)| options);
    let mut words = options
        .into_iter()
        .flat_map(|options| options.split([' ', '(', ')']));
    words.any(|word| word == option)
}

/// Returns whether the pattern of LIST, LSUB or XLIST is neither a quoted string nor a literal.
pub(super) fn has_bare_pattern(command: &str) -> bool {
    let rest = command.split_once(' ').map_or("", |(_, rest)| rest);
    let pattern = after_string(rest).trim_start_matches(' ');
    !pattern.starts_with(['"', '{'])
}

/// Returns the text after a string of any form.
fn after_string(text: &str) -> &str {
    if let Some(quoted) = text.strip_prefix('"') {
        let mut escaped = false;
        let end = quoted.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        return end.map_or("", |end| &quoted[end + 1..]);
    }
    if let Some((head, rest)) = text.split_once("}\r\n")
        && let Some(length) = head.strip_prefix('{')
    {
        let length: usize = length.trim_end_matches('+').parse().unwrap_or(0);
        return rest.get(length..).unwrap_or_default();
    }
    text.find(' ').map_or("", |space| &text[space..])
}

/// Returns whether the command enables this extension.
pub(super) fn enables(command: &str, extension: &str) -> bool {
    let mut words = command.split(' ');
    let enables = words
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("ENABLE"));
    enables && words.any(|word| word.eq_ignore_ascii_case(extension))
}

/// Returns whether the command sends a password.
pub(super) fn has_password(command: &str) -> bool {
    let command = command.to_ascii_uppercase();
    let begins = |head: &&str| command.starts_with(head);
    ["LOGIN ", "AUTHENTICATE PLAIN", "AUTHENTICATE LOGIN"]
        .iter()
        .any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the commands for which `is_meant` returns true.
    fn those<'a>(commands: &[&'a str], is_meant: impl Fn(&str) -> bool) -> Vec<&'a str> {
        let those = commands.iter().copied();
        those.filter(|command| is_meant(command)).collect()
    }

    #[test]
    fn charsets_of_searches() {
        let commands = [
            "SEARCH CHARSET KOI8-R SUBJECT x",
            "UID SEARCH RETURN (ALL) CHARSET \"KOI8-R\" ALL",
            "SEARCH CHARSET utf-8 SUBJECT x",
            "SEARCH SUBJECT CHARSET TEXT y",
            "SEARCH ALL",
        ];
        let other = those(&commands, |c| names_charset_but(c, "UTF-8"));
        assert_eq!(other, commands[..2]);
    }

    #[test]
    fn ranges_that_go_down() {
        let commands = [
            "FETCH 3:1 ALL",
            "UID FETCH 1,9:8 ALL",
            "STORE *:1 FLAGS ()",
            "FETCH 1:3,4:4 ALL",
            "UID STORE 1:* FLAGS ()",
            "NOOP",
        ];
        assert_eq!(those(&commands, has_descending_range), commands[..3]);
    }

    #[test]
    fn ids_and_initial_responses() {
        let commands = [
            "ID (\"name\" \"x\")",
            "id ( \"name\" NIL)",
            "ID NIL",
            "ID ()",
            "IDLE",
        ];
        assert_eq!(those(&commands, is_id_with_a_pair), commands[..2]);
        let commands = ["AUTHENTICATE PLAIN =", "AUTHENTICATE PLAIN"];
        assert_eq!(those(&commands, has_initial_response), commands[..1]);
        let commands = ["LOGIN a b", "authenticate plain", "AUTHENTICATE XOAUTH2 x"];
        assert_eq!(those(&commands, has_password), commands[..2]);
    }

    #[test]
    fn lists() {
        let commands = [
            "LIST \"\" *",
            "LIST \"a\\\"b \" Archive/*",
            "LSUB {3}\r\na b %",
            "LIST INBOX x",
            "LIST \"\" \"*\"",
            "LIST {0}\r\n {1}\r\n*",
            "LIST {1+}\r\na \"*\"",
        ];
        assert_eq!(those(&commands, has_bare_pattern), commands[..4]);
        let commands = [
            "LIST \"\" \"*\" RETURN (CHILDREN special-use)",
            "LIST (SPECIAL-USE) \"\" \"*\"",
            "LIST \"\" \"SPECIAL-USE\" RETURN (CHILDREN)",
        ];
        assert_eq!(
            those(&commands, |c| returns(c, "SPECIAL-USE")),
            commands[..1]
        );
    }

    #[test]
    fn what_is_enabled() {
        let commands = [
            "ENABLE CONDSTORE imap4rev2",
            "ENABLE CONDSTORE",
            "NOOP IMAP4REV2",
        ];
        assert_eq!(those(&commands, |c| enables(c, "IMAP4rev2")), commands[..1]);
    }
}
