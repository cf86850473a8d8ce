//! A client copes with any server output, and with callers that give up at any point: it does not
//! panic, reports why a call failed, does not wait forever, and keeps and sends no more than it
//! should.

use std::{
    cell::Cell,
    future::poll_fn,
    io::{self, Read},
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use imapclient::{
    Builder, Client, Error, FetchItems, FlagChange, Limits, StatusItem,
    auth::Plain,
    transport::{self, Endpoint, First, Other, Pipe, Socket, Wait, Want},
};

/// The first byte chooses how the stream ends and how it is split. The second is the number of
/// commands to run, one for each of the next bytes. The rest is the server's output.
///
/// # Panics
/// Panics if the client violates one of these rules.
pub fn session(data: &[u8]) {
    let [how, count, rest @ ..] = data else {
        return;
    };
    let Some((commands, wire)) = rest.split_at_checked(usize::from(count % 16)) else {
        return;
    };
    PLAN.set(Some(Plan {
        wire: wire.to_vec(),
        closes: how.is_multiple_of(2),
        random: u32::from(*how) + 1,
    }));
    EXCHANGES.set(0);
    let limits = Limits {
        line: 4096,
        search_line: 8192,
        literal: 4096,
        ..Limits::default()
    };
    let builder = Builder::<Client<Fuzzed>>::new("localhost")
        .dangerous_plaintext()
        .limits(limits)
        .answer_limit(65_536)
        .response_limit(65_536)
        .unsolicited_limit(500);
    let Some(Ok(mut client)) = run(builder.connect(), false) else {
        return;
    };
    for command in commands {
        let result = run(perform(&mut client, command % 32), command & 32 != 0);
        assert!(client.wire_log().count() <= 64);
        if let Some(Err(error)) = &result {
            assert!(!error.to_string().is_empty());
            if error.is_closed() {
                let next = run(client.noop(), false);
                assert!(
                    matches!(&next, Some(Err(next)) if next.is_closed()),
                    "{error:?}, then {next:?}"
                );
            }
        }
        if command & 64 != 0 {
            assert!(client.updates().count() <= 10_001);
        }
    }
    assert!(client.updates().count() <= 10_001);
    // It ends, whatever commands were abandoned.
    let _ = run(client.logout(), false);
}

/// Runs a command. Its result comes from the server and is ignored.
async fn perform(client: &mut Client<Fuzzed>, command: u8) -> Result<(), Error> {
    match command {
        0 => client.select("INBOX").await.map(drop),
        1 => client.search("TEXT x").await.map(drop),
        2 => client.fetch(1, FetchItems::new().body()).await.map(drop),
        3 => client
            .fetch([1, 2, 3], FetchItems::new().flags())
            .await
            .map(drop),
        4 => client.list("", "*").await.map(drop),
        5 => client.status("x", &[StatusItem::Messages]).await.map(drop),
        6 => client.append("x", "one\r\ntwo").await.map(drop),
        7 => client.login_command("bob", "sekret").await,
        8 => {
            client
                .authenticate(Plain::new("bob", "sekret".into()))
                .await
        }
        9 => {
            let mut idle = client.idle().await?;
            idle.next_timeout(Duration::from_secs(5)).await?;
            idle.done().await
        }
        10 => client.idle().await?.next().await.map(drop),
        11 => client.raw("X-COMMAND").await.map(drop),
        12 => client.expunge().await.map(drop),
        13 => client.drain(1000).await.map(drop),
        14 => client.copy([1, 5], "x").await.map(drop),
        15 => client.move_to(3, "x").await.map(drop),
        16 => client.store(1, FlagChange::add("\\Seen")).await.map(drop),
        17 => client.capabilities().await.map(drop),
        18 => client.close().await,
        19 => client.id([("name", "x")]).await.map(drop),
        20 => {
            let mut idle = client.idle_or_poll(Duration::from_secs(60)).await?;
            idle.next_timeout(Duration::from_secs(500)).await?;
            idle.done().await
        }
        21 => client.uid_expunge(1).await.map(drop),
        22 => client.append_all("x", ["one", "two"]).await.map(drop),
        _ => client.noop().await,
    }
}

/// The behaviour of the server.
struct Plan {
    wire: Vec<u8>,
    closes: bool,
    random: u32,
}

thread_local! {
    static PLAN: Cell<Option<Plan>> = const { Cell::new(None) };
    static CLOCK: Cell<Option<Instant>> = const { Cell::new(None) };
    static EXCHANGES: Cell<u32> = const { Cell::new(0) };
}

/// A network that delivers the planned bytes, and then ends or is silent. Its clock advances when
/// nothing arrives.
struct Fuzzed {
    plan: Plan,
    /// The number of bytes that have arrived.
    begun: usize,
    sent: Vec<u8>,
    total: usize,
}

impl Socket for Fuzzed {
    async fn connect(_: &Endpoint, _: Option<Duration>) -> Result<Self, transport::Error> {
        let plan = PLAN.take();
        Ok(Self {
            plan: plan.ok_or(transport::Error::Interrupted)?,
            begun: 0,
            sent: Vec::new(),
            total: 0,
        })
    }

    async fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, transport::Error> {
        EXCHANGES.set(EXCHANGES.get() + 1);
        assert!(EXCHANGES.get() < 1_000_000, "it goes on for ever");
        if self.random().is_multiple_of(4) {
            pause().await;
        }
        pipe.transmit(&mut self.sent)?;
        self.total += self.sent.len();
        self.sent.clear();
        assert!(self.total < 1 << 20, "{} bytes sent", self.total);
        if pipe.meets(want) || !pipe.wants_receive() {
            return Ok(Duration::ZERO);
        }
        let length = self.random() as usize % 256 + 1;
        let rest = self.plan.wire.get(self.begun..).unwrap_or_default();
        if !rest.is_empty() {
            let chunk = &rest[..length.min(rest.len())];
            self.begun += pipe.receive(&mut &*chunk)?;
            return Ok(Duration::from_millis(u64::from(self.random() % 3000)));
        }
        if self.plan.closes {
            pipe.receive(&mut io::empty() as &mut dyn Read)?;
            return Ok(Duration::ZERO);
        }
        let until = wait
            .until
            .map(|until| until.saturating_duration_since(Self::now()));
        let end = [wait.idle, until].into_iter().flatten().min();
        match (end, wait.most) {
            (Some(end), most) if most.is_none_or(|most| end <= most) => {
                CLOCK.set(Self::now().checked_add(end));
                Err(transport::Error::Timeout {
                    waiting: transport::Waiting::Input,
                    idle: wait.idle == Some(end),
                })
            }
            (_, Some(most)) => {
                CLOCK.set(Self::now().checked_add(most));
                Ok(most)
            }
            (_, None) => panic!("it waits for ever"),
        }
    }

    async fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        _: Other<'_, Self>,
        wait: Wait,
    ) -> First {
        First::This(self.exchange(pipe, want, wait).await)
    }

    fn now() -> Instant {
        CLOCK.get().unwrap_or_else(|| {
            let now = Instant::now();
            CLOCK.set(Some(now));
            now
        })
    }

    fn is_local(&self) -> bool {
        true
    }

    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        work()
    }
}

impl Fuzzed {
    fn random(&mut self) -> u32 {
        self.plan.random = (self.plan.random)
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        self.plan.random >> 16
    }
}

/// Makes its caller wait once.
async fn pause() {
    let mut begun = false;
    poll_fn(|context| {
        if begun {
            return Poll::Ready(());
        }
        begun = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Polls until there is a result. With `drops`, drops the future the first time that it waits.
fn run<T>(future: impl Future<Output = T>, drops: bool) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Some(output),
            Poll::Pending if drops => return None,
            Poll::Pending => {}
        }
    }
}
