//! FETCH by UID from servers that sometimes leave out the UID.

use imapclient_codec::{
    self as codec, Response,
    command::{self as wire, FetchItems, MessageSet},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Answers, Fetch},
    error::Result,
    kept::Kept,
    pipeline::queue::Queue,
    selection::MessageId,
    workaround::Workaround,
};

/// Upper bound on how often messages without a UID are fetched again, as long as their number
/// decreases.
const ROUNDS: usize = 8;

/// The approximate number of bytes of a change of flags.
const FLAGS: u64 = 64;

impl<S: Socket> Client<S> {
    /// Fetches the messages of several sets. The commands are sent without waiting for the answer
    /// to each.
    ///
    /// # Errors
    /// Returns the first error. The answers then have what was received before.
    pub(crate) async fn fetch_pieces<Id: MessageId>(
        &mut self,
        pieces: &[MessageSet],
        items: &FetchItems,
        answers: &mut [Answers<Id>],
    ) -> Result<()> {
        let mut kept = Kept::default();
        let mut asked = pieces.iter().zip(answers.iter_mut());
        if let (1, Some((set, answers))) = (pieces.len(), asked.next()) {
            return self.fetch_piece(set, items, answers, &mut kept).await;
        }
        let mut queue = Queue::of_one_call();
        let pending: Vec<_> = pieces
            .iter()
            .zip(answers.iter_mut())
            .map(|(set, answers)| {
                queue.submit(Fetch {
                    set: set.clone(),
                    items,
                    answers,
                })
            })
            .collect();
        for pending in pending {
            queue.answer(self, pending).await?;
        }
        drop(queue);
        for (set, answers) in pieces.iter().zip(answers) {
            self.name_piece(set, items, answers, &mut kept).await?;
        }
        Ok(())
    }

    /// Completes the answer to the fetch of a set: messages that came without their UID are fetched
    /// once more.
    pub(crate) async fn name_piece<Id: MessageId>(
        &mut self,
        set: &MessageSet,
        items: &FetchItems,
        answers: &mut Answers<Id>,
        kept: &mut Kept,
    ) -> Result<()> {
        if answers.unnamed() > 0 {
            *answers = Answers::new(self.connection().answer_limit());
            return self.fetch_piece(set, items, answers, kept).await;
        }
        self.add_flag_news(answers.end_piece(set));
        Ok(())
    }

    fn add_flag_news(&mut self, news: Vec<codec::Fetch>) {
        for fetch in news {
            self.connection_mut()
                .add_update(Response::Fetch(fetch), FLAGS);
        }
    }

    /// Fetches the messages of a set. Those that came without their UID are fetched once more,
    /// unless another response to the same command had it.
    pub(crate) async fn fetch_piece<Id: MessageId>(
        &mut self,
        set: &MessageSet,
        items: &FetchItems,
        answers: &mut Answers<Id>,
        kept: &mut Kept,
    ) -> Result<()> {
        let mut asked = vec![set.clone()];
        let mut before = usize::MAX;
        let mut helps = false;
        for round in 0..=ROUNDS {
            for set in asked {
                let fetch = Fetch {
                    set,
                    items,
                    answers,
                };
                self.run_after(kept, fetch).await?;
            }
            let unnamed = answers.unnamed();
            // If an earlier round has helped, try one more.
            let is_less = unnamed < before;
            if unnamed == 0 || round == ROUNDS || !(is_less || helps) {
                break;
            }
            helps = is_less && round > 0;
            before = unnamed;
            asked = match answers.wanted(set) {
                None => break,
                Some(MessageSet::Uids(uids)) => {
                    let received = self.connection().received();
                    let sets = self.pieces(uids, |set| wire::fetch(set, items)).await?;
                    if self.connection().received() != received {
                        answers.forget_names();
                    }
                    sets
                }
                Some(set) => vec![set],
            };
            kept.forget(answers.ask_again());
            self.note(Workaround::FetchWithoutUid);
        }
        self.add_flag_news(answers.end_piece(set));
        Ok(())
    }
}
