//! A provider of OAuth 2.0, and a mail server that accepts its tokens.

use std::{
    fs,
    io::{self, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use imapclient_testkit::{Authority, Certificate, Connection, OAuthProvider, Peer};

use crate::start::program;

/// The program's registration. The secret contains characters that are special in an INI file.
pub(crate) const CLIENT: &str = "mail%20reader";
pub(crate) const SECRET: &str = "h%u%(s)s;h # 100%";

/// The user of the account.
pub(crate) const USER: &str = "bob@example.org";

/// The provider and the mail server, which stop when it is dropped.
pub(crate) struct Site {
    pub(crate) provider: OAuthProvider,
    mail: Peer,
    folder: tempfile::TempDir,
}

impl Site {
    pub(crate) fn new() -> Self {
        let authority = Authority::new();
        let provider = OAuthProvider::start_with(&authority);
        provider.add_client(CLIENT, Some(SECRET));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let identity = authority.issue(Certificate::new(&["localhost"]));
        let introspection = provider.introspection_url();
        let mail = Peer::start_tls(identity.server_config(), move |connection| {
            serve(connection, &introspection)
        });
        Self {
            provider,
            mail,
            folder,
        }
    }

    /// Returns the program, which finds its files here.
    pub(crate) fn program(&self) -> Command {
        let mut program = program();
        program
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path());
        program
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the port of the mail server, which is on `localhost`.
    pub(crate) fn port(&self) -> String {
        self.mail.port().to_string()
    }
}

/// Accepts logins with a token of the provider.
fn serve(mut connection: Connection, introspection: &str) -> io::Result<()> {
    connection.send("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hi")?;
    while let Ok(line) = connection.read_line() {
        let mut words = line.split(' ');
        let (tag, command) = (words.next().unwrap_or_default(), words.next());
        match command {
            Some("AUTHENTICATE") => {
                let mechanism = words.next().unwrap_or_default();
                let message = words.next().map(|message| BASE64_STANDARD.decode(message));
                let message = message.and_then(Result::ok).unwrap_or_default();
                let message = String::from_utf8_lossy(&message).into_owned();
                match is_good(&message, introspection) {
                    true => connection.send(&format!("{tag} OK in"))?,
                    false => {
                        connection.send("+ eyJzdGF0dXMiOiI0MDAifQ==")?;
                        connection.read_line()?;
                        connection.send(&format!(
                            "{tag} NO [AUTHENTICATIONFAILED] no {mechanism} of yours"
                        ))?;
                    }
                }
            }
            Some("LOGOUT") => {
                connection.send("* BYE")?;
                connection.send(&format!("{tag} OK out"))?;
            }
            _ => connection.send(&format!("{tag} OK done"))?,
        }
    }
    Ok(())
}

/// Returns whether a message of XOAUTH2 contains a token of this user.
fn is_good(message: &str, introspection: &str) -> bool {
    let Some(token) = message
        .strip_prefix(&format!("user={USER}\x01auth=Bearer "))
        .and_then(|rest| rest.strip_suffix("\x01\x01"))
    else {
        return false;
    };
    let (head, body) = get(&format!("{introspection}{token}"));
    let answer: serde_json::Value = serde_json::from_str(&body).unwrap();
    head.starts_with("HTTP/1.1 200 ") && answer["active"] == true && answer["username"] == USER
}

/// Returns the head of the response for a browser, and the page.
pub(crate) fn get(url: &str) -> (String, String) {
    let rest = url.strip_prefix("http://").expect(url);
    let (authority, path) = rest.split_once('/').expect(url);
    let mut stream = TcpStream::connect(authority).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}
