//! Messages by URL (RFC 4467, RFC 5524).

use super::mailbox::named;
use crate::{
    mailbox::MailboxName,
    needs::Needs,
    outgoing::{InvalidArgument, Outgoing},
};

words! {
    /// The data of a URL that URLFETCH can return (RFC 5524 §3).
    #[non_exhaustive]
    pub enum UrlItem is "URL item" {
        /// The data as stored.
        Body "BODY",
        /// The data with the transfer encoding removed.
        Binary "BINARY",
        /// The MIME structure of the data.
        BodyPartStructure "BODYPARTSTRUCTURE",
    }
}

/// Encodes `GENURLAUTH`, which authorises URLs, each by a mechanism such as `INTERNAL`
/// (RFC 4467 §7).
///
/// # Errors
/// Fails if there is no URL, one contains NUL, or the name of a mechanism is not a word.
pub fn gen_url_auth(
    urls: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("GENURLAUTH").needing(needs("URLAUTH"));
    let mut any = false;
    for (url, mechanism) in urls {
        any = true;
        outgoing
            .push(" ")
            .string("URL", url.as_ref().as_bytes())?
            .push(" ")
            .atom("mechanism", mechanism.as_ref())?;
    }
    some(any)?;
    Ok(outgoing)
}

/// Encodes `URLFETCH`, which fetches the data of authorised URLs (RFC 4467 §7). The URLs must not
/// appear in logs.
///
/// # Errors
/// Fails if there is no URL, or if one contains NUL.
pub fn url_fetch(
    urls: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("URLFETCH").needing(needs("URLAUTH"));
    let mut any = false;
    for url in urls {
        any = true;
        outgoing.push(" ").secret("URL", url.as_ref())?;
    }
    some(any)?;
    Ok(outgoing)
}

/// Encodes `URLFETCH` with a choice of the data of each URL (RFC 5524 §3).
///
/// # Errors
/// Fails if there is no URL, or if one contains NUL.
pub fn url_fetch_items(
    urls: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<[UrlItem]>)>,
) -> Result<Outgoing, InvalidArgument> {
    let mut outgoing = Outgoing::new("URLFETCH").needing(needs("URLAUTH=BINARY"));
    let mut any = false;
    for (url, items) in urls {
        any = true;
        outgoing.push(" (").secret("URL", url.as_ref())?;
        for item in items.as_ref() {
            outgoing.push(" ").push(item.as_str());
        }
        outgoing.push(")");
    }
    some(any)?;
    Ok(outgoing)
}

/// Encodes `RESETKEY`, which revokes the URLs authorised so far for one mailbox, by all or by some
/// mechanisms, or those for all mailboxes (RFC 4467 §7).
///
/// # Errors
/// Fails if the name of the mailbox is empty or cannot be sent, the name of a mechanism is
/// not a word, or there are mechanisms without a mailbox.
pub fn reset_key<'m>(
    mailbox: Option<&MailboxName>,
    mechanisms: impl IntoIterator<Item = &'m str>,
) -> Result<Outgoing, InvalidArgument> {
    let mut mechanisms = mechanisms.into_iter().peekable();
    let mut outgoing = match mailbox {
        Some(name) => named("RESETKEY ", name)?,
        None if mechanisms.peek().is_none() => Outgoing::new("RESETKEY"),
        None => {
            let why = "they need a mailbox before them";
            return Err(InvalidArgument::new("mechanisms", why));
        }
    };
    for mechanism in mechanisms {
        outgoing.push(" ").atom("mechanism", mechanism)?;
    }
    Ok(outgoing.needing(needs("URLAUTH")))
}

fn needs(capability: &'static str) -> Needs {
    Needs::login().capability(capability)
}

fn some(any: bool) -> Result<(), InvalidArgument> {
    if any {
        Ok(())
    } else {
        Err(InvalidArgument::new("URLs", "name at least one"))
    }
}
