//! Rules: deviations of the server that a test asks for.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use imapclient_loopback::Gate;

/// A deviation of the server from its usual behaviour, and its condition.
///
/// A rule names a command and the changes to its response. Only the first rule that matches a
/// command applies.
///
/// ```
/// use imapclient_server::{Rule, Server};
///
/// let server = Server::builder().user("bob", "sekret").start();
/// server.add_rule(Rule::on("SELECT").once().no("[UNAVAILABLE] not now"));
/// server.add_rule(Rule::on("UID FETCH").cut_after(100));
/// server.add_rule(Rule::on("NOOP").untagged("OK [ALERT] the disk is on fire"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Rule {
    /// The name of the command, in capitals.
    command: String,
    user: Option<String>,
    /// The number of commands that are skipped.
    skip: u64,
    /// The number of commands after these to which the rule applies.
    times: Option<u64>,
    /// `true` if both are counted separately for each connection.
    each_connection: bool,
    /// The number of other connections of the user that must be logged in.
    beyond: usize,
    when: Option<Matches>,
    until: Option<Matches>,
    after: Option<Matches>,
    pub(super) plan: Plan,
}

/// A condition on commands.
type Matches = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A command for which a rule is searched.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The name in capitals.
    pub(super) name: &'a str,
    /// The part of the command that has arrived.
    pub(super) command: &'a [u8],
    /// The user who is logged in.
    pub(super) user: Option<&'a str>,
    /// Counts the other connections of that user that are logged in.
    pub(super) others: &'a dyn Fn() -> usize,
    /// `true` if the command is incomplete and at its first synchronising literal.
    pub(super) at_literal: bool,
}

/// The state of the rules for a connection, by their numbers.
#[derive(Default)]
pub(super) struct Seen {
    /// The number of commands that a rule has matched.
    counts: HashMap<u64, u64>,
    /// The rules whose `until` or `after` a command has met.
    met: HashSet<u64>,
}

/// The changes to the response to a command.
#[derive(Clone, Default)]
pub(super) struct Plan {
    pub(super) answer: Answer,
    pub(super) at_literal: bool,
    pub(super) hold: Option<Gate>,
    pub(super) hold_answer: Option<Gate>,
    /// Additional lines without CRLF: before all others, before the tagged line, and after it.
    pub(super) first: Vec<Vec<u8>>,
    pub(super) last: Vec<Vec<u8>>,
    pub(super) after: Vec<Vec<u8>>,
    pub(super) rewrite: Option<Rewrite>,
    pub(super) cut_after: Option<usize>,
}

/// A function that replaces a response by another one, both without CRLF.
pub(super) type Rewrite = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// The reaction to a command.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) enum Answer {
    /// The command is executed and answered.
    #[default]
    Usual,
    /// The command is not executed; this text follows its tag.
    Tagged(String),
    /// The command is not executed; the server sends BYE and closes the connection.
    Bye(String),
    /// The command is not executed and not answered.
    Silence,
    /// The command is not executed; these bytes are the response.
    Bytes(Vec<u8>),
    /// The command is not executed; the connection is closed without a BYE.
    Cut,
}

/// The name of the greeting, for rules.
pub(super) const GREETING: &str = "GREETING";

/// The name of a successful login, for rules.
pub(super) const LOGIN: &str = "(LOGIN)";

/// The name of a failed login, for rules.
pub(super) const FAILED_LOGIN: &str = "(FAILED LOGIN)";

impl Rule {
    /// Returns a rule for each command of this name, such as `"NOOP"` or `"UID FETCH"`; `"*"` is
    /// for all. `"DONE"` is for the end of IDLE, when its tagged response is sent.
    pub fn on(command: &str) -> Self {
        Self {
            command: command.to_ascii_uppercase(),
            user: None,
            skip: 0,
            times: None,
            each_connection: false,
            beyond: 0,
            when: None,
            until: None,
            after: None,
            plan: Plan::default(),
        }
    }

    /// Returns a rule for the greeting. [`no`](Self::no) and [`bad`](Self::bad) replace it with an
    /// untagged response.
    pub fn on_greeting() -> Self {
        Self::on(GREETING)
    }

    /// Returns a rule for logins that are about to succeed, by any command; [`user`](Self::user)
    /// limits it to a user. If the rule answers anything but OK, the user is not logged in.
    pub fn on_login() -> Self {
        Self::on(LOGIN)
    }

    /// Returns a rule for logins that fail because of a wrong user name, password or token.
    pub fn on_failed_login() -> Self {
        Self::on(FAILED_LOGIN)
    }

    /// Applies only to connections on which this user is logged in.
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Skips the first `count` commands.
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// Applies to `count` commands only.
    pub fn times(mut self, count: u64) -> Self {
        self.times = Some(count);
        self
    }

    /// Applies to one command only.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Makes [`skip`](Self::skip), [`times`](Self::times) and [`once`](Self::once) count commands
    /// separately for each connection.
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// // Like iCloud: the second failed login of a connection ends it.
    /// server.add_rule(Rule::on_failed_login().skip(1).each_connection().cut());
    /// ```
    pub fn each_connection(mut self) -> Self {
        self.each_connection = true;
        self
    }

    /// Applies only to commands for which `is_meant` returns true. Its argument is the command as
    /// the client sent it, from its name on, including literals; at a literal, it is the part that
    /// has arrived. Invalid UTF-8 is replaced.
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// server.add_rule(Rule::on("LIST").when(|list| list.contains(" RETURN ")).bad("RETURN is not known"));
    /// ```
    pub fn when(mut self, is_meant: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Arc::new(is_meant));
        self
    }

    /// Applies only on connections that have not yet sent a command for which `is_met` returns
    /// true. Its argument is that of [`when`](Self::when).
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// server.add_rule(Rule::on("SELECT").until(|command| command.starts_with("ID (")).no("Unsafe Login"));
    /// ```
    pub fn until(mut self, is_met: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.until = Some(Arc::new(is_met));
        self
    }

    /// Applies only on connections that have sent a command for which `is_met` returns true. Its
    /// argument is that of [`when`](Self::when).
    pub fn after(mut self, is_met: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.after = Some(Arc::new(is_met));
        self
    }

    /// Applies only if the user has at least `connections` other connections that are logged in.
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// // Allows one connection at a time.
    /// server.add_rule(Rule::on_login().beyond(1).no("[ALERT] Too many simultaneous connections."));
    /// ```
    pub fn beyond(mut self, connections: usize) -> Self {
        self.beyond = connections;
        self
    }

    /// Answers NO with this text, which may begin with a code, and does not execute the command.
    pub fn no(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("NO {text}")))
    }

    /// Answers BAD with this text, which may begin with a code, and does not execute the command.
    pub fn bad(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("BAD {text}")))
    }

    /// Answers OK with this text, which may begin with a code, but does not execute the command.
    pub fn ok(self, text: &str) -> Self {
        self.answer(Answer::Tagged(format!("OK {text}")))
    }

    /// Sends BYE with this text, which may begin with a code, and closes the connection.
    pub fn bye(self, text: &str) -> Self {
        self.answer(Answer::Bye(text.to_owned()))
    }

    /// Does not respond, and continues with the next command.
    pub fn silence(self) -> Self {
        self.answer(Answer::Silence)
    }

    /// Sends these bytes instead of executing the command. CRLF is not added; `<tag>` is replaced
    /// with the tag of the command.
    pub fn garbage(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.answer(Answer::Bytes(bytes.into()))
    }

    /// Closes the connection instead of responding.
    pub fn cut(self) -> Self {
        self.answer(Answer::Cut)
    }

    /// Closes the connection after `bytes` bytes of the response.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.plan.cut_after = Some(bytes);
        self
    }

    /// Takes effect at the first synchronising literal of the command, instead of the continuation
    /// request. A command without such a literal is not affected.
    pub fn at_literal(mut self) -> Self {
        self.plan.at_literal = true;
        self
    }

    /// Waits at the gate before executing the command.
    pub fn hold(mut self, gate: &Gate) -> Self {
        self.plan.hold = Some(gate.clone());
        self
    }

    /// Executes the command, and waits at the gate before the first byte of the response.
    pub fn hold_answer(mut self, gate: &Gate) -> Self {
        self.plan.hold_answer = Some(gate.clone());
        self
    }

    /// Sends an additional untagged response first; `* ` and CRLF are added. Several responses are
    /// sent in order.
    pub fn untagged(mut self, response: &str) -> Self {
        self.plan.first.push(format!("* {response}").into_bytes());
        self
    }

    /// Sends an additional untagged response directly before the tagged line.
    pub fn untagged_last(mut self, response: &str) -> Self {
        self.plan.last.push(format!("* {response}").into_bytes());
        self
    }

    /// Sends an additional untagged response directly after the tagged line.
    pub fn untagged_after(mut self, response: &str) -> Self {
        self.plan.after.push(format!("* {response}").into_bytes());
        self
    }

    /// Replaces each response to the command, including the tagged line, with the result of `with`.
    /// Both are without their CRLF; an empty result is not sent.
    pub fn rewrite(mut self, with: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.plan.rewrite = Some(Arc::new(with));
        self
    }

    /// Replaces all occurrences of a text in the response to the command.
    pub fn replace(self, from: &str, to: &str) -> Self {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.rewrite(move |response| replace(response, from.as_bytes(), to.as_bytes()))
    }

    fn answer(mut self, answer: Answer) -> Self {
        self.plan.answer = answer;
        self
    }

    /// Returns whether the rule applies to this command, and counts matching commands.
    fn take(&mut self, number: u64, asked: &Asked<'_>, seen: &mut Seen) -> bool {
        let event = [GREETING, LOGIN, FAILED_LOGIN].contains(&asked.name);
        let named = self.command == asked.name || (self.command == "*" && !event);
        let wanted = self.user.is_none() || self.user.as_deref() == asked.user;
        let met = seen.met.contains(&number);
        let in_time = (self.until.is_none() || !met) && (self.after.is_none() || met);
        if !named || !wanted || !in_time {
            return false;
        }
        if self.beyond > 0 && (asked.others)() < self.beyond {
            return false;
        }
        if let Some(when) = &self.when
            && !when(&words(asked.command))
        {
            return false;
        }
        if self.each_connection {
            let count = seen.counts.entry(number).or_default();
            *count += 1;
            let last = self.times.map(|times| self.skip.saturating_add(times));
            return *count > self.skip && last.is_none_or(|last| *count <= last);
        }
        if self.times == Some(0) {
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

    fn waits(&self) -> bool {
        self.until.is_some() || self.after.is_some()
    }

    /// Returns whether this command is the one for which the rule waits.
    fn is_met(&self, command: &str) -> bool {
        let mut waits = [&self.until, &self.after].into_iter().flatten();
        waits.any(|is_met| is_met(command))
    }
}

/// Returns a command from its name on, without the line end.
fn words(command: &[u8]) -> String {
    let command = command.strip_suffix(b"\r\n").unwrap_or(command);
    let name = command.iter().position(|&byte| byte == b' ');
    let command = name.map_or(&b""[..], |space| &command[space + 1..]);
    String::from_utf8_lossy(command).into_owned()
}

/// All rules, in the order in which they are tried, each with its number.
#[derive(Default)]
pub(super) struct Rules {
    added: Vec<(u64, Rule)>,
    /// The rules of the profile, which cannot be removed.
    own: Vec<(u64, Rule)>,
    /// The number of rules so far, including removed ones.
    count: u64,
}

impl Rules {
    /// Returns the rules of the profile.
    pub(super) fn with(own: Vec<Rule>) -> Self {
        let own: Vec<_> = (1..).zip(own).collect();
        Self {
            count: own.last().map_or(0, |(number, _)| *number),
            added: Vec::new(),
            own,
        }
    }

    pub(super) fn add(&mut self, rule: Rule) {
        self.count += 1;
        self.added.push((self.count, rule));
    }

    pub(super) fn clear(&mut self) {
        self.release();
        self.added.clear();
    }

    /// Returns the changes for a command, which is complete or at its first synchronising literal.
    pub(super) fn take(&mut self, asked: &Asked<'_>, seen: &mut Seen) -> Option<Plan> {
        let rules = self.added.iter_mut().chain(&mut self.own);
        let mut rules = rules.filter(|(_, rule)| rule.plan.at_literal == asked.at_literal);
        let plan = rules
            .find_map(|(number, rule)| rule.take(*number, asked, seen).then(|| rule.plan.clone()));
        if !asked.at_literal {
            self.note(asked.command, seen);
        }
        plan
    }

    /// Records the rules whose `until` or `after` this command meets.
    fn note(&self, command: &[u8], seen: &mut Seen) {
        let rules = self.added.iter().chain(&self.own);
        let waiting: Vec<_> = rules.filter(|(_, rule)| rule.waits()).collect();
        if waiting.is_empty() {
            return;
        }
        let words = words(command);
        let met = waiting.iter().filter(|(_, rule)| rule.is_met(&words));
        seen.met.extend(met.map(|(number, _)| number));
    }

    /// Opens all gates, so that no thread waits for a test that has ended.
    pub(super) fn release(&self) {
        for (_, rule) in self.added.iter().chain(&self.own) {
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

/// Returns `text` with all occurrences of `from` replaced.
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
