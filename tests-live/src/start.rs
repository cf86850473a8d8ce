//! Starts the suite: reads the settings, connects, runs the trials and reports.

use std::{
    io::{self, Write},
    rc::Rc,
};

use crate::{
    Alternate, Args, CONF_VARIABLE, Conf, Lab, Target, Trial, Verdict,
    differences::{self, DIFFERENCES},
    report, run,
};

/// Runs the suite on the account that `args` names: reads the INI file, prints its warnings on
/// `err`, and runs the `trials`, which the caller creates for the alternate accounts. Before the
/// first trial, it checks that the main account can be used.
///
/// If the account cannot be used, one line on `err` names the reason, and nothing runs.
///
/// # Errors
/// Fails if the report cannot be written.
pub fn start(
    args: &Args,
    trials: impl FnOnce(&[Rc<Alternate>]) -> Vec<Trial<Lab>>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let conf = match load(args) {
        Ok(conf) => conf,
        Err(why) => {
            writeln!(err, "error: {}", report::escape(&why))?;
            return Ok(Verdict::NothingRan);
        }
    };
    for warning in conf.iter().flat_map(|conf| &conf.warnings) {
        writeln!(err, "warning: {}", report::escape(warning))?;
    }
    let alternates = conf.as_ref().map_or(&[][..], |conf| &conf.alternates);
    let server = conf.as_ref().and_then(|conf| conf.server.as_deref());
    let trials = match differences::apply(DIFFERENCES, server, trials(alternates)) {
        Ok(trials) => trials,
        Err(why) => {
            writeln!(err, "error: {why}")?;
            return Ok(Verdict::NothingRan);
        }
    };
    run(
        args,
        trials,
        || match &conf {
            Some(conf) => Target::probe(&conf.main).map(|target| {
                Lab::new(Target {
                    throwaway: server.is_some(),
                    ..target
                })
            }),
            None => Err(no_account()),
        },
        out,
        err,
    )
}

/// Reads the accounts. They are optional if the trials are only listed.
fn load(args: &Args) -> Result<Option<Conf>, String> {
    match args.conf() {
        Some(path) => Conf::load(&path).map(Some),
        None if args.list => Ok(None),
        None => Err(no_account()),
    }
}

fn no_account() -> String {
    format!("no account: name its INI file with -f FILE or in {CONF_VARIABLE}")
}
