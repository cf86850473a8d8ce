//! Reads the accounts of the INI file.

use std::{fs, path::Path, rc::Rc};

use imapclient_config::{Config, Section, TokenFolder};
use regex_lite::Regex;

use crate::{Stop, one_line};

/// The beginning of the INI file of a throwaway server.
const SERVER: &str = "# Throwaway server: ";

/// The accounts of an INI file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Conf {
    /// The main account, from `[DEFAULT]`.
    pub main: Section,
    /// The other accounts, in the order of the file.
    pub alternates: Vec<Rc<Alternate>>,
    /// The name of the throwaway server for which the file was written.
    pub server: Option<String>,
    /// Warnings about probable mistakes, one line each.
    pub warnings: Vec<String>,
}

/// An account of a section other than `[DEFAULT]`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Alternate {
    /// The name of the section.
    pub name: String,
    /// The settings of the account.
    pub section: Section,
    /// The pattern that the error must match, if the login must fail.
    pub expect_failure: Option<Regex>,
}

impl Conf {
    /// Reads an INI file.
    ///
    /// # Errors
    /// Fails if the file or a pattern `expect_failure` is invalid, with one line that names the
    /// place and the mistake.
    pub fn load(path: &Path) -> Result<Self, String> {
        let mut config = Config::load(path).map_err(|error| one_line(&error))?;
        let server = server(path);
        // Tokens of a throwaway server are useless in later runs.
        if server.is_none() {
            let folder = TokenFolder::of_user(|warning| eprintln!("warning: {warning}"));
            for section in config.alternates.iter_mut().chain([&mut config.default]) {
                section.keep_tokens(folder.clone());
            }
        }
        let warnings = config.warnings().iter().map(ToString::to_string).collect();
        let alternates = config.alternates.into_iter().map(|section| {
            let name = section.name().to_owned();
            let pattern = section.expect_failure().map(Regex::new);
            let expect_failure = pattern.transpose().map_err(|error| {
                let file = path.display();
                format!(
                    "{file}: [{name}] expect_failure: not a pattern: {}",
                    one_line(&error)
                )
            })?;
            Ok(Rc::new(Alternate {
                name,
                section,
                expect_failure,
            }))
        });
        Ok(Self {
            alternates: alternates.collect::<Result<_, String>>()?,
            main: config.default,
            server,
            warnings,
        })
    }
}

/// Returns the name of the throwaway server from the first line of the file. The file was read
/// before, so an error here is not reported.
fn server(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let name = text.lines().next()?.strip_prefix(SERVER)?;
    Some(name.trim().to_owned())
}

impl Alternate {
    /// Checks the result of an attempt to log in: it must succeed, or fail with an error that
    /// matches `expect_failure` if that is set.
    ///
    /// # Errors
    /// [`Stop::Failed`] if the result is a different one.
    pub fn judge(&self, failure: Option<&str>) -> Result<(), Stop> {
        match (&self.expect_failure, failure) {
            (None, None) => Ok(()),
            (None, Some(failure)) => Err(Stop::failed(failure)),
            (Some(_), None) => Err(Stop::failed("this login works, but was expected to fail")),
            (Some(pattern), Some(failure)) if pattern.is_match(failure) => Ok(()),
            (Some(pattern), Some(failure)) => {
                let pattern = pattern.as_str();
                Err(Stop::failed(format_args!(
                    "expected {pattern:?}, got: {failure}"
                )))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INI: &str = "[DEFAULT]
host = localhost
[works]
[any failure]
expect_failure = .
[certain failure]
expect_failure = (?i)login refused: \\w+ \\[AUTH\\w+\\]
";

    #[test]
    fn alternates_end_as_their_pattern_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("conf.ini");
        fs::write(&path, INI).unwrap();
        let conf = Conf::load(&path).unwrap();
        let judge = |name: &str, failure| {
            let found = conf.alternates.iter().find(|one| one.name == name);
            found.unwrap().judge(failure)
        };
        let refused = Some("LOGIN refused: NO [AUTHENTICATIONFAILED] Sorry");
        let lost = Some("could not connect");

        assert!(judge("works", None).is_ok());
        assert_eq!(judge("works", lost), Err(Stop::failed("could not connect")));
        assert!(judge("any failure", lost).is_ok());
        assert!(judge("certain failure", refused).is_ok());
        for name in ["any failure", "certain failure"] {
            let wrong = Stop::failed("this login works, but was expected to fail");
            assert_eq!(judge(name, None), Err(wrong));
        }
        let Err(Stop::Failed(why)) = judge("certain failure", lost) else {
            panic!("another failure will not do")
        };
        assert!(why.starts_with("expected \"(?i)login"), "{why}");
        assert!(why.ends_with(", got: could not connect"), "{why}");
    }

    #[test]
    fn the_first_line_may_name_a_throwaway_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("conf.ini");
        let server = |text: String| {
            fs::write(&path, text).unwrap();
            Conf::load(&path).unwrap().server
        };
        let named = server(format!("# Throwaway server: pymap\n{INI}"));
        assert_eq!(named.as_deref(), Some("pymap"));
        assert_eq!(server(INI.into()), None);
        assert_eq!(server(format!("{INI}\n# Throwaway server: pymap\n")), None);
    }
}
