//! `fetch` of one message with large bodies, whose texts are written as they arrive.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
};

use imapclient::{FetchItems, MessageSelection};

use super::fetched;
use crate::{
    arguments::messages::Number,
    failure::Result,
    reply::{Reply, View},
    screen::Screen,
    session::Session,
};

/// The size in bytes from which a body is written as it arrives.
const LARGE: u64 = 1024 * 1024;
/// Upper bound on a line, in bytes. A longer one is shown as several lines.
const LONGEST: usize = 256 * 1024;

/// Returns whether bodies are among these items.
pub(super) fn has_bodies(items: &FetchItems) -> bool {
    let items = items.to_string().to_ascii_uppercase();
    let mut words = items.split([' ', '(', ')']);
    items.contains('[') || words.any(|word| matches!(word, "RFC822" | "RFC822.TEXT"))
}

/// Fetches one message. Returns `None` if it has no large body, and the server does not answer by
/// one response with the number of the message: then nothing was shown.
pub(super) async fn fetch<M: MessageSelection<Id: Number>>(
    session: &mut Session,
    set: M,
    items: FetchItems,
) -> Result<Option<Reply>> {
    let (screen, progress) = (session.screen.clone(), session.progress.clone());
    let client = session.client().await?;
    let mut messages = client.fetch_each(set, items).await?.pieces_from(LARGE);
    let (mut found, mut shown) = (Vec::new(), Vec::new());
    while let Some(mut message) = messages.next().await? {
        while let Some(mut body) = message.body().await? {
            if body.size() < LARGE {
                continue;
            }
            if io::stdout().is_terminal() {
                progress.pause();
            }
            let (mut done, size) = (0, body.size());
            let section = (body.section().to_owned(), body.origin());
            if !shown.is_empty() {
                screen.print("\n")?;
            }
            let heading = fetched::heading(&section.0, section.1, Some(size));
            show(&screen, heading).await?;
            screen.print("\n")?;
            let mut text = Text::default();
            while let Some(chunk) = body.chunk().await? {
                text.add(chunk, &screen).await?;
                done += chunk.len() as u64;
                progress.set(done, size);
            }
            text.finish(&screen).await?;
            shown.push(section);
        }
        found.push(message.finish().await?);
    }
    if shown.is_empty() {
        return Ok(match found.len() {
            1 => {
                let named = found.into_iter();
                let named = named.filter_map(|fetch| Some((M::Id::number_of(&fetch)?, fetch)));
                let named: BTreeMap<_, _> = named.collect();
                (!named.is_empty()).then(|| fetched::reply(&[], named))
            }
            _ => None,
        });
    }
    screen.print("\n")?;
    let rest = found.iter().map(|fetch| {
        let is_shown = |name: &str, origin: Option<u64>| {
            let mut shown = shown.iter();
            shown.any(|(one, at)| name.eq_ignore_ascii_case(one) && origin == *at)
        };
        fetched::one(M::Id::number_of(fetch), fetch, is_shown)
    });
    show(&screen, View::All(rest.collect())).await?;
    Ok(Some(Reply::silent()))
}

async fn show(screen: &Screen, view: View) -> Result<()> {
    let reply = Reply {
        view,
        ..Reply::nothing()
    };
    Ok(screen.show(&reply).await?)
}

/// A text that is shown line by line.
#[derive(Default)]
struct Text {
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
}

impl Text {
    async fn add(&mut self, piece: &[u8], screen: &Screen) -> Result<()> {
        self.line.extend_from_slice(piece);
        let end = self.line.iter().rposition(|byte| *byte == b'\n');
        let end = match end {
            Some(end) => end + 1,
            None if self.line.len() < LONGEST => return Ok(()),
            None => self.line.len(),
        };
        let rest = self.line.split_off(end);
        let lines = std::mem::replace(&mut self.line, rest);
        let lines = String::from_utf8_lossy(&lines).into_owned();
        show(screen, View::Text(lines)).await
    }

    async fn finish(self, screen: &Screen) -> Result<()> {
        let line = String::from_utf8_lossy(&self.line).into_owned();
        show(screen, View::Text(line)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_with_bodies() {
        for (items, expected) in [
            ("BODY.PEEK[]", true),
            ("(FLAGS BINARY[1])", true),
            ("rfc822", true),
            ("RFC822.SIZE FLAGS", false),
            ("BODY", false),
        ] {
            assert_eq!(has_bodies(&FetchItems::from(items)), expected, "{items}");
        }
    }
}
