//! The runtimes and threads from which the clients can be used.

use crate::common::{member, plain};

const SCRIPT: &str = "C: <a> SELECT \"INBOX\"
    S: * 3 EXISTS
    S: <a> OK
    C: <b> UID FETCH 1 (UID)
    S: * 1 FETCH (UID 1)
    S: <b> OK
    C: <c> IDLE
    S: + idling
    S: * 4 EXISTS
    C: DONE
    S: <c> OK";

#[test]
fn a_blocking_client_can_be_sent_to_another_thread() {
    let peer = member(" IDLE", SCRIPT);
    let mut client = plain::<imapclient::blocking::Client>(&peer)
        .connect()
        .unwrap();
    std::thread::spawn(move || {
        client.select("INBOX").unwrap();
        client.fetch(1, imapclient::FetchItems::new()).unwrap();
        let mut idle = client.idle().unwrap();
        idle.next().unwrap();
        idle.done().unwrap();
        client.logout().unwrap();
    })
    .join()
    .unwrap();
    peer.finish().unwrap();
}

#[cfg(feature = "tokio")]
mod tokio_runtime {
    use super::{SCRIPT, member, plain};
    use imapclient::{Append, Error, FetchItems, FlagChange, Update, tokio::Client};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn futures_can_be_spawned() {
        let peer = member(" IDLE", SCRIPT);
        let builder = plain::<Client>(&peer);
        let work = tokio::spawn(async move {
            let mut client = builder.connect().await?;
            client.select("INBOX").await?;
            client.fetch(1, FetchItems::new()).await?;
            let mut idle = client.idle().await?;
            let update = idle.next().await?;
            idle.done().await?;
            client.logout().await?;
            Ok::<_, Error>(update)
        });
        assert_eq!(work.await.unwrap().unwrap(), Update::Exists(4.into()));
        peer.finish().unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn with_can_be_spawned() {
        let peer = member(" IDLE", SCRIPT);
        let builder = plain::<Client>(&peer);
        let work = tokio::spawn(Client::with(builder, async |client: &mut Client| {
            client.select("INBOX").await?;
            client.fetch(1, FetchItems::new()).await?;
            let mut idle = client.idle().await?;
            let update = idle.next_timeout(crate::common::LONG).await?;
            idle.done().await?;
            Ok::<_, Error>(update)
        }));
        assert_eq!(work.await.unwrap().unwrap(), Some(Update::Exists(4.into())));
        peer.finish().unwrap();
    }

    /// The certificates are in a named pipe, into which another task of the same thread writes
    /// them: it does so only if reading them does not block that thread.
    #[cfg(unix)]
    #[tokio::test(flavor = "current_thread")]
    async fn certificates_are_read_elsewhere() {
        use std::{fs, process::Command, sync::mpsc, thread};

        use imapclient::transport::TlsOptions;
        use imapclient_testkit::{Authority, Certificate, Peer};

        use crate::common::{LONG, at_port, greet};

        let authority = Authority::new();
        let identity = authority.issue(Certificate::new(&["127.0.0.1"]));
        let peer = Peer::start_tls(identity.server_config(), |mut connection| {
            greet(&mut connection, "")?;
            connection.wait_eof()
        });
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("ca.pem");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let options = TlsOptions::new().without_native_roots().ca_file(&pipe);
        let builder = at_port::<Client>(peer.port()).tls_options(options);

        // Writes in time, or late, so that a blocked thread does not hang for ever.
        let (now, told) = mpsc::channel();
        let pem = authority.pem();
        let writer = thread::spawn(move || {
            let in_time = told.recv_timeout(LONG).is_ok();
            fs::write(pipe, pem).unwrap();
            in_time
        });
        let other = async move { now.send(()).unwrap() };
        let (client, ()) = tokio::join!(builder.connect(), other);
        assert!(writer.join().unwrap(), "the thread was blocked");
        drop(client.unwrap());
        peer.finish().unwrap();
    }

    /// This only has to compile.
    #[test]
    fn the_future_of_every_method_is_send() {
        fn send<T: Send>(_: T) {}
        #[expect(dead_code, reason = "it is compiled, not run")]
        fn all(mut client: Client) {
            send(client.capabilities());
            send(client.login("bob", "sekret"));
            send(client.login_command("bob", "sekret"));
            send(client.authenticate(imapclient::auth::Plain::new("bob", "sekret".into())));
            send(client.noop());
            send(client.list("", "*"));
            send(client.create("x"));
            send(client.delete("x"));
            send(client.select("x"));
            send(client.examine("x"));
            send(client.status("x", [imapclient::StatusItem::Messages; 0]));
            send(client.unselect());
            send(client.close());
            send(client.append("x", Append::from("y")));
            send(client.search("ALL"));
            send(client.fetch(1, FetchItems::new()));
            send(client.store(1, FlagChange::add("x")));
            send(client.copy(1, "x"));
            send(client.move_to(1, "x"));
            send(client.expunge());
            send(client.uid_expunge(1));
            send(client.idle());
            send(client.logout());
        }
    }

    #[tokio::test]
    async fn a_blocking_client_works_inside_a_runtime() {
        let peer = member(" IDLE", SCRIPT);
        let builder = plain::<imapclient::blocking::Client>(&peer);
        let update = imapclient::blocking::Client::with(builder, |client| {
            client.select("INBOX")?;
            client.fetch(1, FetchItems::new())?;
            let mut idle = client.idle()?;
            let update = idle.next()?;
            idle.done()?;
            Ok::<_, Error>(update)
        });
        assert_eq!(update.unwrap(), Update::Exists(4.into()));
        peer.finish().unwrap();
    }
}
