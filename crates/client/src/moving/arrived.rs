//! Finds the copies of messages in the target, for servers that do not send COPYUID.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use imapclient_codec::{
    CopyUid, Fetch, MailboxName, Uid, UidSet,
    command::{FetchItems, SearchKey},
};
use imapclient_transport::Socket;
use sha2::{Digest, Sha256};

use super::steps::{Before, Places, is_about_answer};
use crate::{client::Client, done::in_short, error::Result, ranges::Ranges};

/// The field by which most messages can be recognised.
const MESSAGE_ID: &str = "HEADER.FIELDS (MESSAGE-ID)";

/// The properties that a message has in common with its copies: its size and the text of its
/// Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    size: u64,
    id: Vec<u8>,
}

/// The SHA-256 hash of a whole message.
type Hash = [u8; 32];

/// The messages whose copies are looked for.
#[derive(Debug, Default)]
struct Wanted {
    /// Messages that their identity tells from the others.
    by_identity: BTreeMap<Identity, Uid>,
    /// The other messages, by their contents. Several may have the same.
    by_hash: BTreeMap<Hash, VecDeque<Uid>>,
    /// The sizes of the messages in `by_hash`.
    sizes: BTreeSet<u64>,
    /// True if the size of one of them is not known.
    has_any_size: bool,
}

/// The properties of a message, as far as the server sent them.
#[derive(Clone, Debug)]
struct Seen {
    size: Option<u64>,
    /// The text of its Message-ID; `None` if it has none.
    id: Option<Vec<u8>>,
}

impl<S: Socket> Client<S> {
    /// Opens the target, looks for the copies of these messages, and selects the source again.
    /// Messages in `known` are the copies of others. Returns the old and the new UIDs of those that
    /// were found, and `None` if there are none.
    pub(super) async fn arrived(
        &mut self,
        places: Places<'_>,
        before: Before,
        messages: UidSet,
        known: &UidSet,
    ) -> Result<Option<CopyUid>> {
        if places.source.uid_validity.is_none() {
            // After the mailbox is selected again, its UIDs may be those of other messages.
            return Ok(None);
        }
        let wanted = match self.wanted(messages.clone()).await {
            Err(error) if is_about_answer(&error) => {
                tracing::debug!(%error, "the messages cannot be compared with their copies");
                return Ok(None);
            }
            wanted => wanted?,
        };
        let mut others = known.clone();
        if places.source.name == *places.target {
            others.append(messages);
        }
        let found = self.find_copies(places.target, before, wanted, &others);
        let found = found.await;
        self.back_to(places.source, found).await
    }

    /// Reads the properties of messages that their copies have as well.
    async fn wanted(&mut self, messages: UidSet) -> Result<Wanted> {
        let seen = self.seen(messages).await?;
        let mut same: BTreeMap<Identity, Vec<Uid>> = BTreeMap::new();
        let mut wanted = Wanted::default();
        let mut others = UidSet::new();
        for (uid, seen) in &seen {
            match seen.identity() {
                Some(identity) => same.entry(identity).or_default().push(*uid),
                None => others.append(UidSet::from(*uid)),
            }
        }
        for (identity, uids) in same {
            match uids[..] {
                [uid] => {
                    wanted.by_identity.insert(identity, uid);
                }
                _ => others.extend(uids),
            }
        }
        for (uid, hash) in self.hashes(others).await? {
            match seen.get(&uid).and_then(|seen| seen.size) {
                Some(size) => {
                    wanted.sizes.insert(size);
                }
                None => wanted.has_any_size = true,
            }
            wanted.by_hash.entry(hash).or_default().push_back(uid);
        }
        Ok(wanted)
    }

    /// Opens the target and pairs messages with those that have arrived there.
    async fn find_copies(
        &mut self,
        target: &MailboxName,
        before: Before,
        mut wanted: Wanted,
        others: &UidSet,
    ) -> Result<Option<CopyUid>> {
        let mailbox = self.examine(target.clone()).await?;
        if mailbox.uid_validity != Some(before.uid_validity) || mailbox.exists == 0 {
            return Ok(None);
        }
        let new = UidSet::from(before.uid_next..);
        let others = Ranges::of(others);
        let new = self.search(SearchKey::Uid(new)).await?;
        // The range also contains the last message if that is older.
        let new = new.iter().copied();
        let new = new.filter(|uid| *uid >= before.uid_next && !others.contains(*uid));
        let arrived = self.seen(new.collect()).await?;
        let mut pairs = Vec::new();
        let mut rest = UidSet::new();
        for (uid, seen) in &arrived {
            let identity = seen.identity();
            match identity.and_then(|identity| wanted.by_identity.remove(&identity)) {
                Some(old) => pairs.push((old, *uid)),
                None if wanted.may_be_hashed(seen) => rest.append(UidSet::from(*uid)),
                None => {}
            }
        }
        for (uid, hash) in self.hashes(rest).await? {
            if let Some(old) = wanted.by_hash.get_mut(&hash).and_then(VecDeque::pop_front) {
                pairs.push((old, uid));
            }
        }
        let (mut source, mut destination) = (UidSet::new(), UidSet::new());
        for (old, new) in &pairs {
            // Unlike `collect`, this keeps the order, which pairs them.
            source.append(UidSet::from(*old));
            destination.append(UidSet::from(*new));
        }
        Ok((!pairs.is_empty()).then_some(CopyUid {
            uid_validity: before.uid_validity,
            source: in_short(source),
            destination: in_short(destination),
        }))
    }

    /// Fetches sizes and Message-IDs.
    async fn seen(&mut self, messages: UidSet) -> Result<BTreeMap<Uid, Seen>> {
        let items = FetchItems::new().size().section(MESSAGE_ID);
        let fetched = self.fetch(messages, items).await?;
        let seen = |(uid, fetch): (Uid, Fetch)| (uid, Seen::of(&fetch));
        Ok(fetched.into_iter().map(seen).collect())
    }

    /// Reads whole messages and returns their hashes.
    async fn hashes(&mut self, mut messages: UidSet) -> Result<Vec<(Uid, Hash)>> {
        messages.compact();
        let items = FetchItems::new().body();
        let mut messages = self.fetch_each(messages, items).await?.pieces_from(0);
        let mut hashes = BTreeMap::new();
        while let Some(mut message) = messages.next().await? {
            let mut hash = None;
            while let Some(mut body) = message.body().await? {
                let is_whole = body.section().is_empty() && body.origin().is_none();
                let mut sha = Sha256::new();
                while let Some(chunk) = body.chunk().await? {
                    sha.update(chunk);
                }
                if is_whole {
                    hash = Some(sha.finalize().into());
                }
            }
            let uid = message.finish().await?.uid();
            hashes.extend(uid.zip(hash));
        }
        Ok(hashes.into_iter().collect())
    }
}

impl Wanted {
    /// Returns whether a message may be the copy of one that is known by its contents.
    fn may_be_hashed(&self, seen: &Seen) -> bool {
        let fits = |size| self.sizes.contains(&size);
        !self.by_hash.is_empty() && (self.has_any_size || seen.size.is_none_or(fits))
    }
}

impl Seen {
    fn of(fetch: &Fetch) -> Self {
        let field = fetch.section(MESSAGE_ID).unwrap_or_default();
        let value = field.iter().position(|byte| *byte == b':');
        let value = value.and_then(|at| field.get(at + 1..)).unwrap_or_default();
        let id = value.trim_ascii();
        Self {
            size: fetch.size(),
            id: (!id.is_empty()).then(|| id.to_vec()),
        }
    }

    fn identity(&self) -> Option<Identity> {
        let (size, id) = (self.size?, self.id.clone()?);
        Some(Identity { size, id })
    }
}
