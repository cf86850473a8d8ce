//! A server that sends prepared responses from memory, so that the time of clients is measured and
//! not that of a server. It knows just enough IMAP for the workloads, and believes its clients.
//!
//! ```text
//!  blaster FOLDER MESSAGES SIZE [DELAY [PIECE [CAPABILITIES]]]
//!  plain=40001 tls=40002                        its ports; the certificate is in FOLDER/ca.pem
//!  <- report
//!  round_trips=2,2 appended=500 bytes=10240000  since the last report
//! ```
//!
//! With a delay in milliseconds, the ports are those of a proxy that delays the data in both
//! directions. With a piece, responses are sent in pieces of so many bytes. It ends with its
//! standard input.

mod session;
mod store;

use std::{
    env,
    error::Error,
    fs,
    io::{self, BufRead as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::ExitCode,
    sync::Arc,
    thread,
    time::Duration,
};

use imapclient_bench_task::{HOST, Result};
use imapclient_testkit::{Authority, Certificate, Fault, Proxy};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use session::{Gone, Session};
use store::Store;

/// The stack of a thread. There is a thread for each connection.
const STACK: usize = 128 * 1024;
/// The number of loopback addresses, each of which has its own ports for clients.
const ADDRESSES: u8 = 4;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blaster: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, messages, size, more @ ..] = &arguments[..] else {
        return Err("the arguments are FOLDER MESSAGES SIZE [DELAY [PIECE [CAPABILITIES]]]".into());
    };
    let number = |at: usize| more.get(at).map_or(Ok(0), |text| text.parse());
    let (delay, piece) = (number(0)?, number(1)?);
    let capabilities = more.get(2).cloned().unwrap_or_default();
    let piece = usize::try_from(piece)?;
    let store = Arc::new(Store::new(
        messages.parse()?,
        size.parse()?,
        piece,
        capabilities,
    ));

    let authority = Authority::new();
    let names = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4", HOST];
    let identity = authority.issue(Certificate::new(&names));
    fs::write(format!("{folder}/ca.pem"), authority.pem())?;
    let plain = listen(&store, None)?;
    let tls = listen(&store, Some(identity.server_config()))?;
    let proxies = [plain, tls].map(|port| proxy(port, Duration::from_millis(delay)));
    let proxies: Vec<Proxy> = proxies.into_iter().flatten().collect();
    match &proxies[..] {
        [plain, tls] => println!("plain={} tls={}", plain.addr().port(), tls.addr().port()),
        _ => println!("plain={plain} tls={tls}"),
    }
    let mut seen = vec![0; proxies.len()];
    for line in io::stdin().lock().lines() {
        if line? == "report" {
            let mut rounds = Vec::new();
            for (proxy, seen) in proxies.iter().zip(&mut seen) {
                let all = proxy.round_trips();
                rounds.extend(all[*seen..].iter().map(u64::to_string));
                *seen = all.len();
            }
            let (appended, bytes) = store.take_appended();
            let rounds = rounds.join(",");
            println!("round_trips={rounds} appended={appended} bytes={bytes}");
        }
    }
    Ok(())
}

fn proxy(port: u16, delay: Duration) -> Option<Proxy> {
    if delay.is_zero() {
        return None;
    }
    let proxy = Proxy::start(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    proxy.from_client(Fault::none().delay(delay));
    proxy.from_server(Fault::none().delay(delay));
    Some(proxy)
}

/// Listens on the same port of several addresses, and returns the port.
fn listen(store: &Arc<Store>, tls: Option<Arc<ServerConfig>>) -> io::Result<u16> {
    let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let port = first.local_addr()?.port();
    let others =
        (2..=ADDRESSES).map(|last| TcpListener::bind((Ipv4Addr::new(127, 0, 0, last), port)));
    let mut listeners = others.collect::<io::Result<Vec<_>>>()?;
    listeners.push(first);
    for listener in listeners {
        let (store, tls) = (Arc::clone(store), tls.clone());
        thread::spawn(move || accept(&listener, &store, tls.as_ref()));
    }
    Ok(port)
}

fn accept(listener: &TcpListener, store: &Arc<Store>, tls: Option<&Arc<ServerConfig>>) {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(error) => {
                eprintln!("blaster: accept: {error}");
                return;
            }
        };
        let (store, tls) = (Arc::clone(store), tls.cloned());
        let thread = thread::Builder::new().stack_size(STACK);
        let spawned = thread.spawn(move || {
            if let Err(error) = serve(stream, &store, tls)
                && !is_gone(&*error)
            {
                eprintln!("blaster: {error}");
            }
        });
        if let Err(error) = spawned {
            eprintln!("blaster: no thread: {error}");
        }
    }
}

/// Returns whether an error says that the client has left, which clients may do without a notice.
fn is_gone(error: &(dyn Error + Send + Sync + 'static)) -> bool {
    let io = error.downcast_ref::<io::Error>();
    error.is::<Gone>() || io.is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

fn serve(stream: TcpStream, store: &Store, tls: Option<Arc<ServerConfig>>) -> Result<()> {
    stream.set_nodelay(true)?;
    match tls {
        None => Session::new(stream, store).run(),
        Some(config) => {
            let connection = ServerConnection::new(config)?;
            Session::new(StreamOwned::new(connection, stream), store).run()
        }
    }
}
