//! Tests of starting the program: the sources of the account, and the errors.

use std::{
    fs, io,
    path::Path,
    process::{Command, Output, Stdio},
};

use imapclient::auth::{TokenSource, secrecy::ExposeSecret};
use imapclient_config::Loader;
use imapclient_testkit::{Peer, Script, Server};

use crate::tokens::{CLIENT, SECRET, Site, USER};

/// Writes a file that other users cannot read, as appropriate for passwords.
pub(crate) fn write_private(path: impl AsRef<Path>, text: impl AsRef<[u8]>) -> io::Result<()> {
    fs::write(&path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

/// Returns the program in an environment without settings of the user.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imapclient"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .stdin(Stdio::null());
    command
}

/// Returns standard output and standard error as text.
pub(crate) fn printed(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    (text(&output.stdout), text(&output.stderr))
}

/// Returns the program with the address of a server.
fn at(server: &Server) -> Command {
    let mut program = program();
    program
        .args(["-H", server.host(), "-P"])
        .arg(server.tls_addr().port().to_string())
        .arg("--ca-file")
        .arg(server.ca_file());
    program
}

/// Returns the exit status and standard error.
pub(crate) fn end(program: &mut Command) -> (Option<i32>, String) {
    let output = program.args(["-c", "noop"]).output().unwrap();
    let (printed, said) = printed(&output);
    assert_eq!(printed, "", "{said}");
    (output.status.code(), said)
}

/// The error for a wrong password.
const REFUSED: &str = "AUTHENTICATIONFAILED";

#[test]
fn what_is_missing_is_said_where_nobody_can_be_asked() {
    let asks = "is given, and there is no terminal to ask at: use";
    let host = &["-H", "localhost"][..];
    let user = &["-H", "localhost", "-u", "bob"][..];
    for (arguments, expected) in [
        (
            &[][..],
            format!("error: no host {asks} --host HOST or --file FILE\n"),
        ),
        (host, format!("error: no username {asks} --username USER\n")),
        (
            user,
            format!(
                "error: no password {asks} a file with `password` or `password_command` (--file), \
                 or set imapclient_password in the environment\n"
            ),
        ),
    ] {
        let ended = end(program().args(arguments));
        assert_eq!(ended, (Some(2), expected), "{arguments:?}");
    }
}

#[test]
fn options_come_before_the_environment() {
    // Percent signs have no special meaning here.
    let password = "100% %(user)s";
    let server = Server::builder().user("bob", password).start();
    let good = |program: &mut Command| assert_eq!(end(program), (Some(0), String::new()));
    good(at(&server).args(["-u", "bob", "-p", password]));
    let environment = |program: &mut Command| {
        program
            .env("imapclient_username", "bob")
            .env("imapclient_password", password);
    };
    let mut program = at(&server);
    environment(&mut program);
    good(&mut program);
    for (option, value) in [("-u", "eve"), ("-p", "nope")] {
        let mut program = at(&server);
        environment(&mut program);
        let (status, said) = end(program.args([option, value]));
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(REFUSED), "{said}");
    }
}

#[test]
fn a_section_is_an_account() {
    let server = Server::builder()
        .user("bob", "sekret")
        .say_capability("AUTH=SCRAM-SHA-256")
        .start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conf.ini");
    let text = format!(
        "{}[plain]\nauth = plain\n[login]\nauth = login\n[sasl]\nauth = sasl-login\n\
         [scram]\nauth = scram-sha-256\n[wrong]\npassword = nope\n[nobody]\nusername =\n\
         [no password]\npassword =\n[no token]\noauth2 = true\noauth2_client_id = x\n",
        server.ini("bob")
    );
    write_private(&file, text).unwrap();
    let run = |section: &[&str]| end(program().arg("-f").arg(&file).args(section));
    for (section, login) in [
        (&[][..], "AUTHENTICATE SCRAM-SHA-256"),
        (&["--section", "DEFAULT"], "AUTHENTICATE SCRAM-SHA-256"),
        (&["--section", "plain"], "AUTHENTICATE PLAIN"),
        (&["--section", "login"], "LOGIN \"bob\""),
        (&["--section", "sasl"], "AUTHENTICATE LOGIN"),
        (&["--section", "scram"], "AUTHENTICATE SCRAM-SHA-256"),
    ] {
        server.clear_received();
        assert_eq!(run(section), (Some(0), String::new()), "{section:?}");
        let received = server.received();
        let found = received.iter().any(|one| one.command().starts_with(login));
        assert!(found, "{section:?}: {received:?}");
    }
    let (status, said) = run(&["--section", "wrong"]);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains(REFUSED) && !said.contains("nope"), "{said}");
    let file = file.display();
    for (section, expected) in [
        (
            "nobody",
            format!(
                "error: {file}:18: [nobody] username: this option is missing: write `username = ...`, \
                 or set the environment variable imapclient_username\n"
            ),
        ),
        (
            "no password",
            format!(
                "error: {file}:20: [no password] password: this option is missing: \
                 write `password = ...` or `password_command = ...`, \
                 or set the environment variable imapclient_password\n"
            ),
        ),
        (
            "no token",
            format!(
                "error: {file}:22: [no token] oauth2_refresh_token: this option is missing: \
                 write `oauth2_refresh_token = ...`, \
                 or set the environment variable imapclient_oauth2_refresh_token; \
                 `imapclient oauth2 login` gets one\n"
            ),
        ),
        (
            "Plain",
            "error: there is no section [Plain] in the file: it has [DEFAULT], [plain], [login], \
             [sasl], [scram], [wrong], [nobody], [no password], [no token]\n"
                .to_owned(),
        ),
    ] {
        assert_eq!(run(&["--section", section]), (Some(2), expected));
    }
}

#[test]
fn a_server_that_lets_in_anybody() {
    let script = Script::parse(
        "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=ANONYMOUS] hello
         C: <tag> AUTHENTICATE ANONYMOUS =
         S: <tag> OK [CAPABILITY IMAP4rev1] welcome
         C: <tag> NOOP
         S: <tag> OK
         C: <tag> LOGOUT
         S: * BYE
         S: <tag> OK",
    );
    let peer = Peer::start(move |connection| script.run(connection));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conf.ini");
    let text = format!(
        "[DEFAULT]\nhost = 127.0.0.1\nport = {}\nssl = false\nauth = anonymous\n",
        peer.port()
    );
    fs::write(&file, text).unwrap();
    let warning = format!(
        "warning: {}:4: [DEFAULT] ssl: the password and all mail go over the network unencrypted: \
         leave ssl out, or write `starttls = true`\n",
        file.display()
    );
    assert_eq!(end(program().arg("-f").arg(&file)), (Some(0), warning));
    peer.finish().unwrap();
}

#[cfg(unix)]
#[test]
fn what_protects_nothing_is_warned_about_once() {
    use std::os::unix::fs::PermissionsExt as _;

    let server = Server::builder().user("bob", "sekret").sample().start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("conf.ini");
    let text = format!("{}ssl_verify_cert = false\n", server.ini("bob"));
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let (status, said) = end(program().arg("-f").arg(&file));
    assert_eq!(status, Some(0), "{said}");
    let lines: Vec<_> = said.lines().collect();
    let [exposed, unchecked] = lines[..] else {
        panic!("{said}");
    };
    assert!(
        exposed.contains("other users can read this file (mode 644)"),
        "{said}"
    );
    assert!(
        unchecked.contains("ssl_verify_cert: an attacker on the network"),
        "{said}"
    );
    let output = program()
        .arg("-f")
        .arg(&file)
        .args(["doctor", "--json"])
        .output()
        .unwrap();
    let (report, said) = printed(&output);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let steps = report["steps"].as_array().unwrap();
    let summaries = steps.iter().filter_map(|step| step["summary"].as_str());
    let summaries: Vec<_> = summaries.collect();
    for words in [
        "other users can read this file",
        "an attacker on the network can impersonate",
    ] {
        let told = summaries.iter().filter(|summary| summary.contains(words));
        assert_eq!(told.count(), 1, "{summaries:?}");
    }
    assert_eq!(said, "");
}

#[test]
fn tokens_take_the_place_of_a_password() {
    let site = Site::new();
    let token = site.provider.add_refresh_token(CLIENT, USER);
    let text = format!(
        "[DEFAULT]\nhost = localhost\nport = {}\nssl_ca_file = ca.pem\nusername = {USER}\n\
         oauth2 = true\noauth2_token_url = {}\n[xoauth2]\nauth = xoauth2\n\
         [bearer]\nauth = oauthbearer\n[command]\npassword_command = cat token\n",
        site.port(),
        site.provider.token_url()
    );
    write_private(site.path("conf.ini"), &text).unwrap();
    let run = |section: &str| {
        let mut program = site.program();
        program.args(["-f", "conf.ini", "--section", section]);
        program
    };
    let tokens = [
        ("imapclient_oauth2_client_id", CLIENT),
        ("imapclient_oauth2_client_secret", SECRET),
        ("imapclient_oauth2_refresh_token", &token),
    ];
    for section in ["DEFAULT", "xoauth2"] {
        let ended = end(run(section).envs(tokens));
        assert_eq!(ended, (Some(0), String::new()), "{section}");
    }
    let (status, said) = end(run("bearer").envs(tokens));
    assert_eq!(status, Some(1));
    assert!(said.contains("no OAUTHBEARER of yours"), "{said}");
    assert!(!said.contains(&token) && !said.contains(SECRET), "{said}");

    // The token was obtained by another program.
    let loader = Loader::new().environment(|_| None);
    let mut section = loader.parse(&text, "conf.ini").unwrap().default;
    let oauth2 = &mut section.login.oauth2;
    oauth2.client_id = Some(CLIENT.to_owned());
    oauth2.client_secret = Some(SECRET.into());
    oauth2.refresh_token = Some(token.as_str().into());
    section.connect.tls.ca_file = Some(site.path("ca.pem"));
    let source = section.account().unwrap().refresh_token().unwrap();
    let access = source.unwrap().token(None).unwrap();
    let access = access.secret().expose_secret();
    fs::write(site.path("token"), format!("{access}\n")).unwrap();
    let asked = site.provider.counts().token;
    let path = ("PATH", "/usr/bin:/bin");
    assert_eq!(end(run("command").envs([path])), (Some(0), String::new()));
    assert_eq!(site.provider.counts().token, asked);
}

#[cfg(unix)]
#[test]
fn a_command_prints_the_password() {
    let server = Server::builder().user("bob", "sekret").start();
    let folder = tempfile::tempdir().unwrap();
    let text = server.ini("bob").replace("password = sekret\n", "");
    let text = format!(
        "{text}password_command = echo sekret\n[other]\npassword_command = echo canary; exit 3\n"
    );
    write_private(folder.path().join("conf.ini"), text).unwrap();
    let run = |section: &str| {
        end(program()
            .current_dir(&folder)
            .args(["-f", "conf.ini", "--section", section]))
    };
    assert_eq!(run("DEFAULT"), (Some(0), String::new()));
    let (status, said) = run("other");
    assert_eq!(status, Some(1));
    assert!(said.contains('3') && !said.contains("canary"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_command_is_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    write_private(
        path("server.sh"),
        "printf '* PREAUTH [CAPABILITY IMAP4rev1] hello\\r\\n'\n\
         while read -r tag command; do\n\
         case \"$command\" in LOGOUT*) printf '* BYE\\r\\n';; esac\n\
         printf '%s OK done\\r\\n' \"$tag\"\n\
         echo \"$command\" >> commands\n\
         done\n",
    )
    .unwrap();
    write_private(
        path("conf.ini"),
        "[DEFAULT]\nhost = sh server.sh\nstream = true\n",
    )
    .unwrap();
    let run = |program: &mut Command| {
        end(program
            .current_dir(&folder)
            .env("PATH", "/usr/bin:/bin")
            .args(["-f", "conf.ini"]))
    };
    assert_eq!(run(&mut program()), (Some(0), String::new()));
    let commands = fs::read_to_string(path("commands")).unwrap();
    let commands: Vec<_> = commands.lines().map(str::trim_end).collect();
    assert_eq!(commands, ["NOOP", "LOGOUT"]);
}

#[test]
fn a_file_says_all_or_nothing() {
    let file = ["-f", "conf.ini"];
    for (option, name) in [
        (&["-H", "localhost"][..], "--host"),
        (&["-u", "bob"], "--username"),
        (&["-p", "sekret"], "--password"),
        (&["-P", "993"], "--port"),
        (&["-s"], "--ssl"),
        (&["--insecure"], "--insecure"),
        (&["--starttls"], "--starttls"),
        (&["--ca-file", "ca.pem"], "--ca-file"),
    ] {
        let expected = format!(
            "error: --file contains all settings of the connection: leave it out, or {name}\n"
        );
        for arguments in [
            [&file, option, &[]].concat(),
            [option, &file, &[]].concat(),
            // On both sides of a command's name, and for a command without a connection.
            [&file, &["oauth2", "login"], option].concat(),
            [option, &["demo"], &file].concat(),
        ] {
            let output = program().args(&arguments).output().unwrap();
            let (printed, said) = printed(&output);
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            assert_eq!((printed.as_str(), &said), ("", &expected), "{arguments:?}");
        }
    }
    for (arguments, expected) in [
        (
            "-H localhost --section other",
            "--section needs a file: use --file FILE",
        ),
        (
            "-H localhost --insecure --starttls",
            "--insecure and --starttls exclude each other",
        ),
        (
            "-H localhost --ssl --insecure",
            "--ssl and --insecure exclude each other",
        ),
        (
            "-f conf.ini -u bob -s",
            "--file contains all settings of the connection: leave it out, or --username, --ssl",
        ),
    ] {
        let ended = end(program().args(arguments.split(' ')));
        assert_eq!(ended, (Some(2), format!("error: {expected}\n")));
    }
    let ended = end(program().args(["-f", "/nonexistent/conf.ini"]));
    assert_eq!(ended.0, Some(2));
    assert!(
        ended
            .1
            .starts_with("error: /nonexistent/conf.ini: the configuration file cannot be read"),
        "{}",
        ended.1
    );
}

#[test]
fn a_password_is_never_shown() {
    let server = Server::builder().user("bob", "sekret").start();
    let port = server.tls_addr().port().to_string();
    let closed = Peer::start(|_| Ok(())).port().to_string();
    let ca_file = server.ca_file();
    let none = Path::new("/nonexistent/ca.pem");
    let run = |arguments: &[&str], ca_file: &Path| {
        let output = program()
            .args(["-H", "localhost", "-u", "bob", "--ca-file"])
            .arg(ca_file)
            .args(arguments)
            .args(["-c", "noop"])
            .output()
            .unwrap();
        let (printed, said) = printed(&output);
        assert!(!printed.contains("canary"), "{arguments:?}: {printed}");
        assert!(!said.contains("canary"), "{arguments:?}: {said}");
        assert!(!said.is_empty(), "{arguments:?}");
        (output.status.code(), said)
    };
    for (status, arguments, ca_file) in [
        (1, &["-p", "canary", "-P", &port][..], ca_file),
        (1, &["-p", "canary", "-P", &port, "--trace"], ca_file),
        (1, &["-pcanary", "-P", &port, "--json"], ca_file),
        (1, &["-p", "canary", "-P", &closed], ca_file),
        (1, &["-p", "canary", "-P", &port], none),
        (2, &["-p", "canary", "-P", "0"], ca_file),
        (2, &["-p", "canary", "-P", "imaps"], ca_file),
        (2, &["-p", "canary", "-f", "conf.ini"], ca_file),
        (2, &["-p", "canary", "-p", "canary"], ca_file),
        (2, &["-p", "canary", "--nonsense"], ca_file),
        (2, &["-p", "canary", "nonsense"], ca_file),
        (2, &["-p", "canary", "--insecure", "--starttls"], ca_file),
    ] {
        let (ended, said) = run(arguments, ca_file);
        assert_eq!(ended, Some(status), "{arguments:?}: {said}");
    }
}

#[test]
fn the_demo_has_a_server_of_its_own() {
    let output = program()
        .args(["demo", "-H", "imap.example.org", "-c", "noop"])
        .output()
        .unwrap();
    let (_, said) = printed(&output);
    assert_eq!(
        (output.status.code(), said.as_str()),
        (
            Some(2),
            "error: demo has a server of its own, and does not accept --host\n"
        )
    );
}

#[test]
fn who_cannot_open_the_mailbox_says_goodbye_all_the_same() {
    let server = Server::builder().user(USER, "sekret").start();
    let output = at(&server)
        .args(["-u", USER, "-p", "sekret", "-m", "Nowhere", "-c", "noop"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    server.wait_for("LOGOUT");
    server.finish().unwrap();
}
