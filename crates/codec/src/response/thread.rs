//! THREAD: messages and their replies (RFC 5256 §4).

use std::{marker::PhantomData, num::NonZeroU32};

use crate::{
    number::{MessageNumber, Seq, Uid},
    token::{Fault, Read, counts_nothing},
};

use super::{Malformed, reader::Reader};

/// Messages and their replies, as found by THREAD: a forest.
///
/// `N` is the type of their numbers: [`MessageNumber`] in a response, and [`Uid`] or [`Seq`] once
/// the command is known. It is stored flat, in the order of the server, so that deep nesting needs
/// no stack.
///
/// ```
/// use imapclient_codec::{Decoder, Limits, RawResponse, Response};
///
/// let wire: &[u8] = b"* THREAD (2)(3 6 (4 23)(44 7 96))\r\n";
/// let response = Decoder::new(Limits::default()).decode(&RawResponse::from(wire));
/// let Response::Thread(thread) = response else { panic!() };
/// // The command was UID THREAD.
/// let thread = thread.into_uids();
/// let roots: Vec<_> = thread.roots().filter_map(|node| node.number()).collect();
/// assert_eq!(roots, [2, 3]);
/// for (depth, node) in thread.walk() {
///     println!("{:depth$}{:?}", "", node.number());
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread<N = MessageNumber> {
    /// Each message before its replies, and those before the next message.
    nodes: Vec<Node>,
    malformed: Vec<Malformed>,
    kind: PhantomData<N>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Node {
    /// 0 for a message that is not in the mailbox.
    number: u32,
    /// The index of the message that it replies to; [`NONE`] for a root.
    parent: u32,
    /// The index after its last direct or indirect reply.
    end: u32,
}

impl Node {
    fn number<N: From<NonZeroU32>>(self) -> Option<N> {
        NonZeroU32::new(self.number).map(N::from)
    }
}

impl<N> Default for Thread<N> {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            malformed: Vec::new(),
            kind: PhantomData,
        }
    }
}

const NONE: u32 = u32::MAX;

/// A message in a [`Thread`].
#[derive(Debug)]
pub struct ThreadNode<'t, N = MessageNumber> {
    thread: &'t Thread<N>,
    node: &'t Node,
    at: u32,
}

// A derived implementation would need `N: Copy`.
impl<N> Clone for ThreadNode<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for ThreadNode<'_, N> {}

impl<N: From<NonZeroU32>> Thread<N> {
    /// Returns the number of messages, including missing ones.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns the messages that are not replies.
    pub fn roots(&self) -> impl Iterator<Item = ThreadNode<'_, N>> {
        self.siblings(0, self.nodes.len())
    }

    /// Returns all messages with their depth, each before its replies. Roots have depth 0.
    pub fn walk(&self) -> impl Iterator<Item = (usize, ThreadNode<'_, N>)> {
        let mut depth = 0;
        let mut last: Option<ThreadNode<'_, N>> = None;
        (0..self.nodes.len()).filter_map(move |at| {
            let node = self.node(at)?;
            // Climbs up to the message that this one replies to, at most as often as the walk went
            // down.
            let mut above = last.filter(|_| node.node.parent != NONE);
            match above {
                None => depth = 0,
                Some(_) => depth += 1,
            }
            while let Some(up) = above.filter(|up| up.at != node.node.parent) {
                above = up.parent();
                depth -= 1;
            }
            last = Some(node);
            Some((depth, node))
        })
    }

    /// Returns the numbers of all messages in the mailbox, in the order of [`walk`](Self::walk).
    pub fn numbers(&self) -> impl Iterator<Item = N> + '_ {
        self.nodes.iter().filter_map(|node| node.number())
    }

    /// Returns numbers that no message can have: zero, negative, or with a fraction. Each stands in
    /// the thread as a message that is not in the mailbox.
    #[must_use]
    pub fn malformed(&self) -> &[Malformed] {
        &self.malformed
    }

    fn node(&self, at: usize) -> Option<ThreadNode<'_, N>> {
        Some(ThreadNode {
            thread: self,
            node: self.nodes.get(at)?,
            at: u32::try_from(at).ok()?,
        })
    }

    /// Returns siblings from `first` up to `end`, without their replies.
    fn siblings(&self, first: usize, end: usize) -> impl Iterator<Item = ThreadNode<'_, N>> {
        let first = self.node(first).filter(move |_| first < end);
        std::iter::successors(first, move |node| {
            let next = node.node.end as usize;
            self.node(next).filter(|_| next < end)
        })
    }

    fn of<M>(self) -> Thread<M> {
        Thread {
            nodes: self.nodes,
            malformed: self.malformed,
            kind: PhantomData,
        }
    }
}

impl Thread {
    /// Returns the same messages by UID, if the command was UID THREAD.
    #[must_use]
    pub fn into_uids(self) -> Thread<Uid> {
        self.of()
    }

    /// Returns the same messages by sequence number, if the command was THREAD.
    #[must_use]
    pub fn into_seqs(self) -> Thread<Seq> {
        self.of()
    }

    pub(super) fn read(reader: &mut Reader<'_, '_, '_>) -> Read<Self> {
        let mut thread = Self::default();
        // For each open list, the message to which the next message in it is a reply.
        let mut open: Vec<Level> = Vec::new();
        loop {
            let cursor = &mut reader.cursor;
            cursor.whitespace();
            match (cursor.peek(), open.last_mut()) {
                (Some(b'('), level) => {
                    let parent = match level {
                        Some(level) => {
                            if level.state == State::Fresh {
                                // These are replies to a missing message.
                                level.last = thread.push(0, level.last, cursor.at())?;
                            }
                            level.state = State::Nested;
                            level.last
                        }
                        None => NONE,
                    };
                    if open.len() >= reader.limits.depth {
                        return cursor.fault("lists are nested too deep");
                    }
                    open.push(Level {
                        last: parent,
                        state: State::Fresh,
                    });
                    cursor.skip(1);
                }
                (Some(b')'), Some(_)) => {
                    open.pop();
                    cursor.skip(1);
                }
                (Some(b'-' | b'0'..=b'9'), Some(level)) if level.state != State::Nested => {
                    let at = cursor.at();
                    let number = match cursor.number32() {
                        Ok(number) if number > 0 => number,
                        read => {
                            let why = "there is no message 0";
                            let fault = read.err().unwrap_or(Fault { at, why });
                            thread.put_aside(reader, at, fault)?;
                            0
                        }
                    };
                    level.last = thread.push(number, level.last, at)?;
                    level.state = State::Members;
                }
                (_, Some(_)) => return cursor.fault("a list does not end"),
                (_, None) if cursor.is_done() => break,
                (_, None) => return cursor.fault("a list is missing"),
            }
        }
        thread.find_ends();
        Ok(thread)
    }

    /// Records a number that no message can have as malformed.
    #[cold]
    fn put_aside(&mut self, reader: &mut Reader<'_, '_, '_>, at: usize, fault: Fault) -> Read<()> {
        reader.cursor.seek(at);
        if !counts_nothing(reader.cursor.atom()) {
            return Err(fault);
        }
        reader.room(self.malformed.len())?;
        let range = at..reader.cursor.at();
        let bad = reader.source.malformed(b"THREAD", range, fault);
        self.malformed.push(bad);
        Ok(())
    }

    fn push(&mut self, number: u32, parent: u32, at: usize) -> Read<u32> {
        let place = u32::try_from(self.nodes.len())
            .ok()
            .filter(|&place| place != NONE)
            .ok_or(Fault {
                at,
                why: "too many messages",
            })?;
        self.nodes.push(Node {
            number,
            parent,
            end: place + 1,
        });
        Ok(place)
    }

    /// Sets the index at which the replies of each message end.
    fn find_ends(&mut self) {
        for at in (0..self.nodes.len()).rev() {
            let Some(&Node { parent, end, .. }) = self.nodes.get(at) else {
                continue;
            };
            if let Some(parent) = self.nodes.get_mut(parent as usize) {
                parent.end = parent.end.max(end);
            }
        }
    }
}

struct Level {
    last: u32,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Fresh,
    Members,
    Nested,
}

impl<'t, N: From<NonZeroU32>> ThreadNode<'t, N> {
    /// Returns the number; `None` for a message that is not in the mailbox but has replies there.
    #[must_use]
    pub fn number(self) -> Option<N> {
        self.node.number()
    }

    /// Returns the message that it replies to.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.thread.node(self.node.parent as usize)
    }

    /// Returns its direct replies.
    pub fn children(self) -> impl Iterator<Item = Self> + use<'t, N> {
        let first = self.at as usize + 1;
        self.thread.siblings(first, self.node.end as usize)
    }
}

#[cfg(feature = "serde")]
impl<N> serde::Serialize for Thread<N> {
    /// Produces the messages in the order of [`walk`](Self::walk), each with the index of its
    /// parent there.
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Flat {
            number: Option<NonZeroU32>,
            parent: Option<u32>,
        }

        to.collect_seq(self.nodes.iter().map(|node| Flat {
            number: NonZeroU32::new(node.number),
            parent: (node.parent != NONE).then_some(node.parent),
        }))
    }
}
