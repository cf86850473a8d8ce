use std::{path::Path, rc::Rc};

use imapclient_config::{Account, Config};
use regex_lite::Regex;

use crate::outcome::one_line;

/// The accounts of an INI file.
#[derive(Debug)]
#[non_exhaustive]
pub struct Conf {
    /// The main account, of `[DEFAULT]`.
    pub main: Account,
    /// The others, in the order of the file.
    pub alternates: Vec<Rc<Alternate>>,
    /// What is probably not meant; one line each.
    pub warnings: Vec<String>,
}

/// An account of a section other than `[DEFAULT]`.
#[derive(Debug)]
#[non_exhaustive]
pub struct Alternate {
    /// The name of the section.
    pub name: String,
    /// The settings.
    pub account: Account,
    /// What the error has to look like, where it must not be possible to log in.
    pub expect_failure: Option<Regex>,
}

impl Conf {
    /// Reads an INI file.
    ///
    /// # Errors
    ///
    /// One line that says where what is wrong: in the file, or in a pattern `expect_failure`.
    pub fn load(path: &Path) -> Result<Self, String> {
        let config = Config::load(path).map_err(|error| one_line(&error))?;
        let warnings = config.warnings().iter().map(ToString::to_string).collect();
        let alternates = config.alternates.into_iter().map(|alternate| {
            let (name, account) = (alternate.name, alternate.account);
            let pattern = account.expect_failure.as_deref().map(Regex::new);
            let expect_failure = pattern.transpose().map_err(|error| {
                let file = path.display();
                format!(
                    "{file}: [{name}] expect_failure: not a pattern: {}",
                    one_line(&error)
                )
            })?;
            Ok(Rc::new(Alternate {
                name,
                account,
                expect_failure,
            }))
        });
        Ok(Self {
            alternates: alternates.collect::<Result<_, String>>()?,
            main: config.default,
            warnings,
        })
    }
}
