//! The benchmarks in `bench/`, which is not part of the workspace: of the codec, and of whole
//! clients.
//!
//! ```text
//!  build ─▶ for each case:  stage (blaster or Dovecot)
//!                             ▲          for each round, for each client:
//!                             └───────── meter ─▶ client process ─▶ wall, CPU, peak memory
//!        ─▶ table, JSON, chart
//! ```

mod build;
mod case;
mod chart;
mod client;
mod dovecot;
mod markdown;
mod meter;
mod report;
mod run;
mod stage;
mod table;
mod target;

use std::path::PathBuf;

use clap::Args;

use crate::{
    failure::{Failure, Result},
    process,
    signals::Signals,
    workspace,
};

/// The benchmark of the codec.
const CODEC: &str = "codec";

/// The arguments of `cargo xtask bench`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Bench {
    /// `codec` for the codec alone, or a workload, W1 to W11 [default: all workloads]
    which: Vec<String>,
    /// Three rounds instead of five, and only W1, W2, W3, W4 and W7 unless others are named
    #[arg(long)]
    quick: bool,
    /// Only clients whose names contain one of these texts
    #[arg(long, value_name = "TEXT")]
    client: Vec<String>,
    /// Write the results to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a chart of the results to this file (SVG)
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Write tables of the results to this file (Markdown)
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
    /// Arguments for the benchmark of the codec: names of data sets, `--rounds N`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and runs benchmarks. Returns the exit status.
pub(crate) fn run(args: &Bench, signals: &Signals) -> Result<u8> {
    if args.which == [CODEC] {
        return codec(args, signals);
    }
    if !args.arguments.is_empty() {
        return Err(Failure::set_up("arguments after -- are for the codec"));
    }
    let cases = case::select(&args.which, args.quick)?;
    run::all(args, &cases, signals)
}

fn codec(args: &Bench, signals: &Signals) -> Result<u8> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["run", "--quiet", "--release", "--manifest-path"])
        .arg(build::manifest())
        .arg("--target-dir")
        .arg(build::target())
        .args(["--bin", CODEC, "--", "--bench"])
        .args(&args.arguments);
    Ok(process::status_code(process::run(&mut cargo, signals)?))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        bench: Bench,
    }

    #[test]
    fn arguments_go_on_to_the_benchmark_of_the_codec() {
        let line = Line::try_parse_from(["bench", "codec", "--", "a", "--rounds", "3"]);
        let bench = line.ok().unwrap().bench;
        assert_eq!(bench.which, [CODEC]);
        assert_eq!(bench.arguments, ["a", "--rounds", "3"]);
        let line = Line::try_parse_from(["bench", "W1", "--", "a"]);
        let (_sender, signals) = Signals::channel();
        let failure = run(&line.ok().unwrap().bench, &signals).unwrap_err();
        assert_eq!(failure.status(), 2);
    }
}
