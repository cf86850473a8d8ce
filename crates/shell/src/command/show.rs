//! `show`: displays a message.

use clap::Args;
use imapclient::{Error, Fetch, FetchItems, codec::BodyPart};
use serde_json::json;

use super::part::{self, One};
use crate::{
    arguments::{dates, flags, messages::MessageSet},
    failure::{Failure, Result},
    reply::{Cell, Field, Line, Reply, Table, View},
    session::Session,
};

/// Upper bound on the fetched part of a text, in bytes.
const MOST: u64 = 256 * 1024;

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The message, by its UID or by # and its sequence number; * for the last one.
    #[arg(value_name = "MESSAGES", default_value = "$")]
    message: MessageSet,
}

impl Show {
    pub(super) async fn run(self, session: &mut Session) -> Result<Reply> {
        let set = self.message.resolve(session).await?;
        let client = session.client().await?;
        let simple = FetchItems::new().flags().item("RFC822.SIZE");
        let items = simple.clone().item("ENVELOPE").item("BODYSTRUCTURE");
        let One {
            number,
            set,
            fetch: message,
        } = match part::one(client, set.clone(), items).await {
            // Some servers cannot parse some messages; the text can still be fetched.
            Err(Failure::Client(error @ Error::Refused(_))) if !error.is_transient() => {
                part::one(client, set.clone(), simple).await?
            }
            known => known?,
        };
        let structure = message.body_structure();
        let readable = structure.and_then(|all| all.find_text().or_else(|| all.find_html()));
        let mut text = None;
        let mut is_cut = false;
        if let Some(part) = readable {
            let name = part.number();
            let items = FetchItems::new().partial(&name, 0, MOST);
            let One { fetch, .. } = part::one(client, set.clone(), items).await?;
            let raw = fetch.partial(&name, 0).or_else(|| fetch.section(&name));
            let what = format!("the text of message {set}");
            let raw = part::sent(raw, part::may_be_empty(&part), &fetch, &what)?;
            // The server may send more than requested.
            let raw = &raw[..raw.len().min(MOST as usize)];
            is_cut = part.size().is_some_and(|size| size > raw.len() as u64);
            text = Some(part::text(&part, raw));
        } else if structure.is_none() {
            let items = FetchItems::new().partial("", 0, MOST);
            let One { fetch, .. } = part::one(client, set.clone(), items).await?;
            let raw = fetch.partial("", 0).or_else(|| fetch.body());
            let raw = part::sent(raw, false, &fetch, &format!("message {set}"))?;
            let raw = &raw[..raw.len().min(MOST as usize)];
            is_cut = raw.len() as u64 == MOST;
            text = part::text_of_message(raw);
        }
        let parts: Vec<BodyPart<'_>> = structure
            .map(|all| all.walk().collect())
            .unwrap_or_default();
        let json = json!({
            "number": number,
            "uid": message.uid(),
            "flags": message.flags().map(|flags| flags.iter().map(|flag| flag.to_string()).collect::<Vec<_>>()),
            "size": message.size(),
            "envelope": message.envelope(),
            "text": text,
            "text_is_cut": is_cut,
            "parts": parts.iter().filter(|part| !part.is_multipart()).map(|part| json!({
                "number": part.number(),
                "type": part.media_type(),
                "size": part.size(),
                "name": part.filename(),
                "attachment": part.is_attachment(),
            })).collect::<Vec<_>>(),
        });
        let mut views = vec![View::Fields(head(&message))];
        if let Some(text) = text {
            views.push(match text.trim_end() {
                "" => View::Lines(vec![Line::from(Cell::faint("the text is empty"))]),
                text => View::Prose(text.to_owned()),
            });
        }
        if is_cut {
            let note = format!("the text is cut: `save {set}` saves all of it");
            views.push(View::Lines(vec![Line::from(Cell::faint(note))]));
        }
        if structure.is_none() {
            let note = format!("the server reports no structure: `save {set}` saves the message");
            views.push(View::Lines(vec![Line::from(Cell::faint(note))]));
        // Nothing more if the message consists only of the text.
        } else if parts.iter().filter(|part| !part.is_multipart()).count() > 1 || readable.is_none()
        {
            views.push(list(&parts).into());
        }
        Ok(Reply::new(json, View::All(views)))
    }
}

fn head(message: &Fetch) -> Vec<Field> {
    let mut fields = Vec::new();
    if let Some(envelope) = message.envelope() {
        let date = envelope
            .date()
            .map(|date| date.format("%a, %d %b %Y %H:%M:%S %z").to_string());
        let raw = || Some(String::from_utf8_lossy(envelope.date_raw()?).into_owned());
        for (name, value) in [
            ("From", some(envelope.from().to_string())),
            ("To", some(envelope.to().to_string())),
            ("Cc", some(envelope.cc().to_string())),
            ("Date", date.or_else(raw)),
        ] {
            if let Some(value) = value {
                fields.push(Field::new(name, value));
            }
        }
        let subject = envelope.subject().unwrap_or_default().into_owned();
        fields.push(Field::new("Subject", Cell::strong(subject)));
    }
    if let Some(flags) = message.flags().filter(|flags| !flags.is_empty()) {
        fields.push(Field::new("Flags", flags::shown(flags)));
    }
    if let Some(size) = message.size() {
        fields.push(Field::new("Size", dates::shown_size(size)));
    }
    fields
}

fn list(parts: &[BodyPart<'_>]) -> Table {
    let mut table = Table::new(&["PART", "TYPE", ">SIZE", "NAME"], "");
    for part in parts.iter().filter(|part| !part.is_multipart()) {
        table.row([
            Cell::strong(part.number()),
            part.media_type().into(),
            part.size().map(dates::shown_size).into(),
            part.filename().into(),
        ]);
    }
    table
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
