//! STATUS on servers that do not support all of its items.

use imapclient_codec::{
    Code, MailboxName, MailboxStatus, Response, StatusKind,
    command::{self as wire, StatusItem},
};
use imapclient_transport::Socket;

use crate::{
    client::Client,
    command::{Ask, Command, given},
    error::{Error, Result},
    workaround::Workaround,
};

impl<S: Socket> Client<S> {
    /// Asks for these items. If the server refuses them or answers without data, finds those that
    /// it does not support.
    pub(crate) async fn status_of(
        &mut self,
        name: &MailboxName,
        items: &[StatusItem],
    ) -> Result<MailboxStatus> {
        let asked = self.supported(items);
        match self.status_once(name, &asked).await {
            Err(failure) if falls_back(&failure) => self.status_without(name, asked, failure).await,
            done => done,
        }
    }

    /// Asks for the universal items together and for each other one separately, to find those that
    /// the server does not support, after a failure that may be due to them.
    pub(crate) async fn status_without(
        &mut self,
        name: &MailboxName,
        asked: Vec<StatusItem>,
        failure: Error,
    ) -> Result<MailboxStatus> {
        let (known, doubtful): (Vec<_>, Vec<_>) =
            asked.iter().copied().partition(|item| is_universal(*item));
        if doubtful.is_empty() || asked.len() == 1 {
            return Err(failure);
        }
        let mut status = None;
        if !known.is_empty() {
            match self.status_once(name, &known).await {
                Ok(told) => status = Some(told),
                // The items were not the reason.
                Err(error) if error.is_unsupported() => return Err(failure),
                Err(error) => return Err(error),
            }
        }
        let mut refused = Vec::new();
        // A NO may have had a temporary reason.
        if let ([item], Some(_), false) = (doubtful.as_slice(), &status, is_no(&failure)) {
            refused.push(*item);
        } else {
            for item in doubtful {
                match self.status_once(name, &[item]).await {
                    Ok(told) => match &mut status {
                        Some(status) => merge(status, told),
                        None => status = Some(told),
                    },
                    Err(error) if error.is_unsupported() => refused.push(item),
                    Err(error) => return Err(error),
                }
            }
        }
        let Some(status) = status else {
            return Err(failure);
        };
        if !refused.is_empty() {
            self.peer_mut().workarounds.status_items.extend(refused);
            self.note(Workaround::StatusItemRefused);
        }
        Ok(status)
    }

    /// Returns those of the items that the server is not known to refuse.
    pub(crate) fn supported(&self, items: &[StatusItem]) -> Vec<StatusItem> {
        let refused = &self.peer().workarounds.status_items;
        let mut asked = items.to_vec();
        asked.retain(|item| !refused.contains(item));
        match asked.is_empty() {
            // No other item is wanted: let the server refuse it itself.
            true => items.to_vec(),
            false => asked,
        }
    }

    /// Sends one STATUS. An answer without any of the items counts as no answer.
    async fn status_once(
        &mut self,
        name: &MailboxName,
        items: &[StatusItem],
    ) -> Result<MailboxStatus> {
        let answer = self.run(ask_status(name, items)?).await?;
        told(answer, items)
    }
}

/// Returns the command for one STATUS.
pub(crate) fn ask_status(
    name: &MailboxName,
    items: &[StatusItem],
) -> Result<impl Command<Output = Option<MailboxStatus>> + use<>> {
    let outgoing = wire::status(name, items)?;
    let name = name.clone();
    // Servers report other mailboxes without being asked (RFC 5465).
    let accept = move |answer: &mut Option<MailboxStatus>, response| match response {
        Response::MailboxStatus(status) if status.name == name => {
            *answer = Some(*status);
            None
        }
        other => Some(other),
    };
    Ok(Ask::for_answer(outgoing, accept))
}

/// Returns the answer to a STATUS. One without any of the items counts as no answer.
pub(crate) fn told(answer: Option<MailboxStatus>, items: &[StatusItem]) -> Result<MailboxStatus> {
    let answer = answer.filter(|status| tells_something(status, items));
    given("STATUS", answer)
}

/// Returns whether the items may be the reason of an error.
pub(crate) fn falls_back(error: &Error) -> bool {
    error.is_unsupported() && !is_about_mailbox(error)
}

/// Returns whether both RFC 3501 and RFC 9051 have the item, so that every server must support it.
fn is_universal(item: StatusItem) -> bool {
    matches!(
        item,
        StatusItem::Messages | StatusItem::UidNext | StatusItem::UidValidity | StatusItem::Unseen
    )
}

fn is_no(error: &Error) -> bool {
    matches!(error, Error::Refused(refused) if refused.kind == StatusKind::No)
}

fn is_about_mailbox(error: &Error) -> bool {
    matches!(
        error.code(),
        Some(Code::NonExistent | Code::TryCreate | Code::NoPerm)
    )
}

/// Returns whether a status has any of the items.
pub(crate) fn tells_something(status: &MailboxStatus, items: &[StatusItem]) -> bool {
    let tells = |item: &StatusItem| match item {
        StatusItem::Messages => status.messages.is_some(),
        StatusItem::Recent => status.recent.is_some(),
        StatusItem::UidNext => status.uid_next.is_some(),
        StatusItem::UidValidity => status.uid_validity.is_some(),
        StatusItem::Unseen => status.unseen.is_some(),
        StatusItem::Deleted => status.deleted.is_some(),
        StatusItem::Size => status.size.is_some(),
        StatusItem::HighestModSeq => status.highest_modseq.is_some(),
        StatusItem::MailboxId => status.mailbox_id.is_some(),
        StatusItem::AppendLimit => status.append_limit.is_some(),
        StatusItem::DeletedStorage => status.deleted_storage.is_some(),
        _ => true,
    };
    // Items that cannot be decoded are passed to the user with their bytes.
    items.iter().any(tells) || !status.malformed.is_empty() || !status.unknown.is_empty()
}

/// Adds the items of another answer that are not in this one.
pub(crate) fn merge(status: &mut MailboxStatus, told: MailboxStatus) {
    status.messages = status.messages.or(told.messages);
    status.recent = status.recent.or(told.recent);
    status.uid_next = status.uid_next.or(told.uid_next);
    status.uid_validity = status.uid_validity.or(told.uid_validity);
    status.unseen = status.unseen.or(told.unseen);
    status.deleted = status.deleted.or(told.deleted);
    status.highest_modseq = status.highest_modseq.or(told.highest_modseq);
    status.size = status.size.or(told.size);
    status.deleted_storage = status.deleted_storage.or(told.deleted_storage);
    status.append_limit = status.append_limit.or(told.append_limit);
    status.mailbox_id = status.mailbox_id.take().or(told.mailbox_id);
    status.unknown.extend(told.unknown);
    status.malformed.extend(told.malformed);
}
