//! Dispatches commands, and checks their state.

use imap_codec::imap_types::{
    command::CommandBody,
    core::{IString, NString},
    response::{Code, Data},
};
use imapclient_loopback::lock;

use super::{Flow, Session};
use crate::{
    reply::{Outcome, Reply, Stop, bye},
    request::{BadRequest, Request, Search, StoreLabels, tidy},
    search::Key,
};

/// The state that a command requires.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Any,
    NotLoggedIn,
    LoggedIn,
}

impl Session<'_> {
    /// Executes a command, up to its tagged response.
    pub(super) fn perform(&mut self, name: &str, command: &[u8], tag: &str) -> Outcome {
        if !lock(&self.shared.capabilities).allow(name) {
            return Err(Reply::bad("That command is not known here.").into());
        }
        let command = tidy(command, self.lenience())?;
        let mut request = Request::parse(name, &command)?;
        if self.shared.settings.strict
            && let Some(why) = request.offence(self.names.utf8)
        {
            return Err(Reply::bad(why).into());
        }
        self.of_saved = false;
        if let Request::OfSaved(of_saved) = request {
            self.need("SEARCHRES")?;
            self.of_saved = true;
            request = *of_saved;
        }
        match (state(&request), self.account.is_some()) {
            (State::LoggedIn, false) => return Err(Reply::bad("Log in first.").into()),
            (State::NotLoggedIn, true) => {
                return Err(Reply::bad("You are logged in already.").into());
            }
            _ => {}
        }
        let told = Told::of(&request);
        let reply = match request {
            Request::Plain(body) => self.dispatch(body, tag)?,
            Request::Append(append) => self.append(append)?,
            Request::Acl(request) => self.acl(&request)?,
            Request::Search(search) => self.search(search, tag)?,
            Request::List(list) => self.list_extended(&list)?,
            Request::Create(create) => self.create_for(create)?,
            Request::Xlist(xlist) => self.xlist(&xlist)?,
            Request::StatusLimit(status) => self.status_limit(status)?,
            Request::GmailFetch(fetch) => self.fetch_gmail(fetch)?,
            Request::StoreLabels(store) => self.store_labels(store)?,
            Request::Notify(notify) => self.set_notify(notify)?,
            Request::Metadata(metadata) => self.metadata(metadata)?,
            // The command was already taken apart.
            Request::OfSaved(_) => return Err(BadRequest::Wrong.into()),
        };
        if let Told::Changes { may_expunge, uid } = told {
            self.sync(may_expunge, uid)?;
            if !may_expunge {
                self.tell_withheld()?;
            }
            self.tell_news()?;
        }
        Ok(reply)
    }

    fn dispatch(&mut self, body: CommandBody<'_>, tag: &str) -> Outcome {
        match body {
            CommandBody::Capability => {
                let capabilities = self.capabilities();
                self.out
                    .line(format!("* CAPABILITY {capabilities}").as_bytes())?;
                Ok(Reply::ok("That is all."))
            }
            CommandBody::Noop => Ok(Reply::ok("Nothing done.")),
            CommandBody::Logout => {
                self.out.response(bye("Until next time."))?;
                Ok(Reply::ok("Logged out."))
            }
            CommandBody::Id { .. } => self.id(),
            CommandBody::StartTLS => self.start_tls(tag),
            CommandBody::Compress { .. } => self.compress(tag),
            CommandBody::Authenticate {
                mechanism,
                initial_response,
            } => self.authenticate(
                &mechanism,
                initial_response.as_ref().map(|r| &**r.declassify()),
            ),
            CommandBody::Login { username, password } => {
                self.login(username.as_ref(), password.declassify().as_ref())
            }
            CommandBody::Select {
                mailbox,
                parameters,
            } => self.select(&mailbox, &parameters, false),
            CommandBody::Examine {
                mailbox,
                parameters,
            } => self.select(&mailbox, &parameters, true),
            CommandBody::Unselect => self.unselect(),
            CommandBody::Close => self.close(),
            CommandBody::Create { mailbox } => self.create(&mailbox),
            CommandBody::Delete { mailbox } => self.delete(&mailbox),
            CommandBody::Rename { from, to } => self.rename(&from, &to),
            CommandBody::Subscribe { mailbox } => self.subscribe(&mailbox),
            CommandBody::Unsubscribe { mailbox } => self.unsubscribe(&mailbox),
            CommandBody::List {
                reference,
                mailbox_wildcard,
            } => self.list(&reference, &mailbox_wildcard, false),
            CommandBody::Lsub {
                reference,
                mailbox_wildcard,
            } => self.list(&reference, &mailbox_wildcard, true),
            CommandBody::Status {
                mailbox,
                item_names,
            } => self.status(&mailbox, &item_names),
            CommandBody::Namespace => self.namespace(),
            CommandBody::GetQuota { root } => self.get_quota(root.as_ref()),
            CommandBody::GetQuotaRoot { mailbox } => self.get_quota_root(&mailbox),
            CommandBody::SetQuota { root, quotas } => self.set_quota(root.as_ref(), &quotas),
            CommandBody::Enable { capabilities } => self.enable(capabilities.as_ref()),
            CommandBody::Idle => self.idle(tag),
            CommandBody::Check => {
                self.selected()?;
                Ok(Reply::ok("Checked."))
            }
            CommandBody::Expunge => self.expunge(None),
            CommandBody::ExpungeUid { sequence_set } => self.expunge(Some(&sequence_set)),
            CommandBody::Fetch {
                sequence_set,
                macro_or_item_names,
                uid,
                modifiers,
            } => self.fetch(&sequence_set, (macro_or_item_names, &[]), uid, &modifiers),
            CommandBody::Store {
                sequence_set,
                kind,
                response,
                flags,
                uid,
                modifiers,
            } => self.store(&sequence_set, (kind, response, &flags), uid, &modifiers),
            CommandBody::Copy {
                sequence_set,
                mailbox,
                uid,
            } => self.copy(&sequence_set, &mailbox, uid),
            CommandBody::Move {
                sequence_set,
                mailbox,
                uid,
            } => self.relocate(&sequence_set, &mailbox, uid),
            _ => Err(Reply::bad("That command is not known here.").into()),
        }
    }

    /// Refuses a command if its capability is missing.
    pub(super) fn need(&self, capability: &str) -> Outcome<()> {
        if self.has(capability) {
            return Ok(());
        }
        Err(Reply::bad(format!("{capability} is not known here.")).into())
    }

    /// Refuses a command if its capability is not announced.
    pub(super) fn need_said(&self, capability: &str) -> Outcome<()> {
        if self.says(capability) {
            return Ok(());
        }
        Err(Reply::bad(format!("{capability} is not known here.")).into())
    }

    fn id(&mut self) -> Outcome {
        let text = |text: &'static str| IString::try_from(text).map_err(std::io::Error::other);
        let parameters = vec![
            (text("name")?, NString(Some(text(env!("CARGO_PKG_NAME"))?))),
            (
                text("version")?,
                NString(Some(text(env!("CARGO_PKG_VERSION"))?)),
            ),
        ];
        self.out.data(Data::Id {
            parameters: Some(parameters),
        })?;
        Ok(Reply::ok("That is me."))
    }

    fn start_tls(&mut self, tag: &str) -> Outcome {
        if self.out.connection.is_tls() {
            return Err(Reply::bad("TLS is on already.").into());
        }
        self.out
            .last_line(format!("{tag} OK Begin TLS.").as_bytes())?;
        self.out.flush()?;
        let config = std::sync::Arc::clone(&self.shared.tls);
        self.out.connection.start_tls(config)?;
        Err(Stop::Answered(Flow::On))
    }

    /// Compresses what follows the tagged OK (RFC 4978). The only algorithm is DEFLATE.
    fn compress(&mut self, tag: &str) -> Outcome {
        if self.out.connection.is_deflated() {
            let reply = Reply::no("The connection is compressed already.");
            return Err(reply.with(Code::CompressionActive).into());
        }
        self.out
            .last_line(format!("{tag} OK Compression begins.").as_bytes())?;
        self.out.flush()?;
        self.out.connection.start_deflate()?;
        Err(Stop::Answered(Flow::On))
    }
}

/// The changes of the selected mailbox that are reported at the end of a command.
#[derive(Clone, Copy)]
enum Told {
    /// No changes, since the command has reported them or must not report any.
    Nothing,
    Changes {
        may_expunge: bool,
        uid: bool,
    },
}

impl Told {
    const ALL: Self = Self::Changes {
        may_expunge: true,
        uid: false,
    };

    fn of(request: &Request<'_>) -> Self {
        match request {
            Request::Plain(body) => Self::of_plain(body),
            Request::Append(_)
            | Request::Acl(_)
            | Request::List(_)
            | Request::Create(_)
            | Request::Xlist(_)
            | Request::StatusLimit(_)
            | Request::Metadata(_) => Self::ALL,
            Request::GmailFetch(fetch) => Self::of_plain(&fetch.plain),
            // Sequence numbers among the criteria count too (RFC 7162 §3.2.10.2).
            Request::Search(Search { uid, keys, .. }) => Self::Changes {
                may_expunge: *uid && !keys.iter().any(Key::has_numbers),
                uid: *uid,
            },
            Request::StoreLabels(StoreLabels { uid, .. }) => Self::counted(*uid),
            Request::Notify(_) => Self::Nothing,
            Request::OfSaved(request) => Self::of(request),
        }
    }

    /// Returns the changes for commands after which the client relies on sequence numbers, unless
    /// it used UIDs (RFC 3501 §7.4.1; RFC 5256 §3).
    fn counted(uid: bool) -> Self {
        Self::Changes {
            may_expunge: uid,
            uid,
        }
    }

    fn of_plain(body: &CommandBody<'_>) -> Self {
        match body {
            CommandBody::Select { .. }
            | CommandBody::Examine { .. }
            | CommandBody::Close
            | CommandBody::Unselect
            | CommandBody::Logout
            | CommandBody::Capability
            | CommandBody::Id { .. }
            | CommandBody::Idle => Self::Nothing,
            CommandBody::Fetch { uid, .. } | CommandBody::Store { uid, .. } => Self::counted(*uid),
            _ => Self::ALL,
        }
    }
}

fn state(request: &Request<'_>) -> State {
    let Request::Plain(body) = request else {
        return State::LoggedIn;
    };
    match body {
        CommandBody::Capability
        | CommandBody::Noop
        | CommandBody::Logout
        | CommandBody::Id { .. } => State::Any,
        CommandBody::StartTLS | CommandBody::Authenticate { .. } | CommandBody::Login { .. } => {
            State::NotLoggedIn
        }
        _ => State::LoggedIn,
    }
}
