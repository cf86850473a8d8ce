//! Tests of working servers.

use imapclient_testkit::Server;

use super::common::{
    PASSWORD, account, doctor, ini, no_password_came, options, outcomes, path, screens, server,
    step, text, with,
};

#[test]
fn all_is_well() {
    let server = server();
    let options = options(&server);
    let told = doctor(&with(&options, &["-p", PASSWORD]));
    assert_eq!(told.code, 0, "{}", told.text);
    assert_eq!(told.first(), "All is well: bob can read mail at 127.0.0.1.");
    let told = doctor(&with(&options, &["-p", PASSWORD, "--json"]));
    assert_eq!(told.code, 0);
    let json = told.json();
    assert_eq!(json["verdict"], "ok");
    assert!(json["cause"].is_null() && json["advice"].is_null());
    let steps = [
        "dns",
        "tcp",
        "tls",
        "greeting",
        "capabilities",
        "mechanisms",
        "login",
        "capabilities_after_login",
        "server",
        "namespaces",
        "special_folders",
        "inbox",
        "round_trip",
        "idle",
        "workarounds",
    ];
    assert_eq!(outcomes(&json), steps.map(|step| (step, "ok")));
    assert_eq!(step(&json, "tls")["version"], "TLS 1.3");
    assert_eq!(step(&json, "tls")["names"][0], "localhost");
    assert_eq!(step(&json, "mechanisms")["taken"], "PLAIN");
    assert_eq!(step(&json, "special_folders")["folders"]["sent"], "Sent");
    assert!(step(&json, "inbox")["messages"].as_u64().unwrap() > 100);
    assert!(step(&json, "round_trip")["ms"].as_f64().unwrap() > 0.0);
    // The examination changes nothing.
    let changing = ["STORE", "APPEND", "CREATE", "SELECT", "EXPUNGE", "CLOSE"];
    for received in server.received() {
        let command = received.command().to_uppercase();
        assert!(
            !changing.iter().any(|name| command.starts_with(name)),
            "{command}"
        );
    }
}

#[test]
fn it_looks_pleasant() {
    let server = server();
    let options = options(&server);
    screens("healthy", &with(&options, &["-p", PASSWORD]));
}

#[test]
fn without_idle_it_works_but() {
    let server = server();
    server.forget_capability("IDLE");
    let options = options(&server);
    let told = doctor(&with(&options, &["-p", PASSWORD]));
    assert_eq!(told.code, 0);
    assert_eq!(
        told.first(),
        "It works, but the server does not offer IDLE, and reports no changes by itself; poll it \
         at intervals."
    );
    let json = doctor(&with(&options, &["-p", PASSWORD, "--json"])).json();
    assert_eq!(json["verdict"], "warn");
    assert!(text(&json["cause"]).contains("does not offer IDLE"));
    assert_eq!(step(&json, "idle")["outcome"], "warn");
}

#[test]
fn in_clear_it_works_but() {
    let server = server();
    let port = server.addr().port().to_string();
    let told = doctor(&account(&port, &["--insecure"]));
    assert_eq!(told.code, 0, "{}", told.text);
    let cause = "It works, but there is no TLS: anyone on the network path can read the password";
    assert!(told.first().starts_with(cause), "{}", told.first());
}

#[test]
fn starttls_shows_its_certificate() {
    let server = server();
    let port = server.addr().port().to_string();
    let ca_file = server.ca_file().to_str().unwrap();
    let told = doctor(&account(
        &port,
        &["--starttls", "--ca-file", ca_file, "--json"],
    ));
    assert_eq!(told.code, 0, "{}", told.text);
    let json = told.json();
    assert_eq!(step(&json, "tls")["subject"], "CN=Testkit Server");
    // Only STARTTLS was sent unencrypted.
    let first = server.received()[0].command();
    assert_eq!(first, "STARTTLS");
}

#[test]
fn where_nobody_can_be_asked_the_login_is_left_out() {
    let server = server();
    let options = options(&server);
    let told = doctor(&with(&options, &["--json"]));
    assert_eq!(told.code, 0, "{}", told.text);
    let json = told.json();
    assert_eq!(json["verdict"], "ok");
    assert_eq!(step(&json, "login")["outcome"], "skip");
    assert_eq!(outcomes(&json).last(), Some(&("login", "skip")));
    no_password_came(&server);
    let told = doctor(&with(&options, &[]));
    assert_eq!(
        told.first(),
        "All is well with 127.0.0.1 as far as can be seen without a login."
    );
}

#[cfg(unix)]
#[test]
fn a_command_in_place_of_a_network() {
    let script = "printf '* PREAUTH [CAPABILITY IMAP4rev1] hi\\r\\n'; while read -r tag command; do \
                  case $command in *LIST*) printf '* LIST () \"/\" INBOX\\r\\n';; \
                  *EXAMINE*) printf '* 3 EXISTS\\r\\n';; esac; printf '%s OK done\\r\\n' $tag; done";
    let script = super::common::file(script);
    let file = super::common::file(&format!(
        "[DEFAULT]\nstream = true\nhost = sh {}\n",
        path(&script)
    ));
    let told = doctor(&["-f", path(&file), "--json"]);
    assert_eq!(told.code, 0, "{}", told.text);
    let json = told.json();
    let json = &json;
    assert_eq!(step(json, "tls")["outcome"], "skip");
    assert!(text(&step(json, "greeting")["summary"]).contains("PREAUTH"));
    assert_eq!(step(json, "inbox")["messages"], 3);
}

#[test]
fn a_server_is_known_by_what_it_says() {
    let server = Server::builder()
        .gmail()
        .user("bob", PASSWORD)
        .sample()
        .start();
    let options = options(&server);
    let json = doctor(&with(&options, &["-p", PASSWORD, "--json"])).json();
    assert_eq!(step(&json, "server")["known_as"], "Gmail");
    assert!(
        !step(&json, "server")["notes"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn an_option_that_nobody_reads() {
    let server = server();
    let lines = format!("tiemout = 5\nssl_ca_file = {}", server.ca_file().display());
    let file = ini(server.tls_addr().port(), &lines);
    let told = doctor(&["-f", path(&file)]);
    assert_eq!(told.code, 0, "{}", told.text);
    let first = told.first();
    assert!(first.starts_with("It works, but "), "{first}");
    assert!(first.ends_with("did you mean `timeout`?"), "{first}");
}

#[test]
fn the_wire_is_shown_without_the_password() {
    let server = server();
    let file = ini(
        server.tls_addr().port(),
        &format!("ssl_ca_file = {}", server.ca_file().display()),
    );
    let output = crate::start::program()
        .args(["-f", path(&file), "--trace", "doctor"])
        .output()
        .unwrap();
    let (_, said) = crate::start::printed(&output);
    assert!(said.contains("AUTHENTICATE PLAIN"), "{said}");
    assert!(
        !said.contains(PASSWORD) && !said.contains("AGJvYg"),
        "{said}"
    );
}
