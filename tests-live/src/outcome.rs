//! The results of trials.

use std::{error::Error, fmt};

/// The result of a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The trial succeeded.
    Passed,
    /// The trial failed, for this reason. The text ends with the redacted wire log if there is one.
    Failed(String),
    /// The trial is not applicable here, for this reason.
    Ignored(String),
}

/// The error type of trials that use `?`.
///
/// Every [`std::error::Error`] converts into a failure that includes its causes.
///
/// ```
/// use imapclient_tests_live::{Outcome, Stop};
///
/// fn trial(has_move: bool, number: &str) -> Result<(), Stop> {
///     if !has_move {
///         return Err(Stop::ignored("the server lacks MOVE"));
///     }
///     number.parse::<u32>()?;
///     Ok(())
/// }
/// assert_eq!(Outcome::from(trial(true, "7")), Outcome::Passed);
/// assert_eq!(Outcome::from(trial(false, "7")), Outcome::Ignored("the server lacks MOVE".into()));
/// assert_eq!(Outcome::from(trial(true, "x")), Outcome::Failed("invalid digit found in string".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The trial failed.
    Failed(String),
    /// The trial is not applicable here.
    Ignored(String),
}

impl Stop {
    /// Returns a failure with the reason `why`.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }

    /// Returns a skipped trial, where `why` names the missing feature.
    pub fn ignored(why: impl fmt::Display) -> Self {
        Self::Ignored(why.to_string())
    }
}

impl<E: Error> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(one_line(&error))
    }
}

/// Returns the text of an error and of its causes, joined by colons.
#[must_use]
pub fn one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<Stop> for Outcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Failed(why) => Self::Failed(why),
            Stop::Ignored(why) => Self::Ignored(why),
        }
    }
}

impl<E: Into<Stop>> From<Result<(), E>> for Outcome {
    fn from(result: Result<(), E>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(stop) => stop.into().into(),
        }
    }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Passed
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the login failed")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_is_shown_with_its_causes() {
        let result: Result<(), Outer> = Err(Outer(io::Error::other("the line is cut")));
        assert_eq!(
            Outcome::from(result),
            Outcome::Failed("the login failed: the line is cut".into())
        );
    }

    #[test]
    fn stops_keep_their_kind() {
        assert_eq!(
            Outcome::from(Err(Stop::failed("no"))),
            Outcome::Failed("no".into())
        );
        assert_eq!(
            Outcome::from(Err(Stop::ignored("not here"))),
            Outcome::Ignored("not here".into())
        );
    }
}
