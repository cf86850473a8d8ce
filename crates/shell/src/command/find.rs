//! Commands that search for messages.

use clap::Args;
use imapclient::{Found, SearchQuery, State, ThreadAlgorithm, Uid};

use super::{kept::Kept, tree};
use crate::{
    arguments::{criteria, messages::count, sorting},
    failure::Result,
    reply::{Each, Field, Json, Reply, View},
    session::Session,
};

commands! {
    Find {
        /// Finds messages.
        ///
        /// `$` stands for the messages found. Without keys, all messages are found. Keys:
        ///
        ///   seen unseen flagged answered deleted draft new old recent, and with un-
        ///   from to cc bcc subject body text TEXT;  header NAME TEXT
        ///   since before on sentsince sentbefore senton DAY
        ///       (1-Jan-2026, 2026-01-31, today, yesterday, 7d)
        ///   larger smaller SIZE (1000, 10K, 5M);  older younger SPAN (15m, 2h, 7d)
        ///   keyword unkeyword FLAG;  gmail TEXT;  modseq N;  emailid ID;  threadid ID
        ///   1:10 are UIDs, #1:10 sequence numbers, $ what was found last
        ///   not KEY;  or KEY KEY;  ( KEY ... )
        ///   return (min max count all) comes first; it needs ESEARCH
        #[command(
            verbatim_doc_comment,
            about = "Finds messages",
            after_help = "RFC 9051 §6.4.4 (SEARCH)\n\nExamples:\n  search unseen\n  search from alice since 1-Jan-2026\n  search or subject invoice larger 5M\n  search not (seen or flagged answered)"
        )]
        Search(Search),
        /// Finds messages by Gmail's own search.
        #[command(
            visible_alias = "gmail-search",
            after_help = "X-GM-EXT-1, a capability of Gmail's\n\nExamples:\n  gsearch has:attachment in:unread"
        )]
        Gsearch(Gsearch),
        /// Finds messages, and sorts them.
        ///
        /// Keys are arrival, cc, date, from, size, subject, to, displayfrom, displayto; a `-`
        /// before a key reverses its order.
        #[command(
            after_help = "RFC 5256 (SORT)\n\nExamples:\n  sort -date\n  sort from,-date unseen since 7d\n  sort (REVERSE SIZE) UTF-8 ALL"
        )]
        Sort(Sort),
        /// Finds messages, and groups them by conversation.
        ///
        /// The algorithm is references, orderedsubject or refs; by default the best one that the
        /// server has.
        #[command(
            after_help = "RFC 5256 (THREAD)\n\nExamples:\n  thread\n  thread since 7d\n  thread --numbers REFERENCES UTF-8 ALL"
        )]
        Thread(Thread),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// The search keys.
    #[arg(
        value_name = "KEY",
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    criteria: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Gsearch {
    /// The search text, as in Gmail's search field.
    #[arg(
        value_name = "TEXT",
        required = true,
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    text: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Sort {
    /// The sort keys, and then the search keys.
    #[arg(
        value_name = "SORTKEY",
        required = true,
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    words: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Thread {
    /// Shows only numbers, without fetching subjects and senders.
    #[arg(long)]
    numbers: bool,
    /// The algorithm, and then the search keys.
    #[arg(
        value_name = "KEY",
        allow_hyphen_values = true,
        trailing_var_arg = true
    )]
    words: Vec<String>,
}

impl Search {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let query = criteria::query(&self.criteria, session)?;
        let found = session.client().await?.search(query).await?;
        Ok(keep(found, session))
    }
}

impl Gsearch {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found = session
            .client()
            .await?
            .gmail_search(&self.text.join(" "))
            .await?;
        Ok(keep(found, session))
    }
}

impl Sort {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let (orders, rest) = sorting::orders(&self.words)?;
        let query = criteria::query(rest, session)?;
        let found = session.client().await?.sort(orders, query).await?;
        Ok(keep(found, session))
    }
}

impl Thread {
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let (algorithm, rest) = sorting::algorithm(&self.words);
        let query: SearchQuery = criteria::query(rest, session)?;
        let client = session.client().await?;
        let algorithm = match algorithm {
            Some(algorithm) => algorithm,
            None => {
                client.capabilities().await?;
                best(client.state())?
            }
        };
        let threads = client.thread(algorithm, query).await?;
        let numbers: Vec<Uid> = threads.numbers().collect();
        let mut kept = Kept::default();
        let shown = match self.numbers || numbers.is_empty() {
            true => tree::numbers(&threads),
            false => {
                let client = session.client().await?;
                kept.add(client.fetch(&numbers, "FLAGS ENVELOPE").await)?;
                tree::messages(&threads, std::mem::take(&mut kept.found))
            }
        };
        announce(numbers.len(), session);
        session.set_found(numbers);
        Ok(Reply::new(&threads, shown).but(kept.failure()))
    }
}

/// Returns the best supported algorithm for conversations.
fn best(state: &State) -> Result<ThreadAlgorithm> {
    let mut known = ThreadAlgorithm::KNOWN.iter().cloned();
    let best = known.find(|one| state.has(&format!("THREAD={one}")));
    best.ok_or_else(|| {
        imapclient::Error::Missing {
            capability: "THREAD".to_owned(),
            disabled: state
                .withheld()
                .iter()
                .any(|name| name.starts_with("THREAD=")),
        }
        .into()
    })
}

/// Shows the messages found, and keeps them for `$`.
fn keep(found: Found, session: &mut Session) -> Reply {
    if let Some(summary) = found.summary()
        && found.is_empty()
    {
        // Only these numbers were requested.
        let numbers = [
            ("COUNT", found.count().map(|n| n.to_string())),
            ("MIN", found.min().map(|n| n.to_string())),
            ("MAX", found.max().map(|n| n.to_string())),
        ];
        let told = numbers
            .into_iter()
            .filter_map(|(name, value)| Some(Field::new(name, value?)));
        let told: Vec<Field> = told.collect();
        if !told.is_empty() {
            return Reply::new(summary, told);
        }
    }
    announce(found.len(), session);
    let numbers = found.into_vec();
    let mut shown = String::new();
    for number in &numbers {
        if !shown.is_empty() {
            shown.push(' ');
        }
        shown.push_str(&number.to_string());
    }
    let view = match shown.is_empty() {
        true => View::Nothing,
        // Not cut, whatever the number of messages, since scripts read it.
        false => View::Prose(shown),
    };
    session.set_found(numbers.clone());
    let json = Each::new(numbers.len(), move |at| numbers[at].get().into());
    Reply::long(Json::Array(json), view)
}

fn announce(found: usize, session: &Session) {
    session.screen.note(&match found {
        0 => "nothing was found".to_owned(),
        1 => "1 message was found; $ stands for it".to_owned(),
        n => format!("{} were found; $ stands for them", count(n as u64)),
    });
}
