//! Tests of a provider that replaces a refresh token when it is used and revokes the old one: the
//! program has to start with the new one the next time.

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use imapclient_testkit::OAuthFault;

use crate::{
    running::Running,
    start::{end, printed, write_private},
    tokens::{CLIENT, SECRET, Site, USER},
};

/// A part of the warning about a token that is lost.
const LOST: &str = "it is lost when this program ends";

/// An account at a provider that rotates.
struct Account {
    site: Site,
    first: String,
}

impl Account {
    fn new() -> Self {
        let site = Site::new();
        site.provider.set_rotating(true);
        let first = site.provider.add_refresh_token(CLIENT, USER);
        let account = Self { site, first };
        account.write(&account.first);
        account
    }

    /// Writes the INI file with a refresh token.
    fn write(&self, token: &str) {
        let text = format!(
            "[DEFAULT]\nhost = localhost\nport = {}\nssl_ca_file = ca.pem\nusername = {USER}\n\
             oauth2 = true\noauth2_token_url = {}\noauth2_client_id = {}\n\
             oauth2_client_secret = {}\noauth2_refresh_token = {token}\n",
            self.site.port(),
            self.site.provider.token_url(),
            CLIENT.replace('%', "%%"),
            SECRET.replace('%', "%%"),
        );
        write_private(self.site.path("conf.ini"), text).unwrap();
    }

    fn program(&self) -> Command {
        let mut program = self.site.program();
        program.args(["-f", "conf.ini"]);
        program
    }

    /// Logs in, and expects no warning.
    fn log_in(&self) {
        assert_eq!(end(&mut self.program()), (Some(0), String::new()));
    }

    fn folder(&self) -> PathBuf {
        self.site.path(".local/state/imapclient/refresh-tokens")
    }

    /// Returns the files that keep tokens.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_none()).collect()
    }

    fn asked(&self) -> usize {
        self.site.provider.counts().token
    }
}

#[test]
fn it_is_kept_for_the_next_start() {
    let account = Account::new();
    for _ in 0..3 {
        account.log_in();
    }
    assert_eq!(account.asked(), 3);
    assert_eq!(account.files().len(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&account.files()[0]).unwrap().permissions();
        assert_eq!(mode.mode() & 0o777, 0o600);
    }

    // A newer one in the settings takes precedence.
    let newer = account.site.provider.add_refresh_token(CLIENT, USER);
    fs::write(&account.files()[0], "as if it were revoked").unwrap();
    account.write(&newer);
    account.log_in();
    account.log_in();
    assert_eq!(account.files().len(), 2);
}

#[test]
fn programs_at_the_same_time_do_not_lose_one_anothers() {
    let account = Account::new();
    let start = || {
        let mut program = account.program();
        program.args(["-c", "noop"]);
        program.stdout(Stdio::piped()).stderr(Stdio::piped());
        program.spawn().unwrap()
    };
    let children: Vec<Child> = (0..8).map(|_| start()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        let (_, said) = printed(&output);
        assert!(output.status.success(), "{said}");
        assert_eq!(said, "");
    }
    account.log_in();
    assert_eq!(account.asked(), 9);
}

#[test]
fn a_program_that_was_killed_blocks_nobody() {
    let account = Account::new();
    account.log_in();
    let asked = account.asked();
    account.site.provider.add_fault(OAuthFault::Hang);
    let killed = Running::start(account.program().args(["-c", "noop"]));
    wait_for(|| account.asked() > asked);
    // This kills it by SIGKILL while it holds the lock.
    drop(killed);
    account.log_in();
}

#[cfg(unix)]
#[test]
fn who_interrupts_it_is_told_what_may_be_lost() {
    use rustix::process::{Pid, Signal, kill_process};

    let account = Account::new();
    account.site.provider.add_fault(OAuthFault::Hang);
    let running = Running::start(account.program().args(["-c", "noop"]));
    wait_for(|| account.asked() > 0);
    let id = Pid::from_raw(i32::try_from(running.id()).unwrap());
    kill_process(id.unwrap(), Signal::INT).unwrap();
    let ended = running.end();
    assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
    assert!(
        ended.said.contains("the provider has not answered"),
        "{}",
        ended.said
    );
    account.log_in();
}

#[test]
fn where_it_cannot_be_kept_that_is_said() {
    let lost = |program: &mut Command| {
        let (status, said) = end(program);
        assert_eq!(status, Some(0), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        for words in ["warning: ", LOST, "`imapclient oauth2 login` gets another"] {
            assert!(said.contains(words), "{said}");
        }
        assert!(!said.contains("refresh-"), "{said}");
    };
    // There is no home directory.
    let account = Account::new();
    lost(account.program().env_remove("HOME"));
    // The token is lost, as the warning says.
    let (status, said) = end(account.program().env_remove("HOME"));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("log in there again"), "{said}");

    // The folder cannot be created below a file.
    let account = Account::new();
    write_private(account.site.path("file"), "").unwrap();
    let path = account.site.path("file");
    lost(account.program().env("XDG_STATE_HOME", path));

    // Without a rotation there is no warning.
    let account = Account::new();
    account.site.provider.set_rotating(false);
    for _ in 0..2 {
        let ended = end(account.program().env_remove("HOME"));
        assert_eq!(ended, (Some(0), String::new()));
    }
}

#[test]
fn the_doctor_says_where_it_is_kept() {
    let account = Account::new();
    let examine = |change: fn(&mut Command)| {
        let mut program = account.program();
        change(&mut program);
        let output = program.args(["doctor", "--json"]).output().unwrap();
        let (report, said) = printed(&output);
        assert_eq!(said, "");
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        report["steps"].as_array().unwrap().clone()
    };
    let step = |steps: &[serde_json::Value]| {
        let found = steps.iter().find(|step| step["step"] == "refresh_token");
        found.cloned().unwrap_or_else(|| panic!("{steps:?}"))
    };
    for _ in 0..2 {
        let steps = examine(|_| ());
        let step = step(&steps);
        let file = account.files()[0].display().to_string();
        assert!(step["summary"].as_str().unwrap().contains(&file), "{step}");
    }
    let steps = examine(|program| {
        program.env_remove("HOME");
    });
    // This login fails since its token is revoked, and the step is there nevertheless.
    assert!(
        step(&steps)["summary"]
            .as_str()
            .unwrap()
            .contains("would be lost")
    );

    // The report names a broken file.
    fs::write(&account.files()[0], "broken").unwrap();
    let steps = examine(|_| ());
    let told = steps.iter().filter_map(|step| step["summary"].as_str());
    let told = told.filter(|summary| summary.contains("is not used"));
    assert_eq!(told.count(), 1, "{steps:?}");
    let step = step(&steps);
    assert_eq!(
        (&step["in_use"], &step["outcome"]),
        (&false.into(), &"warn".into()),
        "{step}"
    );
    assert!(
        step["summary"]
            .as_str()
            .unwrap()
            .contains("taken from the settings"),
        "{step}"
    );
    assert_eq!(fs::read(&account.files()[0]).unwrap(), b"broken");
}

/// Waits for a condition that another process fulfils.
fn wait_for(mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until, "it does not come about");
        thread::yield_now();
    }
}
