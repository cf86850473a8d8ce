//! The mailboxes that NOTIFY and ESEARCH apply to, and ESEARCH itself.

use super::search::SearchQuery;
use crate::{
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

/// A choice of mailboxes (RFC 5465 §6, RFC 7377 §2.2).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Scope {
    /// The selected mailbox.
    Selected,
    /// The selected mailbox, with removals reported only when no command can be disturbed. For
    /// NOTIFY only.
    SelectedDelayed,
    /// The mailboxes to which mail may be delivered.
    Inboxes,
    /// The user's own mailboxes.
    Personal,
    /// The mailboxes to which the user is subscribed.
    Subscribed,
    /// These mailboxes and all below them.
    Subtree(Vec<MailboxName>),
    /// These mailboxes and their children. For ESEARCH only.
    SubtreeOne(Vec<MailboxName>),
    /// These mailboxes.
    Mailboxes(Vec<MailboxName>),
}

impl Scope {
    pub(super) fn write(&self, outgoing: &mut Outgoing) -> Result<(), InvalidArgument> {
        let (word, mailboxes) = match self {
            Self::Selected => ("SELECTED", None),
            Self::SelectedDelayed => ("SELECTED-DELAYED", None),
            Self::Inboxes => ("INBOXES", None),
            Self::Personal => ("PERSONAL", None),
            Self::Subscribed => ("SUBSCRIBED", None),
            Self::Subtree(mailboxes) => ("SUBTREE ", Some(mailboxes)),
            Self::SubtreeOne(mailboxes) => ("SUBTREE-ONE ", Some(mailboxes)),
            Self::Mailboxes(mailboxes) => ("MAILBOXES ", Some(mailboxes)),
        };
        outgoing.push(word);
        match mailboxes.map(Vec::as_slice) {
            None => {}
            Some([]) => return Err(InvalidArgument::new("mailboxes", "name at least one")),
            Some([one]) => {
                outgoing.mailbox(one)?;
            }
            Some(all) => {
                outgoing.list(all, |outgoing, name| outgoing.mailbox(name).map(drop))?;
            }
        }
        Ok(())
    }
}

/// Encodes `ESEARCH`, a search in several mailboxes, or in the selected one if there is no scope
/// (RFC 7377 §2.1). It finds UIDs.
///
/// ```
/// use imapclient_codec::command::{self, Scope, SearchKey};
///
/// let scopes = [Scope::Personal, Scope::Subtree(vec!["Lists".into()])];
/// let outgoing = command::multi_search(scopes, SearchKey::Unseen)?;
/// assert!(format!("{outgoing:?}").contains(r#"(PERSONAL SUBTREE \"Lists\") UNSEEN"#));
/// # Ok::<(), imapclient_codec::InvalidArgument>(())
/// ```
///
/// # Errors
/// Fails if a mailbox name is empty or cannot be sent, or if a search key cannot be sent.
pub fn multi_search(
    scopes: impl IntoIterator<Item = Scope>,
    query: impl Into<SearchQuery>,
) -> Result<Outgoing, InvalidArgument> {
    let query = query.into();
    let scopes: Vec<Scope> = scopes.into_iter().collect();
    if scopes.contains(&Scope::SelectedDelayed) {
        let why = "SELECTED-DELAYED is for NOTIFY only";
        return Err(InvalidArgument::new("scope", why));
    }
    let needs = Needs::login().capability("MULTISEARCH");
    let mut outgoing = Outgoing::new("ESEARCH").needing(needs);
    if !scopes.is_empty() {
        outgoing
            .push(" IN ")
            .list(scopes, |outgoing, scope| scope.write(outgoing))?;
    }
    query.write_options(&mut outgoing)?;
    query.write_program(&mut outgoing)?;
    Ok(outgoing)
}
