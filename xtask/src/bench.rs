//! The side-by-side benchmarks in `bench/`, which is not part of the workspace.

use clap::{Args, ValueEnum};

use crate::{failure::Result, process, signals::Signals, workspace};

/// The arguments of `cargo xtask bench`.
#[derive(Clone, Debug, Args)]
pub(crate) struct Bench {
    /// The benchmark
    #[arg(value_enum)]
    which: Which,
    /// Arguments for it: names of data sets, `--rounds N`
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Reading responses: ours, imap-codec, imap-proto
    Codec,
}

/// Builds and runs a benchmark. Returns its exit status.
pub(crate) fn run(args: &Bench, signals: &Signals) -> Result<u8> {
    let mut cargo = workspace::cargo();
    let program = match args.which {
        Which::Codec => "codec",
    };
    cargo
        .args(["run", "--quiet", "--release", "--manifest-path"])
        .arg(workspace::root().join("bench").join("Cargo.toml"))
        .args(["--bin", program, "--", "--bench"])
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
    fn arguments_go_on_to_the_benchmark() {
        let line = Line::try_parse_from(["bench", "codec", "--", "a", "--rounds", "3"]);
        let bench = line.ok().unwrap().bench;
        assert_eq!(bench.which, Which::Codec);
        assert_eq!(bench.arguments, ["a", "--rounds", "3"]);
        assert!(Line::try_parse_from(["bench"]).is_err());
    }
}
