//! Commands given as text.

use imapclient::{Error, Response, Seq, StatusKind};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{mail::mail, tell::refused};

/// Commands that `raw` refuses: those that change the state of the connection, which the client
/// could not follow, and texts that are not commands of one line.
const NOT_RAW: [&str; 25] = [
    "LOGIN \"a\" \"b\"",
    "AUTHENTICATE PLAIN",
    "STARTTLS",
    "ENABLE CONDSTORE",
    "SELECT INBOX",
    "select INBOX",
    "EXAMINE INBOX",
    "CLOSE",
    "UNSELECT",
    "IDLE",
    "DONE",
    "COMPRESS DEFLATE",
    "LOGOUT",
    "UNAUTHENTICATE",
    "APPEND INBOX {3+}",
    "NOOP\r\nA1 LOGOUT",
    "NOOP\n",
    "NOOP\r",
    "STATUS a\0b (MESSAGES)",
    "STATUS Entwürfe (MESSAGES)",
    "STATUS {5}",
    "STATUS {5+}",
    "STATUS \"INBOX (MESSAGES)",
    " NOOP",
    "",
];

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn raw_gives_what_was_answered(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        let uid = client.deliver(mail("one", "")).await?;
        client.noop().await?;
        client.updates().for_each(drop);

        let answer = client.raw("FETCH 1:* (UID FLAGS)").await?;
        assert_eq!(answer.status.kind, StatusKind::Ok);
        let responses = answer.responses;
        let uids: Vec<_> = responses
            .iter()
            .filter_map(|response| match response {
                Response::Fetch(message) => message.uid(),
                _ => None,
            })
            .collect();
        assert_eq!(uids, [uid], "{responses:?}");
        assert_eq!(client.updates().count(), 0, "the responses belong to the command");

        let name = cx.mailbox()?;
        let text = format!("STATUS \"{name}\" (MESSAGES)");
        let responses = client.raw(&text).await?.responses;
        let answer = responses.iter().find_map(|response| match response {
            Response::MailboxStatus(status) => Some((status.name.as_str(), status.messages)),
            _ => None,
        });
        assert_eq!(answer, Some((name, Some(1.into()))), "{responses:?}");
        client.logout().await
    }

    #[trial]
    async fn raw_keeps_track_of_the_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        client.deliver(mail("one", "")).await?;
        client.deliver(mail("two", "")).await?;
        client.raw("STORE 1 +FLAGS.SILENT (\\Deleted)").await?;
        let responses = client.raw("EXPUNGE").await?.responses;
        assert!(responses.contains(&Response::Expunge(Seq::MIN)), "{responses:?}");
        let exists = client.state().selected().map(|mailbox| mailbox.exists);
        assert_eq!(exists, Some(1.into()));
        assert_eq!(client.search("SUBJECT two").await?.len(), 1);
        client.logout().await
    }

    #[trial]
    async fn raw_takes_one_harmless_command(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let last = client.last_sent();
        for text in NOT_RAW {
            let result = client.raw(text).await;
            assert!(
                matches!(result, Err(Error::Invalid(_))),
                "{text:?}: {result:?}"
            );
        }
        assert_eq!(client.last_sent(), last, "nothing was sent");
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn raw_refused(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        let refusal = refused(client.raw("XNOBODYKNOWS \"this\"").await)?;
        assert!(refusal.command.starts_with("XNOBODYKNOWS"), "{refusal}");
        client.noop().await?;
        client.logout().await
    }
}
