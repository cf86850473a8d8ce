//! Cuts the connection of a session at every byte: the session must end with an error about the
//! lost connection, and whatever it returned before must be complete and true.
#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]

mod journal;
mod plan;

use std::time::Duration;

use imapclient::{
    AppendStream, AppendUid, Builder, Compress, Error, Flag, Notify, NotifyEvent, Scope, Update,
    codec::command::{FetchItems, MessageSet, append, fetch},
    transport::TlsOptions,
};
use imapclient_test_macros::faces;
use imapclient_testkit::{Mail, Proxy, Server};

use journal::Journal;
use plan::{Cut, Plan, Tally, Way};

/// A time that no session needs: one that takes as long hangs.
const LONG: Duration = Duration::from_secs(30);
/// The UID of the message that the session flags.
const FLAGGED: u32 = 2;
/// The message that the session uploads at once.
const AT_ONCE: &str = "Subject: at once\r\n\r\nA1 OK is no response\r\n";
/// The message that the session uploads in pieces.
const IN_PIECES: &str = "Subject: in pieces\r\n\r\n+ no continuation request\r\n";
/// The message that the session uploads behind other commands.
const IN_PIPELINE: &str = "Subject: behind\r\n\r\n* BYE\r\n";
/// The mailbox that the session watches beside INBOX.
const BESIDE: &str = "Beside";
/// The message that arrives while the session waits in IDLE, and in the mailbox that it watches.
const NEWS: &str = "Subject: news\r\n\r\n";

/// Starts a server with a mailbox whose texts resemble responses.
fn server(way: Way) -> Server {
    let mails = [
        Mail::from("Subject: one\r\n\r\nA0005 OK FETCH completed\r\n").flag("\\Seen"),
        Mail::from("Subject: two\r\n\r\n)\r\n* 3 FETCH (UID 3 BODY[] {2}\r\n\r\n)\r\n"),
        Mail::from("").flag("\\Answered").flag("word"),
        Mail::from(format!("Subject: four\r\n\r\n{}\r\n", "x".repeat(200))),
    ];
    let builder = Server::builder()
        .user("bob", "sekret")
        .say_capability("NOTIFY");
    match way {
        Way::Synchronising => builder.forget_capability("LITERAL+"),
        _ => builder,
    }
    .mailbox("INBOX", |inbox| inbox.messages(mails))
    .mailbox(BESIDE, |beside| beside)
    .start()
}

/// Returns the settings for a session through the proxy.
fn settings<C>(way: Way, server: &Server, proxy: &Proxy) -> Builder<C> {
    let builder = Builder::new("127.0.0.1")
        .port(proxy.addr().port())
        .login("bob", "sekret".to_owned())
        .timeout(LONG);
    let builder = match way {
        Way::Compressed | Way::CompressedTls | Way::CompressedStartTls => {
            builder.compress(Compress::Always)
        }
        Way::Plain | Way::Synchronising | Way::Tls | Way::StartTls => builder,
    };
    let options = TlsOptions::new()
        .without_native_roots()
        .ca_pem(server.ca_pem());
    match way {
        Way::Plain | Way::Synchronising | Way::Compressed => builder.dangerous_plaintext(),
        Way::Tls | Way::CompressedTls => builder.tls_options(options),
        Way::StartTls | Way::CompressedStartTls => builder.tls_options(options).starttls(),
    }
}

/// Returns whether an update reports the message in [`BESIDE`].
fn is_about_beside(update: &Update) -> bool {
    match update {
        Update::MailboxStatus(status) => {
            status.name == *BESIDE && status.messages == Some(1.into())
        }
        _ => false,
    }
}

faces! {
    #![tokio(cfg(feature = "tokio"))]

    async fn session(
        builder: Builder<Client>,
        server: &Server,
        journal: &mut Journal,
    ) -> Result<(), Error> {
        journal.begin("login");
        let mut client = builder.connect().await?;
        if let Err(error) = talk(&mut client, server, journal).await {
            // The connection is gone, and a further call must not wait for anything.
            journal.expect(client.noop().await.is_err_and(|error| error.is_closed()), "next call");
            return Err(error);
        }
        journal.begin("logout");
        client.logout().await
    }

    async fn talk(
        client: &mut Client,
        server: &Server,
        journal: &mut Journal,
    ) -> Result<(), Error> {
        journal.begin("select");
        let mailbox = client.select("INBOX").await?;
        journal.expect(mailbox.exists.get() == journal.count(), &mailbox);

        journal.begin("flags");
        let flags = client.flags("1:*").await?;
        journal.expect(journal.has_flags(&flags), &flags);

        journal.begin("bodies");
        let messages = client.fetch("1:*", "BODY.PEEK[]").await?;
        journal.expect(journal.has_bodies(&messages), &messages);

        journal.begin("each");
        each(client, journal).await?;

        journal.begin("search");
        let found = client.search("ALL").await?;
        journal.expect(found == journal.uids(), &found);

        journal.begin("store");
        let stored = client.add_flags(FLAGGED, Flag::Flagged).await;
        journal.flagged(&stored);
        stored?;

        journal.begin("append");
        let appended = client.append("INBOX", AT_ONCE).await;
        journal.appended(AT_ONCE, &appended);
        appended?;

        journal.begin("upload");
        let uploaded = upload(client).await;
        journal.appended(IN_PIECES, &uploaded);
        uploaded?;

        journal.begin("pipeline");
        pipelined(client, journal).await?;

        journal.begin("idle");
        let mut idle = client.idle().await?;
        server.deliver("bob", "INBOX", NEWS);
        let all = journal.count() + 4;
        while !matches!(idle.next().await?, Update::Exists(count) if count.get() == all) {}
        idle.done().await?;

        journal.begin("watch");
        let events = [NotifyEvent::new_messages(), NotifyEvent::MessageExpunge];
        let news = Notify::new().on(Scope::Mailboxes(vec![BESIDE.into()]), events);
        let mut watch = client.notify(&news).await?;
        server.deliver("bob", BESIDE, NEWS);
        while !is_about_beside(&watch.next().await?) {}
        watch.done().await
    }

    /// Reads one message after the other, those that are not small in pieces.
    async fn each(client: &mut Client, journal: &mut Journal) -> Result<(), Error> {
        let messages = client.fetch_each("1:*", "(UID FLAGS BODY.PEEK[])").await?;
        let mut messages = messages.pieces_from(100);
        let mut read = Vec::new();
        while let Some(mut message) = messages.next().await? {
            let mut text = Vec::new();
            while let Some(mut body) = message.body().await? {
                while let Some(piece) = body.chunk().await? {
                    text.extend_from_slice(piece);
                }
            }
            let uid = message.finish().await?.uid();
            read.push((uid, text));
            // Each message is whole, whatever happens to the next one.
            journal.expect(journal.begins_with(&read), &read);
        }
        journal.expect(read.len() == journal.uids().len(), &read);
        Ok(())
    }

    /// Fetches each message and uploads one, without waiting for the answers.
    async fn pipelined(client: &mut Client, journal: &mut Journal) -> Result<(), Error> {
        let mut pipeline = client.pipeline();
        let mut fetches = Vec::new();
        for uid in journal.uids() {
            let set = MessageSet::Uids(uid.into());
            fetches.push((uid, pipeline.submit(fetch(&set, &FetchItems::new().body())?)));
        }
        let upload = pipeline.submit(append(&"INBOX".into(), &IN_PIPELINE.into())?);
        let mut result = Ok(());
        for (uid, pending) in fetches {
            match pipeline.answer(pending).await {
                Ok(answer) => {
                    journal.expect(journal.is_body(uid, &answer.responses), (uid, &answer));
                }
                Err(error) => result = journal.one_after(result, error),
            }
        }
        let uploaded = pipeline.answer(upload).await.map(|_| None);
        journal.appended(IN_PIPELINE, &uploaded);
        match uploaded {
            Ok(_) => result,
            Err(error) => journal.one_after(result, error),
        }
    }

    async fn upload(client: &mut Client) -> Result<Option<AppendUid>, Error> {
        let message = AppendStream::new(IN_PIECES.len() as u64);
        let mut upload = client.upload("INBOX", message).await?;
        for piece in IN_PIECES.as_bytes().chunks(20) {
            upload.write(piece).await?;
        }
        upload.finish().await
    }

    /// Runs a session that is cut. Returns whether it succeeded nevertheless.
    async fn run(cut: Cut, tally: &mut Tally) -> bool {
        let server = server(cut.way);
        let proxy = Proxy::start(cut.target(&server));
        cut.set(&proxy);
        let mut journal = Journal::new(&server);
        let result = session(settings(cut.way, &server, &proxy), &server, &mut journal).await;
        // Until then, the server may still execute what it has received.
        proxy.wait_for_no_connections();
        server.wait_for_no_connections();
        tally.add(cut, &result, journal.judge(&result, &server));
        result.is_ok()
    }

    async fn all(plan: Plan) {
        let mut tally = Tally::new(FACE);
        for series in plan.series() {
            tally.begin(series);
            let mut places = series.places();
            while let Some(at) = places.next() {
                let is_whole = run(series.at(at), &mut tally).await;
                places.ran(at, is_whole);
            }
        }
        tally.end(plan);
    }

    #[case]
    async fn cuts_at_some_bytes() {
        all(Plan::Sample).await;
    }

    #[case]
    #[ignore = "takes minutes: see `cargo xtask soak cuts`"]
    async fn cuts_at_every_byte() {
        all(Plan::Thorough).await;
    }
}
