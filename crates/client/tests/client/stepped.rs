//! A simulated network without waiting: its clock advances by the delays of the server.

use std::{
    cell::{Cell, RefCell},
    future::ready,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use imapclient::{
    Builder, Client, Error,
    transport::{self, Endpoint, First, Other, Pipe, Socket, Wait, Want},
};

mod honest;
mod hostile;
mod pieces;

const SECOND: Duration = Duration::from_secs(1);

/// Returns the next bytes and the delay before them; `None` is silence forever. The argument has
/// the bytes of the client that were not consumed yet.
type Server = Box<dyn FnMut(&mut Vec<u8>) -> Option<(Duration, Vec<u8>)> + Send>;

thread_local! {
    static CLOCK: Cell<Option<Instant>> = const { Cell::new(None) };
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

/// The client's end of a simulated connection.
struct Stepped {
    server: Server,
    sent: Vec<u8>,
    coming: Option<(Duration, Vec<u8>)>,
}

/// Returns the simulated time.
fn clock() -> Instant {
    CLOCK.get().unwrap_or_else(|| {
        let now = Instant::now();
        CLOCK.set(Some(now));
        now
    })
}

fn step(time: Duration) {
    CLOCK.set(clock().checked_add(time));
}

impl Socket for Stepped {
    async fn connect(_: &Endpoint, _: Option<Duration>) -> Result<Self, transport::Error> {
        Ok(Self {
            server: SERVER.take().expect("a server"),
            sent: Vec::new(),
            coming: None,
        })
    }

    fn exchange(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> impl Future<Output = Result<Duration, transport::Error>> + Send {
        ready(self.run(pipe, want, wait))
    }

    async fn exchange_either(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        _: Other<'_, Self>,
        wait: Wait,
    ) -> First {
        First::This(self.run(pipe, want, wait))
    }

    fn is_local(&self) -> bool {
        true
    }

    fn now() -> Instant {
        clock()
    }

    async fn offload<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
        work()
    }
}

impl Stepped {
    fn run(
        &mut self,
        pipe: &mut Pipe,
        want: Want,
        wait: Wait,
    ) -> Result<Duration, transport::Error> {
        let (mut waited, mut silent) = (Duration::ZERO, Duration::ZERO);
        loop {
            pipe.transmit(&mut self.sent)?;
            if pipe.meets(want) || (pipe.has_input() && !pipe.wants_receive()) {
                return Ok(waited);
            }
            if self.coming.is_none() {
                self.coming = (self.server)(&mut self.sent);
            }
            let comes = self
                .coming
                .as_ref()
                .map_or(Duration::MAX, |(time, _)| *time);
            let idle = wait.idle.map(|idle| idle - silent);
            let until = wait
                .until
                .map(|until| until.saturating_duration_since(clock()));
            let most = wait.most.map(|most| most.saturating_sub(waited));
            let most = most.filter(|_| want == Want::Input || pipe.has_input());
            let end = [idle, until, most]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or(Duration::MAX);
            assert!(end.min(comes) < Duration::MAX, "it waits for ever");
            let time = comes.min(end);
            step(time);
            waited += time;
            silent += time;
            if let Some((left, bytes)) = &mut self.coming {
                *left -= time;
                if left.is_zero() {
                    let taken = pipe.receive(&mut bytes.as_slice())?;
                    bytes.drain(..taken);
                    silent = Duration::ZERO;
                    if bytes.is_empty() {
                        self.coming = None;
                    }
                    continue;
                }
            }
            if most == Some(end) {
                return Ok(waited);
            }
            return Err(transport::Error::Timeout {
                waiting: transport::Waiting::Input,
                idle: idle == Some(end),
            });
        }
    }
}

/// Returns the result of a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing waits here"),
    }
}

fn builder() -> Builder<Client<Stepped>> {
    Builder::new("example.org").dangerous_plaintext()
}

/// Connects a client to such a server.
fn connect(
    builder: Builder<Client<Stepped>>,
    server: impl FnMut(&mut Vec<u8>) -> Option<(Duration, Vec<u8>)> + Send + 'static,
) -> Result<Client<Stepped>, Error> {
    SERVER.set(Some(Box::new(server)));
    now(builder.connect())
}

/// Returns a client that is logged in and has opened INBOX. After that, the server sends what
/// `rest` returns for the number of calls and the tag of the last command.
fn reader(
    builder: Builder<Client<Stepped>>,
    mut rest: impl FnMut(usize, &str) -> Option<(Duration, Vec<u8>)> + Send + 'static,
) -> Client<Stepped> {
    let (mut begun, mut times, mut tag) = (false, 0, String::new());
    let mut client = connect(builder, move |sent| {
        if !begun {
            begun = true;
            let greeting = b"* PREAUTH [CAPABILITY IMAP4rev1 IDLE UIDPLUS] hi\r\n";
            return Some((Duration::ZERO, greeting.to_vec()));
        }
        let line = String::from_utf8_lossy(sent).into_owned();
        sent.clear();
        if let Some((new, command)) = line.split_once(' ') {
            tag = new.to_owned();
            if command.starts_with("SELECT") {
                let answer = format!("* 3 EXISTS\r\n{tag} OK [READ-WRITE] opened\r\n");
                return Some((Duration::ZERO, answer.into_bytes()));
            }
        }
        times += 1;
        rest(times, &tag)
    })
    .unwrap();
    now(client.select("INBOX")).unwrap();
    client
}

/// Returns the result and the simulated time that it took.
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = clock();
    let result = work();
    (result, clock() - begun)
}
