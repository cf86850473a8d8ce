//! Child processes that end when this process is asked to end.

use std::{
    fs,
    io::{self, IsTerminal as _, Read, Write},
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Child, Command, ExitStatus, Stdio},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use crate::{
    failure::{Doing as _, Failure, Result},
    signals::Signals,
};

/// The time that a child may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(20);

/// Runs `command` to its end. A request to stop is passed on to it as SIGTERM; a second request, or
/// the end of [`GRACE`], kills it.
pub(crate) fn run(command: &mut Command, signals: &Signals) -> Result<ExitStatus> {
    let mut child = Foreground::spawn(command)?;
    child.wait(signals)
}

/// Runs `command` and copies its standard output to `tee` as it arrives. Returns its status and the
/// whole output.
pub(crate) fn capture(
    command: &mut Command,
    signals: &Signals,
    mut tee: impl Write + Send + 'static,
) -> Result<(ExitStatus, Vec<u8>)> {
    let piped = Piped::spawn(command, move |piece| {
        tee.write_all(piece)?;
        tee.flush()
    })?;
    let ended = piped.wait(signals)?;
    Ok((ended.status, ended.output))
}

/// A child that has ended, with its standard output.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) output: Vec<u8>,
    pub(crate) took: Duration,
}

/// Runs all commands at the same time, until the last one ends. A request to stop ends all of them.
pub(crate) fn capture_all(commands: Vec<Command>, signals: &Signals) -> Result<Vec<Ended>> {
    let spawn = |mut command: Command| Piped::spawn(&mut command, |_| Ok(()));
    let children = commands.into_iter().map(spawn);
    let children = children.collect::<Result<Vec<_>>>()?;
    let ended = children.into_iter().map(|child| child.wait(signals));
    ended.collect()
}

/// A child whose standard output is read.
struct Piped {
    child: Foreground,
    reader: JoinHandle<io::Result<(Vec<u8>, Duration)>>,
}

impl Piped {
    /// Starts the child. `tee` is called with its output as it arrives.
    fn spawn(
        command: &mut Command,
        mut tee: impl FnMut(&[u8]) -> io::Result<()> + Send + 'static,
    ) -> Result<Self> {
        let started = Instant::now();
        let mut child = Foreground::spawn(command.stdout(Stdio::piped()))?;
        let output = child.0.stdout.take();
        let reader = thread::spawn(move || {
            let mut all = Vec::new();
            let Some(mut output) = output else {
                return Ok((all, started.elapsed()));
            };
            let mut piece = vec![0; 16 * 1024];
            loop {
                match output.read(&mut piece) {
                    Ok(0) => return Ok((all, started.elapsed())),
                    Ok(n) => {
                        tee(&piece[..n])?;
                        all.extend_from_slice(&piece[..n]);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        });
        Ok(Self { child, reader })
    }

    fn wait(mut self, signals: &Signals) -> Result<Ended> {
        let status = self.child.wait(signals)?;
        let read = self.reader.join();
        let read = read.map_err(|_| Failure::set_up("the reader of a child's output panicked"))?;
        let (output, took) = read.doing(|| "pass on a child's output".into())?;
        Ok(Ended {
            status,
            output,
            took,
        })
    }
}

/// Returns the exit status as shells do: 128 plus the number of the signal for a child that was
/// ended by a signal.
pub(crate) fn status_code(status: ExitStatus) -> u8 {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1);
    u8::try_from(code).unwrap_or(1)
}

/// A child in the foreground.
///
/// With a terminal it stays in the terminal's foreground group, where Ctrl-C reaches it and it can
/// read. Without one it gets a group of its own, so that its children also receive signals.
struct Foreground(Child, bool);

impl Foreground {
    fn spawn(command: &mut Command) -> Result<Self> {
        let own_group = !io::stdin().is_terminal();
        if own_group {
            command.process_group(0);
        }
        let program = command.get_program().to_owned();
        match command.spawn() {
            Ok(child) => Ok(Self(child, own_group)),
            Err(error) => Err(Failure::set_up(format!("cannot run {program:?}: {error}"))),
        }
    }

    fn wait(&mut self, signals: &Signals) -> Result<ExitStatus> {
        let mut asked: Option<Instant> = None;
        loop {
            if let Some(status) = self.0.try_wait().doing(|| "wait for a child".into())? {
                return Ok(status);
            }
            let again = signals.within(TICK);
            match asked {
                None if again => {
                    self.kill(Signal::TERM);
                    asked = Some(Instant::now());
                }
                Some(since) if again || since.elapsed() > GRACE => self.kill(Signal::KILL),
                _ => {}
            }
        }
    }

    /// Sends a signal. Must be called only before the child is waited for, as long as its id cannot
    /// be reused. An error means that the child has ended, and is ignored.
    fn kill(&self, signal: Signal) {
        let Some(pid) = pid_of(&self.0) else { return };
        let _ = if self.1 {
            kill_process_group(pid, signal)
        } else {
            kill_process(pid, signal)
        };
    }
}

impl Drop for Foreground {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            self.kill(Signal::KILL);
            let _ = self.0.wait();
        }
    }
}

/// A child in the background and all processes that it starts. Dropping the value ends them.
pub(crate) struct Group {
    leader: Child,
}

impl Group {
    /// Starts `command` as the leader of its own group, so that Ctrl-C in a terminal does not reach
    /// it first.
    pub(crate) fn spawn(command: &mut Command) -> io::Result<Self> {
        Ok(Self {
            leader: command.process_group(0).spawn()?,
        })
    }

    /// Returns the status of the leader, if it has ended.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.leader.try_wait()
    }

    /// Asks the leader to end, kills the remaining processes after `grace`, and returns when no
    /// process of the group is alive.
    pub(crate) fn stop(&mut self, grace: Duration) -> Result<()> {
        let Some(group) = pid_of(&self.leader) else {
            return Ok(());
        };
        if self.is_gone(group) {
            return Ok(());
        }
        // Only the leader knows in which order its children should end.
        if !matches!(self.leader.try_wait(), Ok(Some(_))) {
            let _ = kill_process(group, Signal::TERM);
            if self.is_gone_within(group, grace) {
                return Ok(());
            }
        }
        let _ = kill_process_group(group, Signal::KILL);
        if self.is_gone_within(group, GRACE) {
            return Ok(());
        }
        Err(Failure::set_up(format!(
            "the processes of group {} do not end",
            group.as_raw_nonzero()
        )))
    }

    fn is_gone_within(&mut self, group: Pid, limit: Duration) -> bool {
        let started = Instant::now();
        while !self.is_gone(group) {
            if started.elapsed() > limit {
                return false;
            }
            thread::sleep(Duration::from_millis(5));
        }
        true
    }

    fn is_gone(&mut self, group: Pid) -> bool {
        // Waiting for the leader removes its entry from the group.
        let leader_ended = matches!(self.leader.try_wait(), Ok(Some(_)));
        leader_ended && (test_kill_process_group(group).is_err() || !lives(group))
    }
}

/// Returns whether a process of `group` is alive. Dead processes stay in their group until their
/// parent waits for them, which the first process of a container may never do.
fn lives(group: Pid) -> bool {
    let Ok(entries) = fs::read_dir("/proc") else {
        return true;
    };
    let group = group.as_raw_nonzero().to_string();
    entries.flatten().any(|entry| {
        // PID (NAME) STATE PARENT GROUP ..; the name may contain any characters.
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let mut fields = stat
            .rsplit_once(") ")
            .map_or("", |(_, rest)| rest)
            .split(' ');
        let (state, in_group) = (fields.next(), fields.nth(1));
        in_group == Some(group.as_str()) && !matches!(state, Some("Z" | "X"))
    })
}

impl Drop for Group {
    fn drop(&mut self) {
        if let Err(failure) = self.stop(Duration::from_secs(5)) {
            eprintln!("warning: {failure}");
        }
    }
}

fn pid_of(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}

#[cfg(test)]
mod tests {
    use std::io::BufRead as _;

    use super::*;

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command
    }

    #[test]
    fn the_status_is_the_childs() {
        let (_sender, signals) = Signals::channel();
        assert_eq!(status_code(run(&mut sh("exit 7"), &signals).unwrap()), 7);
        assert_eq!(
            status_code(run(&mut sh("kill -TERM $$"), &signals).unwrap()),
            143
        );
    }

    #[test]
    fn a_program_that_is_not_there_is_one_line() {
        let (_sender, signals) = Signals::channel();
        let failure = run(&mut Command::new("no-such-program-here"), &signals).unwrap_err();
        assert!(
            failure
                .to_string()
                .starts_with("cannot run \"no-such-program-here\": "),
            "{failure}"
        );
    }

    #[test]
    fn a_request_to_stop_reaches_the_child() {
        let (sender, signals) = Signals::channel();
        sender.send(()).unwrap();
        let status = run(&mut sh("sleep 600"), &signals).unwrap();
        assert_eq!(status_code(status), 143);
    }

    #[test]
    fn a_child_that_will_not_end_is_killed_at_the_second_request() {
        let (sender, signals) = Signals::channel();
        // The child prints a line when it ignores SIGTERM; the requests follow after that line.
        let tee = Teller {
            sender: Some(sender),
        };
        let script = "trap '' TERM; echo deaf; while :; do sleep 600 >&-; done";
        let (status, output) = capture(&mut sh(script), &signals, tee).unwrap();
        assert_eq!(status_code(status), 137);
        assert_eq!(output, b"deaf\n");
    }

    /// Sends two requests at the first output.
    struct Teller {
        sender: Option<std::sync::mpsc::Sender<()>>,
    }

    impl Write for Teller {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(sender) = self.sender.take() {
                sender.send(()).map_err(io::Error::other)?;
                sender.send(()).map_err(io::Error::other)?;
            }
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn output_is_passed_on_and_kept() {
        let (_sender, signals) = Signals::channel();
        let (status, output) =
            capture(&mut sh("echo one; echo two; exit 3"), &signals, io::sink()).unwrap();
        assert_eq!(status_code(status), 3);
        assert_eq!(output, b"one\ntwo\n");
    }

    #[test]
    fn a_group_ends_with_its_grandchildren_even_if_they_will_not() {
        let mut command = sh(
            "trap '' TERM; sh -c 'trap \"\" TERM; echo up; while :; do sleep 600 >&-; done' & wait; wait",
        );
        let mut group = Group::spawn(command.stdout(Stdio::piped())).unwrap();
        let mut line = String::new();
        let mut output = io::BufReader::new(group.leader.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "up\n");
        let pid = pid_of(&group.leader).unwrap();
        group.stop(Duration::from_millis(50)).unwrap();
        // No process holds the other end of the pipe any more.
        assert_eq!(output.read(&mut [0]).unwrap(), 0);
        assert!(!lives(pid));
    }
}
