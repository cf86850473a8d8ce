//! Runs a program, and prints what it has used: `meter SECONDS PROGRAM ARGUMENTS`.
//!
//! ```text
//!  ...                                          the output of the program
//!  status=0 wall=0.503412 cpu=0.206110 peak=5373952
//! ```
//!
//! It is small, since the kernel counts the memory of a process from before it runs its program.
//! The program ends with it, and after so many seconds.

use std::{
    env,
    io::{self, Write as _},
    mem,
    os::unix::process::{CommandExt as _, ExitStatusExt as _},
    process::{Command, ExitCode, ExitStatus},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

/// The status of a program that took too long.
const LATE: i32 = 124;

fn main() -> ExitCode {
    match run() {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("meter: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<String> {
    let mut arguments = env::args_os().skip(1);
    let usage = || io::Error::other("usage: meter SECONDS PROGRAM ARGUMENTS");
    let seconds = arguments.next().and_then(|text| text.into_string().ok());
    let seconds = seconds
        .and_then(|text| text.parse().ok())
        .ok_or_else(usage)?;
    let mut command = Command::new(arguments.next().ok_or_else(usage)?);
    command.args(arguments);
    end_with_parent(&mut command);

    let started = Instant::now();
    let child = command.spawn()?;
    let pid = i32::try_from(child.id()).map_err(io::Error::other)?;
    let (ended, wait) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        let late =
            wait.recv_timeout(Duration::from_secs(seconds)) == Err(RecvTimeoutError::Timeout);
        if late {
            // SAFETY: a signal to another process. The id is that of the child, which is reaped
            // before only if it ends in this moment, and its id is not in use again so soon.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        }
        late
    });
    let (status, usage) = wait_for(pid)?;
    let wall = started.elapsed();
    drop(ended);
    let late = watch.join().unwrap_or(false);
    let status = if late { LATE } else { code(status) };
    let cpu = time(usage.ru_utime) + time(usage.ru_stime);
    let peak = u64::try_from(usage.ru_maxrss).unwrap_or(0) * 1024;
    io::stdout().flush()?;
    Ok(format!(
        "status={status} wall={:.6} cpu={cpu:.6} peak={peak}",
        wall.as_secs_f64()
    ))
}

fn code(status: ExitStatus) -> i32 {
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).unwrap_or(1)
}

fn time(time: libc::timeval) -> f64 {
    time.tv_sec as f64 + time.tv_usec as f64 / 1e6
}

/// Kills the child if this process ends first.
fn end_with_parent(command: &mut Command) {
    // SAFETY: the call is safe between fork and exec.
    unsafe {
        command.pre_exec(
            || match libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            },
        );
    }
}

/// Waits for a child, and returns what it has used.
fn wait_for(pid: i32) -> io::Result<(ExitStatus, libc::rusage)> {
    let mut status = 0;
    // SAFETY: zeros are a valid value.
    let mut usage: libc::rusage = unsafe { mem::zeroed() };
    loop {
        // SAFETY: both pointers are valid.
        if unsafe { libc::wait4(pid, &mut status, 0, &mut usage) } == pid {
            return Ok((ExitStatus::from_raw(status), usage));
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}
