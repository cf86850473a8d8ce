//! Tests with other programs: an opened browser, and a sender of signals.
#![cfg(unix)]

use std::{
    fs,
    io::{Read, Write},
    os::unix::fs::PermissionsExt,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use super::{by_browser, by_device, login};
use crate::{
    running::Running,
    tokens::{CLIENT, SECRET, Site, USER, get},
};

#[test]
fn a_browser_is_opened_if_that_is_wanted() {
    let site = Site::new();
    let browser = site.path("browser");
    crate::start::write_private(
        &browser,
        "#!/bin/sh\nprintf %s \"$1\" > opened.tmp\nmv opened.tmp opened\n",
    )
    .unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).unwrap();
    let page = site.provider.authorization_url();
    let mut command = login(&site);
    command
        .args(["--authorize-url", &page, "--browser"])
        .env("PATH", "/usr/bin:/bin");
    let mut running = Running::start(command.env("BROWSER", &browser));
    let shown = running.line("https://");
    running.line("waiting at ");
    get(&site.provider.grant(&shown, USER).unwrap());
    assert!(running.end().status.success());
    let begun = Instant::now();
    let opened = loop {
        // The browser was started, but not waited for.
        match fs::read_to_string(site.path("opened")) {
            Ok(opened) => break opened,
            Err(_) if begun.elapsed() < Duration::from_secs(30) => thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(opened, shown);

    let mut running = Running::start(command.env("BROWSER", site.path("none")));
    let page = running.line("https://");
    running.line("warning: no browser could be opened: ");
    get(&site.provider.grant(&page, USER).unwrap());
    assert!(running.end().status.success());
}

#[test]
fn ctrl_c_is_the_end() {
    let site = Site::new();
    site.provider
        .set_device(Duration::from_secs(600), Some(Duration::from_secs(300)));
    for mut running in [by_browser(&site, &[]), by_device(&site, &[])] {
        running.line("waiting ");
        running.interrupt();
        let ended = running.end();
        assert_eq!(ended.status.code(), Some(130), "{}", ended.said);
        assert_eq!(ended.printed, "");
    }
}

#[test]
fn questions_are_asked_at_the_terminal_and_not_where_the_lines_go() {
    let site = Site::new();
    let terminal = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut command = CommandBuilder::new("/bin/sh");
    command.args([
        "-c",
        "\"$0\" \"$@\" > kept",
        env!("CARGO_BIN_EXE_imapclient"),
    ]);
    command.args(["oauth2", "login", "-H", "localhost", "--ca-file", "ca.pem"]);
    command.args(["--token-url", &site.provider.token_url()]);
    command.args(["--authorize-url", &site.provider.authorization_url()]);
    command.env_clear();
    command.env("TERM", "xterm");
    command.env("COLUMNS", "500");
    command.env("imapclient_oauth2_client_secret", SECRET);
    command.cwd(site.path("."));
    let mut child = Guarded::new(terminal.slave.spawn_command(command).unwrap());
    drop(terminal.slave);
    let mut keys = terminal.master.take_writer().unwrap();
    let mut screen = Screen {
        reader: terminal.master.try_clone_reader().unwrap(),
        shown: String::new(),
    };
    screen.wait_for("username: ");
    write!(keys, "{USER}\r").unwrap();
    screen.wait_for("client id: ");
    write!(keys, "{CLIENT}\r").unwrap();
    screen.wait_for("waiting at ");
    let (_, page) = screen
        .shown
        .split_once(&site.provider.authorization_url())
        .unwrap();
    let query: String = page.chars().take_while(|c| c.is_ascii_graphic()).collect();
    let page = format!("{}{query}", site.provider.authorization_url());
    get(&site.provider.grant(&page, USER).unwrap());
    assert!(child.child.wait().unwrap().success(), "{}", screen.shown);
    let kept = fs::read_to_string(site.path("kept")).unwrap();
    assert!(kept.starts_with("[DEFAULT]\nhost = localhost\n"), "{kept}");
    assert!(kept.contains(&format!("\nusername = {USER}\n")), "{kept}");
    assert!(kept.contains("\noauth2_refresh_token = refresh-"), "{kept}");
}

/// The output of a terminal so far.
struct Screen {
    reader: Box<dyn Read + Send>,
    shown: String,
}

impl Screen {
    fn wait_for(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        while !self.shown.contains(text) {
            let count = self.reader.read(&mut bytes).unwrap();
            assert_ne!(count, 0, "no {text:?} among {}", self.shown);
            self.shown
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
}

/// A child that is killed at the end of the test or after a time limit.
struct Guarded {
    child: Box<dyn Child + Send + Sync>,
    /// Dropped with this value, which ends the timer.
    _alive: mpsc::Sender<()>,
}

impl Guarded {
    fn new(child: Box<dyn Child + Send + Sync>) -> Self {
        let mut killer = child.clone_killer();
        let (_alive, ended) = mpsc::channel();
        thread::spawn(move || {
            if ended.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout) {
                // It may have ended by itself.
                let _ = killer.kill();
            }
        });
        Self { child, _alive }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
