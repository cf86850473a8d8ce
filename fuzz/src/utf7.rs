//! Mailbox names survive encoding and decoding.

use imapclient_codec::{MailboxName, NameEncoding, utf7};

/// `data` is a name on the wire and, if it is UTF-8, a name as users write it.
///
/// # Panics
/// Panics if a name changes.
pub fn utf7(data: &[u8]) {
    if let Ok(name) = utf7::decode(data) {
        let wire = utf7::encode(&name);
        assert!(wire.bytes().all(|byte| matches!(byte, b' '..=b'~')));
        assert_eq!(utf7::decode(wire.as_bytes()), Ok(name));
    }
    if let Ok(name) = std::str::from_utf8(data) {
        let wire = utf7::encode(name);
        assert_eq!(utf7::decode(wire.as_bytes()).as_deref(), Ok(name));
        let ours = MailboxName::from(name);
        for names in [NameEncoding::Utf7, NameEncoding::Utf8] {
            let back = MailboxName::from_wire(&ours.wire(names), names);
            assert_eq!(back.as_str(), ours.as_str());
        }
    }
    // A name that a server sent is sent back unchanged, even if it is malformed.
    for names in [NameEncoding::Utf7, NameEncoding::Utf8] {
        let name = MailboxName::from_wire(data, names);
        assert_eq!(&*name.wire(names), data);
        let _ = (format!("{name:?}"), name.is_inbox());
    }
}
