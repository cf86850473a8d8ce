//! Fetches and decodes parts of messages.

use imapclient::{
    Fetch, FetchItems, MessageSelection,
    codec::{BodyPart, BodyStructure},
    tokio::Client,
};
use mail_parser::MessageParser;

use super::{save::Target, section::Section};
use crate::{
    arguments::messages::{Named, Number, by_kind},
    failure::{Failure, Result},
    progress::Progress,
};

/// Upper bound on the name of a file, in bytes: most systems allow 255.
const LONGEST: usize = 200;

/// The number of a message, and the bytes and the file name of the requested content.
pub(super) type Content = (u32, Vec<u8>, Option<String>);

/// One message, and the data fetched for it.
pub(super) struct One {
    /// Its number as in the requested set.
    pub(super) number: u32,
    /// The message for further commands: by UID if the server reported it, since a sequence number
    /// or `*` may denote another message by then.
    pub(super) set: Named,
    pub(super) fetch: Fetch,
}

/// Fetches a part of a message, and decodes its transfer encoding.
pub(super) async fn of(client: &mut Client, set: Named, section: &Section) -> Result<Content> {
    let number = section.part.as_str();
    let items = FetchItems::new().item("BODYSTRUCTURE").section(number);
    let One {
        number: message,
        set,
        fetch,
    } = one(client, set, items).await?;
    let structure = structure(&fetch, &set)?;
    section.check(structure, &set.to_string())?;
    let part = structure
        .part(number)
        .ok_or_else(|| Failure::Other(format!("message {set} has no part {number:?}")))?;
    let what = format!("part {number} of message {set}");
    let raw = sent(fetch.section(number), may_be_empty(&part), &fetch, &what)?;
    let name = part.filename().as_deref().and_then(file_name);
    Ok((message, decoded(&part, raw), name))
}

/// Contents that are saved as the server sends them.
pub(super) struct Raw {
    /// The number of the message as in the requested set.
    pub(super) number: u32,
    set: Named,
    /// The name of the section; empty for the whole message.
    section: String,
    may_be_empty: bool,
    /// The name of the contents in errors.
    what: String,
}

impl Raw {
    /// Describes a whole message.
    pub(super) async fn whole(client: &mut Client, set: Named) -> Result<Self> {
        let (number, set) = single(client, set).await?;
        Ok(Self {
            number,
            section: String::new(),
            may_be_empty: false,
            what: format!("message {set}"),
            set,
        })
    }

    /// Describes the header or the text of a message, or the header of a part.
    pub(super) async fn section(
        client: &mut Client,
        set: Named,
        section: &Section,
    ) -> Result<Self> {
        let (number, set) = if section.part.is_empty() {
            single(client, set).await?
        } else {
            // Servers refuse a section that cannot be there without saying what is wrong.
            let known = one(client, set, FetchItems::new().item("BODYSTRUCTURE")).await?;
            section.check(structure(&known.fetch, &known.set)?, &known.set.to_string())?;
            (known.number, known.set)
        };
        Ok(Self {
            number,
            section: section.to_string(),
            may_be_empty: true,
            what: format!("{section} of message {set}"),
            set,
        })
    }

    /// Copies the contents to `to` as they arrive. Returns their size in bytes.
    ///
    /// # Errors
    /// Those of [`sent`], of the connection and of the target, which then has only the beginning.
    pub(super) async fn copy(
        &self,
        client: &mut Client,
        progress: &Progress,
        to: &mut Target,
    ) -> Result<u64> {
        by_kind!(self.set.clone(), |messages| self
            .copy_of(client, messages, progress, to)
            .await)
    }

    async fn copy_of<M: MessageSelection>(
        &self,
        client: &mut Client,
        messages: M,
        progress: &Progress,
        to: &mut Target,
    ) -> Result<u64> {
        let items = FetchItems::new().section(&self.section);
        let mut messages = client.fetch_each(messages, items).await?;
        let (mut copied, mut last) = (None, None);
        while let Some(mut message) = messages.next().await? {
            while let Some(mut body) = message.body().await? {
                let is_asked =
                    body.origin().is_none() && body.section().eq_ignore_ascii_case(&self.section);
                let (mut done, size) = (0, body.size());
                if !is_asked || copied.is_some() || (size == 0 && !self.may_be_empty) {
                    continue;
                }
                to.open()?;
                while let Some(chunk) = body.chunk().await? {
                    to.write(chunk)?;
                    done += chunk.len() as u64;
                    progress.set(done, size);
                }
                copied = Some(done);
            }
            last = Some(message.finish().await?);
        }
        match (copied, last) {
            (Some(size), _) => Ok(size),
            (None, Some(fetch)) => {
                let raw = fetch.section(&self.section);
                let raw = sent(raw, self.may_be_empty, &fetch, &self.what)?;
                to.open()?;
                to.write(raw)?;
                Ok(raw.len() as u64)
            }
            (None, None) => Err(no_message(&self.set.to_string())),
        }
    }
}

/// Returns the number of the single message of a set, and the set for further commands.
async fn single(client: &mut Client, set: Named) -> Result<(u32, Named)> {
    if let Some(number) = set.single() {
        return Ok((number, set));
    }
    let known = only(client, set, FetchItems::new()).await?;
    Ok((known.number, known.set))
}

fn no_message(named: &str) -> Failure {
    Failure::Other(format!("there is no message {named} in this mailbox"))
}

/// Returns the structure of a message that was fetched.
fn structure<'f>(fetch: &'f Fetch, set: &Named) -> Result<BodyStructure<'f>> {
    fetch.body_structure().ok_or_else(|| {
        Failure::Other(format!(
            "the server reports no structure of message {set}: `save {set}` saves all of it"
        ))
    })
}

/// Returns contents that were asked for.
///
/// # Errors
/// If the server left them out, sent them in a form that cannot be read, or sent nothing of what
/// cannot be empty. An empty text in place of them would look like the message.
pub(super) fn sent<'f>(
    raw: Option<&'f [u8]>,
    may_be_empty: bool,
    fetch: &Fetch,
    what: &str,
) -> Result<&'f [u8]> {
    let failure = match (raw, fetch.malformed().first()) {
        (Some(raw), _) if may_be_empty || !raw.is_empty() => return Ok(raw),
        (Some(_), _) => format!("the server sent nothing of {what}, though there is some"),
        (None, Some(bad)) => format!(
            "{what} cannot be read: {} in what the server sent as {}",
            bad.why, bad.item
        ),
        (None, None) => format!("the server did not send {what}"),
    };
    Err(Failure::Other(failure))
}

/// Returns whether the server reports no bytes of a part, or does not report how many.
pub(super) fn may_be_empty(part: &BodyPart<'_>) -> bool {
    part.size().unwrap_or_default() == 0
}

/// Fetches items of the single message of a set.
pub(super) async fn one(client: &mut Client, set: Named, items: FetchItems) -> Result<One> {
    // Check that it is a single message before fetching all items.
    if set.len() == Some(1) {
        return only(client, set, items).await;
    }
    let known = only(client, set, FetchItems::new()).await?;
    let one = only(client, known.set, items).await?;
    Ok(One {
        number: known.number,
        ..one
    })
}

async fn only(client: &mut Client, set: Named, items: FetchItems) -> Result<One> {
    let named = set.to_string();
    by_kind!(set, |messages| only_of(client, messages, &named, items)
        .await)
}

async fn only_of<M: MessageSelection<Id: Number>>(
    client: &mut Client,
    messages: M,
    named: &str,
    items: FetchItems,
) -> Result<One> {
    let mut found = client.fetch(messages, items).await?;
    match (found.pop_first(), found.is_empty()) {
        (Some((number, fetch)), true) => Ok(One {
            number: number.into(),
            set: fetch.uid().map_or_else(|| number.named(), Number::named),
            fetch,
        }),
        (None, _) => Err(no_message(named)),
        (Some(_), false) => {
            let many = found.len() + 1;
            Err(Failure::Usage(format!(
                "{named} are {many} messages; name one of them"
            )))
        }
    }
}

/// Decodes the transfer encoding of a part.
fn decoded(part: &BodyPart<'_>, raw: &[u8]) -> Vec<u8> {
    // For this type the parser changes nothing else.
    let message = as_message("application/octet-stream", None, part, raw);
    let parsed = MessageParser::default().parse(&message);
    let contents = parsed.as_ref().and_then(|message| message.parts.first());
    contents.map_or_else(|| raw.to_vec(), |part| part.contents().to_vec())
}

/// Returns the text of a part: transfer encoding and charset decoded, HTML converted.
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

/// Returns the text of a message for which the server reports no structure, by parsing the message.
pub(super) fn text_of_message(raw: &[u8]) -> Option<String> {
    let parsed = MessageParser::default().parse(raw);
    let text = parsed.as_ref().and_then(|message| message.body_text(0));
    let whole = || String::from_utf8_lossy(raw).into_owned();
    (!raw.is_empty()).then(|| text.map_or_else(whole, |text| text.into_owned()))
}

/// Builds a message from a part, for the parser.
fn as_message(
    media_type: &str,
    charset: Option<String>,
    part: &BodyPart<'_>,
    raw: &[u8],
) -> Vec<u8> {
    // These values come from the server and must not add header fields.
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

/// Returns the last component of a file name from a message, if it can be used as a file name.
fn file_name(told: &str) -> Option<String> {
    let last = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = |c: char| {
        crate::escape::is_harmless(c) && !matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|')
    };
    let name: String = last
        .chars()
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    // The name must not be hidden, look like an option of a command, or be too long.
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
        // The limit is in bytes, and the cut is between characters.
        assert_eq!(file_name(&"議".repeat(250)).unwrap().len(), 198);
    }
}
