//! The envelope of a message (RFC 3501 §7.4.2).

use imap_codec::imap_types::envelope::{Address, Envelope};

use super::{Message, address, header, part::Part, wire::nstring};

impl Message {
    /// Returns ENVELOPE, with encoded words not decoded.
    pub(crate) fn envelope(&self) -> Envelope<'static> {
        self.envelope_of(&self.root)
    }

    /// Returns the ENVELOPE of a nested message.
    pub(super) fn envelope_of(&self, part: &Part) -> Envelope<'static> {
        let head = &self.raw[part.header.clone()];
        let text = |name| nstring(header::value(head, name).as_deref());
        let list = |name| -> Vec<Address<'static>> {
            let field = header::value(head, name).unwrap_or_default();
            address::parse(&field).into_iter().map(on_wire).collect()
        };
        // The default for both is From (RFC 3501 §7.4.2).
        let or_from = |name| {
            let found = list(name);
            if found.is_empty() {
                list("From")
            } else {
                found
            }
        };
        Envelope {
            date: text("Date"),
            subject: text("Subject"),
            from: list("From"),
            sender: or_from("Sender"),
            reply_to: or_from("Reply-To"),
            to: list("To"),
            cc: list("Cc"),
            bcc: list("Bcc"),
            in_reply_to: text("In-Reply-To"),
            message_id: text("Message-ID"),
        }
    }
}

fn on_wire(mailbox: address::Mailbox) -> Address<'static> {
    Address {
        name: nstring(mailbox.name.as_deref()),
        adl: nstring(mailbox.route.as_deref()),
        mailbox: nstring(mailbox.local.as_deref()),
        host: nstring(mailbox.host.as_deref()),
    }
}
