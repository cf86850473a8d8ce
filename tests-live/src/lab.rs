use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use imapclient::{Attribute, Builder, Code, Error, List, blocking::Client};

use crate::{Outcome, Stop, Target, one_line, panics, report};

/// Gives each trial a clean place on an account, and tidies up after it.
#[derive(Debug)]
pub struct Lab {
    target: Rc<Target>,
    /// The connection that removes mailboxes, once there is one.
    cleaner: RefCell<Option<Client>>,
}

/// What a case works with: an account, and a mailbox of its own on it.
#[derive(Debug)]
pub struct Context {
    target: Rc<Target>,
    folder: String,
    made: OnceCell<()>,
    logs: RefCell<Vec<Vec<String>>>,
}

impl Lab {
    /// A lab on this account.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self {
            target: Rc::new(target),
            cleaner: RefCell::new(None),
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
            made: OnceCell::new(),
            logs: RefCell::default(),
        };
        if let Err(why) = self.remove(&context.folder) {
            return Outcome::Failed(format!("what an earlier run left cannot be removed: {why}"));
        }
        let mut outcome = panics::catch(|| case(&context)).unwrap_or_else(Outcome::Failed);
        if let Err(why) = self.remove(&context.folder) {
            let why = format!("its folder cannot be removed: {why}");
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

    /// Removes a mailbox and all below it.
    fn remove(&self, folder: &str) -> Result<(), String> {
        let mut cleaner = self.cleaner.borrow_mut();
        if let Some(client) = cleaner.as_mut() {
            match remove(client, &self.target, folder) {
                // The server has closed it, as it may when nobody speaks for long.
                Err(error) if error.is_closed() => *cleaner = None,
                other => return other.map_err(|error| one_line(&error)),
            }
        }
        let account = &self.target.account;
        let builder = account
            .builder::<Client>()
            .map_err(|error| one_line(&error))?;
        builder
            .connect()
            .and_then(|client| remove(cleaner.insert(client), &self.target, folder))
            .map_err(|error| one_line(&error))
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let Some(mut client) = self.cleaner.take() else {
            return;
        };
        // Some servers keep the mailbox above all. Whether it goes is nobody's result.
        let root = &self.target.root;
        let left = mailboxes(&mut client, &self.target, root).unwrap_or_default();
        if let [mailbox] = &left[..]
            && mailbox.name == root.as_str()
        {
            let _ = client.delete(&mailbox.name);
        }
        let _ = client.logout();
    }
}

fn remove(client: &mut Client, target: &Target, folder: &str) -> Result<(), Error> {
    for mailbox in mailboxes(client, target, folder)? {
        match client.delete(mailbox.name) {
            // Some servers list what has gone, as long as there is something below it.
            Err(error) if error.code() == Some(&Code::NonExistent) => {}
            result => result?,
        }
    }
    Ok(())
}

/// A mailbox and all below it, as far as they can be removed, children before their parents.
fn mailboxes(client: &mut Client, target: &Target, folder: &str) -> Result<Vec<List>, Error> {
    let mut found = client.list("", &format!("{folder}*"))?;
    found.retain(|mailbox| {
        target.is_within(mailbox.name.as_str(), folder)
            && !mailbox.has(&Attribute::NoSelect)
            && !mailbox.has(&Attribute::NonExistent)
    });
    found.sort_by(|one, other| other.name.cmp(&one.name));
    Ok(found)
}

impl Context {
    /// The name of its mailbox. It does not exist at the start.
    #[must_use]
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// The name of a mailbox below its own.
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
        Ok(self.target.account.builder()?)
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

    /// Whether its mailbox has still to be made; says so once.
    pub(crate) fn has_to_make_folder(&self) -> bool {
        self.made.set(()).is_ok()
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
