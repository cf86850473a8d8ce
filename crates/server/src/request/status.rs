//! Parses STATUS with items that imap-codec does not support.

use imap_codec::imap_types::{command::CommandBody, mailbox::Mailbox, status::StatusDataItemName};

use super::{Arguments, BadRequest, decoded};

/// STATUS with APPENDLIMIT (RFC 7889), which imap-codec does not support.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct StatusLimit {
    pub(crate) mailbox: Mailbox<'static>,
    /// The other requested items.
    pub(crate) names: Vec<StatusDataItemName>,
}

impl StatusLimit {
    pub(super) fn parse(command: &[u8]) -> Result<Self, BadRequest> {
        let mut arguments = Arguments::after(command, 1)?;
        arguments.space()?;
        arguments.astring()?;
        arguments.space()?;
        let head = arguments.taken();
        let words = arguments.list(Arguments::word)?;
        arguments.end()?;
        let is_limit = |word: &&str| word.eq_ignore_ascii_case("APPENDLIMIT");
        if words.iter().filter(|word| is_limit(word)).count() != 1 {
            return Err(BadRequest::Wrong);
        }
        let others: Vec<_> = words.into_iter().filter(|word| !is_limit(word)).collect();
        // imap-codec requires at least one item.
        let asked = match &others[..] {
            [] => "MESSAGES".to_owned(),
            others => others.join(" "),
        };
        match decoded(&[head, format!("({asked})\r\n").as_bytes()].concat())? {
            CommandBody::Status {
                mailbox,
                item_names,
            } => Ok(Self {
                mailbox,
                names: match others[..] {
                    [] => Vec::new(),
                    _ => item_names.into_owned(),
                },
            }),
            _ => Err(BadRequest::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_among_other_items() {
        let parse = |arguments: &str| {
            let command = format!("a STATUS {arguments}\r\n");
            StatusLimit::parse(command.as_bytes()).map(|status| status.names)
        };
        assert_eq!(parse("INBOX (APPENDLIMIT)"), Ok(vec![]));
        let both = vec![StatusDataItemName::Messages, StatusDataItemName::UidNext];
        assert_eq!(parse("{1+}\r\nx (MESSAGES appendlimit UIDNEXT)"), Ok(both));
        for wrong in [
            "x (MESSAGES)",
            "x ()",
            "x (APPENDLIMIT XYZZY)",
            "x APPENDLIMIT",
            "(APPENDLIMIT)",
        ] {
            assert_eq!(parse(wrong), Err(BadRequest::Wrong), "{wrong}");
        }
        assert_eq!(parse("{5}\r\n"), Err(BadRequest::Incomplete));
    }
}
