//! The INI file of a throwaway server.

use std::path::Path;

/// An account on a throwaway server, for the INI file.
pub(super) struct Account<'a> {
    /// The name of the server, by which the live suite looks up its known violations.
    pub(super) server: &'a str,
    /// The port for implicit TLS, if there is one.
    pub(super) tls_port: Option<u16>,
    /// The port on which STARTTLS is offered, and a login without it is allowed.
    pub(super) plain_port: u16,
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) ca_file: &'a Path,
    /// A pattern for the server's refusal of a wrong password.
    pub(super) login_failure: &'a str,
}

impl Account<'_> {
    /// Returns the INI file. The main account uses TLS; the sections connect in other ways.
    pub(super) fn ini(&self) -> String {
        self.ini_with("")
    }

    /// Returns the INI file with additional sections.
    pub(super) fn ini_with(&self, sections: &str) -> String {
        let Self {
            server,
            plain_port,
            username,
            password,
            login_failure,
            ..
        } = self;
        let ca_file = escape(&self.ca_file.display().to_string());
        let (username, password) = (escape(username), escape(password));
        let starttls = format!("port = {plain_port}\nssl = false\nstarttls = true\n");
        let (main, second) = match self.tls_port {
            Some(port) => (
                format!("port = {port}\nssl = true\n"),
                format!("[starttls]\n{starttls}\n"),
            ),
            None => (starttls, String::new()),
        };
        format!(
            "\
# Throwaway server: {server}
[DEFAULT]
host = localhost
{main}username = {username}
password = {password}
ssl_ca_file = {ca_file}
timeout = 20

[plain]
port = {plain_port}
ssl = false
starttls = false

{second}[wrong-password]
password = {password}-not
expect_failure = {login_failure}
{sections}"
        )
    }
}

/// Escapes a value for the INI file, in which a single `%` begins an interpolation.
pub(super) fn escape(value: &str) -> String {
    value.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account<'static> {
        Account {
            server: "dovecot",
            tls_port: Some(9993),
            plain_port: 1143,
            username: "user1",
            password: "100%",
            ca_file: Path::new("/tmp/x/ca.pem"),
            login_failure: "Authentication failed",
        }
    }

    #[test]
    fn tls_is_the_default_and_the_others_are_sections() {
        let expected = "\
# Throwaway server: dovecot
[DEFAULT]
host = localhost
port = 9993
ssl = true
username = user1
password = 100%%
ssl_ca_file = /tmp/x/ca.pem
timeout = 20

[plain]
port = 1143
ssl = false
starttls = false

[starttls]
port = 1143
ssl = false
starttls = true

[wrong-password]
password = 100%%-not
expect_failure = Authentication failed
";
        assert_eq!(account().ini(), expected);
    }

    #[test]
    fn without_a_port_for_tls_the_default_is_starttls() {
        let account = Account {
            server: "pymap",
            tls_port: None,
            ..account()
        };
        let expected = "\
# Throwaway server: pymap
[DEFAULT]
host = localhost
port = 1143
ssl = false
starttls = true
username = user1
password = 100%%
ssl_ca_file = /tmp/x/ca.pem
timeout = 20

[plain]
port = 1143
ssl = false
starttls = false

[wrong-password]
password = 100%%-not
expect_failure = Authentication failed
";
        assert_eq!(account.ini(), expected);
    }
}
