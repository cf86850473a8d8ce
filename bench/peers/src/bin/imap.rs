//! imap (rust-imap), which returns all messages of a fetch at once.

use std::{fs, process::ExitCode};

use imap::{
    Client, Session,
    types::{Fetch, Flag},
};
use imapclient_bench_peers::{Settings, Stream, connect, settings};
use imapclient_bench_task::{
    Done, METADATA, PASSWORD, Result, Task, USER, Workload, allocator, maildir::Maildir, memory,
    run,
};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

const BODY: &str = "(UID BODY.PEEK[])";

fn main() -> ExitCode {
    run(start)
}

fn start(task: &Task) -> Result<Done> {
    let settings = settings(task)?;
    let mut done = Done::default();
    match task.workload {
        Workload::First => {
            for _ in 0..task.count {
                let mut session = open(task, &settings, 0)?;
                let messages = session.uid_fetch("1", "(UID FLAGS)")?;
                messages.iter().for_each(|_| done.add(1));
            }
            Ok(done)
        }
        Workload::Idle => {
            let before = memory::resident()?;
            let open = (0..task.count).map(|number| open(task, &settings, number));
            let open = open.collect::<Result<Vec<_>>>()?;
            let resident = Some((before, memory::resident()?));
            let items = open.len() as u64;
            Ok(Done {
                items,
                sum: 0,
                resident,
            })
        }
        _ => work(task, open(task, &settings, 0)?),
    }
}

fn open(task: &Task, settings: &Settings, number: usize) -> Result<Session<Stream>> {
    let mut client = Client::new(connect(task, settings, number)?);
    client.read_greeting()?;
    let mut session = client.login(USER, PASSWORD).map_err(|(error, _)| error)?;
    session.select("INBOX")?;
    Ok(session)
}

fn work(task: &Task, mut session: Session<Stream>) -> Result<Done> {
    let mut done = Done::default();
    match task.workload {
        Workload::Flags => {
            let messages = session.uid_fetch(task.all(), "(UID FLAGS)")?;
            messages.iter().for_each(|message| done.add(seen(message)));
        }
        Workload::Metadata => {
            for message in session.uid_fetch(task.all(), METADATA)?.iter() {
                let envelope = message.envelope().ok_or("no envelope")?;
                let subject = envelope.subject.as_ref().ok_or("no subject")?;
                message.bodystructure().ok_or("no structure")?;
                message.internal_date().ok_or("no date")?;
                done.add(u64::from(message.size.ok_or("no size")?) + subject.len() as u64);
            }
        }
        Workload::Bodies => {
            for message in session.uid_fetch(task.all(), BODY)?.iter() {
                done.add(message.body().ok_or("no body")?.len() as u64);
            }
        }
        Workload::Save => {
            for message in session.uid_fetch("1", BODY)?.iter() {
                let body = message.body().ok_or("no body")?;
                fs::write(task.file(), body)?;
                done.add(body.len() as u64);
            }
        }
        Workload::Pull => {
            let maildir = Maildir::make(task.maildir())?;
            for message in session.uid_fetch(task.all(), BODY)?.iter() {
                let body = message.body().ok_or("no body")?;
                maildir.write(message.uid.ok_or("no UID")?, body)?;
                done.add(body.len() as u64);
            }
        }
        Workload::Append => {
            let message = task.message();
            for _ in 0..task.count {
                session.append("INBOX", &message).finish()?;
                done.add(message.len() as u64);
            }
        }
        Workload::Upload => {
            let message = fs::read(task.file())?;
            session.append("INBOX", &message).finish()?;
            done.add(message.len() as u64);
        }
        Workload::Search => {
            for uid in session.uid_search("ALL")? {
                done.add(uid.into());
            }
        }
        Workload::Singles => {
            for uid in 1..=task.count {
                let messages = session.uid_fetch(uid.to_string(), "(UID FLAGS)")?;
                messages.iter().for_each(|message| done.add(seen(message)));
            }
        }
        Workload::Unread => {
            for number in 0..task.count {
                let status = session.status(Task::mailbox(number), "(UNSEEN)")?;
                done.add(status.unseen.ok_or("no number")?.into());
            }
        }
        Workload::Idle | Workload::First => {}
    }
    session.logout()?;
    Ok(done)
}

fn seen(message: &Fetch<'_>) -> u64 {
    message.flags().contains(&Flag::Seen).into()
}
