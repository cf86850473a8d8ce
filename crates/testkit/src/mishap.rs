use crate::{Gate, Rule};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// The bytes of the answer to one command, line ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnswerSize {
    /// All of it.
    pub whole: usize,
    /// Its untagged responses.
    pub untagged: usize,
}

/// Something that goes wrong with one command that changes something.
///
/// ```
/// use imapclient_testkit::{Gate, Mishap, Rule, Server};
///
/// let server = Server::builder().user("bob", "sekret").start();
/// let rule = Rule::on("UID COPY").once();
/// server.add_rule(Mishap::OkUndone.rule(rule, Default::default(), &Gate::new()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// Nothing is wrong.
    Nothing,
    /// The server answers NO.
    No,
    /// The server answers BAD.
    Bad,
    /// The server says BYE, closes the connection, and does not do it.
    Bye,
    /// The server does not do it, and says nothing.
    Silence,
    /// The server closes the connection, and does not do it.
    Cut,
    /// The server says OK, and does not do it.
    OkUndone,
    /// The server does it, tells all but the tagged line, says BYE, and closes the connection.
    ByeAfter,
    /// The server does it, tells all but the tagged line, and goes silent.
    SilenceAfter,
    /// The server does it, and closes the connection after so many bytes of the answer.
    CutAfter(usize),
    /// The server does it, and tells nothing of it but an OK without words.
    BareOk,
    /// The server does it, and tells no COPYUID or APPENDUID.
    NoUids,
    /// The server does it, and tells a COPYUID of messages that nobody asked for.
    OtherUids,
    /// The server does it, and tells a COPYUID or an APPENDUID of all messages there can be.
    AllUids,
    /// The server does it, and tells a COPYUID or an APPENDUID with one new message too many.
    UnpairedUids,
    /// The server does it, tells so, and yet answers NO: as if it had done a part.
    NoAfter,
    /// The server does it, and answers when the gate opens.
    Late,
    /// The server answers NO when the gate opens.
    LateNo,
    /// In place of the go-ahead for a literal the server answers NO.
    LiteralNo,
    /// In place of the go-ahead for a literal the server answers BAD.
    LiteralBad,
    /// In place of the go-ahead for a literal the server says BYE and closes the connection.
    LiteralBye,
    /// In place of the go-ahead for a literal the server says nothing.
    LiteralSilence,
    /// In place of the go-ahead for a literal the server closes the connection.
    LiteralCut,
}

/// The last line of a server that closes the connection.
const BYE: &str = "* BYE going down";

impl Mishap {
    /// The mishaps for every command that changes something.
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

    /// The mishaps for commands whose answer has UIDs.
    pub const OF_UIDS: [Self; 4] = [
        Self::NoUids,
        Self::OtherUids,
        Self::AllUids,
        Self::UnpairedUids,
    ];

    /// The mishaps for commands with a literal that waits for a go-ahead.
    pub const OF_LITERALS: [Self; 5] = [
        Self::LiteralNo,
        Self::LiteralBad,
        Self::LiteralBye,
        Self::LiteralSilence,
        Self::LiteralCut,
    ];

    /// Adds the mishap to a rule. `size` is the size of the answer that the command gets otherwise, which [`measure`](Self::measure)
    /// tells; an answer that comes late waits for the gate.
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

    /// Has a rule count the bytes of the answers, and leave them as they are.
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

    /// Returns whether the client has to wait until its time is up.
    pub fn is_silent(self) -> bool {
        matches!(
            self,
            Self::Silence | Self::SilenceAfter | Self::LiteralSilence
        ) || self.is_late()
    }

    /// Returns whether the answer comes when the gate opens.
    pub fn is_late(self) -> bool {
        matches!(self, Self::Late | Self::LateNo)
    }

    /// Returns whether the server says OK to a command that it has not done.
    pub fn is_lie(self) -> bool {
        self == Self::OkUndone
    }
}

/// The count of [`Mishap::measure`].
#[derive(Clone, Default)]
pub struct Measured(Arc<Mutex<AnswerSize>>);

impl Measured {
    /// The bytes of all answers so far.
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

/// All messages that there can be.
const ALL: &str = "1:4294967295";

/// The contents of a COPYUID or an APPENDUID.
struct Uids {
    validity: String,
    /// Those of the messages that were copied.
    source: Option<String>,
    new: String,
}

/// The tag of a tagged line.
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

/// As many numbers as a set has, from one on.
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

/// A line with other UIDs in its code, or without the code.
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
