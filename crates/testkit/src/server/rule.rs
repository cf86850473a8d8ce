use crate::Gate;
use std::{fmt, sync::Arc};

/// What the server does otherwise than it should, and when.
///
/// A rule says which command it is for and what is different in the answer. The first rule that matches a command is the only one for it.
///
/// ```
/// use imapclient_testkit::{Rule, Server};
///
/// let server = Server::builder().user("bob", "sekret").start();
/// server.add_rule(Rule::on("SELECT").once().no("[UNAVAILABLE] not now"));
/// server.add_rule(Rule::on("UID FETCH").cut_after(100));
/// server.add_rule(Rule::on("NOOP").untagged("OK [ALERT] the disk is on fire"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Rule {
    /// In capitals.
    command: String,
    user: Option<String>,
    /// How many it leaves alone.
    skip: u64,
    /// How many it is for after them.
    times: Option<u64>,
    pub(super) plan: Plan,
}

/// What is different in the answer to one command.
#[derive(Clone, Default)]
pub(super) struct Plan {
    pub(super) answer: Answer,
    pub(super) at_literal: bool,
    pub(super) hold: Option<Gate>,
    pub(super) hold_answer: Option<Gate>,
    /// Whole lines without CRLF: before all, before the tagged line, after it.
    pub(super) first: Vec<Vec<u8>>,
    pub(super) last: Vec<Vec<u8>>,
    pub(super) after: Vec<Vec<u8>>,
    pub(super) rewrite: Option<Rewrite>,
    pub(super) cut_after: Option<usize>,
}

/// What makes another response of a response; both without CRLF.
pub(super) type Rewrite = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// What becomes of the command.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is done and answered.
    #[default]
    Usual,
    /// It is not done; this follows its tag.
    Tagged(String),
    /// It is not done; the server says BYE and closes.
    Bye(String),
    /// It is not done and not answered.
    Silence,
    /// It is not done; these bytes are the answer.
    Bytes(Vec<u8>),
    /// It is not done; the connection is closed without a word.
    Cut,
}

/// The name of what the server says first.
pub(super) const GREETING: &str = "GREETING";

impl Rule {
    /// A rule for each command of this name, as `"NOOP"` or `"UID FETCH"`; `"*"` is for all. `"DONE"` is for the end of IDLE, whose answer
    /// comes then.
    pub fn on(command: &str) -> Self {
        Self {
            command: command.to_ascii_uppercase(),
            user: None,
            skip: 0,
            times: None,
            plan: Plan::default(),
        }
    }

    /// A rule for what the server says first. [`no`](Self::no) and [`bad`](Self::bad) make an untagged line of it.
    pub fn on_greeting() -> Self {
        Self::on(GREETING)
    }

    /// Only for connections where this user is logged in.
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Leaves so many commands alone first.
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// For so many commands, not for all.
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    /// For one command.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Answers NO with this text (and code) instead of doing it.
    pub fn no(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("NO {text}")))
    }

    /// Answers BAD with this text (and code) instead of doing it.
    pub fn bad(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("BAD {text}")))
    }

    /// Answers OK with this text (and code), and yet does not do it.
    pub fn ok(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("OK {text}")))
    }

    /// Says BYE with this text (and code) and closes the connection.
    pub fn bye(self, text: &str) -> Self {
        self.answer(Answer::Bye(text.to_owned()))
    }

    /// Does not answer, and goes on with the next command.
    pub fn silence(self) -> Self {
        self.answer(Answer::Silence)
    }

    /// Sends these bytes instead of doing it; CRLF is not added. `<tag>` in them becomes the tag of the command.
    pub fn garbage(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.answer(Answer::Bytes(bytes.into()))
    }

    /// Closes the connection instead of an answer.
    pub fn cut(self) -> Self {
        self.answer(Answer::Cut)
    }

    /// Closes the connection after so many bytes of the answer.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.plan.cut_after = Some(bytes);
        self
    }

    /// Takes effect where the command announces its first synchronising literal, in place of the go-ahead. A command without one is left
    /// alone.
    pub fn at_literal(mut self) -> Self {
        self.plan.at_literal = true;
        self
    }

    /// Waits at the gate before it does the command.
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.plan.hold = Some(gate.clone());
        self
    }

    /// Does the command, and waits at the gate before the first byte of the answer.
    pub fn hold_answer(mut self, gate: &Gate) -> Self {
        self.plan.hold_answer = Some(gate.clone());
        self
    }

    /// Sends an untagged response before the answer; `* ` and CRLF are added. Several come in order.
    pub fn untagged(mut self, response: &str) -> Self {
        self.plan.first.push(format!("* {response}").into_bytes());
        self
    }

    /// As [`untagged`](Self::untagged), but right before the tagged line.
    pub fn untagged_last(mut self, response: &str) -> Self {
        self.plan.last.push(format!("* {response}").into_bytes());
        self
    }

    /// As [`untagged`](Self::untagged), but right after the tagged line.
    pub fn untagged_after(mut self, response: &str) -> Self {
        self.plan.after.push(format!("* {response}").into_bytes());
        self
    }

    /// Makes another response of each response in the answer, the tagged line included. Both are without their CRLF; an empty one is not
    /// sent.
    pub fn rewrite(mut self, with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.plan.rewrite = Some(Arc::new(with));
        self
    }

    /// Puts one text in place of another wherever it is in the answer.
    pub fn replace(self, from: &str, to: &str) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.rewrite(move |response| replace(response, from.as_bytes(), to.as_bytes()))
    }

    fn answer(mut self, answer: Answer) -> Self {
        self.plan.answer = answer;
        self
    }

    /// Whether it is for this command; counts those it is for.
    fn take(&mut self, command: &str, user: Option<&str>) -> bool {
        let named = self.command == command || (self.command == "*" && command != GREETING);
        let wanted = self.user.is_none() || self.user.as_deref() == user;
        if !named || !wanted || self.times == Some(0) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if let Some(times) = &mut self.times {
            *times -= 1;
        }
        true
    }
}

/// All rules, in the order they were added.
#[derive(Default)]
pub(super) struct Rules(Vec<Rule>);

impl Rules {
    pub(super) fn add(&mut self, rule: Rule) {
        self.0.push(rule);
    }

    pub(super) fn clear(&mut self) {
        self.release();
        self.0.clear();
    }

    /// What is different for this command, which is at its first synchronising literal or complete.
    pub(super) fn take(
        &mut self,
        command: &str,
        user: Option<&str>,
        at_literal: bool,
    ) -> Option<Plan> {
        let rules = self.0.iter_mut();
        let mut rules = rules.filter(|rule| rule.plan.at_literal == at_literal);
        let rule = rules.find_map(|rule| rule.take(command, user).then_some(rule))?;
        Some(rule.plan.clone())
    }

    /// Opens all gates: nobody shall wait for a test that is over.
    pub(super) fn release(&self) {
        for rule in &self.0 {
            for gate in [&rule.plan.hold, &rule.plan.hold_answer]
                .into_iter()
                .flatten()
            {
                gate.open();
            }
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}

/// `text` with all of `from` replaced.
pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    if from.is_empty() {
        return text.to_vec();
    }
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        if let Some(tail) = rest.strip_prefix(from) {
            replaced.extend_from_slice(to);
            rest = tail;
        } else {
            replaced.push(byte);
            rest = tail;
        }
    }
    replaced
}
