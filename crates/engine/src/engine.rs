//! The engine itself: bytes in, events out; commands in, bytes out.

use std::fmt;

use bytes::Bytes;
use imapclient_codec::{
    Capabilities, Decoder, Effect, Frame, Framer, Limits, Outgoing, Response, Status, StatusKind,
    Tag,
};

use crate::{
    error::{Busy, Error, Misbehaviour},
    event::Event,
    inflight::{Commands, Exchange, InFlight, Sent, allows_compression, exclusive, succeeded},
    log::{WireLine, WireLog, beginning},
    secrets::{Secrets, Verdict},
    send::{NonSync, Sender},
    state::{Phase, State},
    watch::{Tolerance, Watch},
};

mod exchange;
mod footprint;
mod limits;
mod orphans;
mod secrets;
mod stream;
mod tolerance;
mod trouble;
mod upload;

use footprint::footprint;
use secrets::{screen, screened_past};
use stream::Stream;
use tolerance::is_ok;
use trouble::{complains, is_nonsense};

/// Settings of an [`Engine`].
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::exhaustive_structs,
    reason = "written with `..Default::default()`, so that new fields break nothing"
)]
pub struct Options {
    /// The limits on the parts of a response that are kept.
    pub limits: Limits,
    /// Upper bound on the bytes of literals that are kept of one FETCH response while a command is
    /// under way that asks for bodies, in place of [`Limits::literal`]; `None` to use the latter.
    /// Before a login a response may never have more than 64 KiB of literals, regardless of this
    /// setting.
    pub body_limit: Option<u64>,
    /// True if TLS must be started by STARTTLS. A server that sends PREAUTH is then refused,
    /// because STARTTLS is no longer possible after it (RFC 9051 §11.1).
    pub require_starttls: bool,
    /// The bounds on a server that sends data without completing any command.
    pub tolerance: Tolerance,
    /// Called with each text of a status that is withheld since it may repeat a secret. What it
    /// returns is put behind the note in place of the text; it must not take words from the text.
    pub verdict: Option<Verdict>,
}

/// One IMAP connection, without I/O. See the [crate page](crate).
pub struct Engine {
    options: Options,
    framer: Framer,
    decoder: Decoder,
    sender: Sender,
    commands: Commands,
    state: State,
    log: WireLog,
    /// The secrets of the login under way, which the server may repeat.
    secrets: Option<Secrets>,
    last_tag: u32,
    /// The last line in which the server complained without ending a command, since the last
    /// command was submitted.
    complaint: Option<String>,
    watch: Watch,
    /// The number of bytes of the last response: those that are kept, and those received.
    response_size: u64,
    wire_size: u64,
    /// Approximate memory that the values of that response take, in bytes.
    footprint: u64,
    /// True if the last response is an untagged OK.
    was_ok: bool,
    /// See [`limit_answer`](Self::limit_answer).
    answer_left: u64,
    stream: Stream,
    /// True if a DONE was sent to which the server has not objected.
    sent_done: bool,
    /// The input behind the OK of a COMPRESS.
    unread: Vec<u8>,
    /// True if the server's stream has ended.
    ended: bool,
}

impl Engine {
    /// Creates an engine for a new connection.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            framer: Framer::new(options.limits),
            decoder: Decoder::new(options.limits),
            sender: Sender::default(),
            commands: Commands::default(),
            state: State::new(),
            log: WireLog::default(),
            secrets: None,
            last_tag: 0,
            complaint: None,
            watch: Watch::new(options.tolerance),
            response_size: 0,
            wire_size: 0,
            footprint: 0,
            was_ok: false,
            answer_left: u64::MAX,
            stream: Stream::default(),
            sent_done: false,
            unread: Vec::new(),
            ended: false,
        }
    }

    /// Returns what is known about the connection.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Disables capabilities: from now on they count as not announced, whatever the server lists,
    /// also after STARTTLS. A part of `IMAP4rev2` counts as left out of it.
    ///
    /// ```
    /// use imapclient_codec::Capabilities;
    /// use imapclient_engine::{Engine, Options};
    ///
    /// let mut engine = Engine::new(Options::default());
    /// engine.disable(&Capabilities::from_iter(["MOVE"]));
    /// engine.feed(b"* OK [CAPABILITY IMAP4rev2 IDLE] ready\r\n");
    /// engine.poll_event()?;
    /// assert!(engine.state().has("IDLE") && !engine.state().has("MOVE"));
    /// # Ok::<(), imapclient_engine::Error>(())
    /// ```
    pub fn disable(&mut self, names: &Capabilities) {
        self.state.disable(names);
    }

    /// Returns the last lines in both directions, oldest first, without secrets.
    pub fn wire_log(&self) -> impl Iterator<Item = &WireLine> {
        self.log.lines()
    }

    // ---- commands -------------------------------------------------------------------------

    /// Queues a command, with its mailbox names in the current [encoding](State::names). A literal
    /// is sent without waiting where the server has `LITERAL+`, or `LITERAL-` for a small one
    /// (RFC 7888); otherwise only after the server's continuation request.
    ///
    /// # Errors
    /// Returns [`Error::Busy`] before the greeting and while a command that needs the connection
    /// for itself is under way; [`Error::Compressed`] for a command that is not allowed on a
    /// compressed connection; [`Error::Closed`] after BYE; [`Error::Invalid`] for a name that
    /// cannot be sent in the current encoding. Except after BYE, the connection can be used
    /// further.
    pub fn submit(&mut self, outgoing: Outgoing) -> Result<Tag, Error> {
        match self.state.phase() {
            Phase::Greeting => return Err(Error::Busy(Busy::Greeting)),
            Phase::Logout => return Err(self.closed_error()),
            _ => {}
        }
        if self.state.is_compressed() && !allows_compression(outgoing.effect()) {
            let command = outgoing.name();
            return Err(Error::Compressed { command });
        }
        if let Some(why) = self
            .commands
            .exclusive()
            .and_then(|command| exclusive(&command.effect))
        {
            return Err(Error::Busy(why));
        }
        if exclusive(outgoing.effect()).is_some() && !self.commands.is_empty() {
            return Err(Error::Busy(Busy::Others));
        }
        let name = outgoing.name();
        let bodies = outgoing.asks_for_bodies();
        let (parts, effect) = outgoing.into_parts(self.state.names())?;
        self.last_tag += 1;
        let tag = Tag::new(format!("A{:04}", self.last_tag));
        self.log.command(tag.as_ref(), &parts);
        if let Some(secrets) = Secrets::of(&parts, &effect, &tag, self.options.verdict) {
            self.secrets = Some(secrets);
        }
        let non_sync = self.non_sync();
        let begin = self.sender.queued();
        self.sender.command(&tag, parts, non_sync);
        self.state.sending(&effect);
        self.commands.push(InFlight {
            tag: tag.clone(),
            name,
            exchange: Exchange::of(&effect),
            effect,
            bodies,
            orphan: false,
            written_at: None,
            begin,
            end: self.sender.queued(),
        });
        self.complaint = None;
        self.watch.command();
        Ok(tag)
    }

    /// Returns how much of a command has been written; `None` if it is not under way.
    #[must_use]
    pub fn sent(&self, tag: &Tag) -> Option<Sent> {
        let command = self.commands.get(tag)?;
        Some(match command.written_at {
            None => Sent::Nothing,
            Some(_) if self.sender.written() < command.end => Sent::Partly,
            Some(_) => Sent::All,
        })
    }

    /// Returns how many bytes of later commands have been written behind a command; `None` if it is
    /// not under way or not written completely.
    #[must_use]
    pub fn written_behind(&self, tag: &Tag) -> Option<u64> {
        let command = self.commands.get(tag)?;
        self.sender.written().checked_sub(command.end)
    }

    /// Returns whether a command is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.commands.is_empty()
    }

    // ---- bytes ----------------------------------------------------------------------------

    /// Returns the bytes that can be written to the server now. More may follow once these are
    /// written.
    #[must_use]
    pub fn output(&self) -> &[u8] {
        self.sender.output()
    }

    /// Returns the number of bytes of commands that have not been written, including those that
    /// wait for a continuation request.
    #[must_use]
    pub fn unsent(&self) -> u64 {
        self.sender.queued().saturating_sub(self.sender.written())
    }

    /// Records that the first `n` bytes of [`output`](Self::output) have been written.
    pub fn wrote(&mut self, n: usize) {
        if n == 0 {
            return;
        }
        self.sender.wrote(n);
        let (written, received) = (self.sender.written(), self.framer.received());
        self.commands.wrote(written, received);
    }

    /// Returns a buffer to read the server's bytes into. Call [`filled`](Self::filled) afterwards.
    pub fn space(&mut self) -> &mut [u8] {
        self.framer.space()
    }

    /// Records that the first `n` bytes of [`space`](Self::space) now hold input.
    pub fn filled(&mut self, n: usize) {
        self.framer.filled(n);
    }

    /// Frees the memory of [`space`](Self::space) if it holds no input, and no command is
    /// under way, or only an IDLE that has begun. The engine itself does so when the last command
    /// is answered; call this after a read for which there was nothing.
    pub fn release(&mut self) {
        if self.commands.oldest().is_none_or(InFlight::is_idling) {
            self.framer.release();
        }
    }

    /// Copies bytes of the server into the engine, for callers that already hold them.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.framer.feed(bytes);
    }

    /// Takes the input that arrived behind the OK of a COMPRESS, and is therefore compressed. Call
    /// this at the [`Event::Done`] of that command: from then on the engine expects input that has
    /// been inflated, beginning with these bytes, and its output must be compressed.
    #[must_use]
    pub fn take_unread(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.unread)
    }

    /// Records that the server's stream has ended.
    pub fn closed(&mut self) {
        self.ended = true;
    }

    /// Returns the number of bytes on the wire of the response that the last event describes, which
    /// is about the memory needed to keep it. For a response over a limit, counts the bytes that
    /// were kept.
    #[must_use]
    pub fn response_size(&self) -> u64 {
        self.response_size
    }

    /// Returns approximately how much memory it takes to keep the response that the last event
    /// describes. This is more than its [size](Self::response_size) if it holds many short values.
    #[must_use]
    pub fn response_memory(&self) -> u64 {
        self.response_size.max(self.footprint)
    }

    // ---- events ---------------------------------------------------------------------------

    /// Returns the next event that the server caused; `None` if more input is needed.
    ///
    /// # Errors
    /// Any error is final: the connection can no longer be used.
    pub fn poll_event(&mut self) -> Result<Option<Event>, Error> {
        loop {
            self.limit_literals();
            let frame = match self.framer.next_frame() {
                Ok(frame) => frame,
                // The log does not have this line, because it never ended.
                Err(error) => return Err(self.protocol(Misbehaviour::Unframed(error), None)),
            };
            let (response, echoes) = match frame {
                None if self.ended => return self.end().map(Some),
                None => {
                    self.release();
                    return self.wait_for_rest().map(|()| None);
                }
                Some(Frame::LiteralStart { head, size }) => {
                    let head = self.stream.head(head, &mut self.decoder);
                    return Ok(Some(Event::LiteralStart { head, size }));
                }
                Some(Frame::LiteralChunk(_)) if self.stream.is_off() => continue,
                Some(Frame::LiteralChunk(chunk)) => {
                    self.watch.streamed(chunk.len());
                    return Ok(Some(Event::LiteralChunk));
                }
                Some(Frame::LiteralEnd) if self.stream.is_off() => continue,
                Some(Frame::LiteralEnd) => return Ok(Some(Event::LiteralEnd)),
                Some(Frame::Response(message)) => {
                    let mut response = self.decoder.decode(&message);
                    self.footprint = footprint(&message, &response);
                    let (secrets, log) = (self.secrets.as_ref(), &mut self.log);
                    let echoes = screen(secrets, log, &message, &mut response, false);
                    self.response_ended(None);
                    (response, echoes)
                }
                Some(Frame::Oversize {
                    head,
                    limit,
                    most,
                    size,
                }) => {
                    let head = Bytes::copy_from_slice(head);
                    let kept = head.len() as u64;
                    self.footprint = 0;
                    let response = self.read_past(head.clone(), limit, most, size);
                    let (secrets, log) = (self.secrets.as_ref(), &mut self.log);
                    let (response, echoes) = screened_past(secrets, log, &head, response);
                    self.response_ended(Some(kept));
                    match response {
                        Ok(response) => (response, echoes),
                        Err(oversize) => match self.pass_on(oversize)? {
                            Some(event) => return Ok(Some(event)),
                            None => continue,
                        },
                    }
                }
            };
            self.was_ok = is_ok(&response);
            if let Some(event) = self.handle(response, echoes)? {
                return Ok(Some(event));
            }
        }
    }

    /// Records the size of a response that is complete, of which `kept` bytes were kept, or all.
    fn response_ended(&mut self, kept: Option<u64>) {
        self.stream.response_ended();
        self.wire_size = self.watch.complete(self.framer.position());
        self.response_size = kept.unwrap_or(self.wire_size);
        self.was_ok = false;
    }

    fn handle(&mut self, response: Response, echoes: bool) -> Result<Option<Event>, Error> {
        if self.state.phase() == Phase::Greeting {
            return self.greeting(response).map(Some);
        }
        if !matches!(&response, Response::Tagged(..)) {
            self.state.observe(&response);
        }
        if complains(&response) {
            self.complaint = self.log.last_of_server();
            let oldest = self.commands.oldest();
            if is_nonsense(&response) && oldest.is_some_and(InFlight::needs_sense) {
                return Err(self.misread(Misbehaviour::NotImap));
            }
        }
        match response {
            Response::Tagged(tag, status) => self.tagged(tag, status),
            Response::Continue(text) => self.continuation(text.text, echoes),
            response if self.is_orphaned_data(&response) => self.orphaned().map(|()| None),
            response => Ok(Some(Event::Response(response))),
        }
    }

    fn greeting(&mut self, response: Response) -> Result<Event, Error> {
        let Response::Status(status) = response else {
            return Err(self.no_greeting(Misbehaviour::NoGreeting));
        };
        let phase = match status.kind {
            StatusKind::Ok => Phase::NotAuthenticated,
            StatusKind::PreAuth if self.options.require_starttls => {
                return Err(self.misread(Misbehaviour::PreAuthBeforeTls));
            }
            StatusKind::PreAuth => Phase::Authenticated,
            StatusKind::Bye => {
                self.state.observe(&Response::Status(status.clone()));
                return Ok(Event::Greeting(status));
            }
            _ => return Err(self.no_greeting(Misbehaviour::GreetingStatus)),
        };
        self.state.greeted(phase, &status);
        Ok(Event::Greeting(status))
    }

    fn tagged(&mut self, tag: Tag, status: Status) -> Result<Option<Event>, Error> {
        let position = self.framer.position();
        let Some(command) = self.commands.get(&tag) else {
            // Our DONE crossed the server's own end of the IDLE, and the server took it for a
            // command.
            if self.sent_done && tag.as_ref() == "DONE" && !succeeded(&status) {
                self.sent_done = false;
                return Ok(Some(Event::Response(Response::Status(status))));
            }
            return Err(self.misread(Misbehaviour::UnknownTag));
        };
        // An answer that was received before the command was written must be a guess at our tags.
        if command.written_at.is_none_or(|written| position <= written) {
            return Err(self.misread(Misbehaviour::EarlyAnswer));
        }
        let Some(command) = self.commands.remove(&tag) else {
            return Ok(None);
        };
        if matches!(command.effect, Effect::Login | Effect::Authenticate) {
            self.secrets = None;
        }
        if self.commands.is_empty() {
            self.stream_literals(None);
        }
        let ok = succeeded(&status);
        if command.exchange == Exchange::StartTls && ok {
            if self.framer.has_input() {
                let line = Some(beginning(self.framer.pending()));
                return Err(self.protocol(Misbehaviour::DataBeforeTls, line));
            }
            self.framer = Framer::new(self.options.limits);
            self.watch.restart();
        } else {
            self.state.observe(&Response::Status(status.clone()));
        }
        if command.effect == Effect::Compress && ok {
            self.unread = self.framer.take_input();
        }
        self.state.done(&command.effect, ok);
        self.decoder.set_names(self.state.names());
        self.sender.answered(&tag);
        self.release();
        let effect = command.effect;
        Ok(Some(Event::Done {
            tag,
            status,
            effect,
        }))
    }

    fn non_sync(&self) -> NonSync {
        if self.state.has("LITERAL+") {
            NonSync::Always
        } else if self.state.has("LITERAL-") {
            NonSync::Small
        } else {
            NonSync::Never
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
