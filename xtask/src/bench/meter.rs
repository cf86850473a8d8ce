//! One run of a client under the program `meter`, and what both print.

use std::{io, path::Path, process::Command, process::Stdio};

use super::{build, report::Run};
use crate::{
    failure::{Failure, Result},
    process,
    signals::Signals,
};

/// The exit status of a client that took too long.
const LATE: i64 = 124;

/// The output of a client, and the resources that it has used.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) run: Run,
    pub(super) items: u64,
    pub(super) sum: u64,
    /// The resident memory before and after connections were opened.
    pub(super) resident: Option<(u64, u64)>,
    /// The number of allocations, their bytes, and the most bytes at once.
    pub(super) allocations: Option<(u64, u64, u64)>,
}

/// Runs a client for at most `seconds` seconds. The inner result is an error of the client. A
/// `silent` client prints nothing about its work.
pub(super) fn run(
    client: &Command,
    seconds: u64,
    silent: bool,
    errors: &Path,
    signals: &Signals,
) -> Result<Result<Outcome, String>> {
    let log = std::fs::File::create(errors);
    let log = log.map_err(|error| Failure::set_up(format!("cannot make {errors:?}: {error}")))?;
    let mut command = Command::new(build::program("meter"));
    command
        .arg(seconds.to_string())
        .arg(client.get_program())
        .args(client.get_args());
    for (name, value) in client.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.stdin(Stdio::null()).stderr(log);
    let (status, output) = process::capture(&mut command, signals, io::sink())?;
    signals.check()?;
    let said = std::fs::read_to_string(errors).unwrap_or_default();
    let said = said.trim().lines().last().unwrap_or_default();
    if !status.success() {
        return Err(Failure::set_up(format!("the meter failed: {said}")));
    }
    let mut output = String::from_utf8_lossy(&output).into_owned();
    if silent {
        output += "items=0 sum=0";
    }
    Ok(read(&output).map_err(|error| match said {
        "" => error,
        said => said.chars().take(100).collect(),
    }))
}

/// Reads the output of a client and of the meter.
fn read(output: &str) -> Result<Outcome, String> {
    let words = output.split_whitespace();
    let pairs: Vec<_> = words.filter_map(|word| word.split_once('=')).collect();
    let text = |name: &str| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| *value)
    };
    let whole = |name: &str| text(name).and_then(|text| text.parse::<u64>().ok());
    let seconds = |name: &str| {
        let number = text(name).and_then(|text| text.parse::<f64>().ok());
        number.ok_or_else(|| format!("the meter printed no {name}"))
    };
    let status = text("status").and_then(|text| text.parse::<i64>().ok());
    match status {
        Some(0) => {}
        Some(LATE) => return Err("took too long".into()),
        Some(status) => return Err(format!("ended with status {status}")),
        None => return Err("the meter printed no status".into()),
    }
    Ok(Outcome {
        run: Run {
            wall: seconds("wall")?,
            cpu: seconds("cpu")?,
            peak: whole("peak").ok_or("the meter printed no peak")?,
        },
        items: whole("items").ok_or("printed no result")?,
        sum: whole("sum").ok_or("printed no result")?,
        resident: whole("before").zip(whole("after")),
        allocations: match (whole("allocations"), whole("allocated"), whole("heap")) {
            (Some(count), Some(bytes), Some(heap)) => Some((count, bytes, heap)),
            _ => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_lines_are_read() {
        let output = "items=3 sum=60 before=10 after=40 allocations=5 allocated=50 heap=20\n\
                      status=0 wall=0.5 cpu=0.25 peak=4096\n";
        let expected = Outcome {
            run: Run {
                wall: 0.5,
                cpu: 0.25,
                peak: 4096,
            },
            items: 3,
            sum: 60,
            resident: Some((10, 40)),
            allocations: Some((5, 50, 20)),
        };
        assert_eq!(read(output), Ok(expected));
    }

    #[test]
    fn a_failed_client_has_no_result() {
        for (output, error) in [
            ("status=124 wall=9 cpu=9 peak=9", "took too long"),
            (
                "items=3 sum=4\nstatus=1 wall=9 cpu=9 peak=9",
                "ended with status 1",
            ),
            ("status=0 wall=9 cpu=9 peak=9", "printed no result"),
            ("", "the meter printed no status"),
        ] {
            assert_eq!(read(output), Err(error.into()), "{output}");
        }
    }
}
