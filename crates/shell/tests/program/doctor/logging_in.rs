//! Tests of logins that fail or are not attempted.

use imapclient_testkit::{Rule, Server};

use super::common::{
    PASSWORD, account, doctor, ill, ini, no_password_came, options, outcomes, path, screens,
    server, step, text, with,
};

#[test]
fn a_wrong_password() {
    let server = server();
    let options = options(&server);
    let options = with(&options, &["-p", "another"]);
    let cause = "the server refuses the user bob or the password";
    let json = ill(
        &options,
        cause,
        "check both; some providers require an app password",
    );
    assert_eq!(outcomes(&json).last(), Some(&("login", "bad")));
    assert_eq!(step(&json, "login")["code"], "AUTHENTICATIONFAILED");
    assert!(!json.to_string().contains("another"), "{json}");
    screens("wrong_password", &options);
}

#[test]
fn what_the_refusal_means() {
    let server = server();
    let options = options(&server);
    let options = with(&options, &["-p", PASSWORD]);
    for (answer, cause, advice) in [
        (
            "[UNAVAILABLE] sorry",
            "the server cannot check passwords now",
            "try later",
        ),
        (
            "[UNAVAILABLE] try again in 90 seconds",
            "the server cannot check passwords now",
            "try again in 90 s: the password may be right",
        ),
        (
            "Server Unavailable. 15",
            "the server accepts no logins now",
            "try later",
        ),
        (
            "[ALERT] Too many simultaneous connections. (Failure)",
            "the server accepts no logins now",
            "try later",
        ),
        (
            "Request is throttled. Suggested Backoff Time: 150000 milliseconds",
            "the server accepts no logins now",
            "try again in 3 min",
        ),
        (
            "[EXPIRED] old",
            "the password of bob has expired",
            "set a new one",
        ),
        (
            "[AUTHORIZATIONFAILED] no",
            "bob may not log in here",
            "ask the server's operator",
        ),
        (
            "[CONTACTADMIN] no",
            "bob may not log in here",
            "ask the server's operator",
        ),
        (
            "[LIMIT] full",
            "there are too many connections of bob",
            "close other mail programs",
        ),
        (
            "[WEBALERT https://example.org/x] go",
            "the provider requires bob to log in with a browser first",
            "do so at the provider's own address",
        ),
        (
            "no",
            "the server refuses the user bob or the password",
            "check both",
        ),
    ] {
        server.clear_rules();
        server.add_rule(Rule::on("AUTHENTICATE").no(answer));
        let json = ill(&options, cause, advice);
        let said = answer.rsplit("] ").next().unwrap();
        assert_eq!(step(&json, "login")["it_says"], said, "{answer}");
    }
    server.clear_rules();
    server.add_rule(Rule::on("AUTHENTICATE").bad("what?"));
    server.add_rule(Rule::on("LOGIN").bad("what now?"));
    let cause = "the server does not understand how the account logs in";
    ill(&options, cause, "use another mechanism");
    server.clear_rules();
    server.add_rule(Rule::on("AUTHENTICATE").bye("go away"));
    let json = ill(&options, "the server hangs up at the login", "wait");
    assert_eq!(step(&json, "login")["it_says"], "go away");
}

#[test]
fn what_was_tried_is_told() {
    let server = server();
    server.say_capability("AUTH=SCRAM-SHA-256");
    server.say_capability("AUTH=SCRAM-SHA-256-PLUS");
    let options = options(&server);
    let right = with(&options, &["-p", PASSWORD]);
    server.add_rule(Rule::on("AUTHENTICATE").once().no("bad protocol"));
    let told = doctor(&with(&options, &["-p", PASSWORD, "--json"]));
    assert_eq!(told.code, 0, "{}", told.text);
    let json = told.json();
    assert_eq!(step(&json, "mechanisms")["taken"], "SCRAM-SHA-256-PLUS");
    assert_eq!(step(&json, "login")["outcome"], "ok");
    let instead = serde_json::json!(["ScramPlusRefused"]);
    assert_eq!(step(&json, "login")["instead"], instead);

    let cause = "the server refuses the user bob or the password";
    let json = ill(&with(&options, &["-p", "another"]), cause, "check both");
    let first = "SCRAM-SHA-256-PLUS (NO [AUTHENTICATIONFAILED] Authentication failed.)";
    assert_eq!(step(&json, "login")["tried_first"], first);

    // The server hangs up at the second attempt.
    server.forget_capability("AUTH=SCRAM-SHA-256-PLUS");
    server.forget_capability("AUTH=PLAIN");
    server.add_rule(Rule::on("AUTHENTICATE").no("not so"));
    server.add_rule(Rule::on("LOGIN").cut());
    let json = ill(&right, cause, "check both");
    let login = step(&json, "login");
    assert_eq!(login["it_says"], "not so");
    assert_eq!(login["tried_first"], "SCRAM-SHA-256 (NO not so)");
}

#[test]
fn login_disabled_in_clear() {
    let server = Server::builder()
        .user("bob", PASSWORD)
        .require_tls()
        .start();
    let port = server.addr().port().to_string();
    let options = account(&port, &["--insecure"]);
    let cause = "the server accepts no password on this connection (LOGINDISABLED)";
    let json = ill(
        &options,
        cause,
        "use TLS: leave out --insecure (ssl = false), or use --starttls",
    );
    assert_eq!(step(&json, "mechanisms")["login_disabled"], true);
    assert_eq!(step(&json, "tls")["outcome"], "warn");
    no_password_came(&server);
    screens("login_disabled", &options);
}

#[test]
fn no_way_for_passwords() {
    let server = server();
    server.forget_capability("AUTH=PLAIN");
    server.forget_capability("AUTH=LOGIN");
    server.say_capability("LOGINDISABLED");
    let options = options(&server);
    let options = with(&options, &["-p", PASSWORD]);
    ill(
        &options,
        "the server accepts no password on this connection",
        "ask its operator",
    );
    server.say_capability("AUTH=XOAUTH2");
    ill(
        &options,
        "the server accepts only OAuth 2, and no password",
        "imapclient oauth2 login",
    );
    no_password_came(&server);
}

#[test]
fn a_way_that_is_not_offered() {
    let server = server();
    let lines = format!(
        "auth = cram-md5\nssl_ca_file = {}",
        server.ca_file().display()
    );
    let file = ini(server.tls_addr().port(), &lines);
    let told = doctor(&["-f", path(&file), "--json"]);
    let json = told.json();
    let mechanisms = step(&json, "mechanisms");
    assert_eq!(mechanisms["outcome"], "warn");
    assert_eq!(mechanisms["taken"], "CRAM-MD5");
    assert!(text(&mechanisms["advice"]).contains("leave out `auth`"));
}

#[test]
fn a_password_command_that_fails() {
    let server = server();
    let file = super::common::file(&format!(
        "[DEFAULT]\nhost = 127.0.0.1\nport = {}\nusername = bob\npassword_command = exit 3\n\
         ssl_ca_file = {}\n",
        server.tls_addr().port(),
        server.ca_file().display()
    ));
    let json = ill(
        &["-f", path(&file)],
        "the ",
        "run `password_command` by hand",
    );
    assert_eq!(outcomes(&json).last(), Some(&("login", "bad")));
    no_password_came(&server);
}

#[test]
fn no_refresh_token() {
    let server = server();
    server.say_capability("AUTH=XOAUTH2");
    let lines = "oauth2 = true\noauth2_client_id = me\noauth2_token_url = https://localhost/token";
    let ca_file = server.ca_file().display();
    let file = super::common::file(&format!(
        "[DEFAULT]\nhost = 127.0.0.1\nport = {}\nusername = bob\n{lines}\nssl_ca_file = {ca_file}\n",
        server.tls_addr().port(),
    ));
    let told = doctor(&["-f", path(&file)]);
    assert_eq!(told.code, 1, "{}", told.text);
    let first = told.first();
    assert!(first.contains("oauth2_refresh_token"), "{first}");
    assert!(
        first.ends_with("; `imapclient oauth2 login` gets one."),
        "{first}"
    );
    no_password_came(&server);
}

#[test]
fn an_inbox_that_cannot_be_opened() {
    let server = server();
    server.add_rule(Rule::on("EXAMINE").no("Unsafe Login. Please contact us"));
    let options = options(&server);
    let cause = "INBOX cannot be opened: EXAMINE refused: NO Unsafe Login. Please contact us";
    let json = ill(
        &with(&options, &["-p", PASSWORD]),
        cause,
        "follow the server's message",
    );
    // Steps that do not need the INBOX are still reported.
    assert_eq!(step(&json, "round_trip")["outcome"], "ok");
}

#[test]
fn compression_is_tried_if_the_account_asks_for_it() {
    let server = server();
    let examine = |value: &str| {
        let ca_file = server.ca_file().display();
        let lines = format!("compress = {value}\nssl_ca_file = {ca_file}");
        let file = ini(server.tls_addr().port(), &lines);
        let told = doctor(&["-f", path(&file), "--json"]);
        let json = told.json();
        let step = step(&json, "compression").clone();
        (told.code, text(&step["outcome"]).to_owned(), step)
    };
    for value in ["auto", "true"] {
        let (code, outcome, step) = examine(value);
        assert_eq!((code, &*outcome), (0, "ok"), "{step}");
    }
    server.add_rule(Rule::on("COMPRESS").bad("what?"));
    let (code, outcome, step) = examine("true");
    assert_eq!((code, &*outcome), (1, "bad"), "{step}");
    assert!(text(&step["advice"]).contains("compress = auto"), "{step}");
    server.forget_capability("COMPRESS=DEFLATE");
    let (code, outcome, step) = examine("auto");
    assert_eq!((code, &*outcome), (0, "ok"), "{step}");
    let (code, outcome, step) = examine("true");
    assert_eq!((code, &*outcome), (1, "bad"), "{step}");
}

#[test]
fn idle_that_is_offered_but_refused() {
    let server = server();
    server.add_rule(Rule::on("IDLE").bad("what?"));
    let options = options(&server);
    let told = doctor(&with(&options, &["-p", PASSWORD]));
    assert_eq!(told.code, 0);
    let cause = "It works, but the server offers IDLE, but it fails: IDLE refused: BAD what?";
    assert!(told.first().starts_with(cause), "{}", told.first());
}

#[test]
fn what_is_done_without_is_told() {
    let server = server();
    server.forget_capability("SPECIAL-USE");
    server.forget_capability("CREATE-SPECIAL-USE");
    server.add_rule(Rule::on("LIST").rewrite(|line| {
        let text = String::from_utf8_lossy(line);
        ["\\Sent", "\\Drafts", "\\Trash", "\\Junk", "\\Archive"]
            .iter()
            .fold(text.into_owned(), |text, special| text.replace(special, ""))
            .into_bytes()
    }));
    server.add_rule(Rule::on("NAMESPACE").bad("command syntax error"));
    let options = options(&server);
    let told = doctor(&with(&options, &["-p", PASSWORD, "--json"]));
    assert_eq!(told.code, 0, "{}", told.text);
    let json = told.json();
    assert_eq!(step(&json, "namespaces")["outcome"], "warn");
    assert_eq!(step(&json, "special_folders")["folders"]["sent"], "Sent");
    let told = step(&json, "workarounds");
    assert_eq!(told["in_force"], serde_json::json!(["NamespaceRefused"]));
}
