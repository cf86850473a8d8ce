//! GETMETADATA and SETMETADATA (RFC 5464).

use imapclient_loopback::lock;

use super::Session;
use crate::{
    reply::{Outcome, Reply, word_code},
    request::{MetadataKind, MetadataRequest, Wanted},
    store::{Annotated, LONGEST, NotAnnotated},
    wire::{astring, string},
};

impl Session<'_> {
    /// GETMETADATA (RFC 5464 §4.2) and SETMETADATA (§4.3). An empty name means the server.
    pub(super) fn metadata(&mut self, request: MetadataRequest<'_>) -> Outcome {
        let id = self.account_id()?;
        let name = self.decode_bytes(&request.mailbox)?;
        let subject = if name.is_empty() {
            if !self.says("METADATA-SERVER") {
                self.need_said("METADATA")?;
            }
            Annotated::Server(id)
        } else {
            self.need_said("METADATA")?;
            lock(&self.shared.store).annotated(id, &name)?
        };
        match request.kind {
            MetadataKind::Get(wanted) => {
                let longest = self.tell_metadata(&name, subject, &wanted)?;
                let reply = Reply::ok("That is it.");
                Ok(match longest {
                    Some(size) => reply.with(word_code(format!("METADATA LONGENTRIES {size}"))),
                    None => reply,
                })
            }
            MetadataKind::Set(values) => {
                let done = lock(&self.shared.store).annotate(subject, values);
                done.map_err(|error| match error {
                    NotAnnotated::TooLong => Reply::no("That value is too long.")
                        .with(word_code(format!("METADATA MAXSIZE {LONGEST}"))),
                    NotAnnotated::TooMany => {
                        Reply::no("There are too many entries.").with_word("METADATA TOOMANY")
                    }
                    NotAnnotated::Gone => Reply::no("The mailbox was deleted."),
                })?;
                Ok(Reply::ok("Set."))
            }
        }
    }

    /// Sends the METADATA response, unless all values are too long. Returns the size of the longest
    /// one that is.
    pub(super) fn tell_metadata(
        &mut self,
        name: &str,
        subject: Annotated,
        wanted: &Wanted,
    ) -> Outcome<Option<usize>> {
        let (found, longest) = lock(&self.shared.store).annotations(subject, wanted);
        if found.is_empty() {
            return Ok(longest);
        }
        let values = found.iter().map(|(entry, value)| {
            let value = match value {
                None => b"NIL".to_vec(),
                Some(value) if value.contains(&0) => {
                    [format!("~{{{}}}\r\n", value.len()).as_bytes(), value].concat()
                }
                Some(value) => string(value),
            };
            [&astring(entry)[..], b" ", &value].concat()
        });
        let values = values.collect::<Vec<_>>().join(&b' ');
        let name = astring(self.told(name));
        let line = [b"* METADATA ", &name[..], b" (", &values, b")"].concat();
        self.out.line(&line)?;
        Ok(longest)
    }

    /// Reports changed entries without their values (RFC 5464 §4.4.2).
    pub(super) fn tell_annotated(&mut self, name: &str, entries: &[String]) -> Outcome<()> {
        let entries: Vec<_> = entries.iter().map(astring).collect();
        let name = astring(self.told(name));
        let line = [b"* METADATA ", &name[..], b" ", &entries.join(&b' ')].concat();
        Ok(self.out.line(&line)?)
    }
}
