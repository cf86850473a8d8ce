//! Fetches and decodes parts of messages.

use imapclient::{
    Fetch, FetchItems, MessageSelection,
    codec::{BodyPart, BodyStructure},
    tokio::Client,
};
use mail_parser::MessageParser;

use super::{
    encoding::{Damaged, Decoder, Encoding},
    save::Target,
    section::Section,
};
use crate::{
    arguments::messages::{Named, Number, by_kind},
    failure::{Failure, Result},
    progress::Progress,
};

/// Upper bound on the name of a file, in bytes: most systems allow 255.
const LONGEST: usize = 200;

/// One message, and the data fetched for it.
pub(super) struct One {
    /// Its number as in the requested set.
    pub(super) number: u32,
    /// The message for further commands: by UID if the server reported it, since a sequence number
    /// or `*` may denote another message by then.
    pub(super) set: Named,
    pub(super) fetch: Fetch,
}

/// Contents of a message that are saved as they arrive.
pub(super) struct Contents {
    /// The number of the message as in the requested set.
    pub(super) number: u32,
    /// The file name that the message suggests.
    pub(super) own_name: Option<String>,
    /// The transfer encoding that is decoded.
    pub(super) encoding: Encoding,
    set: Named,
    /// The name of the section; empty for the whole message.
    section: String,
    may_be_empty: bool,
    /// The name of the contents in errors.
    what: String,
}

impl Contents {
    /// Describes a whole message.
    pub(super) async fn whole(client: &mut Client, set: Named) -> Result<Self> {
        let (number, set) = single(client, set).await?;
        Ok(Self {
            number,
            own_name: None,
            encoding: Encoding::Identity,
            section: String::new(),
            may_be_empty: false,
            what: format!("message {set}"),
            set,
        })
    }

    /// Describes a section of a message. The transfer encoding of a whole part is decoded.
    pub(super) async fn section(
        client: &mut Client,
        set: Named,
        section: &Section,
    ) -> Result<Self> {
        let mut contents = Self {
            number: 0,
            own_name: None,
            encoding: Encoding::Identity,
            section: section.to_string(),
            may_be_empty: true,
            what: String::new(),
            set,
        };
        if section.part.is_empty() {
            (contents.number, contents.set) = single(client, contents.set).await?;
        } else {
            // Servers refuse a section that cannot be there without saying what is wrong.
            let items = FetchItems::new().item("BODYSTRUCTURE");
            let One { number, set, fetch } = one(client, contents.set, items).await?;
            let structure = structure(&fetch, &set)?;
            section.check(structure, &set.to_string())?;
            if section.piece.is_none()
                && let Some(part) = structure.part(&section.part)
            {
                contents.own_name = part.filename().as_deref().and_then(file_name);
                contents.encoding = Encoding::named(&part.encoding().unwrap_or_default());
                contents.may_be_empty = may_be_empty(&part);
            }
            (contents.number, contents.set) = (number, set);
        }
        let kind = if section.piece.is_none() { "part " } else { "" };
        contents.what = format!("{kind}{section} of message {}", contents.set);
        Ok(contents)
    }

    /// Copies the contents to `to` as they arrive. Returns the number of bytes that were written.
    ///
    /// Contents that are not in their encoding are copied as the server sends them.
    ///
    /// # Errors
    /// Those of [`sent`], of the connection and of the target, which then has only the beginning.
    pub(super) async fn copy(
        &self,
        client: &mut Client,
        progress: &Progress,
        to: &mut Target,
    ) -> Result<u64> {
        let mut encoding = self.encoding;
        loop {
            let mut copy = Copy {
                decoder: encoding.decoder(),
                to,
                written: 0,
                is_damaged: false,
            };
            by_kind!(self.set.clone(), |messages| self
                .copy_of(client, messages, progress, &mut copy)
                .await)?;
            if !copy.is_damaged {
                return copy.finish();
            }
            to.begin_again();
            encoding = Encoding::Identity;
        }
    }

    /// Copies until the end, or until the contents turn out not to be in their encoding.
    async fn copy_of<M: MessageSelection>(
        &self,
        client: &mut Client,
        messages: M,
        progress: &Progress,
        copy: &mut Copy<'_>,
    ) -> Result<()> {
        let items = FetchItems::new().section(&self.section);
        let mut messages = client.fetch_each(messages, items).await?;
        let (mut is_copied, mut last) = (false, None);
        while let Some(mut message) = messages.next().await? {
            while let Some(mut body) = message.body().await? {
                let is_asked =
                    body.origin().is_none() && body.section().eq_ignore_ascii_case(&self.section);
                let (mut done, size) = (0, body.size());
                if !is_asked || is_copied || (size == 0 && !self.may_be_empty) {
                    continue;
                }
                copy.to.open()?;
                while let Some(chunk) = body.chunk().await? {
                    copy.write(chunk)?;
                    if copy.is_damaged {
                        return Ok(());
                    }
                    done += chunk.len() as u64;
                    progress.set(done, size);
                }
                is_copied = true;
            }
            last = Some(message.finish().await?);
        }
        match (is_copied, last) {
            (true, _) => Ok(()),
            (false, Some(fetch)) => {
                let raw = fetch.section(&self.section);
                let raw = sent(raw, self.may_be_empty, &fetch, &self.what)?;
                copy.to.open()?;
                copy.write(raw)
            }
            (false, None) => Err(no_message(&self.set.to_string())),
        }
    }
}

/// Contents that are being decoded and written.
struct Copy<'t> {
    decoder: Decoder,
    to: &'t mut Target,
    /// The number of bytes that were written.
    written: u64,
    /// `true` if the contents are not in their encoding.
    is_damaged: bool,
}

impl Copy<'_> {
    fn write(&mut self, piece: &[u8]) -> Result<()> {
        match self.decoder.decode(piece) {
            Ok(bytes) => {
                self.written += bytes.len() as u64;
                self.to.write(bytes)
            }
            Err(Damaged) => {
                self.is_damaged = true;
                Ok(())
            }
        }
    }

    /// Writes the rest. Returns the number of all bytes that were written.
    fn finish(mut self) -> Result<u64> {
        let rest = self.decoder.finish();
        if !rest.is_empty() {
            self.written += rest.len() as u64;
            self.to.write(rest)?;
        }
        Ok(self.written)
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
