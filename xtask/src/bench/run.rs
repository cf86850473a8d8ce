//! Runs cases: all clients, one after the other, several times.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
};

use rustix::process::{Resource, getrlimit, setrlimit};

use super::{
    Bench, build,
    case::{Case, Server},
    chart,
    client::{self, Client},
    dovecot::Seeded,
    markdown,
    meter::{self, Outcome},
    report::{self, CaseReport, Part, Row},
    stage::{self, Seen, Stage},
    table,
};
use crate::{
    failure::{Doing as _, Result},
    signals::Signals,
};

/// The seconds after which a client is ended.
const LIMIT: u64 = 120;
/// The number of files that a process needs beside its connections.
const FILES: u64 = 100;
/// The number of files of a connection: our blocking face has a socket, and a pair by which another
/// thread wakes it.
const FILES_OF_CONNECTION: u64 = 3;
/// The seconds from which on a peer is run only once.
const SLOW: f64 = 8.0;
/// The same for quick runs.
const SLOW_IF_QUICK: f64 = 2.0;

/// Runs the cases and prints their results. Returns the exit status: 1 if one of our clients
/// failed.
pub(super) fn all(args: &Bench, cases: &[Case], signals: &Signals) -> Result<u8> {
    build::build(signals)?;
    let (clients, mut notes) = client::available(&args.client, signals)?;
    let mut dovecot = None;
    let mut reports: Vec<CaseReport> = Vec::new();
    for case in cases {
        if case.server == Server::Dovecot
            && let Some(why) = Seeded::obstacle()
        {
            notes.push(format!("{}: {} is left out: {why}", case.id, case.title));
            continue;
        }
        eprintln!("{}: {}", case.id, case.title);
        let (case, note) = within_limits(*case)?;
        notes.extend(note);
        let mut runner = Runner {
            case,
            quick: args.quick,
            folder: stage::folder()?,
            stage: Stage::start(&case, &mut dovecot, signals)?,
            signals,
        };
        let rows = runner.rows(&clients)?;
        let report = CaseReport { case, rows };
        print(&table::case(&report, reports.last()))?;
        reports.push(report);
    }
    if let Some(dovecot) = dovecot {
        dovecot.stop()?;
    }
    let machine = machine();
    print(&table::end(&reports, &notes, &machine))?;
    if let Some(path) = &args.json {
        let text = format!("{:#}\n", report::json(&reports, &machine, args.quick));
        fs::write(path, text).doing(|| format!("write {path:?}"))?;
    }
    if let Some(path) = &args.markdown {
        let text = markdown::write(&reports, &notes, &machine);
        fs::write(path, text).doing(|| format!("write {path:?}"))?;
    }
    if let Some(path) = &args.chart {
        fs::write(path, chart::draw(&reports)).doing(|| format!("write {path:?}"))?;
    }
    let failed = |row: &Row| row.part == Part::Ours && row.error.is_some();
    let failed = reports.iter().any(|report| report.rows.iter().any(failed));
    Ok(u8::from(failed))
}

/// Reduces the connections of a case to those that a process may open, and says so.
fn within_limits(case: Case) -> Result<(Case, Option<String>)> {
    if case.workload != "idle" {
        return Ok((case, None));
    }
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let raised = setrlimit(Resource::Nofile, limit).map_err(io::Error::from);
    raised.doing(|| "raise the limit of open files".into())?;
    let files = limit.maximum.unwrap_or(u64::MAX).saturating_sub(FILES);
    let most = files / FILES_OF_CONNECTION;
    if case.count <= most {
        return Ok((case, None));
    }
    let note = format!(
        "{}: {most} connections instead of {}, since a process may not open more files here",
        case.id, case.count
    );
    let case = Case {
        count: most,
        ..case
    };
    Ok((case, Some(note)))
}

fn print(text: &str) -> Result<()> {
    io::stdout()
        .lock()
        .write_all(text.as_bytes())
        .doing(|| "write the results".into())
}

/// Describes the machine: its cores and its memory.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|rest| rest.split_whitespace().next());
    let kilobytes: u64 = kilobytes.and_then(|text| text.parse().ok()).unwrap_or(0);
    format!(
        "{cores} cores, {} GiB of memory, Linux",
        kilobytes / (1024 * 1024)
    )
}

/// The runs of a case.
struct Runner<'a> {
    case: Case,
    quick: bool,
    folder: tempfile::TempDir,
    stage: Stage<'a>,
    signals: &'a Signals,
}

impl Runner<'_> {
    fn rows(&mut self, clients: &[Client]) -> Result<Vec<Row>> {
        let takes_part = |client: &&Client| client.takes_part(&self.case);
        let clients: Vec<&Client> = clients.iter().filter(takes_part).collect();
        let row = |client: &&Client| Row::new(client.name, client.version(), client.part);
        let mut rows: Vec<Row> = clients.iter().map(row).collect();
        for _ in 0..self.case.rounds {
            for (client, row) in clients.iter().zip(&mut rows) {
                if !self.is_done(client, row) {
                    self.measure(client, row)?;
                }
            }
        }
        let sum = rows
            .iter()
            .find(|row| row.part == Part::Ours)
            .and_then(|row| row.sum);
        for (client, row) in clients.iter().zip(&mut rows) {
            let differs = row.part == Part::Peer && client.reports() && row.sum != sum;
            if differs && row.error.is_none() && sum.is_some() {
                row.error = Some(format!("the sum is {:?} instead of {sum:?}", row.sum));
            }
            self.measure_once(client, row)?;
        }
        Ok(rows)
    }

    /// Returns `true` if there are enough runs of a client.
    fn is_done(&self, client: &Client, row: &Row) -> bool {
        let slow = match self.quick {
            true if client.is_interpreted() => 0.0,
            true => SLOW_IF_QUICK,
            false => SLOW,
        };
        let slow = row.runs.last().is_some_and(|run| run.wall > slow);
        row.error.is_some() || (slow && row.part == Part::Peer)
    }

    fn measure(&mut self, client: &Client, row: &mut Row) -> Result<()> {
        let case = self.case;
        let (outcome, seen) = self.run(client, &case, false)?;
        let outcome = outcome.and_then(|outcome| self.check(client, outcome, &seen));
        match outcome {
            Ok(outcome) => {
                let run = outcome.run;
                eprintln!("  {}: {:.3} s, CPU {:.3} s", client.name, run.wall, run.cpu);
                row.runs.push(run);
                row.sum = Some(outcome.sum);
                row.round_trips = seen.round_trips;
                let opened = |(before, after)| (before, after, outcome.items);
                row.resident = outcome.resident.map(opened);
            }
            Err(error) => {
                eprintln!("  {}: {error}", client.name);
                row.error = Some(error);
            }
        }
        Ok(())
    }

    /// Measures what needs a run of its own: allocations, and the round trips of a session that
    /// does nothing.
    fn measure_once(&mut self, client: &Client, row: &mut Row) -> Result<()> {
        let Some(run) = row.median() else {
            return Ok(());
        };
        let case = self.case;
        if client.counts_allocations() && (run.wall < SLOW || row.part == Part::Ours) {
            let (outcome, _) = self.run(client, &case, true)?;
            if let Ok(Outcome {
                allocations: Some((count, bytes, heap)),
                ..
            }) = outcome
            {
                row.allocations = Some((count, bytes));
                row.heap = Some(heap);
            }
        }
        if case.delay > 0 && case.workload != "first" {
            let nothing = Case {
                workload: "singles",
                count: 0,
                ..case
            };
            let (outcome, seen) = self.run(client, &nothing, false)?;
            if outcome.is_ok() {
                row.idle_round_trips = seen.round_trips.last().copied();
            }
        }
        Ok(())
    }

    /// Runs a client once.
    fn run(
        &mut self,
        client: &Client,
        case: &Case,
        counting: bool,
    ) -> Result<(Result<Outcome, String>, Seen)> {
        stage::empty(self.folder.path())?;
        let files = self.folder.path().join("files");
        fs::create_dir(&files).doing(|| format!("make {files:?}"))?;
        if case.workload == "upload" {
            write_message(&files.join("message"), case.size)?;
        }
        let command = client.command(case, self.stage.ports(), &files, counting)?;
        let errors = self.folder.path().join("errors");
        let silent = !client.reports();
        let outcome = meter::run(&command, LIMIT, silent, &errors, self.signals)?;
        Ok((outcome, self.stage.report()?))
    }

    /// Checks that a client has done its work.
    fn check(&self, client: &Client, outcome: Outcome, seen: &Seen) -> Result<Outcome, String> {
        let case = &self.case;
        let (count, bytes) = match case.workload {
            "save" | "upload" => (1, case.size),
            _ => (case.count, case.count * case.size),
        };
        // The null client does not look at what it only reads.
        let counts = client.part != Part::Null
            || !matches!(case.workload, "flags" | "metadata" | "bodies" | "search");
        if counts && client.reports() && outcome.items != count {
            return Err(format!("{} items instead of {count}", outcome.items));
        }
        let files = self.folder.path().join("files");
        let wrong = match case.workload {
            "append" | "upload" => (seen.appended, seen.bytes) != (count, bytes),
            "save" => fs::metadata(files.join("message")).map_or(0, |file| file.len()) != bytes,
            "pull" => {
                // mbsync leaves unread messages among the new ones.
                let files = ["cur", "new"].map(|name| fs::read_dir(files.join(name)));
                let files = files.into_iter().flatten().map(Iterator::count);
                files.sum::<usize>() as u64 != count
            }
            _ => false,
        };
        match wrong {
            true => Err("messages are missing".into()),
            false => Ok(outcome),
        }
    }
}

/// Writes a message of lines of text.
fn write_message(path: &Path, size: u64) -> Result<()> {
    let line = b"All work and no play makes Jack a dull boy, and all play makes him a mere toy\r\n";
    let block = line.repeat(1000);
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        let mut left = usize::try_from(size).map_err(io::Error::other)?;
        while left > 0 {
            let piece = &block[..left.min(block.len())];
            file.write_all(piece)?;
            left -= piece.len();
        }
        Ok(())
    };
    write().doing(|| format!("write {path:?}"))
}
