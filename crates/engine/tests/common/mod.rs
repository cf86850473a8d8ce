//! A conversation with an engine, line by line.

use imapclient_engine::{
    Engine, Error, Event, Options,
    codec::{Outgoing, Response, Status, StatusKind, Tag},
};

pub(crate) struct Talk {
    pub(crate) engine: Engine,
}

#[allow(dead_code, reason = "not every test file needs every helper")]
impl Talk {
    /// Returns an engine that has received this greeting.
    pub(crate) fn greeted(greeting: &str) -> Self {
        let mut talk = Self {
            engine: Engine::new(Options::default()),
        };
        talk.server(greeting);
        assert!(matches!(talk.event(), Event::Greeting(_)));
        talk
    }

    pub(crate) fn new() -> Self {
        Self::greeted("* OK hi")
    }

    /// Returns a logged-in engine with a selected mailbox of 3 messages.
    pub(crate) fn selected() -> Self {
        let mut talk = Self::greeted("* PREAUTH hi");
        let name = "INBOX".into();
        let select = imapclient_engine::codec::command::select(&name, false);
        let tag = talk.submit(select.unwrap());
        talk.wrote(&format!("{tag} SELECT \"INBOX\"\r\n"));
        talk.server("* 3 EXISTS");
        talk.server(&format!("{tag} OK [READ-WRITE] done"));
        assert!(matches!(talk.event(), Event::Response(Response::Exists(count)) if count == 3));
        talk.done(&tag);
        talk
    }

    pub(crate) fn submit(&mut self, outgoing: Outgoing) -> Tag {
        self.engine.submit(outgoing).unwrap()
    }

    /// Feeds a line from the server.
    pub(crate) fn server(&mut self, line: &str) {
        self.engine.feed(line.as_bytes());
        self.engine.feed(b"\r\n");
    }

    /// Writes all output and returns it.
    pub(crate) fn output(&mut self) -> String {
        let mut all = Vec::new();
        while !self.engine.output().is_empty() {
            all.extend_from_slice(self.engine.output());
            let n = self.engine.output().len();
            self.engine.wrote(n);
        }
        String::from_utf8(all).unwrap()
    }

    pub(crate) fn wrote(&mut self, expected: &str) {
        assert_eq!(self.output(), expected);
    }

    pub(crate) fn event(&mut self) -> Event {
        self.engine.poll_event().unwrap().expect("an event")
    }

    pub(crate) fn nothing(&mut self) {
        let event = self.engine.poll_event().unwrap();
        assert!(event.is_none(), "{event:?}");
    }

    pub(crate) fn error(&mut self) -> Error {
        loop {
            match self.engine.poll_event() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error"),
                Err(error) => return error,
            }
        }
    }

    /// Asserts that the command was answered with OK.
    pub(crate) fn done(&mut self, expected: &Tag) -> Status {
        let status = self.answered(expected);
        assert_eq!(status.kind, StatusKind::Ok);
        status
    }

    /// Asserts that the command was answered.
    pub(crate) fn answered(&mut self, expected: &Tag) -> Status {
        match self.event() {
            Event::Done { tag, status, .. } if tag == *expected => status,
            other => panic!("{other:?}"),
        }
    }
}
