//! The live suite: runs all trials against the account in the INI file, on both faces.

mod access;
mod alternates;
mod append;
mod auth;
mod changes;
mod compress;
mod connect;
mod copy;
mod dropped;
mod each;
mod enable;
mod endings;
mod expunge;
mod faults;
mod fetch;
mod gmail;
mod idle;
mod instead;
mod interrupt;
mod lists;
mod mail;
mod mailboxes;
mod many;
mod moving;
mod names;
mod news;
mod oauth2;
mod parts;
mod pipelines;
mod quota;
mod raw;
mod rename;
mod results;
mod resync;
mod search;
mod select;
mod session;
mod sort;
mod special;
mod state;
mod store;
mod structure;
mod subscriptions;
mod tell;
mod thread;
mod through;
mod uploads;
mod watch;

use std::{
    io,
    process::{ExitCode, Termination as _},
    rc::Rc,
};

use imapclient_tests_live::{Alternate, Args, Context, Lab, Outcome, Trial, start};

fn main() -> ExitCode {
    let args = Args::from_command_line();
    match start(&args, trials, &mut io::stdout(), &mut io::stderr()) {
        Ok(verdict) => verdict.report(),
        Err(error) => {
            eprintln!("error: cannot write the report: {error}");
            ExitCode::from(2)
        }
    }
}

/// The face, the name and the function of a trial.
type Case = (&'static str, &'static str, fn(&Context) -> Outcome);

fn trials(alternates: &[Rc<Alternate>]) -> Vec<Trial<Lab>> {
    let cases: Vec<Case> = [
        connect::trials(),
        session::trials(),
        compress::trials(),
        state::trials(),
        enable::trials(),
        raw::trials(),
        names::trials(),
        mailboxes::trials(),
        lists::trials(),
        rename::trials(),
        special::trials(),
        subscriptions::trials(),
        access::trials(),
        quota::trials(),
        select::trials(),
        resync::trials(),
        append::trials(),
        uploads::trials(),
        pipelines::trials(),
        search::trials(),
        results::trials(),
        sort::trials(),
        thread::trials(),
        each::trials(),
        fetch::trials(),
        parts::trials(),
        structure::trials(),
        store::trials(),
        changes::trials(),
        gmail::trials(),
        copy::trials(),
        expunge::trials(),
        news::trials(),
        idle::trials(),
        watch::trials(),
        many::trials(),
        moving::trials(),
        interrupt::trials(),
        faults::trials(),
        endings::trials(),
        dropped::trials(),
    ]
    .concat();
    let cases = named("", cases);
    let instead = named("instead::", instead::trials());
    let auth = named("auth::", auth::trials());
    let oauth2 = named("auth::oauth2::", oauth2::trials());
    let mut cases: Vec<_> = cases.chain(instead).chain(auth).chain(oauth2).collect();
    // One face after the other, each in the order of the modules.
    cases.sort_by_key(|(face, ..)| *face);
    let cases = cases.into_iter().map(|(face, name, case)| {
        let name = format!("{face}::{name}");
        Trial::new(name.clone(), move |lab: &Lab| lab.trial(&name, case))
    });
    cases.chain(alternates::trials(alternates)).collect()
}

/// Prefixes the names of trials with the name of a group.
fn named(
    group: &str,
    cases: Vec<Case>,
) -> impl Iterator<Item = (&'static str, String, fn(&Context) -> Outcome)> {
    cases
        .into_iter()
        .map(move |(face, name, case)| (face, format!("{group}{name}"), case))
}
