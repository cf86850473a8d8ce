//! Running the doctor, and what is asked of each of its reports.

use std::{
    process::Output,
    sync::{Arc, Mutex},
};

use imapclient_testkit::{Connection, Identity, Peer, Server};
use regex_lite::{Captures, Regex};
use serde_json::Value;
use tempfile::{NamedTempFile, TempPath};

use crate::start::{printed, program};

/// What must not be sent where it does not belong, in clear and as PLAIN has it.
pub(super) const PASSWORD: &str = "sekret";
const PLAIN: &str = "AGJvYgBzZWtyZXQ=";

/// What the doctor said.
pub(super) struct Told {
    pub(super) code: i32,
    pub(super) text: String,
}

impl Told {
    #[track_caller]
    fn of(output: &Output) -> Self {
        let (text, said) = printed(output);
        assert_eq!(said, "", "{text}");
        let code = output.status.code().expect("it was not killed");
        Self { code, text }
    }

    /// The line that names the cause.
    pub(super) fn first(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        assert_eq!(self.text.lines().count(), 1, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Runs it with these options. There is no terminal, so nothing is cut.
#[track_caller]
pub(super) fn doctor(options: &[&str]) -> Told {
    Told::of(&program().args(options).arg("doctor").output().unwrap())
}

/// In a terminal of so many columns.
#[track_caller]
pub(super) fn doctor_in(columns: usize, options: &[&str]) -> Told {
    let mut program = program();
    program.env("COLUMNS", columns.to_string());
    Told::of(&program.args(options).arg("doctor").output().unwrap())
}

/// Runs it for people and for programs, and sees that the cause stands first in both; gives the
/// report for programs.
#[track_caller]
pub(super) fn ill(options: &[&str], cause: &str, advice: &str) -> Value {
    let told = doctor(options);
    assert_eq!(told.code, 1, "{}", told.text);
    let first = told.first();
    let capital = format!("{}{}", cause[..1].to_uppercase(), &cause[1..]);
    assert!(first.starts_with(&capital), "{first}");
    assert!(first.contains(advice), "{first}");
    let told = doctor(&[options, &["--json"]].concat());
    assert_eq!(told.code, 1, "{}", told.text);
    let json = told.json();
    assert_eq!(json["verdict"], "bad");
    assert!(text(&json["cause"]).starts_with(cause), "{json}");
    assert!(text(&json["advice"]).contains(advice), "{json}");
    json
}

/// The step of this name.
#[track_caller]
pub(super) fn step<'a>(json: &'a Value, name: &str) -> &'a Value {
    let steps = json["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == name);
    step.unwrap_or_else(|| panic!("no step {name}: {json}"))
}

/// Names and outcomes of all steps.
pub(super) fn outcomes(json: &Value) -> Vec<(&str, &str)> {
    let steps = json["steps"].as_array().unwrap().iter();
    let outcomes = steps.map(|step| (text(&step["step"]), text(&step["outcome"])));
    outcomes.collect()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A file that goes with what is returned.
pub(super) fn file(text: &str) -> TempPath {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file.into_temp_path()
}

/// An INI file for a port of this machine, with these further lines.
pub(super) fn ini(port: u16, lines: &str) -> TempPath {
    file(&format!(
        "[DEFAULT]\nhost = 127.0.0.1\nport = {port}\nusername = bob\npassword = {PASSWORD}\n{lines}\n"
    ))
}

pub(super) fn path(file: &TempPath) -> &str {
    file.to_str().unwrap()
}

/// A server on which `bob` has mail.
pub(super) fn server() -> Server {
    Server::builder().user("bob", PASSWORD).sample().start()
}

/// The options for `bob` on it, with TLS.
pub(super) fn options(server: &Server) -> Vec<String> {
    let port = server.tls_addr().port().to_string();
    let ca_file = server.ca_file().to_str().unwrap();
    let options = [
        "-H",
        "127.0.0.1",
        "-P",
        &port,
        "-u",
        "bob",
        "--ca-file",
        ca_file,
    ];
    options.map(str::to_owned).to_vec()
}

/// The options for `bob` and his password at a port of this machine, and some more.
pub(super) fn account<'a>(port: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let who = ["-H", "127.0.0.1", "-P", port, "-u", "bob", "-p", PASSWORD];
    [&who, more].concat()
}

/// Those of [`options`] and some more.
pub(super) fn with<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let options = options.iter().map(String::as_str);
    options.chain(more.iter().copied()).collect()
}

/// Sees that the server was told no password, and nobody tried to log in.
#[track_caller]
pub(super) fn no_password_came(server: &Server) {
    for received in server.received() {
        let text = received.text().to_uppercase();
        let secret = [PASSWORD, PLAIN, " LOGIN", "AUTHENTICATE"];
        let secret = secret.iter().find(|one| text.contains(&one.to_uppercase()));
        assert_eq!(secret, None, "{received:?}");
    }
}

/// A peer with TLS that says hello, and keeps what is said to it.
pub(super) struct Listening {
    pub(super) peer: Peer,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    pub(super) fn start(identity: &Identity) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&heard);
        let listen = move |mut connection: Connection| {
            connection.send("* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello")?;
            loop {
                let line = connection.read_line()?;
                keep.lock().unwrap().push(line);
            }
        };
        Self {
            peer: Peer::start_tls(identity.server_config(), listen),
            heard,
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.peer.port()
    }

    /// Waits for the connections to end, and gives all that was said on them.
    pub(super) fn heard(self) -> Vec<String> {
        // Handshakes that fail, and ends of input, are what the test is about.
        let _ = self.peer.finish();
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

/// What differs from run to run, made the same.
pub(super) fn stable(text: &str) -> String {
    let replace = |text: String, pattern: &str, with: &dyn Fn(&str) -> String| {
        let pattern = Regex::new(pattern).unwrap();
        let with = |found: &Captures<'_>| with(&found[0]);
        pattern.replace_all(&text, with).into_owned()
    };
    let today = chrono::Utc::now().format("%Y-%m-%d").to_string();
    let text = text.replace(&today, "[ today ]");
    let text = replace(text, r"[Pp]ort \d{5}", &|found| {
        format!("{} 12345", &found[..4])
    });
    let text = replace(text, r"\d+\.\d ms", &|_| "1.0 ms".to_owned());
    replace(text, r"[0-9A-F:]{20,}", &|found| "X".repeat(found.len()))
}

/// The report as it is seen, at both widths that matter.
#[track_caller]
pub(super) fn screens(name: &str, options: &[&str]) {
    for columns in [80, 200] {
        let told = doctor_in(columns, options);
        for line in told.text.lines() {
            assert!(line.chars().count() <= columns, "{line}");
        }
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("doctor_{name}_{columns}"), stable(&told.text));
        });
    }
}
