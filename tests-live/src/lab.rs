//! Provides each trial with a clean place on the server.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use imapclient::{Builder, Password};
use imapclient_config::Credentials;

use crate::{
    Outcome, Stop, Target,
    keeper::{Keeper, Place},
    panics, report,
};

/// Provides clean mailboxes on an account to each trial, and cleans up after it.
#[derive(Debug)]
pub struct Lab {
    target: Rc<Target>,
    keeper: Rc<Keeper>,
}

/// The environment of a trial: an account, and mailboxes on it for its exclusive use.
#[derive(Debug)]
pub struct Context {
    target: Rc<Target>,
    keeper: Rc<Keeper>,
    folder: String,
    first: OnceCell<String>,
    second: OnceCell<String>,
    logs: RefCell<Vec<Vec<String>>>,
}

impl Lab {
    /// Returns a lab on an account.
    #[must_use]
    pub fn new(target: Target) -> Self {
        let target = Rc::new(target);
        Self {
            keeper: Rc::new(Keeper::new(Rc::clone(&target))),
            target,
        }
    }

    /// Runs one trial.
    ///
    /// Its own mailbox, [`Context::folder`], is removed before and after, even if it fails. The
    /// report of a failure or panic includes the last lines of the trial's connections.
    pub fn trial(&self, name: &str, case: impl FnOnce(&Context) -> Outcome) -> Outcome {
        // The name must be a single level, for any delimiter.
        let folder = name
            .replace("::", "-")
            .replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
        let context = Context {
            folder: self.target.child(&self.target.root, &folder),
            target: Rc::clone(&self.target),
            keeper: Rc::clone(&self.keeper),
            first: OnceCell::new(),
            second: OnceCell::new(),
            logs: RefCell::default(),
        };
        if let Err(why) = self.keeper.remove(&context.folder) {
            return Outcome::Failed(format!(
                "the mailboxes of an earlier run cannot be removed: {why}"
            ));
        }
        let mut outcome = panics::catch(|| case(&context)).unwrap_or_else(Outcome::Failed);
        let removed = self.keeper.remove(&context.folder);
        let tidied = self.keeper.tidy();
        if let Err(why) = removed.and(tidied) {
            let why = format!("the mailboxes of the trial cannot be cleaned up: {why}");
            outcome = match outcome {
                Outcome::Failed(first) => Outcome::Failed(format!("{first}\n{why}")),
                Outcome::Passed | Outcome::Ignored(_) => Outcome::Failed(why),
            };
        }
        match outcome {
            Outcome::Failed(why) => Outcome::Failed(context.with_logs(&why)),
            other => other,
        }
    }
}

impl Context {
    /// Returns the name of an empty mailbox, in which the UIDs of new messages differ from their
    /// sequence numbers.
    ///
    /// The mailbox is shared with other trials. A trial that renames it, or examines the state
    /// that remains when all messages are gone, must create a mailbox of its own in
    /// [`folder`](Self::folder) instead.
    ///
    /// # Errors
    /// Fails if the mailbox does not exist yet and cannot be created.
    pub fn mailbox(&self) -> Result<&str, Stop> {
        self.shared(&self.first, Place::First)
    }

    /// Returns the name of a second mailbox like [`mailbox`](Self::mailbox).
    ///
    /// # Errors
    /// Fails if the mailbox does not exist yet and cannot be created.
    pub fn second_mailbox(&self) -> Result<&str, Stop> {
        self.shared(&self.second, Place::Second)
    }

    fn shared<'a>(&'a self, name: &'a OnceCell<String>, place: Place) -> Result<&'a str, Stop> {
        if let Some(name) = name.get() {
            return Ok(name);
        }
        let made = self.keeper.shared(place).map_err(|why| {
            Stop::failed(format_args!(
                "the mailbox for the trial cannot be created: {why}"
            ))
        })?;
        Ok(name.get_or_init(|| made))
    }

    /// Returns the name of a mailbox that does not exist when the trial starts. If the trial
    /// creates it, or mailboxes below it, they are removed afterwards.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Returns the name of a mailbox below [`folder`](Self::folder).
    #[must_use]
    pub fn child(&self, name: &str) -> String {
        self.target.child(&self.folder, name)
    }

    /// Returns the account and its properties.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Returns a builder that connects and logs in.
    ///
    /// # Errors
    /// Fails if the configuration is invalid.
    pub fn builder<C>(&self) -> Result<Builder<C>, Stop> {
        Ok(self.target.builder()?)
    }

    /// Returns a builder that connects without logging in.
    ///
    /// # Errors
    /// Fails if the configuration is invalid.
    pub fn connection<C>(&self) -> Result<Builder<C>, Stop> {
        Ok(self.target.account.connect.builder()?)
    }

    /// Returns the user name and the password.
    ///
    /// # Errors
    /// [`Stop::Ignored`] if the account has no password.
    pub fn password(&self) -> Result<(&str, imapclient::SecretString), Stop> {
        match &self.target.account.credentials {
            Credentials::Password {
                username,
                password: Password::Known(password),
                ..
            } => Ok((username, password.clone())),
            _ => Err(Stop::ignored("the account has no password")),
        }
    }

    /// Keeps the wire log of a connection, for the report of a failure.
    pub(crate) fn keep_log(&self, lines: Vec<String>) {
        self.logs.borrow_mut().push(lines);
    }

    fn with_logs(&self, why: &str) -> String {
        let mut text = why.to_owned();
        for (number, lines) in (1..).zip(self.logs.borrow().iter()) {
            text.push_str(&format!("\nconnection {number}, last lines:"));
            for line in lines {
                text.push_str("\n  ");
                text.push_str(&report::escape(line));
            }
        }
        text
    }
}
