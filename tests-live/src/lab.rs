use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use imapclient::Builder;

use crate::{
    Outcome, Stop, Target,
    keeper::{Keeper, Place},
    panics, report,
};

/// Gives each trial a clean place on an account, and tidies up after it.
#[derive(Debug)]
pub struct Lab {
    target: Rc<Target>,
    keeper: Rc<Keeper>,
}

/// What a case works with: an account, and mailboxes on it that nobody else uses meanwhile.
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
    /// A lab on this account.
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
    /// Its folder is removed before and after, whatever happens. A failure, be it a panic, is
    /// told with what was said on its connections last.
    pub fn trial(&self, name: &str, case: impl FnOnce(&Context) -> Outcome) -> Outcome {
        // One level, whatever separates levels here.
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
            return Outcome::Failed(format!("what an earlier run left cannot be removed: {why}"));
        }
        let mut outcome = panics::catch(|| case(&context)).unwrap_or_else(Outcome::Failed);
        let removed = self.keeper.remove(&context.folder);
        let tidied = self.keeper.tidy();
        if let Err(why) = removed.and(tidied) {
            let why = format!("its mailboxes cannot be tidied up: {why}");
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
    /// The name of an empty mailbox, in which the UIDs of new messages are not their sequence
    /// numbers.
    ///
    /// It is shared: other trials have used it before and will use it afterwards. Who renames it, or
    /// looks at what stays when all messages are gone, makes a mailbox of its own in
    /// [`folder`](Self::folder).
    ///
    /// # Errors
    ///
    /// What the server says where it has to be made.
    pub fn mailbox(&self) -> Result<&str, Stop> {
        self.shared(&self.first, Place::First)
    }

    /// The name of another one like [`mailbox`](Self::mailbox).
    ///
    /// # Errors
    ///
    /// What the server says where it has to be made.
    pub fn second_mailbox(&self) -> Result<&str, Stop> {
        self.shared(&self.second, Place::Second)
    }

    fn shared<'a>(&'a self, name: &'a OnceCell<String>, place: Place) -> Result<&'a str, Stop> {
        if let Some(name) = name.get() {
            return Ok(name);
        }
        let made = self.keeper.shared(place).map_err(|why| {
            Stop::failed(format_args!(
                "a mailbox for the trial cannot be made: {why}"
            ))
        })?;
        Ok(name.get_or_init(|| made))
    }

    /// The name of a mailbox that does not exist at the start. What the trial makes of that name,
    /// and below it, is removed.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The name of a mailbox below [`folder`](Self::folder).
    #[must_use]
    pub fn child(&self, name: &str) -> String {
        self.target.child(&self.folder, name)
    }

    /// The account, and what is known of it.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Settings to connect and log in.
    ///
    /// # Errors
    ///
    /// Those of the configuration.
    pub fn builder<C>(&self) -> Result<Builder<C>, Stop> {
        Ok(self.target.builder()?)
    }

    /// Settings to connect and no more.
    ///
    /// # Errors
    ///
    /// Those of the configuration.
    pub fn connection<C>(&self) -> Result<Builder<C>, Stop> {
        Ok(self.target.account.connection()?)
    }

    /// The user name and the password; ignores the trial where the account has none.
    ///
    /// # Errors
    ///
    /// [`Stop::Ignored`].
    pub fn password(&self) -> Result<(&str, imapclient::SecretString), Stop> {
        let account = &self.target.account;
        match (&account.username, &account.password) {
            (Some(username), Some(password)) => Ok((username, password.clone())),
            _ => Err(Stop::ignored("the account has no password")),
        }
    }

    /// Keeps what was said on a connection.
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
