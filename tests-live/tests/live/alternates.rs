//! The other accounts of the INI file, with which a login must succeed, or must fail.

use std::{rc::Rc, time::Duration};

use imapclient::{FetchItems, Phase};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Alternate, Context, Lab, Outcome, Stop, Target, Trial, one_line};

use crate::{
    mail::every_byte,
    tell::{assert_bytes, only},
};

/// Returns two trials for each account, one per face.
pub(crate) fn trials(alternates: &[Rc<Alternate>]) -> Vec<Trial<Lab>> {
    let mut trials = Vec::new();
    for alternate in alternates {
        let name = |face| format!("{face}::alternate::{}", alternate.name);
        for (face, works, fails) in [
            (
                blocking_face::FACE,
                blocking_face::works as fn(&Context) -> Outcome,
                blocking_face::fails as fn(&Alternate) -> Outcome,
            ),
            (tokio_face::FACE, tokio_face::works, tokio_face::fails),
        ] {
            let (name, alternate) = (name(face), Rc::clone(alternate));
            trials.push(Trial::new(name.clone(), move |_: &Lab| {
                if alternate.expect_failure.is_some() {
                    return fails(&alternate);
                }
                match Target::probe(&alternate.section) {
                    // The server may be a different one, so the trial gets a lab of its own.
                    Ok(target) => Lab::new(target).trial(&name, works),
                    Err(why) => Outcome::Failed(why),
                }
            }));
        }
    }
    trials
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    pub(crate) fn works(cx: &Context) -> Outcome {
        face_run(work(cx)).into()
    }

    pub(crate) fn fails(alternate: &Alternate) -> Outcome {
        face_run(fail(alternate)).into()
    }

    /// Logs in and does the work that depends most on the connection: it transfers large messages
    /// in both directions, and waits.
    async fn work(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::selected(cx).await?;
        assert_eq!(client.state().phase(), Phase::Selected);
        let message = every_byte(64 * 1024);
        let uid = client.deliver(message.clone()).await?;
        let found = only(client.fetch([uid], FetchItems::new().body()).await?)?;
        assert_bytes(found.body(), &message);
        if client.capabilities().await?.has("IDLE") {
            let mut idle = client.idle().await?;
            while idle
                .next_timeout(Duration::from_millis(50))
                .await?
                .is_some()
            {}
            idle.done().await?;
        }
        assert_eq!(client.search("ALL").await?, [uid]);
        client.logout().await
    }

    async fn fail(alternate: &Alternate) -> Result<(), Stop> {
        let builder = match alternate.section.account().and_then(|account| account.builder::<Client>()) {
            Ok(builder) => builder,
            Err(error) => return alternate.judge(Some(&one_line(&error))),
        };
        match builder.connect().await {
            Err(error) => alternate.judge(Some(&one_line(&error))),
            Ok(client) => {
                client.logout().await?;
                alternate.judge(None)
            }
        }
    }
}
