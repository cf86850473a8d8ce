//! Commands of ACL (RFC 4314).

use imapclient_loopback::lock;
use unicode_normalization::UnicodeNormalization as _;

use super::Session;
use crate::{
    reply::{Outcome, Reply},
    request::{AclKind, AclRequest},
    store::{Rights, RightsChange, name},
    wire::astring,
};

impl Session<'_> {
    /// SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS.
    pub(super) fn acl(&mut self, request: &AclRequest<'_>) -> Outcome {
        let mailbox = self.decode_bytes(&request.mailbox)?;
        let name = self.told(&name::normal(&mailbox));
        let id = self.account_id()?;
        let mut store = lock(&self.shared.store);
        let told = match &request.kind {
            AclKind::Set { identifier, rights } => {
                let change = change(rights)?;
                store.set_acl(id, &mailbox, &prepared(identifier)?, change)?;
                return Ok(Reply::ok("Set."));
            }
            AclKind::Delete(identifier) => {
                store.delete_acl(id, &mailbox, &prepared(identifier)?)?;
                return Ok(Reply::ok("Deleted."));
            }
            AclKind::Get => {
                let mut told = line("ACL", &name);
                for (identifier, rights) in store.acl(id, &mailbox)? {
                    add(&mut told, identifier);
                    add(&mut told, rights.to_string());
                }
                told
            }
            AclKind::List(identifier) => {
                prepared(identifier)?;
                store.permitted(id, &mailbox, Rights::ADMINISTER)?;
                let mut told = line("LISTRIGHTS", &name);
                add(&mut told, identifier);
                // No right is always granted, and each can be granted separately.
                add(&mut told, "");
                for letter in Rights::ALL.to_string().chars() {
                    add(&mut told, letter.to_string());
                }
                told
            }
            AclKind::Mine => {
                let mut told = line("MYRIGHTS", &name);
                add(&mut told, store.my_rights(id, &mailbox)?.to_string());
                told
            }
        };
        drop(store);
        self.out.line(&told)?;
        Ok(Reply::ok("That is it."))
    }
}

/// Returns the beginning of a response, with the encoded name of a mailbox.
fn line(kind: &str, mailbox: &str) -> Vec<u8> {
    let mut line = format!("* {kind}").into_bytes();
    add(&mut line, mailbox);
    line
}

fn add(line: &mut Vec<u8>, text: impl AsRef<[u8]>) {
    line.push(b' ');
    line.extend_from_slice(&astring(text));
}

/// Returns an identifier in the form of `SASLprep`. Fails with BAD if it contains characters that
/// `SASLprep` forbids or removes.
fn prepared(identifier: &[u8]) -> Outcome<String> {
    let text = std::str::from_utf8(identifier).unwrap_or_default();
    if text.is_empty() || text.contains(char::is_control) {
        return Err(Reply::bad("That is no identifier.").into());
    }
    Ok(text.nfkc().collect())
}

fn change(rights: &[u8]) -> Outcome<RightsChange> {
    let (change, letters): (fn(Rights) -> RightsChange, _) = match rights {
        [b'+', letters @ ..] => (RightsChange::Add, letters),
        [b'-', letters @ ..] => (RightsChange::Remove, letters),
        letters => (RightsChange::Replace, letters),
    };
    let letters = std::str::from_utf8(letters).unwrap_or("?");
    match Rights::parse(letters) {
        Ok(rights) => Ok(change(rights)),
        Err(_) => Err(Reply::bad("There is no such right.").into()),
    }
}
