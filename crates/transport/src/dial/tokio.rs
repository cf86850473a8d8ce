//! Opens connections as part of a task.

use std::{
    future::poll_fn,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    task::Poll,
    time::Duration,
};

use tokio::{
    net::TcpStream,
    time::{self, Instant},
};

use super::{Budget, connect_error, no_address, prepare, race::Race, resolve_error};
use crate::Error;

/// Connects to the address of the host that answers first.
pub(crate) async fn tcp(
    host: &str,
    port: u16,
    limit: Option<Duration>,
) -> Result<TcpStream, Error> {
    let budget = Budget::new(limit, now());
    let addresses = resolve(host, port, budget)
        .await
        .map_err(|source| resolve_error(host, source))?;
    connect(&addresses, budget.until)
        .await
        .map_err(|source| connect_error(host, port, source))
}

/// Connects to the first address that answers. The attempts are part of this future and end with
/// it.
pub(super) async fn connect(
    addresses: &[SocketAddr],
    until: Option<std::time::Instant>,
) -> io::Result<TcpStream> {
    let mut race = Race::new(addresses);
    let mut running: Vec<(SocketAddr, Pin<Box<dyn Future<Output = _> + Send>>)> = Vec::new();
    loop {
        let now = now();
        if until.is_some_and(|until| until <= now) {
            race.timed_out(running.iter().map(|(address, _)| *address));
            return Err(race.error());
        }
        if let Some(address) = race.next(now) {
            running.push((address, Box::pin(open(address))));
        }
        if running.is_empty() {
            return Err(race.error());
        }
        let ended = poll_fn(|context| {
            let results = running.iter_mut().enumerate();
            let mut ready =
                results.filter_map(
                    |(index, (_, attempt))| match attempt.as_mut().poll(context) {
                        Poll::Ready(result) => Some((index, result)),
                        Poll::Pending => None,
                    },
                );
            ready.next().map_or(Poll::Pending, Poll::Ready)
        });
        let end = [race.next_at(), until].into_iter().flatten().min();
        let ended = match end {
            Some(end) => time::timeout_at(end.into(), ended).await.ok(),
            None => Some(ended.await),
        };
        match ended {
            Some((_, Ok(stream))) => return Ok(stream),
            Some((index, Err(error))) => {
                let (address, _) = running.remove(index);
                race.failed(address, error);
            }
            None => {}
        }
    }
}

async fn open(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    prepare(&stream)?;
    Ok(stream)
}

async fn resolve(host: &str, port: u16, budget: Budget) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let left = budget.left(now())?;
    let found = within(left, tokio::net::lookup_host((host, port))).await?;
    let addresses: Vec<_> = found.collect();
    if addresses.is_empty() {
        return Err(no_address());
    }
    Ok(addresses)
}

pub(crate) async fn within<T>(
    limit: Option<Duration>,
    work: impl Future<Output = io::Result<T>>,
) -> io::Result<T> {
    match limit {
        Some(limit) => time::timeout(limit, work)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        None => work.await,
    }
}

/// Returns the time of the runtime's clock.
pub(crate) fn now() -> std::time::Instant {
    Instant::now().into_std()
}
