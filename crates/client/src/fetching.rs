//! FETCH by UID from servers that sometimes leave out the UID.

use imapclient_codec::{
    Response,
    command::{self as wire, FetchItems, MessageSet},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Answers, Fetch},
    error::Result,
    kept::Kept,
    selection::MessageId,
    workaround::Workaround,
};

/// Upper bound on how often messages without a UID are fetched again, as long as their number
/// decreases.
const ROUNDS: usize = 8;

/// The approximate number of bytes of a change of flags.
const FLAGS: u64 = 64;

impl<S: Socket> Client<S> {
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
        for fetch in answers.end_piece(set) {
            self.connection_mut()
                .add_update(Response::Fetch(fetch), FLAGS);
        }
        Ok(())
    }
}
