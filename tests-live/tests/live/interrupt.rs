//! Ending a wait of the blocking face from another thread.

use std::thread;

use imapclient::{Error, Update, blocking::Client};
use imapclient_tests_live::{Context, Stop};

use crate::{Case, mail::mail};

type Session<'a> = imapclient_tests_live::Session<'a, Client>;

const FACE: &str = "blocking";

pub(crate) fn trials() -> Vec<Case> {
    vec![
        (FACE, "interrupt_a_wait", |cx| interrupt_a_wait(cx).into()),
        (FACE, "interrupt_in_advance", |cx| {
            interrupt_in_advance(cx).into()
        }),
    ]
}

fn interrupt_a_wait(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx)?;
    client.require("IDLE")?;
    let mut other = Session::open(cx)?;
    let interrupter = client.interrupter();
    let mut idle = client.idle()?;
    thread::scope(|scope| {
        scope.spawn(move || interrupter.interrupt());
        let error = loop {
            match idle.next() {
                // The server may send updates first.
                Ok(_) => {}
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::Interrupted), "{error:?}");
        assert!(error.is_transient() && !error.is_closed());
    });
    // IDLE continues after the interrupt.
    other.append(cx.mailbox()?, mail("news", ""))?;
    while idle.next()? != Update::Exists(1.into()) {}
    idle.done()?;
    assert_eq!(client.search("ALL")?.len(), 1);
    other.logout()?;
    client.logout()
}

fn interrupt_in_advance(cx: &Context) -> Result<(), Stop> {
    let mut client = Session::selected(cx)?;
    client.require("IDLE")?;
    let uid = client.deliver(mail("one", ""))?;
    let interrupter = client.interrupter();
    let mut idle = client.idle()?;
    // The next wait ends, and only that one: two interrupts count as one.
    interrupter.interrupt();
    interrupter.interrupt();
    let error = loop {
        match idle.next() {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Interrupted), "{error:?}");
    idle.done()?;
    // No response is mistaken for that to another command.
    assert!(client.search("SUBJECT two")?.is_empty());
    assert_eq!(client.search("ALL")?, [uid]);
    client.logout()
}
