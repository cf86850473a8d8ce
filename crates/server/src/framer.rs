//! Splits the data of a client into commands, by lines and literals only.

use std::mem;

/// The default limit on a line, including CRLF, without its literals.
pub(super) const LINE: usize = 64 * 1024;

/// The limit on all literals of a command together, except APPEND.
const LITERALS: usize = 1024 * 1024;

/// The longest non-synchronising literal of LITERAL- (RFC 7888 §5).
const SHORT: usize = 4096;

/// The number of bytes that are kept of a command that is too long: enough for its tag and name,
/// and for the announcement of a literal at its end.
const HEAD: usize = 200;

/// Limits on the data of clients, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The size of a message of an APPEND.
    pub(super) append: usize,
    /// The length of a line, including CRLF, without its literals.
    pub(super) line: usize,
}

/// The non-synchronising literals `{n+}` that are accepted (RFC 7888).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NonSync {
    /// None: `{n+}` is ordinary text, and the literal is parsed as commands.
    No,
    /// With LITERAL-: literals of at most 4096 bytes. Longer ones are skipped and refused.
    Short,
    /// With LITERAL+: all.
    Any,
}

/// Takes bytes as they arrive and returns commands with their literals.
pub(super) struct Framer {
    limits: Limits,
    pub(super) non_sync: NonSync,
    /// `true` if a non-synchronising literal was too long for LITERAL-.
    unasked: bool,
    /// The part of the command that has arrived.
    command: Vec<u8>,
    /// The index in `command` at which the current line begins.
    line: usize,
    /// The number of bytes in the literals of the command.
    literals: usize,
    /// The end of a line that is skipped.
    tail: Vec<u8>,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    Line,
    /// The remaining number of bytes of a literal.
    Literal(usize),
    /// A synchronising literal of this length was announced.
    Asked(usize),
    /// As `Literal` and `Line`, but the data are discarded.
    SkipLiteral(usize),
    SkipLine,
}

/// The result of [`Framer::next`].
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// More bytes are needed.
    Incomplete,
    /// The command so far ends in a synchronising literal: [`Framer::accept`] or [`Framer::refuse`]
    /// it.
    Literal {
        /// `true` if the literal exceeds the limit.
        too_long: bool,
    },
    /// A complete command.
    Command(Vec<u8>),
    /// The beginning of a complete command that was too long.
    TooLong(Vec<u8>),
    /// The beginning of a complete command with a non-synchronising literal that should have been a
    /// synchronising one.
    Unasked(Vec<u8>),
}

impl Framer {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            non_sync: NonSync::Any,
            unasked: false,
            command: Vec::new(),
            line: 0,
            literals: 0,
            tail: Vec::new(),
            state: State::Line,
        }
    }

    /// Returns the part of the command that has arrived.
    pub(super) fn so_far(&self) -> &[u8] {
        &self.command
    }

    /// Processes these bytes. Also returns the number of bytes that were processed.
    pub(super) fn next(&mut self, bytes: &[u8]) -> (Frame, usize) {
        let mut taken = 0;
        loop {
            let rest = &bytes[taken..];
            let (count, frame) = match self.state {
                State::Line | State::SkipLine => self.line(rest),
                State::Literal(left) | State::SkipLiteral(left) => self.literal(rest, left),
                // The client waits for the continuation request.
                State::Asked(_) => (0, Some(Frame::Incomplete)),
            };
            taken += count;
            if let Some(frame) = frame {
                return (frame, taken);
            }
        }
    }

    /// Accepts the announced literal.
    pub(super) fn accept(&mut self) {
        if let State::Asked(length) = self.state {
            self.state = State::Literal(length);
        }
    }

    /// Ends the command at the announcement of its literal, and returns the part that has arrived.
    pub(super) fn refuse(&mut self) -> Vec<u8> {
        self.state = State::Line;
        self.take()
    }

    fn line(&mut self, rest: &[u8]) -> (usize, Option<Frame>) {
        let end = rest.iter().position(|&byte| byte == b'\n');
        let count = end.map_or(rest.len(), |end| end + 1);
        if matches!(self.state, State::Line) {
            self.command.extend_from_slice(&rest[..count]);
            if self.command.len() - self.line > self.limits.line {
                self.tail = self.command.split_off(self.line + HEAD);
                self.state = State::SkipLine;
            }
        } else {
            self.tail.extend_from_slice(&rest[..count]);
        }
        self.tail.drain(..self.tail.len().saturating_sub(HEAD));
        let frame = match end {
            None => Some(Frame::Incomplete),
            Some(_) => self.end_of_line(),
        };
        (count, frame)
    }

    /// Handles the end of a line, which also ends the command unless a literal follows.
    fn end_of_line(&mut self) -> Option<Frame> {
        let skipping = matches!(self.state, State::SkipLine);
        let line = if skipping {
            &self.tail
        } else {
            &self.command[self.line..]
        };
        let announced = announced(line, self.non_sync);
        match (announced, skipping) {
            (
                Some(Announced {
                    length,
                    sync: false,
                }),
                true,
            ) => {
                self.tail.clear();
                self.state = State::SkipLiteral(length);
                None
            }
            (_, true) if mem::take(&mut self.unasked) => Some(Frame::Unasked(self.take())),
            (_, true) => Some(Frame::TooLong(self.take())),
            (Some(Announced { length, sync }), false) => {
                self.literals = self.literals.saturating_add(length);
                // The limit applies to each message of an APPEND (RFC 3502).
                let too_long = if name(&self.command) == "APPEND" {
                    length > self.limits.append
                } else {
                    self.literals > LITERALS
                };
                if sync {
                    self.state = State::Asked(length);
                    return Some(Frame::Literal { too_long });
                }
                self.unasked = self.non_sync == NonSync::Short && length > SHORT;
                self.state = if too_long || self.unasked {
                    State::SkipLiteral(length)
                } else {
                    State::Literal(length)
                };
                None
            }
            (None, false) => Some(Frame::Command(self.take())),
        }
    }

    fn literal(&mut self, rest: &[u8], left: usize) -> (usize, Option<Frame>) {
        let count = left.min(rest.len());
        let skipping = matches!(self.state, State::SkipLiteral(_));
        if !skipping {
            self.command.extend_from_slice(&rest[..count]);
        }
        self.state = match (left - count, skipping) {
            (0, true) => State::SkipLine,
            (0, false) => {
                self.line = self.command.len();
                State::Line
            }
            (left, true) => State::SkipLiteral(left),
            (left, false) => State::Literal(left),
        };
        (count, (count < left).then_some(Frame::Incomplete))
    }

    /// Returns the command, and prepares for the next one.
    fn take(&mut self) -> Vec<u8> {
        self.state = State::Line;
        self.line = 0;
        self.literals = 0;
        self.tail.clear();
        mem::take(&mut self.command)
    }
}

/// Returns the tag of a command, if it has one.
pub(super) fn tag(command: &[u8]) -> Option<&str> {
    let end = command.iter().position(|byte| b" \r\n".contains(byte))?;
    let tag = std::str::from_utf8(&command[..end]).ok()?;
    let good = |byte| matches!(byte, b'!'..=b'~') && !br#"(){%*"\+"#.contains(&byte);
    (!tag.is_empty() && tag.bytes().all(good)).then_some(tag)
}

/// Returns the name of a command in capitals, with the word after UID.
pub(super) fn name(command: &[u8]) -> String {
    let end = command.iter().position(|byte| b"\r\n".contains(byte));
    let line = &command[..end.unwrap_or(command.len()).min(HEAD)];
    let line = String::from_utf8_lossy(line).to_ascii_uppercase();
    let mut words = line.split(' ').skip(1);
    match (words.next(), words.next()) {
        (Some("UID"), Some(second)) => format!("UID {second}"),
        (first, _) => first.unwrap_or_default().to_owned(),
    }
}

struct Announced {
    length: usize,
    sync: bool,
}

/// Returns the literal that a line announces at its end, if there is one.
fn announced(line: &[u8], non_sync: NonSync) -> Option<Announced> {
    let line = line.strip_suffix(b"}\r\n")?;
    let (line, sync) = match line.strip_suffix(b"+") {
        Some(line) => (line, false),
        None => (line, true),
    };
    let digits = line.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let (head, digits) = line.split_at(line.len() - digits);
    if !head.ends_with(b"{") || (!sync && non_sync == NonSync::No) {
        return None;
    }
    let length = std::str::from_utf8(digits).ok()?.parse::<u32>().ok()?;
    let length = usize::try_from(length).ok()?;
    Some(Announced { length, sync })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn framer(append: usize) -> Framer {
        Framer::new(Limits { append, line: LINE })
    }

    fn frames(framer: &mut Framer, mut bytes: &[u8], step: usize) -> Vec<Frame> {
        let mut frames = Vec::new();
        while !bytes.is_empty() {
            let (frame, taken) = framer.next(&bytes[..step.min(bytes.len())]);
            bytes = &bytes[taken..];
            match frame {
                Frame::Incomplete => {}
                frame => frames.push(frame),
            }
            if matches!(framer.state, State::Asked(_)) {
                framer.accept();
            }
        }
        frames
    }

    #[test]
    fn commands_come_with_their_literals_however_they_are_split() {
        let bytes = b"a NOOP\r\nb LOGIN {3}\r\nb\r\n {2+}\r\n\r\n\r\nc X\r\n";
        for step in 1..bytes.len() {
            let frames = frames(&mut framer(100), bytes, step);
            let expected = [
                Frame::Command(b"a NOOP\r\n".to_vec()),
                Frame::Literal { too_long: false },
                Frame::Command(b"b LOGIN {3}\r\nb\r\n {2+}\r\n\r\n\r\n".to_vec()),
                Frame::Command(b"c X\r\n".to_vec()),
            ];
            assert_eq!(frames, expected, "in steps of {step}");
        }
    }

    #[test]
    fn what_is_too_long_is_skipped_to_its_end() {
        let mut bytes = b"a APPEND x {11+}\r\na NOOP\r\n...rest\r\n".to_vec();
        bytes.extend_from_slice(b"b SEARCH ");
        bytes.resize(bytes.len() + LINE + 9, b'x');
        bytes.extend_from_slice(b" {5+}\r\nc N\r\n\r\nd APPEND {11}\r\n");
        for step in [1, 7, 100, bytes.len()] {
            let frames = frames(&mut framer(10), &bytes, step);
            let [
                Frame::TooLong(a),
                Frame::TooLong(b),
                Frame::Literal { too_long: true },
            ] = &frames[..]
            else {
                panic!("in steps of {step}: {frames:?}");
            };
            assert_eq!((name(a), tag(b)), ("APPEND".into(), Some("b")));
        }
    }

    #[test]
    fn a_refused_literal_ends_the_command() {
        let mut framer = framer(10);
        let (frame, _) = framer.next(b"a APPEND x {5}\r\n");
        assert_eq!(frame, Frame::Literal { too_long: false });
        assert_eq!(framer.next(b"early"), (Frame::Incomplete, 0));
        assert_eq!(framer.refuse(), b"a APPEND x {5}\r\n");
        assert_eq!(
            framer.next(b"b NOOP\r\n").0,
            Frame::Command(b"b NOOP\r\n".into())
        );
    }

    #[test]
    fn without_the_capability_a_plus_is_text() {
        let mut framer = framer(10);
        framer.non_sync = NonSync::No;
        let (frame, taken) = framer.next(b"a LOGIN {1+}\r\nx y\r\n");
        assert_eq!(frame, Frame::Command(b"a LOGIN {1+}\r\n".into()));
        assert_eq!(taken, 14);
    }

    #[test]
    fn of_literal_minus_only_the_short_ones_come_unasked() {
        let short = "x".repeat(SHORT);
        let long = format!("{short}y");
        let mut bytes = Vec::new();
        for (tag, text) in [("a", &short), ("b", &long), ("c", &short)] {
            bytes.extend_from_slice(format!("{tag} LOGIN {{{}+}}\r\n", text.len()).as_bytes());
            bytes.extend_from_slice(format!("{text} z\r\n").as_bytes());
        }
        for step in [1, 1000, bytes.len()] {
            let mut framer = framer(SHORT + 9);
            framer.non_sync = NonSync::Short;
            let frames = frames(&mut framer, &bytes, step);
            let [Frame::Command(a), Frame::Unasked(b), Frame::Command(c)] = &frames[..] else {
                panic!("in steps of {step}: {frames:?}");
            };
            let tags = [a, b, c].map(|command| tag(command).unwrap_or_default());
            assert_eq!(tags, ["a", "b", "c"]);
        }
    }

    #[test]
    fn lines_may_be_limited() {
        let mut framer = framer(9);
        framer.limits.line = 300;
        let line = |tag: &str, len: usize| format!("{tag} {}\r\n", "x".repeat(len - 4));
        let bytes = [line("a", 300), line("b", 301), line("c", 300)].concat();
        let frames = frames(&mut framer, bytes.as_bytes(), 7);
        let lengths = frames.iter().map(|frame| match frame {
            Frame::Command(line) => line.len(),
            _ => 0,
        });
        assert_eq!(lengths.collect::<Vec<_>>(), [300, 0, 300]);
    }

    #[test]
    fn tags_and_names() {
        assert_eq!(tag(b"a1 x\r\n"), Some("a1"));
        assert_eq!(tag(b"a1\r\n"), Some("a1"));
        for none in [
            &b"a+ x\r\n"[..],
            b" x\r\n",
            b"\r\n",
            b"*\r\n",
            b"\xff x\r\n",
            b"abc",
        ] {
            assert_eq!(tag(none), None);
        }
        assert_eq!(name(b"a uid fetch 1 ALL\r\n"), "UID FETCH");
        assert_eq!(name(b"a\r\n"), "");
        assert_eq!(name(b"a noop\r\n"), "NOOP");
    }

    proptest! {
        #[test]
        fn nothing_is_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..300), step in 1..50_usize) {
            frames(&mut framer(100), &bytes, step);
        }
    }
}
