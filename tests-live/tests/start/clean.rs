//! Tests with usable accounts: trials run in clean mailboxes, which are removed afterwards.

use std::{cell::OnceCell, rc::Rc};

use imapclient_tests_live::{Context, Lab, Outcome, Stop, Trial, Verdict};

use crate::{
    server::Server,
    way::{Ran, run},
};

type Blocking<'a> = imapclient_tests_live::Session<'a, imapclient::blocking::Client>;
type Tokio<'a> = imapclient_tests_live::Session<'a, imapclient::tokio::Client>;

const LEFT_OVER: [&str; 4] = [
    "INBOX",
    "imapclient-tests/face-case",
    "imapclient-tests/face-case/child",
    "imapclient-tests/face-case2",
];

fn trial(case: impl FnOnce(&Context) -> Outcome + 'static) -> Trial<Lab> {
    Trial::new("face::case", |lab: &Lab| lab.trial("face::case", case))
}

/// Runs a trial on a server with mailboxes of an interrupted run, and asserts that the mailboxes of
/// both runs are removed.
fn run_clean(case: impl FnOnce(&Context) -> Outcome + 'static) -> Ran {
    let server = Server::start(&LEFT_OVER);
    let ran = run(&server.ini(), vec![trial(case)]);
    // Mailboxes that do not belong to the trial are not touched.
    assert_eq!(
        server.mailboxes(),
        ["INBOX", "imapclient-tests/face-case2"],
        "{}{}",
        ran.out,
        ran.err
    );
    ran
}

fn selects(cx: &Context) -> Result<(), Stop> {
    let mut client = Blocking::selected(cx)?;
    client.create(cx.child("Müll"))?;
    client.logout()
}

#[test]
fn a_case_finds_its_folder_gone_and_leaves_it_gone() {
    let ran = run_clean(|cx| {
        assert_eq!(cx.folder(), "imapclient-tests/face-case");
        selects(cx).into()
    });
    assert_eq!(ran.verdict, Verdict::Passed, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("test face::case ... ok"),
        "{}{}",
        ran.out,
        ran.err
    );
    // The account does not use TLS, which causes a warning.
    assert!(ran.err.starts_with("warning: "), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[test]
fn a_failure_is_told_with_what_was_said() {
    let ran = run_clean(|cx| {
        let failing = || -> Result<(), Stop> {
            let mut client = Blocking::selected(cx)?;
            client.create(cx.child("kept"))?;
            client.create(cx.child("kept"))?;
            Ok(())
        };
        failing().into()
    });
    assert_eq!(ran.verdict, Verdict::Failed, "{}{}", ran.out, ran.err);
    for line in [
        "---- face::case ----",
        "CREATE refused: NO not so",
        "connection 1, last lines:",
        "  C: A0001 LOGIN \"bob\" <secret, 19 bytes>",
        "  C: A0004 CREATE \"imapclient-tests/face-case/kept\"",
        "  S: A0005 NO not so",
    ] {
        let found = ran.out.lines().any(|found| found == line);
        assert!(found, "{line:?} is missing in {}", ran.out);
    }
}

#[test]
fn a_panic_is_a_failure_like_any_other() {
    let ran = run_clean(|cx| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let panicking = async {
            let mut client = Tokio::selected(cx).await?;
            client.create(cx.child("kept")).await?;
            assert_eq!(1 + 1, 3, "sums are hard");
            client.logout().await
        };
        runtime.block_on(panicking).into()
    });
    assert_eq!(ran.verdict, Verdict::Failed, "{}{}", ran.out, ran.err);
    for part in [
        "panicked at ",
        "clean.rs:",
        "sums are hard",
        "  C: A0004 CREATE ",
    ] {
        assert!(ran.out.contains(part), "{part:?} is missing in {}", ran.out);
    }
}

#[test]
fn what_the_server_lacks_is_a_reason() {
    let ran = run_clean(|cx| {
        let lacking = || -> Result<(), Stop> {
            let mut client = Blocking::selected(cx)?;
            client.require("IMAP4rev1")?;
            client.require("XTELEPATHY")
        };
        lacking().into()
    });
    assert_eq!(ran.verdict, Verdict::NothingRan, "{}{}", ran.out, ran.err);
    let line = "test face::case ... ignored, the server lacks XTELEPATHY";
    assert!(ran.out.contains(line), "{}{}", ran.out, ran.err);
}

#[test]
fn trials_share_a_mailbox_which_is_empty_each_time() {
    let server = Server::start(&["INBOX"]);
    let name = Rc::new(OnceCell::new());
    let own = Rc::clone(&name);
    let first = move |cx: &Context| {
        let fill = || -> Result<(), Stop> {
            let mut client = Blocking::selected(cx)?;
            // Sequence numbers and UIDs differ. The server reports new messages only at NOOP.
            assert_eq!(client.deliver("Subject: one\r\n\r\n")?, 6);
            assert_eq!(client.deliver("Subject: two\r\n\r\n")?, 7);
            own.get_or_init(|| cx.mailbox().unwrap().to_owned());
            client.logout()
        };
        let filled = Outcome::from(fill());
        assert_eq!(filled, Outcome::Passed);
        panic!("whatever becomes of it");
    };
    let second = move |cx: &Context| {
        let look = || -> Result<(), Stop> {
            let client = Blocking::selected(cx)?;
            assert_eq!(name.get().map(String::as_str), Some(cx.mailbox()?));
            assert_ne!(cx.mailbox()?, cx.second_mailbox()?);
            assert_eq!(client.count()?, 0);
            client.logout()
        };
        Outcome::from(look())
    };
    let ran = run(&server.ini(), vec![trial(first), trial(second)]);
    assert!(
        ran.out.contains("1 passed; 1 failed"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert!(ran.out.contains("whatever becomes of it"), "{}", ran.out);
    assert_eq!(server.mailboxes(), ["INBOX"]);
}

#[test]
fn a_shared_mailbox_that_cannot_be_made_is_a_failure_and_does_not_stay() {
    let server = Server::strict(&["INBOX"], |word, _| word == "APPEND");
    let ran = run(&server.ini(), vec![trial(|cx| selects(cx).into())]);
    assert_eq!(ran.verdict, Verdict::Failed, "{}{}", ran.out, ran.err);
    let why = "the mailbox for the trial cannot be created: APPEND refused: NO not so";
    assert!(ran.out.lines().any(|line| line == why), "{}", ran.out);
    assert_eq!(server.mailboxes(), ["INBOX"]);
}

#[test]
fn a_folder_that_stays_is_a_failure() {
    let server = Server::strict(&[], |word, name| {
        word == "DELETE" && name.ends_with("sticky")
    });
    let case = |cx: &Context| {
        let sticky = || -> Result<(), Stop> { Ok(Blocking::open(cx)?.create(cx.child("sticky"))?) };
        Outcome::from(sticky())
    };
    let ran = run(
        &server.ini(),
        vec![trial(case), trial(|_| panic!("not again"))],
    );
    assert_eq!(ran.verdict, Verdict::Failed, "{}{}", ran.out, ran.err);
    for why in [
        "the mailboxes of the trial cannot be cleaned up: DELETE refused: NO not so",
        "the mailboxes of an earlier run cannot be removed: DELETE refused: NO not so",
    ] {
        assert!(
            ran.out.lines().any(|line| line == why),
            "{why:?} is missing in {}",
            ran.out
        );
    }
    assert!(!ran.out.contains("not again"), "{}{}", ran.out, ran.err);
}

#[test]
fn where_everything_is_below_the_inbox_so_are_the_trials() {
    let server = Server::strict(&["INBOX"], |word, name| {
        word == "CREATE" && !name.starts_with("INBOX/")
    });
    let case = |cx: &Context| {
        assert_eq!(cx.folder(), "INBOX/imapclient-tests/face-case");
        selects(cx).into()
    };
    let ran = run(&server.ini(), vec![trial(case)]);
    assert_eq!(ran.verdict, Verdict::Passed, "{}{}", ran.out, ran.err);
    assert_eq!(server.mailboxes(), ["INBOX"]);
}
