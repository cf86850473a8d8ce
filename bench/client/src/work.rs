//! The workloads, written once for both faces.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    iter,
};

use imapclient::{
    AppendStream, Builder, Fetch, FetchItems, Flag, StatusItem, Uid, transport::TlsOptions,
};
use imapclient_bench_task::{
    Done, PASSWORD, Result, Task, USER, Workload, maildir::Maildir, memory,
};
use imapclient_test_macros::faces;

/// The size of the pieces of a large upload.
const PIECE: usize = 64 * 1024;

faces! {
    pub(crate) async fn work(task: &Task) -> Result<Done> {
        let mut done = Done::default();
        match task.workload {
            Workload::Idle => return idle(task).await,
            Workload::First => {
                let settings = settings(task, 0);
                for _ in 0..task.count {
                    let mut client = settings.clone().connect().await?;
                    client.select("INBOX").await?;
                    let message = client.fetch_one(1, "(UID FLAGS)").await?;
                    done.add(message.map_or(0, |_| 1));
                }
                return Ok(done);
            }
            _ => {}
        }
        let mut client = settings(task, 0).connect().await?;
        client.select("INBOX").await?;
        match task.workload {
            Workload::Flags => {
                let mut messages = client.fetch_each("1:*", FetchItems::new().flags()).await?;
                while let Some(message) = messages.next_whole().await? {
                    done.add(seen(&message));
                }
            }
            Workload::Metadata => {
                let items = FetchItems::new().all().structure();
                let mut messages = client.fetch_each("1:*", items).await?;
                while let Some(message) = messages.next_whole().await? {
                    done.add(metadata(&message)?);
                }
            }
            Workload::Bodies => {
                let items = FetchItems::new().body();
                let mut messages = client.fetch_each("1:*", items).await?.pieces_from(0);
                while let Some(mut message) = messages.next().await? {
                    let mut size = 0;
                    while let Some(mut body) = message.body().await? {
                        while let Some(chunk) = body.chunk().await? {
                            size += chunk.len() as u64;
                        }
                    }
                    done.add(size);
                }
            }
            Workload::Save => {
                let mut file = File::create(task.file())?;
                let mut messages = client.fetch_each(1, FetchItems::new().body()).await?;
                while let Some(mut message) = messages.next().await? {
                    let mut size = 0;
                    while let Some(mut body) = message.body().await? {
                        while let Some(chunk) = body.chunk().await? {
                            file.write_all(chunk)?;
                            size += chunk.len() as u64;
                        }
                    }
                    done.add(size);
                }
            }
            Workload::Pull => {
                let maildir = Maildir::make(task.maildir())?;
                let items = FetchItems::new().body();
                let mut messages = client.fetch_each("1:*", items).await?.pieces_from(0);
                while let Some(mut message) = messages.next().await? {
                    let uid = message.uid().ok_or("no UID before the body")?;
                    let mut file = maildir.begin(uid.get())?;
                    let mut size = 0;
                    while let Some(mut body) = message.body().await? {
                        while let Some(chunk) = body.chunk().await? {
                            file.write_all(chunk)?;
                            size += chunk.len() as u64;
                        }
                    }
                    file.finish()?;
                    done.add(size);
                }
            }
            Workload::Append => {
                let message = task.message();
                let size = message.len() as u64;
                let messages = iter::repeat_n(message, task.count);
                if client.has_capability("MULTIAPPEND").await? {
                    client.append_all("INBOX", messages).await?;
                    (0..task.count).for_each(|_| done.add(size));
                } else {
                    let mut uploads = client.append_each("INBOX", messages).await?;
                    while let Some(stored) = uploads.next().await {
                        stored?;
                        done.add(size);
                    }
                }
            }
            Workload::Upload => {
                let mut file = File::open(task.file())?;
                let size = file.metadata()?.len();
                let mut upload = client.upload("INBOX", AppendStream::new(size)).await?;
                let mut piece = vec![0; PIECE];
                loop {
                    let count = file.read(&mut piece)?;
                    if count == 0 {
                        break;
                    }
                    upload.write(&piece[..count]).await?;
                }
                upload.finish().await?;
                done.add(size);
            }
            Workload::Search => {
                for uid in client.search("ALL").await? {
                    done.add(uid.get().into());
                }
            }
            Workload::Singles => {
                let uids = (1..=task.count).map(uid_of).collect::<Result<Vec<_>>>()?;
                let requests = uids.into_iter().map(|uid| (uid, "(UID FLAGS)"));
                for fetched in client.fetch_many(requests).await? {
                    fetched?.values().for_each(|message| done.add(seen(message)));
                }
            }
            Workload::Unread => {
                let names = (0..task.count).map(Task::mailbox);
                for (_, status) in client.status_all(names, [StatusItem::Unseen]).await? {
                    done.add(status?.unseen.ok_or("no number")?.into());
                }
            }
            Workload::Idle | Workload::First => {}
        }
        client.logout().await?;
        Ok(done)
    }

    async fn idle(task: &Task) -> Result<Done> {
        let before = memory::resident()?;
        // Settings of one address share what they know of certificates.
        let mut last = settings(task, 0);
        let mut open = Vec::new();
        for number in 0..task.count {
            if task.addr(number) != task.addr(number.saturating_sub(1)) {
                last = settings(task, number);
            }
            let mut client = last.clone().connect().await?;
            client.select("INBOX").await?;
            open.push(client);
        }
        let resident = Some((before, memory::resident()?));
        Ok(Done { items: open.len() as u64, sum: 0, resident })
    }

    fn settings(task: &Task, connection: usize) -> Builder<Client> {
        let addr = task.addr(connection);
        let settings = Client::builder(addr.ip().to_string())
            .port(addr.port())
            .login(USER, PASSWORD);
        match &task.ca {
            // Like the other clients: the system's authorities are not read.
            Some(ca) => settings.tls_options(TlsOptions::new().ca_file(ca).without_native_roots()),
            None => settings.dangerous_plaintext(),
        }
    }
}

fn seen(message: &Fetch) -> u64 {
    message
        .flags()
        .is_some_and(|flags| flags.contains(&Flag::Seen))
        .into()
}

fn metadata(message: &Fetch) -> Result<u64> {
    let envelope = message.envelope().ok_or("no envelope")?;
    let subject = envelope.subject_raw().ok_or("no subject")?;
    message.body_structure().ok_or("no structure")?;
    message.internal_date().ok_or("no date")?;
    Ok(message.size().ok_or("no size")? + subject.len() as u64)
}

fn uid_of(number: usize) -> Result<Uid> {
    Ok(Uid::try_from(u32::try_from(number)?)?)
}
