//! `imapclient completions`: prints the script that a shell needs to complete the program's command
//! line.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{args::Arguments, failure::Result, screen::Screen};

/// Prints the script for a shell.
pub(crate) fn print(shell: Shell, screen: &Screen) -> Result<()> {
    let mut script = Vec::new();
    let mut program = Arguments::command();
    let name = program.get_name().to_owned();
    clap_complete::generate(shell, &mut program, name, &mut script);
    Ok(screen.print(&String::from_utf8_lossy(&script))?)
}
