use imapclient_loopback::Gate;
use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

/// What the server does otherwise than it should, and when.
///
/// A rule says which command it is for and what is different in the answer. The first rule that matches a command is the only one for it.
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
    /// In capitals.
    command: String,
    user: Option<String>,
    /// How many it leaves alone.
    skip: u64,
    /// How many it is for after them.
    times: Option<u64>,
    /// Whether both are counted for each connection.
    each_connection: bool,
    /// How many other connections of the user have to be logged in.
    beyond: usize,
    when: Option<Matches>,
    until: Option<Matches>,
    after: Option<Matches>,
    pub(super) plan: Plan,
}

/// What is true of some commands.
type Matches = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A command that the rules are asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// Its name in capitals.
    pub(super) name: &'a str,
    /// All of it that has come.
    pub(super) command: &'a [u8],
    /// Who is logged in.
    pub(super) user: Option<&'a str>,
    /// Counts the other connections of that user that are logged in.
    pub(super) others: &'a dyn Fn() -> usize,
    /// Whether it is at its first synchronising literal and not complete.
    pub(super) at_literal: bool,
}

/// What a connection has seen of the rules, by their numbers.
#[derive(Default)]
pub(super) struct Seen {
    /// How many commands a rule was for.
    counts: HashMap<u64, u64>,
    /// The rules whose `until` or `after` a command has met.
    met: HashSet<u64>,
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

/// The name of what follows when somebody has shown who they are.
pub(super) const LOGIN: &str = "(LOGIN)";

/// The name of what follows when somebody has not.
pub(super) const FAILED_LOGIN: &str = "(FAILED LOGIN)";

impl Rule {
    /// A rule for each command of this name, as `"NOOP"` or `"UID FETCH"`; `"*"` is for all. `"DONE"` is for the end of IDLE, whose answer
    /// comes then.
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

    /// A rule for what the server says first. [`no`](Self::no) and [`bad`](Self::bad) make an untagged line of it.
    pub fn on_greeting() -> Self {
        Self::on(GREETING)
    }

    /// A rule for logins that are about to succeed, by whichever command; [`user`](Self::user) says whose. Who is answered otherwise than OK is
    /// not logged in.
    pub fn on_login() -> Self {
        Self::on(LOGIN)
    }

    /// A rule for the answer to logins that fail for a wrong user name, password or token.
    pub fn on_failed_login() -> Self {
        Self::on(FAILED_LOGIN)
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

    /// Counts what [`skip`](Self::skip), [`times`](Self::times) and [`once`](Self::once) count for each connection, and not for all together.
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// // As iCloud: the second failed login of a connection ends it.
    /// server.add_rule(Rule::on_failed_login().skip(1).each_connection().cut());
    /// ```
    pub fn each_connection(mut self) -> Self {
        self.each_connection = true;
        self
    }

    /// Only for commands that this is true of. It is given a command as the client sent it, from its name on, literals included; at a literal it
    /// is given what came so far. Bytes that are not UTF-8 are replaced.
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

    /// Only on connections that have not sent a command yet that this is true of, which is given the same as [`when`](Self::when).
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

    /// Only on connections that have sent a command before that this is true of, which is given the same as [`when`](Self::when).
    pub fn after(mut self, is_met: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.after = Some(Arc::new(is_met));
        self
    }

    /// Only where the user has at least so many other connections that are logged in.
    ///
    /// ```
    /// # use imapclient_server::{Rule, Server};
    /// # let server = Server::builder().user("bob", "sekret").start();
    /// // Two are too many.
    /// server.add_rule(Rule::on_login().beyond(1).no("[ALERT] Too many simultaneous connections."));
    /// ```
    pub fn beyond(mut self, connections: usize) -> Self {
        self.beyond = connections;
        self
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

    /// Whether this command is what it waits for.
    fn is_met(&self, command: &str) -> bool {
        let mut waits = [&self.until, &self.after].into_iter().flatten();
        waits.any(|is_met| is_met(command))
    }
}

/// A command from its name on, without the line end.
fn words(command: &[u8]) -> String {
    let command = command.strip_suffix(b"\r\n").unwrap_or(command);
    let name = command.iter().position(|&byte| byte == b' ');
    let command = name.map_or(&b""[..], |space| &command[space + 1..]);
    String::from_utf8_lossy(command).into_owned()
}

/// All rules, in the order they are asked, each with its number.
#[derive(Default)]
pub(super) struct Rules {
    added: Vec<(u64, Rule)>,
    /// Those of the server itself, which stay.
    own: Vec<(u64, Rule)>,
    /// How many there have been.
    count: u64,
}

impl Rules {
    /// Rules of the server itself.
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

    /// What is different for a command, which is at its first synchronising literal or complete.
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

    /// Keeps in mind which rules have what they wait for.
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

    /// Opens all gates: nobody shall wait for a test that is over.
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
