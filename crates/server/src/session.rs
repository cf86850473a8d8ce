//! A connection, from its greeting to its end.
//!
//! ```text
//!  bytes ──▶ Framer ──▶ command ──▶ Rules ──▶ perform ──▶ Store
//!                          │          │                     │
//!                        Record     Output ◀── Reply ◀──────┘
//! ```

mod account;
mod acl;
mod auth;
mod bearer;
mod binary;
mod cram;
mod gmail;
mod idle;
mod list;
mod mailboxes;
mod messages;
mod metadata;
mod names;
mod notify;
mod perform;
mod qresync;
mod scram;
mod search;
mod selected;

use std::{io, net::TcpStream, sync::Arc};

use imap_codec::imap_types::{
    core::Tag,
    response::{Code, CommandContinuationRequest, Response},
};
use imapclient_loopback::{Connection, Ready, lock};

use super::{
    capabilities::Stage,
    framer::{self, Frame, Framer, NonSync},
    output::{Output, cut_off},
    profile,
    reply::{Reply, Stop, bye},
    request::{BadRequest, Lenience, Request, tidy},
    rule::{Answer, Asked, GREETING, Plan, Seen, replace},
    shared::{Remote, Shared},
    store::{AccountId, name},
};
use names::Names;
use notify::Notify;
use selected::Selected;

/// A connection.
pub(super) struct Session<'a> {
    shared: &'a Shared,
    remote: Arc<Remote>,
    number: u64,
    framer: Framer,
    out: Output,
    /// The state of the rules for this connection.
    seen: Seen,
    /// The tag of the current command.
    tag: String,
    names: Names,
    account: Option<Account>,
    selected: Option<Selected>,
    /// `true` if CONDSTORE is enabled (RFC 7162 §3.1).
    condstore: bool,
    /// `true` if QRESYNC is enabled (RFC 7162 §3.2).
    qresync: bool,
    /// The notifications that the client wants; `None` for those of RFC 3501.
    notify: Option<Notify>,
    /// `true` if the command is about the messages that SEARCH has saved, instead of a set.
    of_saved: bool,
}

/// The user who is logged in.
struct Account {
    id: AccountId,
    user: String,
}

/// The continuation or end of the session after a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    On,
    End,
}

/// Input from the client, or from other threads.
enum Input {
    Command(Vec<u8>),
    TooLong(Vec<u8>),
    Unasked(Vec<u8>),
    /// A command was refused at its literal, and answered.
    Answered(Flow),
    Woken,
    End,
}

/// Serves a connection until its end.
///
/// # Errors
/// Fails if the connection ends in another way than by LOGOUT or by the client closing it.
pub(super) fn serve(shared: &Shared, stream: TcpStream, tls: bool) -> io::Result<()> {
    let mut connection = Connection::patient(stream)?;
    if tls {
        connection.start_tls(Arc::clone(&shared.tls))?;
    }
    let (number, remote) = shared.enter()?;
    Session {
        shared,
        remote,
        number,
        framer: Framer::new(shared.settings.limits),
        out: Output::new(connection),
        seen: Seen::default(),
        tag: String::new(),
        names: Names {
            utf8: false,
            delimiter: shared
                .settings
                .profile
                .map_or(name::DELIMITER, |row| row.delimiter),
        },
        account: None,
        selected: None,
        condstore: false,
        qresync: false,
        notify: None,
        of_saved: false,
    }
    .run()
}

impl Session<'_> {
    fn run(mut self) -> io::Result<()> {
        let mut flow = self.greet()?;
        while flow == Flow::On {
            flow = match self.read()? {
                Input::Command(command) => self.command(&command)?,
                Input::TooLong(head) => self.too_long(&head)?,
                Input::Unasked(head) => self.answer(
                    &head,
                    Reply::bad("That literal had to wait for a go-ahead."),
                )?,
                Input::Answered(flow) => flow,
                Input::Woken => Flow::On,
                Input::End => return Ok(()),
            };
            self.tell()?;
            if flow == Flow::On {
                flow = self.tell_at_once()?;
            }
        }
        self.out.connection.part()
    }

    fn greet(&mut self) -> io::Result<Flow> {
        let plan = self.plan(GREETING, b"", false);
        if let Some(flow) = self.by_rule(plan, "*")? {
            return Ok(flow);
        }
        let capabilities = self.capabilities();
        let greeting = match self.shared.settings.profile {
            Some(row) => row.greeting.replace(profile::CAPABILITIES, &capabilities),
            None => format!("OK [CAPABILITY {capabilities}] Ready."),
        };
        self.out.last_line(format!("* {greeting}").as_bytes())?;
        self.out.flush()?;
        Ok(Flow::On)
    }

    /// Sends the responses that other threads have added.
    fn tell(&mut self) -> io::Result<()> {
        let (responses, overflow) = self.remote.take().ok_or_else(cut_off)?;
        for response in responses {
            self.out.bytes(format!("* {response}\r\n").as_bytes())?;
        }
        if overflow {
            self.overflow()?;
        }
        self.out.flush()
    }

    /// Waits for a command.
    fn read(&mut self) -> io::Result<Input> {
        self.framer.non_sync = if self.has("LITERAL+") {
            NonSync::Any
        } else if self.says("LITERAL-") {
            NonSync::Short
        } else {
            NonSync::No
        };
        loop {
            let (frame, taken) = self.framer.next(self.out.connection.unread());
            self.out.connection.skip(taken);
            match frame {
                Frame::Command(command) => {
                    self.shared.record.add(self.number, &command);
                    return Ok(Input::Command(command));
                }
                Frame::TooLong(head) => {
                    self.shared.record.add(self.number, &head);
                    return Ok(Input::TooLong(head));
                }
                Frame::Unasked(head) => {
                    self.shared.record.add(self.number, &head);
                    return Ok(Input::Unasked(head));
                }
                Frame::Literal { too_long } => {
                    if let Some(flow) = self.literal(too_long)? {
                        return Ok(Input::Answered(flow));
                    }
                }
                Frame::Incomplete => match self.out.connection.wait(&self.remote.wake)? {
                    Ready::Bytes => {}
                    Ready::Woken => return Ok(Input::Woken),
                    Ready::End => return Ok(Input::End),
                },
            }
        }
    }

    /// Waits for a line that is not a command. Returns `None` if the connection ends.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            match self.read()? {
                Input::Command(line) | Input::TooLong(line) | Input::Unasked(line) => {
                    return Ok(Some(line));
                }
                // A literal is refused here, and was answered already.
                Input::Woken | Input::Answered(Flow::On) => self.tell()?,
                Input::Answered(Flow::End) | Input::End => return Ok(None),
            }
        }
    }

    /// Accepts a literal, or refuses it by a response to its command.
    fn literal(&mut self, too_long: bool) -> io::Result<Option<Flow>> {
        let command = self.framer.so_far().to_vec();
        let name = framer::name(&command);
        let tidied = tidy(&command, self.lenience());
        let read = tidied.and_then(|command| Request::parse(&name, &command).map(drop));
        let hopeless = read != Err(BadRequest::Incomplete);
        let plan = self.plan(&name, &command, true);
        if let Some(gate) = &plan.hold {
            gate.pass();
        }
        let usual = plan.answer.is_usual();
        if usual && !too_long && !hopeless {
            self.out.begin(plan)?;
            let go_on = CommandContinuationRequest::basic(None, "Go on.");
            let go_on = go_on.map_err(io::Error::other)?;
            self.out
                .response(Response::CommandContinuationRequest(go_on))?;
            self.out.flush()?;
            self.framer.accept();
            return Ok(None);
        }
        let command = self.framer.refuse();
        self.shared.record.add(self.number, &command);
        if usual {
            return self.refuse(&command, too_long).map(Some);
        }
        let tag = framer::tag(&command).unwrap_or("*").to_owned();
        self.by_rule(plan, &tag)
    }

    fn too_long(&mut self, head: &[u8]) -> io::Result<Flow> {
        self.refuse(head, true)
    }

    /// Responds to an invalid command.
    fn refuse(&mut self, command: &[u8], too_long: bool) -> io::Result<Flow> {
        let reply = match too_long {
            true if framer::name(command) == "APPEND" => {
                Reply::no("That message is too big.").with(Code::TooBig)
            }
            true => Reply::bad("That is too long."),
            false => Reply::bad("That is no command."),
        };
        self.answer(command, reply)
    }

    /// Sends the tagged response.
    fn answer(&mut self, command: &[u8], reply: Reply) -> io::Result<Flow> {
        let tag = framer::tag(command).and_then(|tag| Tag::try_from(tag.to_owned()).ok());
        self.last(reply.response(tag))?;
        Ok(Flow::On)
    }

    /// Sends the last response to a command.
    fn last(&mut self, response: Response<'_>) -> io::Result<()> {
        self.out.last(response)?;
        self.out.flush()
    }

    fn command(&mut self, command: &[u8]) -> io::Result<Flow> {
        let Some(tag) = framer::tag(command).map(ToOwned::to_owned) else {
            self.out.begin(Plan::default())?;
            return self.refuse(command, false);
        };
        let name = framer::name(command);
        let plan = self.plan(&name, command, false);
        if let Some(gate) = &plan.hold {
            gate.pass();
        }
        if let Some(flow) = self.by_rule(plan, &tag)? {
            return Ok(flow);
        }
        self.tag.clone_from(&tag);
        let result = self.perform(&name, command, &tag);
        let reply = match result {
            Ok(reply) | Err(Stop::Refused(reply)) => reply,
            Err(Stop::Answered(flow)) => return Ok(flow),
            Err(Stop::Gone) => {
                self.last(bye("The selected mailbox was deleted."))?;
                return Ok(Flow::End);
            }
            Err(Stop::Io(error)) => return Err(error),
        };
        self.answer(command, reply)?;
        Ok(if name == "LOGOUT" {
            Flow::End
        } else {
            Flow::On
        })
    }

    /// Returns the changes of the rules for this command.
    fn plan(&mut self, name: &str, command: &[u8], at_literal: bool) -> Plan {
        let user = self.account.as_ref().map(|account| account.user.as_str());
        let others = || user.map_or(0, |user| self.shared.sessions_of(user).saturating_sub(1));
        let asked = Asked {
            name,
            command,
            user,
            others: &others,
            at_literal,
        };
        let plan = lock(&self.shared.rules).take(&asked, &mut self.seen);
        plan.unwrap_or_default()
    }

    /// Lets a rule answer an event of a login by this user. Returns `None` if there is no such
    /// rule.
    fn plan_login(&mut self, event: &str, user: &str) -> io::Result<Option<Flow>> {
        let asked = Asked {
            name: event,
            command: b"",
            user: Some(user),
            others: &|| self.shared.sessions_of(user),
            at_literal: false,
        };
        let Some(plan) = lock(&self.shared.rules).take(&asked, &mut self.seen) else {
            return Ok(None);
        };
        let tag = self.tag.clone();
        self.by_rule(plan, &tag)
    }

    /// Begins the response to a command, and completes it if a rule answers the command.
    fn by_rule(&mut self, plan: Plan, tag: &str) -> io::Result<Option<Flow>> {
        let answer = plan.answer.clone();
        self.out.begin(plan)?;
        let flow = match answer {
            Answer::Usual => return Ok(None),
            Answer::Silence => Flow::On,
            Answer::Cut => {
                self.out.flush()?;
                return Err(cut_off());
            }
            Answer::Tagged(text) => {
                self.out.last_line(format!("{tag} {text}").as_bytes())?;
                Flow::On
            }
            Answer::Bye(text) => {
                self.out.last_line(format!("* BYE {text}").as_bytes())?;
                Flow::End
            }
            Answer::Bytes(bytes) => {
                self.out.bytes(&replace(&bytes, b"<tag>", tag.as_bytes()))?;
                Flow::On
            }
        };
        self.out.flush()?;
        Ok(Some(flow))
    }

    fn capabilities(&self) -> String {
        let tls = self.out.connection.is_tls();
        lock(&self.shared.capabilities).list(Stage {
            logged_in: self.account.is_some(),
            may_log_in: tls || !self.shared.settings.require_tls,
            may_start_tls: !tls,
        })
    }

    /// Returns the deviations from the grammar that are accepted.
    fn lenience(&self) -> Lenience {
        let lenient = !self.shared.settings.strict;
        Lenience {
            spaces: lenient,
            utf8: lenient || self.names.utf8,
        }
    }

    fn has(&self, capability: &str) -> bool {
        lock(&self.shared.capabilities).has(capability)
    }

    fn says(&self, capability: &str) -> bool {
        lock(&self.shared.capabilities).says(capability)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.deselect();
        self.end_notify();
        self.shared.leave(self.number);
    }
}
