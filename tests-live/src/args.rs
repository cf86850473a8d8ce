//! Parses the command line of the live suite.

use std::{
    env,
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use clap::{Parser, ValueEnum};

/// The environment variable with the path of the INI file, for runs without `-f`.
pub const CONF_VARIABLE: &str = "IMAPCLIENT_CONF";

/// The command-line arguments of the live test binary.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "live",
    about = "Runs the live suite against the account in an INI file",
    version
)]
#[non_exhaustive]
pub struct Args {
    /// The INI file with the account [default: the value of `IMAPCLIENT_CONF`]
    #[arg(short = 'f', long = "file", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Run only trials whose name contains one of these texts [default: all]
    #[arg(value_name = "FILTER")]
    pub filters: Vec<String>,
    /// Compare FILTER and --skip with whole names
    #[arg(long)]
    pub exact: bool,
    /// Skip trials whose name contains this text
    #[arg(long, value_name = "S")]
    pub skip: Vec<String>,
    /// Print the names instead of running the trials
    #[arg(long)]
    pub list: bool,
    /// The output format
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Format::Pretty)]
    pub format: Format,
}

/// The format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text for people.
    Pretty,
    /// One JSON object per line, nothing else on standard output.
    Json,
}

impl Args {
    /// Reads the command line of the process. For `--help` and for a usage error (status 2), it
    /// prints the text and ends the process.
    #[must_use]
    pub fn from_command_line() -> Self {
        Self::parse()
    }

    /// Reads the arguments `words`, the first of which is the name of the program.
    ///
    /// # Errors
    /// Fails with the usage error, or with the help text if `words` ask for it.
    pub fn try_parse_from<W>(words: impl IntoIterator<Item = W>) -> Result<Self, clap::Error>
    where
        W: Into<OsString> + Clone,
    {
        <Self as Parser>::try_parse_from(words)
    }

    /// Returns the path of the INI file: `-f`, else the variable [`CONF_VARIABLE`] unless it is
    /// empty.
    #[must_use]
    pub fn conf(&self) -> Option<PathBuf> {
        self.conf_or(env::var_os(CONF_VARIABLE).as_deref())
    }

    fn conf_or(&self, variable: Option<&OsStr>) -> Option<PathBuf> {
        let named = variable
            .filter(|value| !value.is_empty())
            .map(PathBuf::from);
        self.file.clone().or(named)
    }

    /// Returns whether the trial `name` should run.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        let hits = |texts: &[String]| {
            texts.iter().any(|text| {
                if self.exact {
                    name == text
                } else {
                    name.contains(text.as_str())
                }
            })
        };
        (self.filters.is_empty() || hits(&self.filters)) && !hits(&self.skip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args::try_parse_from(std::iter::once(&"live").chain(words)).expect("good arguments")
    }

    #[test]
    fn filters_are_parts_of_names_and_any_of_them_will_do() {
        let args = args(&["idle", "append", "--skip", "utf8"]);
        assert!(args.wants("dovecot::tokio::idle::wakes"));
        assert!(args.wants("dovecot::blocking::append::empty"));
        assert!(!args.wants("dovecot::blocking::append::utf8"));
        assert!(!args.wants("dovecot::blocking::fetch::flags"));
    }

    #[test]
    fn without_filters_everything_runs_but_what_is_skipped() {
        let args = args(&["--skip", "idle", "--skip", "move"]);
        assert!(args.wants("a::fetch"));
        assert!(!args.wants("a::idle"));
        assert!(!args.wants("a::move"));
    }

    #[test]
    fn exact_asks_for_whole_names_in_both() {
        let args = args(&["--exact", "a::idle", "b::idle", "--skip", "b::idle"]);
        assert!(args.wants("a::idle"));
        assert!(!args.wants("a::idle_long"));
        assert!(!args.wants("b::idle"));
    }

    #[test]
    fn the_flag_wins_over_the_variable_and_an_empty_variable_is_none() {
        let given = args(&["-f", "mine.ini"]);
        assert_eq!(
            given.conf_or(Some(OsStr::new("other.ini"))),
            Some(PathBuf::from("mine.ini"))
        );
        let bare = args(&[]);
        assert_eq!(
            bare.conf_or(Some(OsStr::new("other.ini"))),
            Some(PathBuf::from("other.ini"))
        );
        assert_eq!(bare.conf_or(Some(OsStr::new(""))), None);
        assert_eq!(bare.conf_or(None), None);
    }

    #[test]
    fn formats_are_pretty_and_json() {
        assert_eq!(args(&[]).format, Format::Pretty);
        assert_eq!(args(&["--format", "json"]).format, Format::Json);
        let error = Args::try_parse_from(["live", "--format", "xml"]).expect_err("no such format");
        assert_eq!(error.exit_code(), 2);
    }
}
