//! Trials of the async face only: futures that are dropped half-way, and several clients at a time.

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context as Task, Poll},
};

use imapclient::{FetchItems, Phase, Update, tokio::Client};
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    Case,
    mail::{every_byte, mail},
    tell::{assert_bytes, only},
};

type Session<'a> = imapclient_tests_live::Session<'a, Client>;

const FACE: &str = "tokio";
/// The number of waits after which a future is dropped: in the middle of the response, and right
/// after the command. The latter is repeated, since on a busy machine the response may arrive
/// before the first poll.
const WAITS: [usize; 15] = [2, 3, 5, 8, 13, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
/// The message of a failure. Single responses may arrive at once, but not all of them.
const SO_FAST: &str = "every response arrived before its future could be dropped";

pub(crate) fn trials() -> Vec<Case> {
    vec![
        (FACE, "dropped_fetch", |cx| run(dropped_fetch(cx))),
        (FACE, "dropped_select", |cx| run(dropped_select(cx))),
        (FACE, "dropped_append", |cx| run(dropped_append(cx))),
        (FACE, "dropped_search", |cx| run(dropped_search(cx))),
        (FACE, "dropped_idle_next", |cx| run(dropped_idle_next(cx))),
        (FACE, "clients_in_parallel", |cx| {
            run(clients_in_parallel(cx))
        }),
        (FACE, "blocking_inside_a_runtime", |cx| {
            run(blocking_inside_a_runtime(cx))
        }),
    ]
}

fn run(case: impl Future<Output = Result<(), Stop>>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(case).into(),
        Err(error) => Stop::from(error).into(),
    }
}

/// Drops the future when it has returned `Pending` `waits` times, and then returns `None`.
async fn give_up<T>(future: impl Future<Output = T>, waits: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut waited = 0;
    poll_fn(
        move |task: &mut Task<'_>| match future.as_mut().poll(task) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => {
                waited += 1;
                if waited == waits {
                    Poll::Ready(None)
                } else {
                    Poll::Pending
                }
            }
        },
    )
    .await
}

async fn dropped_fetch(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx).await?;
    let (large, small) = (every_byte(2 * 1024 * 1024), mail("small", ""));
    let uids = [
        client.deliver(large.clone()).await?,
        client.deliver(small.as_str()).await?,
    ];
    let mut dropped = 0;
    for waits in WAITS {
        let answer = give_up(client.fetch([uids[0]], FetchItems::new().body()), waits).await;
        dropped += usize::from(answer.is_none());
        // Neither the rest of that response nor another message is mistaken for this one.
        let found = only(client.fetch([uids[1]], FetchItems::new().body()).await?)?;
        assert_eq!(found.uid(), Some(uids[1]));
        assert_bytes(found.body(), small.as_bytes());
    }
    assert!(dropped > 0, "{SO_FAST}");
    let found = only(client.fetch([uids[0]], FetchItems::new().body()).await?)?;
    assert_bytes(found.body(), &large);
    client.logout().await
}

async fn dropped_select(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx).await?;
    let here = client.deliver(mail("here", "")).await?;
    let there = cx.second_mailbox()?;
    client.append(there, mail("there", "")).await?;
    let mut dropped = 0;
    for waits in WAITS {
        client.select(cx.mailbox()?).await?;
        let answer = give_up(client.select(there), waits).await;
        dropped += usize::from(answer.is_none());
        // The server has selected the mailbox, and the client knows it.
        assert_eq!(client.search("SUBJECT there").await?.len(), 1);
        let selected = client
            .state()
            .selected()
            .map(|mailbox| (mailbox.name.to_string(), mailbox.exists));
        assert_eq!(selected, Some((there.to_owned(), 1.into())));
    }
    assert!(dropped > 0, "{SO_FAST}");

    let missing = cx.child("missing");
    give_up(client.select(&missing), 1).await;
    client.noop().await?;
    assert_eq!(client.state().phase(), Phase::Authenticated);
    client.select(cx.mailbox()?).await?;
    assert_eq!(client.search("ALL").await?, [here]);
    client.logout().await
}

async fn dropped_append(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx).await?;
    // All messages differ, since some servers limit the number of equal ones.
    let message = |number: usize| every_byte(1024 * 1024 + number);
    let (mut dropped, mut begun) = (0, Vec::new());
    for (number, waits) in WAITS.into_iter().enumerate() {
        let last = client.last_sent();
        let answer = give_up(client.append(cx.mailbox()?, message(number)), waits).await;
        dropped += usize::from(answer.is_none());
        let exists = client.select(cx.mailbox()?).await?.exists;
        // An upload that was begun is completed. The future may have been dropped before, while
        // the client was asking for the limit of the mailbox.
        let log: Vec<_> = client.wire_log().map(ToString::to_string).collect();
        let mut since = log
            .iter()
            .rev()
            .take_while(|line| Some(*line) != last.as_ref());
        if since.any(|line| line.starts_with("C: ") && line.contains(" APPEND ")) {
            begun.push(number);
        } else {
            assert!(answer.is_none(), "{answer:?}");
        }
        assert_eq!(exists.get() as usize, begun.len());
    }
    assert!(dropped > 0, "{SO_FAST}");
    assert!(
        !begun.is_empty(),
        "each upload was dropped before it was begun"
    );
    let found = client.fetch("1:*", FetchItems::new().body()).await?;
    assert_eq!(found.len(), begun.len());
    for (found, &number) in found.values().zip(&begun) {
        assert_bytes(found.body(), &message(number));
    }
    client.logout().await
}

async fn dropped_search(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx).await?;
    let one = client.deliver(mail("one", "")).await?;
    let two = client.deliver(mail("two", "")).await?;
    let mut dropped = 0;
    for waits in WAITS {
        // Drops several searches in a row.
        for _ in 0..3 {
            let answer = give_up(client.search("SUBJECT two"), waits).await;
            dropped += usize::from(answer.is_none());
        }
        assert_eq!(client.search("SUBJECT one").await?, [one]);
    }
    assert!(dropped > 0, "{SO_FAST}");
    assert_eq!(client.search("ALL").await?, [one, two]);
    client.logout().await
}

async fn dropped_idle_next(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx).await?;
    client.require("IDLE").await?;
    let mut other = Session::open(cx).await?;
    // Drops IDLE itself, then a wait for updates.
    drop(give_up(client.idle(), 1).await);
    client.noop().await?;
    let mut idle = client.idle().await?;
    drop(give_up(idle.next(), 1).await);
    other.append(cx.mailbox()?, mail("news", "")).await?;
    while idle.next().await? != Update::Exists(1.into()) {}
    give_up(idle.done(), 1).await;
    client.see(1).await?;
    assert_eq!(client.search("ALL").await?.len(), 1);
    other.logout().await?;
    client.logout().await
}

async fn clients_in_parallel(cx: &Context) -> Result<(), Stop> {
    let message = every_byte(1024 * 1024);
    let mut one = Session::selected(cx).await?;
    let uid = one.deliver(message.clone()).await?;
    let mut two = Session::selected(cx).await?;
    let mut three = Session::selected(cx).await?;
    let items = FetchItems::new().body();
    let (first, second, third) = tokio::join!(
        one.fetch([uid], items.clone()),
        two.fetch([uid], items.clone()),
        three.fetch([uid], items)
    );
    for found in [first, second, third] {
        assert_bytes(only(found?)?.body(), &message);
    }
    let (first, second) = tokio::join!(one.logout(), two.logout());
    first.and(second)?;
    three.logout().await
}

async fn blocking_inside_a_runtime(cx: &Context) -> Result<(), Stop> {
    let mut client = cx.builder::<imapclient::blocking::Client>()?.connect()?;
    let mailbox = cx.mailbox()?;
    client.append(mailbox, mail("x", ""))?;
    client.select(mailbox)?;
    assert_eq!(client.search("ALL")?.len(), 1);
    Ok(client.logout()?)
}
