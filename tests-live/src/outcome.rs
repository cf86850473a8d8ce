use std::{error::Error, fmt};

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It did what it should.
    Passed,
    /// It did not; the text says why and ends with the redacted wire log where there is one.
    Failed(String),
    /// It could not be tried here; the text says why.
    Ignored(String),
}

/// Why a trial stopped early: the error type of trials that use `?`.
///
/// Every [`std::error::Error`] becomes a failure that shows its causes.
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
    /// The trial cannot be tried here.
    Ignored(String),
}

impl Stop {
    /// The trial failed: `why` says how.
    pub fn failed(why: impl fmt::Display) -> Self {
        Self::Failed(why.to_string())
    }

    /// The trial cannot be tried here: `why` names what is missing.
    pub fn ignored(why: impl fmt::Display) -> Self {
        Self::Ignored(why.to_string())
    }
}

impl<E: Error> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(one_line(&error))
    }
}

/// An error and its causes, joined by colons.
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
