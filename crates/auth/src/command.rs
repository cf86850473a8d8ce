//! Secrets that the output of a command supplies.

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

/// Upper bound on the output of a command, in bytes.
const OUTPUT: usize = 64 * 1024;

/// Upper bound on the time limit, so that clocks do not overflow.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// A command line that prints a secret: that of a password manager, or of a program that obtains
/// access tokens.
///
/// It runs in the system's shell. The secret is the first line of its output; further lines are
/// ignored, since password managers print more. Its standard error is that of this process.
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

/// An error of running a [`SecretCommand`]. It contains neither the command nor its output.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The command could not be started, or its output could not be read.
    #[error("the command for the secret could not be run")]
    Io(#[source] Arc<io::Error>),
    /// The command exited with a failure.
    #[error("the command for the secret failed: {0}")]
    Failed(ExitStatus),
    /// The command took too long and was killed.
    #[error("the command for the secret took more than {0:?}")]
    Timeout(Duration),
    /// The first line of the output is empty.
    #[error("the command for the secret printed nothing on its first line")]
    Empty,
    /// The first line of the output is not UTF-8.
    #[error("the command for the secret printed a first line that is not UTF-8")]
    Encoding,
    /// The command printed more than 64 KiB.
    #[error("the command for the secret printed more than 64 KiB")]
    TooLong,
}

impl SecretCommand {
    /// Creates a command from a line for the shell. It may take 2 minutes, since it may have to ask
    /// the user.
    #[must_use]
    pub fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            limit: Duration::from_secs(120),
        }
    }

    /// Sets how long the command may take, at most a day.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit.min(LONGEST);
        self
    }

    /// Runs the command and waits for its end.
    ///
    /// # Errors
    /// See [`CommandError`].
    pub fn run(&self) -> Result<SecretString, CommandError> {
        let end = Instant::now() + self.limit;
        let mut child = self.spawn().map_err(io_error)?;
        let result = self.watch(&mut child, end);
        if result.is_err() {
            // This fails only if the command has ended by itself.
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

    /// Returns the output once the command has ended successfully.
    fn watch(&self, child: &mut Child, end: Instant) -> Result<Zeroizing<Vec<u8>>, CommandError> {
        let timeout = || CommandError::Timeout(self.limit);
        let mut stdout = child.stdout.take();
        let (sender, receiver) = mpsc::channel();
        // A read cannot be abandoned, but a thread that reads can.
        thread::spawn(move || {
            // This fails if the receiver has given up waiting.
            let _ = sender.send(read(stdout.as_mut()));
        });
        let output = receiver
            .recv_timeout(end.saturating_duration_since(Instant::now()))
            .map_err(|_| timeout())?
            .map_err(io_error)?;
        if output.len() > OUTPUT {
            return Err(CommandError::TooLong);
        }
        // A command that has closed its output usually ends soon.
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

/// Reads to the end, but at most one byte more than allowed.
fn read(stdout: Option<&mut impl Read>) -> io::Result<Zeroizing<Vec<u8>>> {
    // Sized beforehand, since growing would leave a copy behind.
    let mut output = Zeroizing::new(Vec::with_capacity(OUTPUT + 1));
    if let Some(stdout) = stdout {
        stdout.take(OUTPUT as u64 + 1).read_to_end(&mut output)?;
    }
    Ok(output)
}

fn io_error(error: io::Error) -> CommandError {
    CommandError::Io(Arc::new(error))
}

/// Does not show the command, which may contain a secret itself.
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
        // Output from before a failure is not used.
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
        // It closes its output and runs on.
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
