//! Tests of the program on the embedded server with each provider's profile.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    thread,
};

use imapclient_testkit::{Builder, Mail, Profile, Server};
use serde_json::Value;

use crate::{
    session::Running,
    start::{printed, program},
};

/// The program's behaviour with a provider, where it differs.
struct Ways {
    profile: Profile,
    /// The mailbox for deleted messages.
    trash: &'static str,
    /// `true` if the program sends its ID before opening a mailbox.
    introduces_itself: bool,
    /// `true` if the server reports UIDs of uploads.
    tells_uids: bool,
    /// `true` if the server can remove the originals of messages that were moved.
    removes: bool,
    /// The charsets that the server names when it cannot search for non-ASCII text.
    searches_only: Option<&'static str>,
}

/// The behaviour with most providers.
const USUAL: Ways = Ways {
    profile: Profile::Proton,
    trash: "Trash",
    introduces_itself: false,
    tells_uids: true,
    removes: true,
    searches_only: None,
};

const WAYS: [Ways; 15] = [
    Ways {
        profile: Profile::Gmail,
        trash: "[Gmail]/Papierkorb",
        ..USUAL
    },
    Ways {
        profile: Profile::Outlook,
        trash: "Deleted Items",
        searches_only: Some("US-ASCII"),
        ..USUAL
    },
    Ways {
        profile: Profile::ICloud,
        trash: "Deleted Messages",
        ..USUAL
    },
    Ways {
        profile: Profile::Yahoo,
        ..USUAL
    },
    Ways {
        profile: Profile::Yandex,
        trash: "Удаленные",
        ..USUAL
    },
    Ways {
        profile: Profile::Zoho,
        ..USUAL
    },
    Ways {
        profile: Profile::Qq,
        trash: "Deleted Messages",
        ..USUAL
    },
    Ways {
        profile: Profile::Netease,
        trash: "已删除",
        introduces_itself: true,
        ..USUAL
    },
    Ways {
        profile: Profile::Proton,
        ..USUAL
    },
    Ways {
        profile: Profile::Strato,
        ..USUAL
    },
    Ways {
        profile: Profile::WildDuck,
        ..USUAL
    },
    Ways {
        profile: Profile::Domino,
        ..USUAL
    },
    Ways {
        profile: Profile::Uw,
        ..USUAL
    },
    Ways {
        profile: Profile::Minimal,
        tells_uids: false,
        removes: false,
        ..USUAL
    },
    Ways {
        profile: Profile::Full,
        ..USUAL
    },
];

const PLAIN: &str = "From: Ann Example <ann@example.org>\nSubject: greetings\n\nSee you soon.\n";
const GREETINGS: &str = "From: Ann Example <ann@example.org>\n\
                         Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\n\
                         MIME-Version: 1.0\n\
                         Content-Type: text/plain; charset=utf-8\n\
                         Content-Transfer-Encoding: 8bit\n\n\
                         Schöne Ferien!\n";
const LETTER: &str = "From: bob@example.org\nTo: ann@example.org\nSubject: letter\n\nDear Ann\n";

/// The size of a large message, in bytes.
const LARGE: usize = 100 * 1024 * 1024;
/// Upper bound on the memory of the program while saving one; most of it is the program itself.
#[cfg(target_os = "linux")]
const MEMORY: usize = 32 * 1024 * 1024;

#[test]
fn every_profile_has_a_row() {
    let rows: Vec<_> = WAYS.iter().map(|ways| ways.profile).collect();
    assert_eq!(rows, Profile::all().collect::<Vec<_>>());
}

#[test]
fn everyday_commands_on_every_profile() {
    // Each thread mostly waits for its program.
    thread::scope(|scope| {
        let threads: Vec<_> = WAYS
            .iter()
            .map(|ways| (ways, scope.spawn(|| everyday_commands(ways))))
            .collect();
        for (ways, thread) in threads {
            let done = thread.join();
            assert!(done.is_ok(), "on {}: see above", ways.profile);
        }
    });
}

fn everyday_commands(ways: &Ways) {
    let place = Place::new(ways.profile, |server| {
        server
            .mailbox("INBOX", |m| m.message(PLAIN).message(GREETINGS))
            .mailbox("Elsewhere", |m| m)
    });
    fs::write(place.path("letter.eml"), LETTER).unwrap();

    let commands = "append letter.eml; copy 2 Elsewhere; special trash; \
                    search subject greetings; show 2; select INBOX";
    let values = place.values(commands);
    let [appended, _copied, special, found, shown, opened] = &values[..] else {
        panic!("{}: {values:?}", ways.profile);
    };
    let uid = ways.tells_uids.then_some("3");
    assert_eq!(appended["appended"]["uids"].as_str(), uid, "{appended}");
    assert_eq!(special["trash"], ways.trash);
    assert_eq!(found.to_string(), "[1]");
    assert_eq!(shown["envelope"]["subject"], "Grüße");
    assert_eq!(
        shown["text"].as_str().map(str::trim),
        Some("Schöne Ferien!")
    );
    assert_eq!(opened["EXISTS"], 3, "{opened}");
    let stored = place.texts("INBOX");
    assert_eq!(stored, [PLAIN, GREETINGS, LETTER]);
    assert_eq!(place.texts("Elsewhere"), [GREETINGS]);
    let told = place.server.received().iter().position(|one| {
        let command = one.command();
        command.starts_with("ID ") && command.contains("imapclient")
    });
    assert_eq!(told.is_some(), ways.introduces_itself, "{}", ways.profile);

    let moved = place.run("move 1 Elsewhere");
    let (_, said) = printed(&moved);
    assert_eq!(moved.status.code(), Some(0), "{}: {said}", ways.profile);
    assert_eq!(place.texts("Elsewhere"), [GREETINGS, PLAIN]);
    if ways.removes {
        assert_eq!(place.texts("INBOX"), [GREETINGS, LETTER]);
    } else {
        assert_eq!(place.texts("INBOX"), [PLAIN, GREETINGS, LETTER]);
        assert!(said.contains("UIDPLUS"), "{}: {said}", ways.profile);
    }

    let search = "search subject \"Grüße\"";
    match ways.searches_only {
        None => assert_eq!(place.values(search), [serde_json::json!([2])]),
        Some(charsets) => {
            let output = place.run(search);
            let (out, said) = printed(&output);
            assert_eq!(output.status.code(), Some(1), "{out}{said}");
            assert!(said.contains(charsets), "{said}");
        }
    }
}

/// The profiles with special FETCH responses.
#[test]
fn a_message_of_100_mib() {
    for profile in [Profile::Gmail, Profile::Outlook, Profile::Zoho] {
        save_a_large_message(profile);
    }
}

#[test]
#[ignore = "takes minutes: `cargo xtask soak profiles` runs it"]
fn a_message_of_100_mib_on_every_profile() {
    for profile in Profile::all() {
        save_a_large_message(profile);
    }
}

/// Saves a message that is too large for APPEND: it is in the mailbox from the start.
fn save_a_large_message(profile: Profile) {
    let line = "The quick brown fox jumps over the lazy dog, again and again.\r\n";
    let mut message = b"From: ann@example.org\r\nSubject: large\r\n\r\n".to_vec();
    message.extend(line.repeat(LARGE / line.len()).into_bytes());
    let place = Place::new(profile, |server| {
        server.mailbox("INBOX", |m| m.message(Mail::from(message.as_slice())))
    });
    let mut running = Running::start(place.program().args(["-m", "INBOX"]));
    let mut lines = running.lines();
    running.type_line("save 1 large.eml");
    let said = lines.next();
    let expected = format!("saved {} bytes to large.eml", message.len());
    assert_eq!(said, Some(expected), "on {profile}");
    // The program is still running and waits for another command.
    #[cfg(target_os = "linux")]
    {
        let peak = crate::running::peak_memory(running.id());
        assert!(peak < MEMORY as u64, "{peak} bytes on {profile}");
    }
    running.type_line("quit");
    assert_eq!(running.code(), Some(0), "on {profile}");
    let saved = fs::read(place.path("large.eml")).unwrap();
    assert!(saved == message, "{} bytes on {profile}", saved.len());
}

/// A server with a provider's profile, and a folder with the program's settings.
struct Place {
    server: Server,
    folder: tempfile::TempDir,
}

impl Place {
    fn new(profile: Profile, fill: impl FnOnce(Builder) -> Builder) -> Self {
        let builder = Server::builder().profile(profile).user("bob", "sekret");
        let place = Self {
            server: fill(builder).start(),
            folder: tempfile::tempdir().unwrap(),
        };
        crate::start::write_private(place.path("conf.ini"), place.server.ini("bob")).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self) -> Command {
        let mut command = program();
        command
            .current_dir(&self.folder)
            .arg("-f")
            .arg(self.path("conf.ini"));
        command
    }

    /// Runs the commands in the INBOX.
    fn run(&self, commands: &str) -> Output {
        let mut program = self.program();
        program.args(["--json", "-m", "INBOX", "-c", commands]);
        program.output().unwrap()
    }

    /// Returns the replies to the commands, which must all succeed.
    #[track_caller]
    fn values(&self, commands: &str) -> Vec<Value> {
        let output = self.run(commands);
        let (out, said) = printed(&output);
        assert_eq!(output.status.code(), Some(0), "{commands}: {out}{said}");
        out.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Returns the messages of a mailbox, with the line ends of files.
    fn texts(&self, mailbox: &str) -> Vec<String> {
        let stored = self.server.messages("bob", mailbox);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
        stored.into_iter().map(|one| text(one.bytes)).collect()
    }
}
