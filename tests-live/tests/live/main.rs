//! The live suite: every case against the account in the INI file, on both faces.

use std::{
    io,
    process::{ExitCode, Termination as _},
};

use imapclient_tests_live::{Args, Trial, run};

fn main() -> ExitCode {
    let args = Args::from_command_line();
    let result = run(
        &args,
        trials(),
        || Account::set_up(&args),
        &mut io::stdout(),
        &mut io::stderr(),
    );
    match result {
        Ok(verdict) => verdict.report(),
        Err(error) => {
            eprintln!("error: cannot write the report: {error}");
            ExitCode::from(2)
        }
    }
}

/// What all trials share.
struct Account;

impl Account {
    fn set_up(args: &Args) -> Result<Self, String> {
        let path = args
            .conf()
            .ok_or("no account: give its INI file with -f FILE")?;
        Err(format!("{path:?}: no cases to run against it"))
    }
}

fn trials() -> Vec<Trial<Account>> {
    Vec::new()
}
