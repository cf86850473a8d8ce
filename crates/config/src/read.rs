//! Checks the options of one section and builds a [`Section`] from them.

use std::path::PathBuf;
use std::time::Duration;

use imapclient::{Compress, Password, SecretString, Security, auth::SecretCommand};
use imapclient_escape::escaped;

use crate::connect::usual_port;
use crate::layers::{Origin, Setting, View};
use crate::options;
use crate::{
    Address, ClientCertificate, ConnectOptions, Error, Limits, LoginMethod, LoginOptions,
    OAuth2Options, PasswordMethod, Section, Server, Tls, TokenMethod,
};

/// Reads a section.
pub(crate) fn section(view: View<'_>) -> Result<Section, Error> {
    let oauth2 = boolean(view, "oauth2")?.value;
    Ok(Section {
        connect: ConnectOptions {
            server: server(view)?,
            tls: Tls {
                dangerous_accept_invalid_hostname: !boolean(view, "ssl_check_hostname")?.value,
                dangerous_accept_invalid_certs: !boolean(view, "ssl_verify_cert")?.value,
                ca_file: path(view, "ssl_ca_file")?,
                client: client_certificate(view)?,
            },
            sasl_ir: boolean(view, "sasl_ir")?.value,
            send_id: boolean(view, "send_id")?.value,
            compress: compress(view)?,
            pipelining: boolean(view, "pipelining")?.value,
            disable: words(view, "disable")?,
            allow: words(view, "allow")?,
            limits: Limits {
                timeout: seconds(view, "timeout")?,
                answer_limit: bytes(view, "answer_limit", LEAST_ANSWER)?,
                command_timeout: seconds(view, "command_timeout")?,
                min_speed: number(view, "min_speed", "bytes a second", 1024)?,
                speed_window: seconds(view, "speed_window")?,
                unsolicited_limit: number(view, "unsolicited_limit", "responses", 100_000)?,
                unsolicited_bytes: number(view, "unsolicited_bytes", "bytes", 67_108_864)?,
                response_limit: bytes(view, "response_limit", LEAST_ANSWER)?,
            },
            place: view.header(),
        },
        login: LoginOptions {
            method: method(view, oauth2)?,
            username: text(view, "username")?,
            password: password(view)?,
            oauth2: OAuth2Options {
                client_id: text(view, "oauth2_client_id")?,
                client_secret: text(view, "oauth2_client_secret")?.map(SecretString::from),
                refresh_token: text(view, "oauth2_refresh_token")?.map(SecretString::from),
                token_url: token_url(view)?,
                scope: text(view, "oauth2_scope")?,
            },
        },
        expect_failure: expect_failure(view)?,
        tokens: None,
    })
}

/// The minimum of `answer_limit` and `response_limit`, in bytes: below that not even the responses
/// to common commands fit.
const LEAST_ANSWER: u64 = 64 * 1024;

/// A boolean, and its setting if it was set explicitly.
struct Switch<'a> {
    value: bool,
    setting: Option<Setting<'a>>,
}

impl<'a> Switch<'a> {
    /// Returns the setting if it was explicitly switched on.
    fn on(&self) -> Option<&Setting<'a>> {
        self.setting.as_ref().filter(|_| self.value)
    }
}

/// Reads a boolean like Python's `getboolean`.
fn boolean<'a>(view: View<'a>, option: &str) -> Result<Switch<'a>, Error> {
    let Some(setting) = view.setting(option)? else {
        return Ok(Switch {
            value: false,
            setting: None,
        });
    };
    let Some(value) = truth(&setting.text) else {
        return Err(invalid(
            &setting,
            "write 1, yes, true or on, or 0, no, false or off",
        ));
    };
    Ok(Switch {
        value,
        setting: Some(setting).filter(|setting| setting.origin != Origin::BuiltIn),
    })
}

/// Reads words that are separated by commas, spaces or lines.
fn words(view: View<'_>, option: &str) -> Result<Vec<String>, Error> {
    let Some(setting) = filled(view, option)? else {
        return Ok(Vec::new());
    };
    let separates = |c: char| c == ',' || c.is_whitespace();
    let words = setting
        .text
        .split(separates)
        .filter(|word| !word.is_empty());
    Ok(words.map(ToOwned::to_owned).collect())
}

/// Returns the value of a boolean; `None` if the text is not one.
fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "yes" | "true" | "on" => Some(true),
        "0" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

/// Reads the condition of compression: a boolean, or `auto`.
fn compress(view: View<'_>) -> Result<Compress, Error> {
    let Some(setting) = filled(view, "compress")? else {
        return Ok(Compress::Never);
    };
    match truth(&setting.text) {
        Some(true) => Ok(Compress::Always),
        Some(false) => Ok(Compress::Never),
        None if setting.text.eq_ignore_ascii_case("auto") => Ok(Compress::Auto),
        None => Err(invalid(&setting, "write false, auto or true")),
    }
}

/// Reads the server, which is a command with `stream`.
fn server(view: View<'_>) -> Result<Server, Error> {
    let stream = boolean(view, "stream")?;
    let security = security(view, &stream)?;
    let host = host(view, stream.value)?;
    let port = port(view, stream.value)?;
    Ok(match stream.value {
        true => Server::Command(host),
        false => {
            let port = port.unwrap_or_else(|| usual_port(security));
            Server::Network(Address::new(host, port, security))
        }
    })
}

/// Reads the protection of the connection: `ssl` applies unless STARTTLS or a stream is requested.
fn security(view: View<'_>, stream: &Switch<'_>) -> Result<Security, Error> {
    let starttls = boolean(view, "starttls")?;
    let ssl = boolean(view, "ssl")?;
    match (stream.on(), starttls.on(), ssl.on()) {
        (Some(stream), Some(starttls), _) => Err(clash(
            starttls,
            stream,
            "a command (stream = true) cannot be spoken to with TLS: write `starttls = false` here",
        )),
        (Some(stream), None, Some(ssl)) => Err(clash(
            ssl,
            stream,
            "a command (stream = true) cannot be spoken to with TLS: write `ssl = false` here",
        )),
        (None, Some(starttls), Some(ssl)) => Err(clash(
            ssl,
            starttls,
            "ssl = true and starttls = true exclude each other: for STARTTLS write `ssl = false` here",
        )),
        (None, Some(_), None) => Ok(Security::StartTls),
        (None, None, _) if ssl.value => Ok(Security::Tls),
        _ => Ok(Security::Plain),
    }
}

/// Returns the error that two options contradict each other, at the one with the higher precedence.
fn clash(one: &Setting<'_>, other: &Setting<'_>, problem: &str) -> Error {
    let nearer = if other.rank > one.rank { other } else { one };
    conflict(nearer, problem)
}

fn host(view: View<'_>, stream: bool) -> Result<String, Error> {
    let Some(setting) = filled(view, "host")? else {
        return Err(Error::Missing {
            place: view.header().of_option("host"),
            advice: "write `host = imap.example.com`".into(),
        });
    };
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if !stream && setting.text.contains(odd) {
        return Err(invalid(
            &setting,
            "write a name such as imap.example.com, or an address; comments need their own line",
        ));
    }
    Ok(setting.text)
}

fn port(view: View<'_>, stream: bool) -> Result<Option<u16>, Error> {
    let Some(setting) = filled(view, "port")? else {
        return Ok(None);
    };
    if stream {
        return Err(conflict(
            &setting,
            "a command (stream = true) has no port: leave it out, or write `port =`",
        ));
    }
    match setting.text.parse() {
        Ok(port) if port > 0 => Ok(Some(port)),
        _ => Err(invalid(&setting, "write a number from 1 to 65535")),
    }
}

/// Returns the password or its command: the one with the higher precedence.
fn password(view: View<'_>) -> Result<Option<Password>, Error> {
    let password = filled(view, "password")?;
    let command = filled(view, "password_command")?;
    let known = |setting: Setting<'_>| Password::Known(setting.text.into());
    let printed = |setting: Setting<'_>| Password::Command(SecretCommand::new(setting.text));
    match (password, command) {
        (Some(password), Some(command)) if password.rank == command.rank => Err(conflict(
            &command,
            "there is a password as well: keep one of them",
        )),
        (Some(password), Some(command)) if password.rank < command.rank => {
            Ok(Some(printed(command)))
        }
        (Some(password), _) => Ok(Some(known(password))),
        (None, command) => Ok(command.map(printed)),
    }
}

/// Reads the mechanism; `oauth2` is the option of that name.
fn method(view: View<'_>, oauth2: bool) -> Result<LoginMethod, Error> {
    let fallback = boolean(view, "fallback")?.value;
    let auto = match oauth2 {
        true => LoginMethod::Token(TokenMethod::Auto),
        false => LoginMethod::Password(PasswordMethod::Auto { fallback }),
    };
    let Some(setting) = filled(view, "auth")? else {
        return Ok(auto);
    };
    // The same as not setting the option, for a section that inherits a value.
    if setting.text.eq_ignore_ascii_case("auto") {
        return Ok(auto);
    }
    let Some(method) = LoginMethod::from_name(&setting.text) else {
        let names: Vec<&str> = LoginMethod::ALL.iter().map(|(name, _)| *name).collect();
        return Err(invalid(
            &setting,
            format!("write AUTO or one of {}", names.join(", ")),
        ));
    };
    match (method, oauth2) {
        (LoginMethod::Token(_), false) => Err(conflict(
            &setting,
            "this mechanism takes an OAuth 2 token: write `oauth2 = true` as well",
        )),
        (LoginMethod::Token(_), true) => Ok(method),
        (_, true) => Err(conflict(
            &setting,
            "this mechanism does not use an OAuth 2 token (oauth2 = true): write XOAUTH2 or OAUTHBEARER",
        )),
        (_, false) => Ok(method),
    }
}

/// Reads a number of seconds like Python's `float`.
fn seconds(view: View<'_>, option: &str) -> Result<Option<Duration>, Error> {
    let Some(setting) = filled(view, option)? else {
        return Ok(None);
    };
    let seconds = setting.text.parse::<f64>().ok();
    let duration = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match duration {
        Some(duration) if !duration.is_zero() => Ok(Some(duration)),
        _ => Err(invalid(
            &setting,
            "write a number of seconds above 0, such as 30 or 2.5",
        )),
    }
}

/// Reads a number of bytes. A limit that no response could satisfy is rejected here, since it would
/// fail only at the first command.
fn bytes(view: View<'_>, option: &str, least: u64) -> Result<Option<u64>, Error> {
    let Some(setting) = filled(view, option)? else {
        return Ok(None);
    };
    match setting.text.parse() {
        Ok(bytes) if bytes >= least => Ok(Some(bytes)),
        _ => Err(invalid(
            &setting,
            format!("write a whole number of bytes from {least} on, such as 1073741824"),
        )),
    }
}

/// Reads a whole number; `of` is its unit in errors.
fn number(view: View<'_>, option: &str, of: &str, such_as: u64) -> Result<Option<u64>, Error> {
    let Some(setting) = filled(view, option)? else {
        return Ok(None);
    };
    match setting.text.parse() {
        Ok(number) => Ok(Some(number)),
        Err(_) => Err(invalid(
            &setting,
            format!("write a whole number of {of}, such as {such_as}"),
        )),
    }
}

fn client_certificate(view: View<'_>) -> Result<Option<ClientCertificate>, Error> {
    let Some(certificate) = path(view, "ssl_client_cert")? else {
        return match filled(view, "ssl_client_key")? {
            Some(key) => Err(conflict(
                &key,
                "the key needs its certificate: write `ssl_client_cert = ...` as well",
            )),
            None => Ok(None),
        };
    };
    // One file may contain both.
    let key = path(view, "ssl_client_key")?.unwrap_or_else(|| certificate.clone());
    Ok(Some(ClientCertificate { certificate, key }))
}

fn token_url(view: View<'_>) -> Result<Option<String>, Error> {
    let Some(setting) = filled(view, "oauth2_token_url")? else {
        return Ok(None);
    };
    if !is_safe_url(&setting.text) {
        return Err(invalid(
            &setting,
            "write an address that starts with https:// (http:// only for this computer)",
        ));
    }
    Ok(Some(setting.text))
}

/// Returns whether a refresh token may be sent to this address.
fn is_safe_url(url: &str) -> bool {
    let host = |rest: &str| !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']);
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return false;
    }
    if let Some(rest) = url.strip_prefix("https://") {
        return host(rest);
    }
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    // Everything up to the path, so that a user name before `@` cannot be mistaken for the host.
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (name, port) = match authority.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (authority, ""),
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") && port.bytes().all(|b| b.is_ascii_digit())
}

fn expect_failure(view: View<'_>) -> Result<Option<String>, Error> {
    match filled(view, "expect_failure")? {
        Some(setting) if view.is_default() => Err(conflict(
            &setting,
            "the main account must not fail: move this option to another section",
        )),
        setting => Ok(setting.map(|setting| setting.text)),
    }
}

fn text(view: View<'_>, option: &str) -> Result<Option<String>, Error> {
    Ok(filled(view, option)?.map(|setting| setting.text))
}

/// Reads a path, in which a leading `~` stands for the home directory.
fn path(view: View<'_>, option: &str) -> Result<Option<PathBuf>, Error> {
    let Some(setting) = filled(view, option)? else {
        return Ok(None);
    };
    let Some(rest) = setting.text.strip_prefix('~') else {
        return Ok(Some(PathBuf::from(setting.text)));
    };
    if !rest.is_empty() && !rest.starts_with(std::path::is_separator) {
        return Err(invalid(
            &setting,
            "write the full path: only one's own home directory can be written as ~",
        ));
    }
    let Some(home) = view.home() else {
        return Err(invalid(
            &setting,
            "write the full path: the home directory is not known",
        ));
    };
    // `join` would replace the home directory if the rest began with a separator.
    let rest = rest.trim_start_matches(std::path::is_separator);
    Ok(Some(if rest.is_empty() {
        home.to_owned()
    } else {
        home.join(rest)
    }))
}

/// Returns the option unless its value is empty.
fn filled<'a>(view: View<'a>, option: &str) -> Result<Option<Setting<'a>>, Error> {
    let setting = view.setting(option)?;
    Ok(setting.filter(|setting| !setting.text.is_empty()))
}

fn invalid(setting: &Setting<'_>, advice: impl Into<String>) -> Error {
    const SHOWN: usize = 60;
    let secret = setting.place.option().is_none_or(options::is_secret);
    let value = if secret {
        "this value".into()
    } else {
        let start: String = setting.written.chars().take(SHOWN).collect();
        let dots = if start.len() < setting.written.len() {
            "..."
        } else {
            ""
        };
        format!("\"{}{dots}\"", escaped(&start))
    };
    Error::Invalid {
        place: setting.place.clone(),
        value,
        advice: advice.into(),
    }
}

fn conflict(setting: &Setting<'_>, problem: &str) -> Error {
    Error::Conflict {
        place: setting.place.clone(),
        problem: problem.into(),
    }
}
