use std::{
    fmt,
    io::{self, Read},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// The most that a command may print.
const OUTPUT: usize = 64 * 1024;

/// The longest that it may take: clocks end somewhere.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A command line that prints a secret: that of a password manager, or of a program that fetches
/// access tokens.
///
/// It runs in the system's shell. The secret is the first line that it prints, so that it may
/// print more about it, as password managers do. What it says on its standard error goes where
/// ours goes.
///
/// ```
/// use imapclient_auth::{SecretCommand, secrecy::ExposeSecret};
///
/// let secret = SecretCommand::new("echo sekret").run()?;
/// assert_eq!(secret.expose_secret(), "sekret");
/// # Ok::<(), imapclient_auth::CommandError>(())
/// ```
#[derive(Clone)]
pub struct SecretCommand {
    line: String,
    limit: Duration,
}

/// Why a command gave no secret. Neither the command nor what it printed is in it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// It could not be started, or its output not be read.
    #[error("the command for the secret could not be run")]
    Io(#[source] Arc<io::Error>),
    /// It failed.
    #[error("the command for the secret failed: {0}")]
    Failed(ExitStatus),
    /// It took too long, and was killed.
    #[error("the command for the secret took more than {0:?}")]
    Timeout(Duration),
    /// Its first line is empty.
    #[error("the command for the secret printed nothing on its first line")]
    Empty,
    /// Its output is not UTF-8.
    #[error("the command for the secret printed what is not UTF-8")]
    Encoding,
    /// It printed more than 64 KiB.
    #[error("the command for the secret printed more than 64 KiB")]
    TooLong,
}

impl SecretCommand {
    /// A command line for the shell, which may take 2 minutes: somebody may have to be asked.
    #[must_use]
    pub fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            limit: Duration::from_secs(120),
        }
    }

    /// How long it may take, a day at most.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit.min(LONGEST);
        self
    }

    /// Runs it, and waits for its end.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn run(&self) -> Result<SecretString, CommandError> {
        let end = Instant::now() + self.limit;
        let mut child = self.spawn().map_err(io_error)?;
        let result = self.watch(&mut child, end);
        if result.is_err() {
            // It fails only if the command has ended by itself.
            let _ = child.kill();
            child.wait().map_err(io_error)?;
        }
        let output = result?;
        let line = output.split(|byte| *byte == b'\n').next().unwrap_or(&[]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok("") => Err(CommandError::Empty),
            Ok(line) => Ok(SecretString::from(line)),
            Err(_) => Err(CommandError::Encoding),
        }
    }

    fn spawn(&self) -> io::Result<Child> {
        let (shell, flag) = match cfg!(windows) {
            true => ("cmd", "/C"),
            false => ("/bin/sh", "-c"),
        };
        Command::new(shell)
            .arg(flag)
            .arg(&self.line)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
    }

    /// What it prints, once it has ended well.
    fn watch(&self, child: &mut Child, end: Instant) -> Result<Zeroizing<Vec<u8>>, CommandError> {
        let timeout = || CommandError::Timeout(self.limit);
        let mut stdout = child.stdout.take();
        let (sender, receiver) = mpsc::channel();
        // A read cannot be given up, but a thread that reads can.
        thread::spawn(move || {
            // Nobody waits for it any more if this fails.
            let _ = sender.send(read(stdout.as_mut()));
        });
        let output = receiver
            .recv_timeout(end.saturating_duration_since(Instant::now()))
            .map_err(|_| timeout())?
            .map_err(io_error)?;
        if output.len() > OUTPUT {
            return Err(CommandError::TooLong);
        }
        // Who has printed all ends soon, as a rule.
        while Instant::now() < end {
            match child.try_wait().map_err(io_error)? {
                Some(status) if status.success() => return Ok(output),
                Some(status) => return Err(CommandError::Failed(status)),
                None => thread::sleep(Duration::from_millis(2)),
            }
        }
        Err(timeout())
    }
}

/// All that comes, or a byte more than may come.
fn read(stdout: Option<&mut impl Read>) -> io::Result<Zeroizing<Vec<u8>>> {
    // Never grows, so that no copy is left behind.
    let mut output = Zeroizing::new(Vec::with_capacity(OUTPUT + 1));
    if let Some(stdout) = stdout {
        stdout.take(OUTPUT as u64 + 1).read_to_end(&mut output)?;
    }
    Ok(output)
}

fn io_error(error: io::Error) -> CommandError {
    CommandError::Io(Arc::new(error))
}

/// Does not show the command: it may hold a secret itself.
impl fmt::Debug for SecretCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretCommand")
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn run(line: &str) -> Result<String, CommandError> {
        let secret = SecretCommand::new(line).run()?;
        Ok(secret.expose_secret().to_owned())
    }

    #[test]
    fn the_first_line_is_the_secret() {
        for (line, secret) in [
            ("echo sekret", "sekret"),
            ("printf 'sekret'", "sekret"),
            ("printf 'sekret\\r\\n'", "sekret"),
            ("printf ' se kret \\nuser: bob\\n'", " se kret "),
            ("printf 'pässwörd\\n\\377'", "pässwörd"),
            // More than a pipe holds.
            ("echo sekret; head -c 60000 /dev/zero", "sekret"),
        ] {
            assert_eq!(run(line).unwrap(), secret, "{line}");
        }
    }

    #[test]
    fn failures_are_told_apart() {
        assert!(
            matches!(run("exit 3"), Err(CommandError::Failed(status)) if status.code() == Some(3))
        );
        // What it printed before it failed is not taken.
        assert!(matches!(
            run("echo sekret; exit 1"),
            Err(CommandError::Failed(_))
        ));
        assert!(matches!(run("true"), Err(CommandError::Empty)));
        assert!(matches!(
            run("printf '\\nsekret\\n'"),
            Err(CommandError::Empty)
        ));
        assert!(matches!(
            run("printf '\\377\\n'"),
            Err(CommandError::Encoding)
        ));
        let text = run("no-such-command-anywhere 2>/dev/null")
            .unwrap_err()
            .to_string();
        assert!(text.contains("127") && !text.contains("no-such"), "{text}");
    }

    #[test]
    fn it_is_not_waited_for_for_ever() {
        let begun = Instant::now();
        let limit = Duration::from_millis(50);
        let error = SecretCommand::new("exec sleep 600").limit(limit).run();
        assert!(matches!(error, Err(CommandError::Timeout(_))));
        assert!(begun.elapsed() < Duration::from_secs(60));
        // It prints all and goes on.
        let error = SecretCommand::new("echo sekret; exec >&-; exec sleep 600")
            .limit(limit)
            .run();
        assert!(matches!(error, Err(CommandError::Timeout(_))));
        assert!(matches!(run("yes"), Err(CommandError::TooLong)));
    }

    #[test]
    fn a_limit_beyond_all_clocks() {
        let secret = SecretCommand::new("echo sekret").limit(Duration::MAX).run();
        assert_eq!(secret.unwrap().expose_secret(), "sekret");
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let text = format!("{:?}", SecretCommand::new("echo sekret"));
        assert!(!text.contains("sekret"), "{text}");
    }
}
