//! async-imap on tokio, whose fetches are streams of messages. It has no TLS of its own.

use std::{fmt::Debug, fs, process::ExitCode};

use async_imap::{
    Client, Session,
    types::{Fetch, Flag},
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use imapclient_bench_peers::{Settings, TokioStream, block_on, connect_on_tokio, settings};
use imapclient_bench_task::{
    Done, METADATA, PASSWORD, Result, Task, USER, Workload, allocator, maildir::Maildir, memory,
    run,
};
use tokio::io::{AsyncRead, AsyncWrite};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

const BODY: &str = "(UID BODY.PEEK[])";

fn main() -> ExitCode {
    run(|task| block_on(start(task))?)
}

async fn start(task: &Task) -> Result<Done> {
    let settings = settings(task)?;
    match task.workload {
        Workload::First => {
            let mut done = Done::default();
            for _ in 0..task.count {
                done.items += match connect_on_tokio(task, &settings, 0).await? {
                    TokioStream::Plain(stream) => first(stream).await?,
                    TokioStream::Tls(stream) => first(stream).await?,
                };
            }
            done.sum = done.items;
            Ok(done)
        }
        Workload::Idle => idle(task, &settings).await,
        _ => match connect_on_tokio(task, &settings, 0).await? {
            TokioStream::Plain(stream) => work(task, open(stream).await?).await,
            TokioStream::Tls(stream) => work(task, open(stream).await?).await,
        },
    }
}

async fn open<T: AsyncRead + AsyncWrite + Unpin + Debug + Send>(stream: T) -> Result<Session<T>> {
    let mut client = Client::new(stream);
    client.read_response().await?.ok_or("no greeting")?;
    let mut session = client
        .login(USER, PASSWORD)
        .await
        .map_err(|(error, _)| error)?;
    session.select("INBOX").await?;
    Ok(session)
}

async fn first<T: AsyncRead + AsyncWrite + Unpin + Debug + Send>(stream: T) -> Result<u64> {
    let mut session = open(stream).await?;
    let messages = session.uid_fetch("1", "(UID FLAGS)").await?;
    Ok(messages.count().await as u64)
}

async fn idle(task: &Task, settings: &Settings) -> Result<Done> {
    let before = memory::resident()?;
    let (mut plain, mut tls) = (Vec::new(), Vec::new());
    for number in 0..task.count {
        match connect_on_tokio(task, settings, number).await? {
            TokioStream::Plain(stream) => plain.push(open(stream).await?),
            TokioStream::Tls(stream) => tls.push(open(stream).await?),
        }
    }
    let resident = Some((before, memory::resident()?));
    let items = (plain.len() + tls.len()) as u64;
    Ok(Done {
        items,
        sum: 0,
        resident,
    })
}

async fn work<T>(task: &Task, mut session: Session<T>) -> Result<Done>
where
    T: AsyncRead + AsyncWrite + Unpin + Debug + Send,
{
    let mut done = Done::default();
    match task.workload {
        Workload::Flags => {
            let mut messages = session.uid_fetch(task.all(), "(UID FLAGS)").await?;
            while let Some(message) = messages.try_next().await? {
                done.add(seen(&message));
            }
        }
        Workload::Metadata => {
            let mut messages = session.uid_fetch(task.all(), METADATA).await?;
            while let Some(message) = messages.try_next().await? {
                let envelope = message.envelope().ok_or("no envelope")?;
                let subject = envelope.subject.as_ref().ok_or("no subject")?;
                message.bodystructure().ok_or("no structure")?;
                message.internal_date().ok_or("no date")?;
                done.add(u64::from(message.size.ok_or("no size")?) + subject.len() as u64);
            }
        }
        Workload::Bodies => {
            let mut messages = session.uid_fetch(task.all(), BODY).await?;
            while let Some(message) = messages.try_next().await? {
                done.add(message.body().ok_or("no body")?.len() as u64);
            }
        }
        Workload::Save => {
            let mut messages = session.uid_fetch("1", BODY).await?;
            while let Some(message) = messages.try_next().await? {
                let body = message.body().ok_or("no body")?;
                fs::write(task.file(), body)?;
                done.add(body.len() as u64);
            }
        }
        Workload::Pull => {
            let maildir = Maildir::make(task.maildir())?;
            let mut messages = session.uid_fetch(task.all(), BODY).await?;
            while let Some(message) = messages.try_next().await? {
                let body = message.body().ok_or("no body")?;
                maildir.write(message.uid.ok_or("no UID")?, body)?;
                done.add(body.len() as u64);
            }
        }
        Workload::Append => {
            let message = task.message();
            for _ in 0..task.count {
                session.append("INBOX", None, None, &message).await?;
                done.add(message.len() as u64);
            }
        }
        Workload::Upload => {
            let message = fs::read(task.file())?;
            session.append("INBOX", None, None, &message).await?;
            done.add(message.len() as u64);
        }
        Workload::Search => {
            for uid in session.uid_search("ALL").await? {
                done.add(uid.into());
            }
        }
        Workload::Singles => {
            for uid in 1..=task.count {
                let mut messages = session.uid_fetch(uid.to_string(), "(UID FLAGS)").await?;
                while let Some(message) = messages.try_next().await? {
                    done.add(seen(&message));
                }
            }
        }
        Workload::Unread => {
            for number in 0..task.count {
                let status = session.status(Task::mailbox(number), "(UNSEEN)").await?;
                done.add(status.unseen.ok_or("no number")?.into());
            }
        }
        Workload::Idle | Workload::First => {}
    }
    session.logout().await?;
    Ok(done)
}

fn seen(message: &Fetch) -> u64 {
    message.flags().any(|flag| flag == Flag::Seen).into()
}
