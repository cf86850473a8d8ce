use std::path::Path;

/// An account on a throwaway server, as the INI file tells it.
pub(super) struct Account<'a> {
    pub(super) host: &'a str,
    /// Where TLS begins at once.
    pub(super) tls_port: u16,
    /// Where STARTTLS is offered, and a login without it is allowed.
    pub(super) plain_port: u16,
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) ca_file: &'a Path,
    /// What the server says to a wrong password.
    pub(super) login_failure: &'a str,
}

impl Account<'_> {
    /// The INI file: TLS is the main way in, the sections are the others.
    pub(super) fn ini(&self) -> String {
        let Self {
            host,
            tls_port,
            plain_port,
            username,
            password,
            login_failure,
            ..
        } = self;
        let ca_file = escape(&self.ca_file.display().to_string());
        let (username, password) = (escape(username), escape(password));
        format!(
            "\
[DEFAULT]
host = {host}
port = {tls_port}
username = {username}
password = {password}
ssl = true
ssl_ca_file = {ca_file}
timeout = 20

[plain]
port = {plain_port}
ssl = false

[starttls]
port = {plain_port}
ssl = false
starttls = true

[wrong-password]
password = {password}-not
expect_failure = {login_failure}
"
        )
    }
}

/// A lone `%` would begin an interpolation.
fn escape(value: &str) -> String {
    value.replace('%', "%%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_the_default_and_the_others_are_sections() {
        let account = Account {
            host: "localhost",
            tls_port: 9993,
            plain_port: 1143,
            username: "user1",
            password: "100%",
            ca_file: Path::new("/tmp/x/ca.pem"),
            login_failure: "Authentication failed",
        };
        let expected = "\
[DEFAULT]
host = localhost
port = 9993
username = user1
password = 100%%
ssl = true
ssl_ca_file = /tmp/x/ca.pem
timeout = 20

[plain]
port = 1143
ssl = false

[starttls]
port = 1143
ssl = false
starttls = true

[wrong-password]
password = 100%%-not
expect_failure = Authentication failed
";
        assert_eq!(account.ini(), expected);
    }
}
