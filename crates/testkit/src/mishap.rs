//! Things that can go wrong with one command.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{Gate, Rule};

/// The size of the response to a command in bytes, including line ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "built by tests")]
pub struct AnswerSize {
    /// The size of all lines.
    pub whole: usize,
    /// The size of the untagged responses.
    pub untagged: usize,
}

/// A fault of a command that changes data.
///
/// ```
/// use imapclient_testkit::{Gate, Mishap, Rule, Server};
///
/// let server = Server::builder().user("bob", "sekret").start();
/// let rule = Rule::on("UID COPY").once();
/// server.add_rule(Mishap::OkUndone.rule(rule, Default::default(), &Gate::new()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a soak goes through all of them")]
pub enum Mishap {
    /// No fault.
    Nothing,
    /// The server answers NO.
    No,
    /// The server answers BAD.
    Bad,
    /// The server sends BYE and closes the connection without executing the command.
    Bye,
    /// The server neither executes the command nor responds.
    Silence,
    /// The server closes the connection without executing the command.
    Cut,
    /// The server answers OK without executing the command.
    OkUndone,
    /// The server executes the command, sends all but the tagged line, sends BYE, and closes the
    /// connection.
    ByeAfter,
    /// The server executes the command, sends all but the tagged line, and falls silent.
    SilenceAfter,
    /// The server executes the command, and closes the connection after this number of bytes of the
    /// response.
    CutAfter(usize),
    /// The server executes the command, and sends nothing but an OK without text.
    BareOk,
    /// The server executes the command, and sends no COPYUID or APPENDUID.
    NoUids,
    /// The server executes the command, and sends a COPYUID about other messages.
    OtherUids,
    /// The server executes the command, and sends a COPYUID or an APPENDUID with all possible UIDs.
    AllUids,
    /// The server executes the command, and sends a COPYUID or an APPENDUID with one new UID too
    /// many.
    UnpairedUids,
    /// The server executes the command and sends its data, but answers NO, like after a partial
    /// success.
    NoAfter,
    /// The server executes the command, and responds when the gate opens.
    Late,
    /// The server answers NO when the gate opens.
    LateNo,
    /// The server answers NO instead of the continuation request for a literal.
    LiteralNo,
    /// The server answers BAD instead of the continuation request for a literal.
    LiteralBad,
    /// The server sends BYE instead of the continuation request for a literal, and closes the
    /// connection.
    LiteralBye,
    /// The server sends nothing instead of the continuation request for a literal.
    LiteralSilence,
    /// The server closes the connection instead of the continuation request for a literal.
    LiteralCut,
}

/// The last line of a server that closes the connection.
const BYE: &str = "* BYE going down";

impl Mishap {
    /// The faults for every command that changes data.
    pub const ALL: [Self; 13] = [
        Self::Nothing,
        Self::No,
        Self::Bad,
        Self::Bye,
        Self::Silence,
        Self::Cut,
        Self::OkUndone,
        Self::ByeAfter,
        Self::SilenceAfter,
        Self::CutAfter(0),
        Self::BareOk,
        Self::Late,
        Self::LateNo,
    ];

    /// The faults for commands whose response has UIDs.
    pub const OF_UIDS: [Self; 4] = [
        Self::NoUids,
        Self::OtherUids,
        Self::AllUids,
        Self::UnpairedUids,
    ];

    /// The faults for commands with a synchronising literal.
    pub const OF_LITERALS: [Self; 5] = [
        Self::LiteralNo,
        Self::LiteralBad,
        Self::LiteralBye,
        Self::LiteralSilence,
        Self::LiteralCut,
    ];

    /// Adds the fault to a rule. `size` is the size of the response without the fault, which
    /// [`measure`](Self::measure) determines; a late response waits for the gate.
    pub fn rule(self, rule: Rule, size: AnswerSize, gate: &Gate) -> Rule {
        match self {
            Self::Nothing => rule,
            Self::No => rule.no("not now"),
            Self::Bad => rule.bad("what?"),
            Self::Bye => rule.bye("going down"),
            Self::Silence => rule.silence(),
            Self::Cut => rule.cut(),
            Self::OkUndone => rule.ok("as you say"),
            Self::ByeAfter => rule
                .rewrite(|line| instead_of_last(line, BYE))
                .cut_after(size.untagged + BYE.len() + 2),
            Self::SilenceAfter => rule.rewrite(|line| instead_of_last(line, "")),
            Self::CutAfter(bytes) => rule.cut_after(bytes),
            Self::BareOk => rule.rewrite(|line| match tag(line) {
                Some(tag) => [tag, b" OK"].concat(),
                None => Vec::new(),
            }),
            Self::NoUids => rule.rewrite(|line| with_uids(line, |_| None)),
            Self::OtherUids => rule.rewrite(|line| {
                with_uids(line, |uids| {
                    let others = uids.source.map(|source| numbers(&source, OTHERS));
                    Some(Uids {
                        source: others,
                        ..uids
                    })
                })
            }),
            Self::AllUids => rule.rewrite(|line| {
                with_uids(line, |uids| {
                    Some(Uids {
                        source: uids.source.map(|_| ALL.to_owned()),
                        new: ALL.to_owned(),
                        ..uids
                    })
                })
            }),
            Self::UnpairedUids => rule.rewrite(|line| {
                with_uids(line, |uids| {
                    let new = format!("{},{OTHERS}", uids.new);
                    Some(Uids { new, ..uids })
                })
            }),
            Self::NoAfter => rule.rewrite(|line| match tag(line) {
                Some(tag) => [tag, b" NO not all of it"].concat(),
                None => line.to_vec(),
            }),
            Self::Late => rule.hold_answer(gate),
            Self::LateNo => rule.hold(gate).no("not now"),
            Self::LiteralNo => rule.at_literal().no("not now"),
            Self::LiteralBad => rule.at_literal().bad("what?"),
            Self::LiteralBye => rule.at_literal().bye("going down"),
            Self::LiteralSilence => rule.at_literal().silence(),
            Self::LiteralCut => rule.at_literal().cut(),
        }
    }

    /// Makes a rule count the bytes of the responses, without changing them.
    pub fn measure(rule: Rule) -> (Rule, Measured) {
        let measured = Measured::default();
        let size = Arc::clone(&measured.0);
        let rule = rule.rewrite(move |line| {
            let mut size = size.lock().unwrap_or_else(PoisonError::into_inner);
            let bytes = line.len() + 2;
            size.whole += bytes;
            if tag(line).is_none() {
                size.untagged += bytes;
            }
            line.to_vec()
        });
        (rule, measured)
    }

    /// Returns whether the client must wait until its timeout.
    pub fn is_silent(self) -> bool {
        matches!(
            self,
            Self::Silence | Self::SilenceAfter | Self::LiteralSilence
        ) || self.is_late()
    }

    /// Returns whether the response is sent when the gate opens.
    pub fn is_late(self) -> bool {
        matches!(self, Self::Late | Self::LateNo)
    }

    /// Returns whether the server answers OK to a command that it has not executed.
    pub fn is_lie(self) -> bool {
        self == Self::OkUndone
    }
}

/// The count of [`Mishap::measure`].
#[derive(Clone, Default)]
pub struct Measured(Arc<Mutex<AnswerSize>>);

impl Measured {
    /// Returns the size of all responses so far.
    pub fn size(&self) -> AnswerSize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.size().fmt(f)
    }
}

/// A UID that no message of a test has.
const OTHERS: u32 = 4_000_000_001;

/// The set of all possible UIDs.
const ALL: &str = "1:4294967295";

/// The contents of a COPYUID or an APPENDUID.
struct Uids {
    validity: String,
    /// The UIDs of the messages that were copied; `None` in an APPENDUID.
    source: Option<String>,
    new: String,
}

/// Returns the tag of a tagged line.
fn tag(line: &[u8]) -> Option<&[u8]> {
    let tag = line.split(|&byte| byte == b' ').next()?;
    (!tag.starts_with(b"*") && !tag.starts_with(b"+")).then_some(tag)
}

fn instead_of_last(line: &[u8], last: &str) -> Vec<u8> {
    match tag(line) {
        Some(_) => last.as_bytes().to_vec(),
        None => line.to_vec(),
    }
}

/// Returns a set with as many numbers as `set`, beginning with `from`.
fn numbers(set: &str, from: u32) -> String {
    let count = |range: &str| match range.split_once(':') {
        Some((first, last)) => {
            let [first, last] = [first, last].map(|number| number.parse::<u32>().unwrap_or(1));
            last.abs_diff(first) + 1
        }
        None => 1,
    };
    let count: u32 = set.split(',').map(count).sum();
    format!("{from}:{}", from + count - 1)
}

/// Returns a line with changed UIDs in its code, or without the code.
fn with_uids(line: &[u8], change: impl Fn(Uids) -> Option<Uids>) -> Vec<u8> {
    let text = String::from_utf8_lossy(line);
    for name in ["COPYUID", "APPENDUID"] {
        let Some((before, rest)) = text.split_once(&format!("[{name} ")) else {
            continue;
        };
        let Some((told, after)) = rest.split_once(']') else {
            continue;
        };
        let words: Vec<&str> = told.split(' ').collect();
        let uids = match words[..] {
            [validity, source, new] => Uids {
                validity: validity.to_owned(),
                source: Some(source.to_owned()),
                new: new.to_owned(),
            },
            [validity, new] => Uids {
                validity: validity.to_owned(),
                source: None,
                new: new.to_owned(),
            },
            _ => continue,
        };
        let code = change(uids).map(|uids| {
            let source = uids.source.map(|source| format!("{source} "));
            let source = source.unwrap_or_default();
            format!("[{name} {} {source}{}]", uids.validity, uids.new)
        });
        let code = code.unwrap_or_default();
        return format!("{before}{code}{after}").into_bytes();
    }
    line.to_vec()
}
