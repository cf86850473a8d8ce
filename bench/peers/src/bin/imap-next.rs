//! imap-next, which sends any number of commands ahead, and returns each response as an event. The
//! completion of a command is left to its user.

use std::{fs, process::ExitCode, vec};

use imap_next::{
    client::{Client, Event, Options},
    imap_types::{
        command::{Command, CommandBody},
        core::{Literal, LiteralMode, Tag, Vec1},
        extensions::binary::LiteralOrLiteral8,
        fetch::{MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Section},
        flag::{Flag, FlagFetch},
        mailbox::Mailbox,
        response::{Data, Status, StatusBody, StatusKind},
        search::SearchKey,
        status::{StatusDataItem, StatusDataItemName},
    },
    stream::Stream,
};
use imapclient_bench_peers::{Settings, TokioStream, block_on, connect_on_tokio, settings};
use imapclient_bench_task::{
    Done, PASSWORD, Result, Task, USER, Workload, allocator, maildir::Maildir, memory, run,
};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

/// A connection, and the state of its protocol.
struct Connection {
    stream: Stream,
    client: Client,
    /// The number of the last tag.
    last: u32,
}

fn main() -> ExitCode {
    run(|task| block_on(start(task))?)
}

async fn start(task: &Task) -> Result<Done> {
    let settings = settings(task)?;
    let mut done = Done::default();
    match task.workload {
        Workload::First => {
            for _ in 0..task.count {
                let mut connection = Connection::open(task, &settings, 0).await?;
                let fetch = fetch("1", &[MessageDataItemName::Uid, MessageDataItemName::Flags])?;
                connection
                    .run([fetch], |data| {
                        if let Data::Fetch { .. } = data {
                            done.add(1);
                        }
                        Ok(())
                    })
                    .await?;
            }
            Ok(done)
        }
        Workload::Idle => {
            let before = memory::resident()?;
            let mut open = Vec::new();
            for number in 0..task.count {
                open.push(Connection::open(task, &settings, number).await?);
            }
            let resident = Some((before, memory::resident()?));
            let items = open.len() as u64;
            Ok(Done {
                items,
                sum: 0,
                resident,
            })
        }
        _ => work(task, Connection::open(task, &settings, 0).await?).await,
    }
}

async fn work(task: &Task, mut connection: Connection) -> Result<Done> {
    let mut done = Done::default();
    let flags = [MessageDataItemName::Uid, MessageDataItemName::Flags];
    let body = [
        MessageDataItemName::Uid,
        MessageDataItemName::BodyExt {
            section: None::<Section<'_>>,
            partial: None,
            peek: true,
        },
    ];
    let all = task.all();
    match task.workload {
        Workload::Flags => {
            connection
                .run([fetch(all, &flags)?], |data| each(data, &mut done, seen))
                .await?;
        }
        Workload::Metadata => {
            let names = [
                MessageDataItemName::Uid,
                MessageDataItemName::Flags,
                MessageDataItemName::InternalDate,
                MessageDataItemName::Rfc822Size,
                MessageDataItemName::Envelope,
                MessageDataItemName::BodyStructure,
            ];
            connection
                .run([fetch(all, &names)?], |data| {
                    each(data, &mut done, metadata)
                })
                .await?;
        }
        Workload::Bodies => {
            let size = |items: &[_]| Ok(body_of(items)?.1.len() as u64);
            connection
                .run([fetch(all, &body)?], |data| each(data, &mut done, size))
                .await?;
        }
        Workload::Save => {
            let save = |items: &[_]| {
                let (_, body) = body_of(items)?;
                fs::write(task.file(), body)?;
                Ok(body.len() as u64)
            };
            connection
                .run([fetch("1", &body)?], |data| each(data, &mut done, save))
                .await?;
        }
        Workload::Pull => {
            let maildir = Maildir::make(task.maildir())?;
            let save = |items: &[_]| {
                let (uid, body) = body_of(items)?;
                maildir.write(uid, body)?;
                Ok(body.len() as u64)
            };
            connection
                .run([fetch(all, &body)?], |data| each(data, &mut done, save))
                .await?;
        }
        Workload::Append | Workload::Upload => {
            let (message, count) = match task.workload {
                Workload::Append => (task.message(), task.count),
                _ => (fs::read(task.file())?, 1),
            };
            let append = || append(message.clone());
            let commands = (0..count).map(|_| append()).collect::<Result<Vec<_>>>()?;
            connection.run(commands, |_| Ok(())).await?;
            (0..count).for_each(|_| done.add(message.len() as u64));
        }
        Workload::Search => {
            let search = CommandBody::Search {
                charset: None,
                criteria: Vec1::from(SearchKey::All),
                uid: true,
            };
            connection
                .run([search], |data| {
                    if let Data::Search(uids, ..) = data {
                        uids.into_iter().for_each(|uid| done.add(uid.get().into()));
                    }
                    Ok(())
                })
                .await?;
        }
        Workload::Singles => {
            let fetches = (1..=task.count).map(|uid| fetch(&uid.to_string(), &flags));
            let fetches = fetches.collect::<Result<Vec<_>>>()?;
            connection
                .run(fetches, |data| each(data, &mut done, seen))
                .await?;
        }
        Workload::Unread => {
            let status = |number| -> Result<_> {
                let mailbox = Mailbox::try_from(Task::mailbox(number))?;
                Ok(CommandBody::Status {
                    mailbox,
                    item_names: vec![StatusDataItemName::Unseen].into(),
                })
            };
            let commands = (0..task.count).map(status).collect::<Result<Vec<_>>>()?;
            connection
                .run(commands, |data| {
                    if let Data::Status { items, .. } = data {
                        for item in items.iter() {
                            if let StatusDataItem::Unseen(count) = item {
                                done.add((*count).into());
                            }
                        }
                    }
                    Ok(())
                })
                .await?;
        }
        Workload::Idle | Workload::First => {}
    }
    connection.run([CommandBody::Logout], |_| Ok(())).await?;
    Ok(done)
}

impl Connection {
    async fn open(task: &Task, settings: &Settings, number: usize) -> Result<Self> {
        let stream = match connect_on_tokio(task, settings, number).await? {
            TokioStream::Plain(stream) => Stream::insecure(stream),
            TokioStream::Tls(stream) => Stream::tls((*stream).into()),
        };
        // The default limit of a response is 100 MiB.
        let mut options = Options::default();
        options.max_response_size = u32::MAX;
        let mut connection = Self {
            stream,
            client: Client::new(options),
            last: 0,
        };
        loop {
            if let Event::GreetingReceived { .. } = connection.next().await? {
                break;
            }
        }
        connection
            .run([CommandBody::login(USER, PASSWORD)?], |_| Ok(()))
            .await?;
        connection
            .run([CommandBody::select("INBOX")?], |_| Ok(()))
            .await?;
        Ok(connection)
    }

    async fn next(&mut self) -> Result<Event> {
        Ok(self.stream.next(&mut self.client).await?)
    }

    /// Sends commands, and passes on the data until all commands have been completed.
    async fn run(
        &mut self,
        commands: impl IntoIterator<Item = CommandBody<'static>>,
        mut take: impl FnMut(Data<'static>) -> Result<()>,
    ) -> Result<()> {
        let mut open = 0;
        for body in commands {
            self.last += 1;
            open += 1;
            let tag = Tag::try_from(format!("A{}", self.last))?;
            self.client.enqueue_command(Command { tag, body });
        }
        while open > 0 {
            match self.next().await? {
                Event::DataReceived { data } => take(data)?,
                Event::StatusReceived {
                    status: Status::Tagged(tagged),
                } => {
                    let StatusBody { kind, text, .. } = tagged.body;
                    if kind != StatusKind::Ok {
                        return Err(text.to_string().into());
                    }
                    open -= 1;
                }
                Event::CommandRejected { status, .. } => return Err(format!("{status:?}").into()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn fetch(set: &str, names: &[MessageDataItemName<'static>]) -> Result<CommandBody<'static>> {
    let names = MacroOrMessageDataItemNames::MessageDataItemNames(names.to_vec());
    Ok(CommandBody::fetch(set, names, true)?)
}

fn append(message: Vec<u8>) -> Result<CommandBody<'static>> {
    let mut literal = Literal::try_from(message)?;
    literal.set_mode(LiteralMode::NonSync);
    Ok(CommandBody::Append {
        mailbox: Mailbox::Inbox,
        flags: Vec::new(),
        date: None,
        message: LiteralOrLiteral8::Literal(literal),
    })
}

fn each(
    data: Data<'static>,
    done: &mut Done,
    mut sum: impl FnMut(&[MessageDataItem<'static>]) -> Result<u64>,
) -> Result<()> {
    if let Data::Fetch { items, .. } = data {
        done.add(sum(items.as_ref())?);
    }
    Ok(())
}

fn seen(items: &[MessageDataItem<'_>]) -> Result<u64> {
    let seen = FlagFetch::Flag(Flag::Seen);
    let has = |item: &MessageDataItem<'_>| matches!(item, MessageDataItem::Flags(flags) if flags.contains(&seen));
    Ok(items.iter().any(has).into())
}

fn metadata(items: &[MessageDataItem<'_>]) -> Result<u64> {
    let (mut sum, mut count) = (0, 0);
    for item in items {
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

fn body_of<'a>(items: &'a [MessageDataItem<'_>]) -> Result<(u32, &'a [u8])> {
    let (mut uid, mut body) = (None, None);
    for item in items {
        match item {
            MessageDataItem::Uid(number) => uid = Some(number.get()),
            MessageDataItem::BodyExt { data, .. } => body = data.0.as_ref(),
            _ => {}
        }
    }
    Ok((uid.ok_or("no UID")?, body.ok_or("no body")?.as_ref()))
}
