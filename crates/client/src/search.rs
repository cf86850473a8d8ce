//! SEARCH, SORT and THREAD on servers that do not support everything that they announce: refused
//! charsets and empty ESEARCH responses.

use imapclient_codec::{
    Code, InvalidArgument, MessageCount, NameEncoding, Outgoing,
    command::{Charset, SearchQuery, SearchReturn},
};
use imapclient_engine::Misbehaviour;
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Command, Search},
    error::{Error, Result},
    found::Found,
    selection::MessageId,
    workaround::Workaround,
};

/// The known properties of the server's searches.
#[derive(Debug, Default)]
pub(crate) struct Searching {
    /// The [enabled](crate::connection::Connection::enabled) extensions when an ESEARCH response
    /// had a result. While these stay the same, an empty response is believed; with another
    /// revision of the protocol enabled, some servers send only empty ones.
    trusted: Option<u64>,
    /// The charset that was refused, and the one that the server accepted instead; `None` for none.
    charset: Option<(String, Option<String>)>,
}

/// A command that takes the keys of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Search,
    Sort,
    Thread,
}

impl Verb {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Search => "SEARCH",
            Self::Sort => "SORT",
            Self::Thread => "THREAD",
        }
    }

    /// Returns whether the command always names a charset.
    fn always_names_charset(self) -> bool {
        self != Self::Search
    }
}

impl<S: Socket> Client<S> {
    /// Runs a SEARCH or SORT. If the server does not support the result options, sends the plain
    /// form and computes the options from the numbers in its answer.
    pub(crate) async fn find<Id, E>(
        &mut self,
        verb: Verb,
        query: &SearchQuery,
        encode: E,
    ) -> Result<Found<Id>>
    where
        Id: MessageId,
        E: Fn(&SearchQuery) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    {
        let Some(options) = query.return_options() else {
            return self.find_plainly(verb, query, &encode).await;
        };
        let workaround = match verb {
            Verb::Sort => Workaround::EsortUseless,
            _ => Workaround::EsearchUseless,
        };
        // Other options can only be computed by the server.
        let can_compute = options.iter().all(|option| {
            matches!(
                option,
                SearchReturn::Min | SearchReturn::Max | SearchReturn::All | SearchReturn::Count
            )
        });
        let mut refusal = None;
        if !(can_compute && self.works_around(workaround)) {
            match self.find_once(verb, query, &encode).await {
                Ok(found) if !can_compute => return of_its_kind(verb, found),
                Ok(found) if found.summary().is_some() => {
                    let counts = options.contains(&SearchReturn::Count);
                    if found.is_of_its_kind() && self.is_believed(&found, counts) {
                        return Ok(found);
                    }
                }
                // The server ignored the options.
                Ok(mut found) if !found.is_empty() => {
                    found.summarise(options, verb == Verb::Sort);
                    return Ok(found);
                }
                Ok(_) => {}
                Err(error) if can_compute && error.is_unsupported() && !is_bad_charset(&error) => {
                    refusal = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        let plain = query.clone().without_returning();
        match (self.find_plainly(verb, &plain, &encode).await, refusal) {
            (Ok(mut found), refusal) => {
                if refusal.is_some() || !found.is_empty() {
                    self.note(workaround);
                }
                found.summarise(options, verb == Verb::Sort);
                Ok(found)
            }
            // The form of the command was not the reason.
            (Err(Error::Refused(_)), Some(refusal)) => Err(refusal),
            (Err(error), _) => Err(error),
        }
    }

    /// Runs the command without result options. `IMAP4rev2` answers this by ESEARCH as well.
    async fn find_plainly<Id, E>(
        &mut self,
        verb: Verb,
        query: &SearchQuery,
        encode: &E,
    ) -> Result<Found<Id>>
    where
        Id: MessageId,
        E: Fn(&SearchQuery) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    {
        let found = of_its_kind(verb, self.find_once(verb, query, encode).await?)?;
        if found.summary().is_none() || self.is_believed(&found, false) {
            return Ok(found);
        }
        // Some servers send only empty responses. Asking for the count distinguishes these from an
        // empty result.
        let counting = query.clone().returning([SearchReturn::Count]);
        match self.find_once(verb, &counting, encode).await {
            Ok(counted) => match counted.summary() {
                Some(summary) if summary.count == Some(0) => {
                    let enabled = self.connection().enabled();
                    self.peer_mut().workarounds.searching.trusted = Some(enabled);
                    Ok(found)
                }
                Some(_) => Err(Error::NoAnswer {
                    command: verb.name(),
                }),
                None => Ok(counted),
            },
            Err(error) if error.is_unsupported() => Ok(found),
            Err(error) => Err(error),
        }
    }

    /// Returns whether an ESEARCH response is believed: an empty one only after another one had a
    /// result, and none with an item that cannot be decoded. If the number of messages was asked
    /// for, it is sent even if it is 0 (RFC 4731 §3.1), so an empty response is not an answer.
    fn is_believed<Id: MessageId>(&mut self, found: &Found<Id>, counts: bool) -> bool {
        if found.is_unread() {
            return false;
        }
        let tells_nothing = found.tells_nothing();
        let enabled = self.connection().enabled();
        let searching = &mut self.peer_mut().workarounds.searching;
        if !tells_nothing {
            searching.trusted = Some(enabled);
        }
        searching.trusted == Some(enabled) && !(counts && tells_nothing)
    }

    async fn find_once<Id, E>(
        &mut self,
        verb: Verb,
        query: &SearchQuery,
        encode: &E,
    ) -> Result<Found<Id>>
    where
        Id: MessageId,
        E: Fn(&SearchQuery) -> Result<Outgoing, InvalidArgument> + Send + Sync,
    {
        let before = self.messages();
        let make = |query: &SearchQuery| {
            Ok(Search {
                outgoing: encode(query)?,
                found: Found::new(),
            })
        };
        let mut found = self.in_charset(verb, query, make).await?;
        // The number of messages may have changed meanwhile, and it comes from the server as well:
        // a response of a few bytes must not take more memory than a whole answer may.
        let kept = self.connection().answer_limit() / size_of::<Id>() as u64;
        let there_are = u64::from(before.max(self.messages()));
        if !found.expand(kept.min(there_are)) {
            let connection = self.connection_mut();
            return Err(match kept < there_are {
                true => connection.over_answer_limit(verb.name()),
                false => {
                    let exists = there_are;
                    connection.violated(Misbehaviour::MoreThanExist { exists }, verb.name())
                }
            });
        }
        Ok(found)
    }

    fn messages(&self) -> MessageCount {
        let selected = self.state().selected();
        selected.map_or_else(MessageCount::default, |mailbox| mailbox.exists)
    }

    /// Runs a command that takes search keys, and runs it again in another charset if the server
    /// refuses the first one.
    pub(crate) async fn in_charset<C: Command>(
        &mut self,
        verb: Verb,
        query: &SearchQuery,
        make: impl Fn(&SearchQuery) -> Result<C, InvalidArgument> + Send + Sync,
    ) -> Result<C::Output> {
        let query = self.in_known_charset(verb, query, &make);
        let refusal = match self.run(make(&query)?).await {
            Err(error) if self.may_be_charset(verb, &query, &error) => error,
            done => return done,
        };
        let Some(charset) = self.other_charset(verb, &query, &refusal, &make) else {
            return Err(refusal);
        };
        let again = query.clone().charset(charset.clone());
        match self.run(make(&again)?).await {
            Ok(output) => {
                let refused = query.text_charset().name().to_owned();
                let taken = match charset {
                    Charset::Auto => None,
                    charset => Some(charset.name().to_owned()),
                };
                self.peer_mut().workarounds.searching.charset = Some((refused, taken));
                self.note(Workaround::CharsetRefused);
                Ok(output)
            }
            // The charset was not the reason, or the first refusal lists the supported ones.
            Err(Error::Refused(_)) => Err(refusal),
            Err(error) => Err(error),
        }
    }

    /// Returns the query in the charset that the server accepted before, if it would otherwise name
    /// one that was refused.
    fn in_known_charset<C: Command>(
        &self,
        verb: Verb,
        query: &SearchQuery,
        make: &impl Fn(&SearchQuery) -> Result<C, InvalidArgument>,
    ) -> SearchQuery {
        let is_named = self.names_charset(verb, query);
        let known = self.peer().workarounds.searching.charset.as_ref();
        let known = known.filter(|(refused, _)| {
            is_named && refused.eq_ignore_ascii_case(query.text_charset().name())
        });
        let charset = match known {
            None => return query.clone(),
            Some((_, Some(taken))) => Charset::Named(taken.clone()),
            Some((_, None)) => Charset::Auto,
        };
        let other = query.clone().charset(charset);
        match make(&other) {
            Ok(_) => other,
            // The charset cannot encode a text: let the server refuse the original one.
            Err(_) => query.clone(),
        }
    }

    /// Returns whether the command would name a charset.
    fn names_charset(&self, verb: Verb, query: &SearchQuery) -> bool {
        verb.always_names_charset()
            || *query.text_charset() != Charset::Auto
            || (!query.is_ascii() && self.state().names() == NameEncoding::Utf7)
    }

    fn may_be_charset(&self, verb: Verb, query: &SearchQuery, error: &Error) -> bool {
        is_bad_charset(error)
            || (matches!(error, Error::Refused(_))
                && error.is_unsupported()
                && self.names_charset(verb, query))
    }

    /// Returns a charset to try instead of a refused one: none if the text is ASCII, otherwise one
    /// that the server listed and that can encode the text.
    fn other_charset<C: Command>(
        &self,
        verb: Verb,
        query: &SearchQuery,
        refusal: &Error,
        make: &impl Fn(&SearchQuery) -> Result<C, InvalidArgument>,
    ) -> Option<Charset> {
        let named = match refusal.code() {
            Some(Code::BadCharset(named)) => named.as_slice(),
            _ => &[],
        };
        let named = named.iter().cloned().map(Charset::Named);
        let mut candidates: Vec<Charset> = match (query.is_ascii(), verb.always_names_charset()) {
            (true, false) => vec![Charset::Auto],
            (true, true) => named
                .chain([Charset::Named("US-ASCII".to_owned())])
                .collect(),
            (false, _) => named.collect(),
        };
        let refused = query.text_charset();
        candidates.retain(|charset| {
            *charset != *refused
                && (*charset == Charset::Auto
                    || !charset.name().eq_ignore_ascii_case(refused.name()))
        });
        candidates.into_iter().find(|charset| {
            let query = query.clone().charset(charset.clone());
            make(&query).is_ok()
        })
    }
}

/// Fails if the answer has numbers of the other kind, which belong to other messages.
fn of_its_kind<Id: MessageId>(verb: Verb, found: Found<Id>) -> Result<Found<Id>> {
    match found.is_of_its_kind() {
        true => Ok(found),
        false => Err(Error::NoAnswer {
            command: verb.name(),
        }),
    }
}

fn is_bad_charset(error: &Error) -> bool {
    matches!(error.code(), Some(Code::BadCharset(_)))
}
