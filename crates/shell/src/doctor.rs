//! `imapclient doctor`: connects step by step, and reports problems and what to do about them.
//!
//! ```text
//!  network ─▶ connect ─▶ (tls) ─▶ talk ─▶ login ─▶ mailboxes       each adds steps to the report
//!                └─ look: further TLS connections, to find the cause of a failure
//! ```
//!
//! A step that fails ends those that depend on it. The report begins with the cause.

mod capabilities;
mod certificate;
mod connect;
mod login;
mod look;
mod mailboxes;
mod network;
mod person;
mod provider;
mod quirks;
mod report;
mod talk;
mod tls;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use imapclient_config::{ConnectOptions, Section, TokenFolder, Warning};

use crate::{
    account,
    args::Connection,
    failure::{Failure, Result},
    progress::Progress,
    screen::Screen,
    session::interrupted,
    trace,
};
use person::Person;
use report::{Name, Outcome, Report, Step};

const TLS: Name = Name("tls", "TLS");
const SETTINGS: Name = Name("settings", "settings");
const GREETING: Name = Name("greeting", "greeting");

/// The time limit of each step, unless the account sets a time-out.
const LIMIT: Duration = Duration::from_secs(30);

/// Examines the account that the command line selects.
///
/// # Errors
/// Returns [`Failure::Told`] if a step failed.
pub(crate) fn run(connection: &Connection, screen: &Screen) -> Result<()> {
    let (mut section, warnings) = account::load(connection)?;
    let troubles: Arc<Mutex<Vec<String>>> = Arc::default();
    section.keep_tokens(TokenFolder::of_user({
        let troubles = Arc::clone(&troubles);
        move |trouble| lock(&troubles).push(trouble.to_owned())
    }));
    let progress = Progress::new(screen.progress() && !trace::is_on());
    let person = Person {
        screen,
        progress: &progress,
    };
    let mut report = Report::default();
    let result = crate::runtime::with_runtime(|runtime| {
        runtime.block_on(async {
            tokio::select! {
                // First, so that Ctrl-C is handled before anything is done.
                biased;
                failure = interrupted() => Err(failure),
                result = examine(&mut section, &mut report, &person) => result,
                never = progress.show() => match never {},
            }
        })
    });
    progress.end();
    crate::settle(screen);
    for trouble in lock(&troubles).drain(..) {
        match &result {
            Ok(()) => report.add(Step::warning(SETTINGS, trouble)),
            // No report is shown in this case.
            Err(_) => screen.warn(&trouble),
        }
    }
    result?;
    // Warnings come after the steps. The step about TLS already reports a missing one.
    for warning in warnings {
        if !matches!(warning, Warning::Plaintext { .. }) {
            report.add(Step::warning(SETTINGS, warning.to_string()));
        }
    }
    screen.reply(&report.reply())?;
    match report.verdict() {
        Outcome::Bad => Err(Failure::Told),
        _ => Ok(()),
    }
}

async fn examine(section: &mut Section, report: &mut Report, person: &Person<'_>) -> Result<()> {
    let address = section.connect.server.address();
    if let Some(address) = address
        && !network::reach(address, limit(&section.connect), report).await
    {
        return Ok(());
    }
    let Some(mut client) = connect::connect(&section.connect, report).await? else {
        return Ok(());
    };
    let Some(before) = talk::before_login(section, &mut client, report).await? else {
        return Ok(());
    };
    if login::log_in(section, &mut client, report, person).await?
        && talk::after_login(&section.connect, &mut client, &before, report).await
        && mailboxes::examine(&mut client, report).await
    {
        let user = section.login.username.as_deref().unwrap_or("the user");
        let user = report::short(user);
        report.set_healthy(format!(
            "all is well: {user} can read mail at {}",
            report::short(section.connect.server.host())
        ));
    } else {
        report.set_healthy(format!(
            "all is well with {} as far as can be seen without a login",
            report::short(section.connect.server.host())
        ));
    }
    if !report.is_over() {
        talk::goodbye(client, report).await;
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the time limit of each step.
fn limit(connect: &ConnectOptions) -> Duration {
    connect.limits.timeout.unwrap_or(LIMIT)
}

/// Formats a duration, for example `1.2 ms`.
fn millis(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
