//! Tests of the scripts for shells, and of the manual page.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::start::{printed, program};

/// Returns the output of the program, which must not print anything else.
fn output(arguments: &[&str]) -> String {
    let output = program().args(arguments).output().unwrap();
    let (printed, said) = printed(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(said, "");
    printed
}

/// Runs a program of the system with this input. Returns `None` if it is not installed.
fn give(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take().unwrap();
    let written = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(written.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let (printed, said) = printed(&output);
    assert!(output.status.success(), "{program}: {said}");
    assert_eq!(said, "", "{program}");
    Some(printed)
}

#[test]
fn each_shell_gets_commands_and_options() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = output(&["completions", shell]);
        for word in ["oauth2", "login", "completions", "man", "demo"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        for option in [
            "ca-file",
            "section",
            "redirect-url",
            "client-secret",
            "json",
        ] {
            assert!(script.contains(option), "{shell}: {option}");
        }
        assert!(script.contains("imapclient"), "{shell}");
    }
    let output = program().args(["completions", "cmd"]).output().unwrap();
    let (printed, said) = printed(&output);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(printed, "");
    assert!(
        said.contains("[possible values: bash, elvish, fish, powershell, zsh]"),
        "{said}"
    );
}

#[cfg(unix)]
#[test]
fn bash_completes_by_its_script() {
    let script = output(&["completions", "bash"]);
    if give("bash", &["-n"], &script).is_none() {
        eprintln!("there is no bash here");
        return;
    }
    // Calls the function that `complete -F` would call, for the last of these words.
    for (words, expected) in [
        ("imapclient oa", &["oauth2"][..]),
        ("imapclient oauth2 login --pro", &["--provider"]),
        ("imapclient oauth2 login --provider m", &["microsoft"]),
        (
            "imapclient --s",
            &["--ssl", "--starttls", "--section", "--script"],
        ),
        ("imapclient completions e", &["elvish"]),
    ] {
        let list: Vec<_> = words.split(' ').collect();
        let (last, before) = (list[list.len() - 1], list[list.len() - 2]);
        let test = format!(
            "{script}\nCOMP_WORDS=({words})\nCOMP_CWORD={}\n\
             _imapclient imapclient '{last}' '{before}'\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
            list.len() - 1
        );
        let completed = give("bash", &["--norc", "-s"], &test).unwrap();
        assert_eq!(completed.lines().collect::<Vec<_>>(), expected, "{words}");
    }
}

#[test]
fn the_page_of_the_manual() {
    let page = output(&["man"]);
    let headings: Vec<_> = page.lines().filter(|line| line.starts_with(".S")).collect();
    let expected = [
        ".SH NAME",
        ".SH SYNOPSIS",
        ".SH DESCRIPTION",
        ".SH OPTIONS",
        ".SH CONNECTION",
        ".SH SESSION",
        ".SH COMMANDS",
        ".SS \"imapclient demo\"",
        ".SS \"imapclient oauth2 login\"",
        ".SS \"OAUTH 2.0\"",
        ".SS \"imapclient completions\"",
        ".SS \"imapclient man\"",
        ".SH \"COMMANDS OF A SESSION\"",
        ".SS Mailboxes",
        ".SH ENVIRONMENT",
        ".SH EXAMPLES",
        ".SH \"EXIT STATUS\"",
        ".SH VERSION",
    ];
    let mut found = headings.iter();
    for heading in expected {
        assert!(
            found.any(|one| *one == heading),
            "{heading} among {headings:#?}"
        );
    }
    assert!(
        page.starts_with(".ie ") || page.starts_with(".TH "),
        "{page}"
    );

    // Without a warning from groff.
    let macros = ["-man", "-Tutf8", "-Kutf8", "-ww", "-P-cbu", "-rLL=78n"];
    let Some(shown) = give("groff", &macros, &page) else {
        eprintln!("there is no groff here");
        return;
    };
    for line in [
        "       --client-id <ID>",
        "       cd, select",
        "         imapclient demo ",
        "       0 on success, 1 if something failed, 2 if the input was not understood",
    ] {
        let found = shown.lines().any(|one| one.starts_with(line));
        assert!(found, "{line:?} in {shown}");
    }
    // Examples may be longer than a line, but not prose.
    let longest = shown.lines().map(|line| line.chars().count()).max();
    assert!(longest < Some(110), "{shown}");
}
