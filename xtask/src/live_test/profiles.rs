//! Runs the suite on the embedded server with each profile, several at a time.

use std::{path::Path, process::Command};

use super::{LiveTest, all::Closing, build};
use crate::{
    failure::{Failure, Result},
    process,
    servers::{self, Recipe, Running},
    signals::Signals,
    totals::Totals,
};

/// The number of suites that run at the same time. Trials mostly wait, but have time limits.
const AT_ONCE: usize = 5;

/// Runs the trials whose name contains one of `filters`, or all of them, on every profile. Adds
/// their numbers to `totals`, even if some failed. `selection` are the arguments of cargo that
/// select the packages. The output of suites that failed is printed in full.
pub(crate) fn run(
    filters: &[&str],
    selection: &[&str],
    totals: &mut Totals,
    signals: &Signals,
) -> Result<()> {
    let binary = build(selection, signals)?;
    let args = LiveTest {
        filters: filters.iter().map(ToString::to_string).collect(),
        ..LiveTest::default()
    };
    let command = |conf: &Path| args.command(&binary, Some(conf));
    let mut closing = Closing::default();
    for recipes in servers::profiles(servers::EMBEDDED, servers::ALL)?.chunks(AT_ONCE) {
        several(recipes, command, &mut closing, signals)?;
    }
    print!("{}", closing.text());
    *totals += closing.sum();
    match closing.status() {
        0 => Ok(()),
        _ => Err(Failure::new(
            "the live suite failed on some of the profiles",
        )),
    }
}

/// Runs the suite on each of these servers at the same time.
fn several(
    recipes: &[&dyn Recipe],
    command: impl Fn(&Path) -> Command,
    closing: &mut Closing,
    signals: &Signals,
) -> Result<()> {
    let servers = recipes.iter().map(|recipe| recipe.start(signals));
    let servers = servers.collect::<Result<Vec<Running>>>()?;
    let commands = servers.iter().map(|server| command(server.ini()));
    let ended = process::capture_all(commands.collect(), signals)?;
    signals.check()?;
    for (recipe, ended) in recipes.iter().zip(ended) {
        let output = String::from_utf8_lossy(&ended.output);
        let status = process::status_code(ended.status);
        if status != 0 {
            print!("\n== {}\n{output}", recipe.name());
        }
        let mut totals = Totals::default();
        totals.add(&output);
        closing.add(
            recipe.name(),
            Ok((status, totals)),
            ended.took.as_secs_f64(),
        );
    }
    servers.into_iter().try_for_each(Running::stop)
}
