//! Polls a future that never waits.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

/// Returns the output of a future that is ready at its first poll, as all are that wait for nothing
/// but a [`StdSocket`](crate::StdSocket): that one blocks inside the call.
///
/// ```
/// assert_eq!(imapclient_transport::now(async { 1 + 1 }), 2);
/// ```
///
/// # Panics
/// If the future is pending.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a blocking socket waits inside the call"),
    }
}
