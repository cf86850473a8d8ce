//! Parts of messages, decoded.

use imapclient::{Fetch, Items, codec::BodyPart, tokio::Client};
use mail_parser::MessageParser;

use crate::{
    arguments::messages::Named,
    failure::{Failure, Result},
};

/// Bytes of the name of a file: most systems have room for 255.
const LONGEST: usize = 200;

/// A message by its number, and the bytes and the name of what is wanted of it.
pub(super) type Content = (u32, Vec<u8>, Option<String>);

/// One message, and what was fetched of it.
pub(super) struct One {
    /// The number that it has in the set that was asked for.
    pub(super) number: u32,
    /// The message for further commands: by its UID where the server has told it, since its
    /// sequence number may be that of another one by then, and so may `*`.
    pub(super) set: Named,
    pub(super) fetch: Fetch,
}

/// A message as it is.
pub(super) async fn whole(client: &mut Client, set: Named) -> Result<Content> {
    let One { number, fetch, .. } = one(client, set, Items::new().body()).await?;
    let bytes = fetch.body().map(<[u8]>::to_vec);
    let bytes =
        bytes.ok_or_else(|| Failure::Other("the server did not send the message".to_owned()))?;
    Ok((number, bytes, None))
}

/// A part of a message, its transfer encoding taken off.
pub(super) async fn of(client: &mut Client, set: Named, number: &str) -> Result<Content> {
    let items = Items::new().item("BODYSTRUCTURE").section(number);
    let One {
        number: message,
        set,
        fetch,
    } = one(client, set, items).await?;
    let structure = fetch.body_structure();
    let part = structure
        .and_then(|structure| structure.part(number))
        .ok_or_else(|| {
            let known = structure.map(|structure| {
                let parts = structure.walk().filter(|part| !part.is_multipart());
                parts
                    .map(|part| part.number())
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            match known {
                Some(known) => Failure::Usage(format!(
                    "message {set} has no part {number:?}; it has {known}"
                )),
                None => Failure::Other(format!(
                    "the server tells no structure of message {set}: `save {set}` has all of it"
                )),
            }
        })?;
    let raw = fetch
        .section(number)
        .ok_or_else(|| Failure::Other(format!("the server did not send part {number}")))?;
    let name = part.filename().as_deref().and_then(file_name);
    Ok((message, decoded(&part, raw), name))
}

/// The one message of a set.
pub(super) async fn one(client: &mut Client, set: Named, items: Items) -> Result<One> {
    // That it is one is known before all of it is asked for.
    if set.len() == Some(1) {
        return only(client, set, items).await;
    }
    let known = only(client, set, Items::new()).await?;
    let one = only(client, known.set, items).await?;
    Ok(One {
        number: known.number,
        ..one
    })
}

async fn only(client: &mut Client, set: Named, items: Items) -> Result<One> {
    let by_uid = set.by_uid();
    let named = set.to_string();
    let mut found = client.fetch(set, items).await?;
    match (found.pop_first(), found.is_empty()) {
        (Some((number, fetch)), true) => Ok(One {
            number,
            set: match fetch.uid() {
                Some(uid) => Named::one(uid, true),
                None => Named::one(number, by_uid),
            },
            fetch,
        }),
        (None, _) => Err(Failure::Other(format!(
            "there is no message {named} in this mailbox"
        ))),
        (Some(_), false) => {
            let many = found.len() + 1;
            Err(Failure::Usage(format!(
                "{named} are {many} messages; name one of them"
            )))
        }
    }
}

/// The bytes of a part, without its transfer encoding.
fn decoded(part: &BodyPart<'_>, raw: &[u8]) -> Vec<u8> {
    // As a part of no known type its bytes are left alone but for that.
    let message = as_message("application/octet-stream", None, part, raw);
    let parsed = MessageParser::default().parse(&message);
    let contents = parsed.as_ref().and_then(|message| message.parts.first());
    contents.map_or_else(|| raw.to_vec(), |part| part.contents().to_vec())
}

/// The text of a part: charset and transfer encoding taken off, HTML turned into text.
pub(super) fn text(part: &BodyPart<'_>, raw: &[u8]) -> String {
    let html = part.is_type("text/html");
    let media_type = if html { "text/html" } else { "text/plain" };
    let message = as_message(media_type, part.parameter("charset"), part, raw);
    let parsed = MessageParser::default().parse(&message);
    let text = parsed.as_ref().and_then(|message| message.body_text(0));
    text.map_or_else(
        || String::from_utf8_lossy(raw).into_owned(),
        |text| text.into_owned(),
    )
}

/// The text of a message whose structure nobody tells: it says itself how it is made.
pub(super) fn text_of_message(raw: &[u8]) -> Option<String> {
    let parsed = MessageParser::default().parse(raw);
    let text = parsed.as_ref().and_then(|message| message.body_text(0));
    let whole = || String::from_utf8_lossy(raw).into_owned();
    (!raw.is_empty()).then(|| text.map_or_else(whole, |text| text.into_owned()))
}

/// A part as a message of its own, for what reads those.
fn as_message(
    media_type: &str,
    charset: Option<String>,
    part: &BodyPart<'_>,
    raw: &[u8],
) -> Vec<u8> {
    // From the server: a word of it must not become a field.
    let token = |text: &str| -> String {
        let fits = |c: &char| c.is_ascii_alphanumeric() || "-_.:+".contains(*c);
        text.chars().filter(fits).take(40).collect()
    };
    let mut message = format!("Content-Type: {media_type}");
    if let Some(charset) = charset {
        message.push_str(&format!("; charset=\"{}\"", token(&charset)));
    }
    let encoding = part.encoding().unwrap_or_default();
    message.push_str(&format!(
        "\r\nContent-Transfer-Encoding: {}\r\n\r\n",
        token(&encoding)
    ));
    let mut message = message.into_bytes();
    message.extend_from_slice(raw);
    message
}

/// The last piece of a name that came with a message, if it is a name for a file here at all.
fn file_name(told: &str) -> Option<String> {
    let last = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| {
        crate::escape::is_harmless(c) && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    let name: String = last
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    // Neither a hidden file nor one that a command would take for an option, and no longer than
    // names can be.
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '-'));
    let ends = name.char_indices().map(|(at, c)| at + c.len_utf8());
    let end = ends.take_while(|end| *end <= LONGEST).last();
    let name = name[..end.unwrap_or_default()].trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_attachments_stay_in_the_folder() {
        for (told, expected) in [
            ("report.pdf", Some("report.pdf")),
            ("../../.ssh/authorized_keys", Some("authorized_keys")),
            ("C:\\Windows\\evil.exe", Some("evil.exe")),
            ("..", None),
            (".profile", Some("profile")),
            ("-rf", Some("rf")),
            ("a\u{202e}fdp.exe", Some("a_fdp.exe")),
            ("x\ny", Some("x_y")),
            ("", None),
            ("... -. x", Some("x")),
        ] {
            assert_eq!(file_name(told).as_deref(), expected, "{told:?}");
        }
        assert_eq!(file_name(&"x".repeat(1 << 20)).unwrap().len(), LONGEST);
        // In bytes, and between two characters.
        assert_eq!(file_name(&"議".repeat(250)).unwrap().len(), 198);
    }
}
