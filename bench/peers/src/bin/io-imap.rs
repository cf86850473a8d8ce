//! io-imap, whose own client is blocking. It streams bodies, and returns all other data at once.

use std::{any::Any, fs::File, io, num::NonZeroU32, process::ExitCode, time::Duration};

use imapclient_bench_peers::{Settings, Stream, connect, settings};
use imapclient_bench_task::{
    Done, PASSWORD, Result, Task, USER, Workload, allocator, maildir::Maildir, memory, run,
};
use io_imap::{
    client::{ImapClient as _, ImapClientStd, ImapStream},
    rfc3501::{
        append::ImapMessageAppendOptions, fetch::ImapMessageFetchOptions, login::ImapLoginOptions,
        search::ImapMessageSearchOptions, select::ImapMailboxSelectOptions,
    },
    types::{
        core::Vec1,
        fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName},
        flag::{Flag, FlagFetch},
        mailbox::Mailbox,
        search::SearchKey,
        sequence::SequenceSet,
        status::{StatusDataItem, StatusDataItemName},
    },
};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

/// The stream, in the form that the client expects.
struct Line(Stream);

fn main() -> ExitCode {
    run(start)
}

fn start(task: &Task) -> Result<Done> {
    let settings = settings(task)?;
    let mut done = Done::default();
    match task.workload {
        Workload::First => {
            for _ in 0..task.count {
                let mut client = open(task, &settings, 0)?;
                let messages = client.fetch("1".try_into()?, flags(), by_uid())?;
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

fn open(task: &Task, settings: &Settings, number: usize) -> Result<ImapClientStd> {
    let mut client = ImapClientStd::new(Line(connect(task, settings, number)?));
    client.greeting()?;
    client.login(USER, PASSWORD, ImapLoginOptions::default())?;
    client.select(Mailbox::Inbox, ImapMailboxSelectOptions::default())?;
    Ok(client)
}

fn work(task: &Task, mut client: ImapClientStd) -> Result<Done> {
    let mut done = Done::default();
    let all: SequenceSet = task.all().try_into()?;
    match task.workload {
        Workload::Flags => {
            for items in client.fetch(all, flags(), by_uid())?.values() {
                done.add(seen(items));
            }
        }
        Workload::Metadata => {
            let names = MacroOrMessageDataItemNames::MessageDataItemNames(vec![
                MessageDataItemName::Uid,
                MessageDataItemName::Flags,
                MessageDataItemName::InternalDate,
                MessageDataItemName::Rfc822Size,
                MessageDataItemName::Envelope,
                MessageDataItemName::BodyStructure,
            ]);
            for items in client.fetch(all, names, by_uid())?.values() {
                done.add(metadata(items)?);
            }
        }
        Workload::Bodies => {
            client.fetch_bodies_stream(
                all,
                true,
                |_| Ok(Counted(io::sink(), 0)),
                |_, Counted(_, size)| {
                    done.add(size);
                    Ok(())
                },
            )?;
        }
        Workload::Save => {
            let mut file = Counted(File::create(task.file())?, 0);
            client.fetch_body_stream(NonZeroU32::MIN, true, &mut file)?;
            done.add(file.1);
        }
        Workload::Pull => {
            let maildir = Maildir::make(task.maildir())?;
            client.fetch_bodies_stream(
                all,
                true,
                |uid| Ok(Counted(maildir.begin(uid)?, 0)),
                |_, Counted(message, size)| {
                    done.add(size);
                    message.finish()
                },
            )?;
        }
        Workload::Append => {
            let message = task.message();
            for _ in 0..task.count {
                client.append(Mailbox::Inbox, &message, at_once())?;
                done.add(message.len() as u64);
            }
        }
        Workload::Upload => {
            let file = File::open(task.file())?;
            let size = file.metadata()?.len();
            client.append_stream(Mailbox::Inbox, file, size.try_into()?, at_once())?;
            done.add(size);
        }
        Workload::Search => {
            let options = ImapMessageSearchOptions { uid: true };
            for uid in client.search(Vec1::from(SearchKey::All), options)? {
                done.add(uid.get().into());
            }
        }
        Workload::Singles => {
            for uid in 1..=task.count {
                let set = uid.to_string().as_str().try_into()?;
                for items in client.fetch(set, flags(), by_uid())?.values() {
                    done.add(seen(items));
                }
            }
        }
        Workload::Unread => {
            for number in 0..task.count {
                let mailbox = Task::mailbox(number).try_into()?;
                let items = vec![StatusDataItemName::Unseen].into();
                let status = client.status(mailbox, items)?;
                let unseen = status.iter().find_map(|item| match item {
                    StatusDataItem::Unseen(count) => Some(*count),
                    _ => None,
                });
                done.add(unseen.ok_or("no number")?.into());
            }
        }
        Workload::Idle | Workload::First => {}
    }
    client.logout()?;
    Ok(done)
}

fn by_uid() -> ImapMessageFetchOptions {
    ImapMessageFetchOptions {
        uid: true,
        ..ImapMessageFetchOptions::default()
    }
}

fn at_once() -> ImapMessageAppendOptions {
    ImapMessageAppendOptions {
        non_sync: true,
        ..ImapMessageAppendOptions::default()
    }
}

fn flags() -> MacroOrMessageDataItemNames<'static> {
    let names = vec![MessageDataItemName::Uid, MessageDataItemName::Flags];
    MacroOrMessageDataItemNames::MessageDataItemNames(names)
}

fn seen(items: &Vec1<MessageDataItem<'_>>) -> u64 {
    let seen = FlagFetch::Flag(Flag::Seen);
    let has = |item: &MessageDataItem<'_>| matches!(item, MessageDataItem::Flags(flags) if flags.contains(&seen));
    items.as_ref().iter().any(has).into()
}

fn metadata(items: &Vec1<MessageDataItem<'_>>) -> Result<u64> {
    let (mut sum, mut count) = (0, 0);
    for item in items.as_ref() {
        match item {
            MessageDataItem::Rfc822Size(size) => sum += u64::from(*size),
            MessageDataItem::Envelope(envelope) => {
                let subject = envelope.subject.0.as_ref().ok_or("no subject")?;
                sum += subject.as_ref().len() as u64;
            }
            MessageDataItem::BodyStructure(_) | MessageDataItem::InternalDate(_) => {}
            _ => continue,
        }
        count += 1;
    }
    match count {
        4 => Ok(sum),
        _ => Err("data are missing".into()),
    }
}

impl io::Read for Line {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl ImapStream for Line {
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn set_read_timeout(&self, _: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that counts what is written to it.
struct Counted<W>(W, u64);

impl<W: io::Write> io::Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.0.write(bytes)?;
        self.1 += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
