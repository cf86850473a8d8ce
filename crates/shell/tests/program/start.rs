//! Running the program.

use std::process::{Command, Output};

/// The program, in an environment that says nothing of who runs the tests.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imapclient"));
    command.env_clear().env("HOME", "/nonexistent");
    command
}

/// What it printed, as text.
pub(crate) fn printed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn what_is_missing_is_said_where_nobody_can_be_asked() {
    let output = program().args(["-c", "noop"]).output().unwrap();
    let (printed, said) = printed(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(printed, "");
    assert_eq!(
        said,
        "error: no host is given, and there is no terminal to ask at: use --host HOST or --file FILE\n"
    );
}
