//! Runs the doctor, and checks properties of every report.

use std::{
    process::Output,
    sync::{Arc, Mutex},
};

use imapclient_testkit::{Connection, Identity, Peer, Server};
use regex_lite::{Captures, Regex};
use serde_json::Value;
use tempfile::{NamedTempFile, TempPath};

use crate::start::{printed, program};

/// The secrets that must not be sent: the password, and its form in PLAIN.
pub(super) const PASSWORD: &str = "sekret";
const PLAIN: &str = "AGJvYgBzZWtyZXQ=";

/// The output of the doctor.
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

    /// Returns the line that names the cause.
    pub(super) fn first(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        assert_eq!(self.text.lines().count(), 1, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }
}

/// Runs the doctor with these options. Without a terminal nothing is cut.
#[track_caller]
pub(super) fn doctor(options: &[&str]) -> Told {
    Told::of(&program().args(options).arg("doctor").output().unwrap())
}

/// Runs the doctor in a terminal of `columns` columns.
#[track_caller]
pub(super) fn doctor_in(columns: usize, options: &[&str]) -> Told {
    let mut program = program();
    program.env("COLUMNS", columns.to_string());
    Told::of(&program.args(options).arg("doctor").output().unwrap())
}

/// Runs the doctor for people and for programs, checks that both reports begin with the cause, and
/// returns the report for programs.
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

/// Returns the step of this name.
#[track_caller]
pub(super) fn step<'a>(json: &'a Value, name: &str) -> &'a Value {
    let steps = json["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step"] == name);
    step.unwrap_or_else(|| panic!("no step {name}: {json}"))
}

/// Returns the names and outcomes of all steps.
pub(super) fn outcomes(json: &Value) -> Vec<(&str, &str)> {
    let steps = json["steps"].as_array().unwrap().iter();
    let outcomes = steps.map(|step| (text(&step["step"]), text(&step["outcome"])));
    outcomes.collect()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Creates a file that is deleted with the returned value.
pub(super) fn file(text: &str) -> TempPath {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file.into_temp_path()
}

/// Creates an INI file for a port of this machine, with these further lines.
pub(super) fn ini(port: u16, lines: &str) -> TempPath {
    file(&format!(
        "[DEFAULT]\nhost = 127.0.0.1\nport = {port}\nusername = bob\npassword = {PASSWORD}\n{lines}\n"
    ))
}

pub(super) fn path(file: &TempPath) -> &str {
    file.to_str().unwrap()
}

/// Starts a server on which `bob` has mail.
pub(super) fn server() -> Server {
    Server::builder().user("bob", PASSWORD).sample().start()
}

/// Returns the options for `bob` on this server, with TLS.
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

/// Returns the options for `bob` and his password at a port of this machine, and more.
pub(super) fn account<'a>(port: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let who = ["-H", "127.0.0.1", "-P", port, "-u", "bob", "-p", PASSWORD];
    [&who, more].concat()
}

/// Returns the options of [`options`] and more.
pub(super) fn with<'a>(options: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let options = options.iter().map(String::as_str);
    options.chain(more.iter().copied()).collect()
}

/// Checks that the server received neither a password nor an attempt to log in.
#[track_caller]
pub(super) fn no_password_came(server: &Server) {
    for received in server.received() {
        let text = received.text().to_uppercase();
        let secret = [PASSWORD, PLAIN, " LOGIN", "AUTHENTICATE"];
        let secret = secret.iter().find(|one| text.contains(&one.to_uppercase()));
        assert_eq!(secret, None, "{received:?}");
    }
}

/// A peer with TLS that sends a greeting and records what it receives.
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

    /// Waits for the connections to end, and returns everything received on them.
    pub(super) fn heard(self) -> Vec<String> {
        // Failed handshakes and closed connections are expected here.
        let _ = self.peer.finish();
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

/// Replaces parts that differ from run to run.
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

/// Compares the report at both widths with snapshots.
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
