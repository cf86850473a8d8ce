//! Runs trials one after the other.

use std::{
    fmt,
    io::{self, Write},
    process::{ExitCode, Termination},
    time::Instant,
};

use crate::{
    Args, Outcome, panics,
    report::{Report, escape},
};

/// A named trial; `C` is the context that all trials share.
pub struct Trial<C> {
    name: String,
    run: Box<dyn FnOnce(&C) -> Outcome>,
}

/// The result of the run, which becomes the exit status 0, 1 or 2 of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// At least one trial passed and none failed.
    Passed,
    /// At least one trial failed.
    Failed,
    /// Nothing ran: the set-up failed, no trial matched, or all trials were skipped.
    NothingRan,
}

impl<C> Trial<C> {
    /// Returns a trial called `name`. The result of `run` converts into an [`Outcome`]; a panic is
    /// a failure.
    pub fn new<O: Into<Outcome>>(
        name: impl Into<String>,
        run: impl FnOnce(&C) -> O + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            run: Box::new(move |context| run(context).into()),
        }
    }

    /// Returns the same trial, whose outcome `judge` replaces.
    pub(crate) fn then(self, judge: impl FnOnce(Outcome) -> Outcome + 'static) -> Self
    where
        C: 'static,
    {
        let Self { name, run } = self;
        Self::new(name, move |context: &C| judge(run(context)))
    }

    /// Returns the name, which the filters are compared with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Runs the trials that `args` selects, one after the other, and reports them on `out`.
///
/// `set_up` creates their shared context. It is called once, and only if there is a trial to run.
/// If it fails, or if no trial is selected, one line on `err` reports that and nothing runs.
///
/// # Errors
/// Fails if the report cannot be written.
pub fn run<C, E: fmt::Display>(
    args: &Args,
    trials: Vec<Trial<C>>,
    set_up: impl FnOnce() -> Result<C, E>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> io::Result<Verdict> {
    let known = trials.len();
    let wanted: Vec<_> = trials
        .into_iter()
        .filter(|trial| args.wants(&trial.name))
        .collect();
    if wanted.is_empty() {
        writeln!(
            err,
            "error: nothing to run: no trial matches (of {known}; see --list)"
        )?;
        return Ok(Verdict::NothingRan);
    }

    let mut report = Report::new(out, args.format, known - wanted.len());
    if args.list {
        let names: Vec<_> = wanted.iter().map(Trial::name).collect();
        report.list(&names)?;
        return Ok(Verdict::Passed);
    }

    let context =
        match panics::catch(set_up).map(|result| result.map_err(|error| error.to_string())) {
            Ok(Ok(context)) => context,
            Ok(Err(why)) | Err(why) => {
                writeln!(err, "error: {}", escape(&why))?;
                return Ok(Verdict::NothingRan);
            }
        };

    let started = Instant::now();
    report.begin(wanted.len())?;
    for trial in wanted {
        report.starts(&trial.name)?;
        let trial_started = Instant::now();
        let outcome = panics::catch(|| (trial.run)(&context)).unwrap_or_else(Outcome::Failed);
        report.ended(&trial.name, outcome, trial_started.elapsed())?;
    }
    let counts = report.end(started.elapsed())?;

    if counts.failed > 0 {
        return Ok(Verdict::Failed);
    }
    if counts.passed == 0 {
        writeln!(
            err,
            "error: nothing ran: all {} trials were skipped",
            counts.ignored
        )?;
        return Ok(Verdict::NothingRan);
    }
    Ok(Verdict::Passed)
}

impl Termination for Verdict {
    fn report(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::NothingRan => 2,
        })
    }
}

impl<C> fmt::Debug for Trial<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
