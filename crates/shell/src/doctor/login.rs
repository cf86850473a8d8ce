//! Examines the mechanisms, and logs in.

use std::time::Instant;

use imapclient::{
    Capabilities, Code, Error, Login, Phase, Refused, Security, StatusKind, Update,
    auth::Error as Auth, tokio::Client,
};
use imapclient_config::{
    Account, LoginMethod, PasswordMethod, Section, TokenContent, TokenMethod, auth_for,
};

use super::{
    connect::{again, text_of},
    millis,
    person::Person,
    provider,
    report::{Name, Report, Step, short},
    talk::{is_over, trouble},
};
use crate::{
    account,
    failure::{Failure, Result},
};

const MECHANISMS: Name = Name("mechanisms", "mechanisms");
const LOGIN: Name = Name("login", "login");
const TOKEN: Name = Name("refresh_token", "refresh token");

/// Upper bound on the mechanisms that are listed; more than any server has.
const MOST: usize = 40;

/// Reports the offered mechanisms and the one that would be used. Returns whether there is a way to
/// log in.
pub(super) async fn mechanisms(
    section: &Section,
    client: &mut Client,
    capabilities: &Capabilities,
    report: &mut Report,
) -> Result<bool> {
    if client.state().phase() != Phase::NotAuthenticated {
        return Ok(true);
    }
    let offered: Vec<String> = capabilities
        .auth_mechanisms()
        .take(MOST)
        .map(short)
        .collect();
    let disabled = capabilities.has("LOGINDISABLED");
    let Some(login) = stand_in(section) else {
        report.add(
            Step::good(MECHANISMS, listed(&offered, disabled))
                .rows("offered", offered, Vec::new())
                .rows("login disabled", disabled, Vec::new()),
        );
        return Ok(true);
    };
    let chosen = client.login_mechanism(&login).await;
    let step = match &chosen {
        Ok(mechanism) => {
            let name = mechanism.as_deref();
            let offers = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
            match name {
                Some(name) if !offers(name) => Step::warning(
                    MECHANISMS,
                    format!("the account logs in with {name}, which the server does not offer"),
                )
                .advice("leave out `auth` to use the best mechanism that is offered"),
                _ => Step::good(MECHANISMS, format!("{} is used", called(name))),
            }
            .rows("taken", name, Vec::new())
        }
        Err(error) if is_over(error) => trouble(MECHANISMS, error),
        Err(error) => no_way(section, error, &offered),
    };
    let shown = vec![("offered".to_owned(), listed(&offered, disabled))];
    report.add(
        step.rows("offered", offered, shown)
            .rows("login disabled", disabled, Vec::new()),
    );
    Ok(chosen.is_ok())
}

/// Logs in if the account permits it on this connection. Asks for missing data if there is a
/// terminal. Returns whether the user is logged in.
pub(super) async fn log_in(
    section: &mut Section,
    client: &mut Client,
    report: &mut Report,
    person: &Person<'_>,
) -> Result<bool> {
    if client.state().phase() != Phase::NotAuthenticated {
        report.add(Step::good(LOGIN, "already done by the connection itself"));
        return Ok(true);
    }
    let account = match section.account() {
        Ok(account) => account,
        Err(missing) if missing.is_missing() => {
            let left_out = format!("left out: {}", text_of(&missing));
            match person.complete(section, missing) {
                Ok(Some(account)) => account,
                Ok(None) => {
                    report.add(Step::skipped(LOGIN, left_out));
                    return Ok(false);
                }
                Err(Failure::Config(error)) => {
                    let advice = match account::option_of(&error) {
                        Some("oauth2_refresh_token") => "`imapclient oauth2 login` gets one",
                        _ => "correct the account's settings",
                    };
                    report.add(Step::bad(LOGIN, text_of(&error)).advice(advice));
                    return Ok(false);
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(error) => {
            let step = Step::bad(LOGIN, text_of(&error));
            report.add(step.advice("correct the account's settings"));
            return Ok(false);
        }
    };
    let account = &account;
    let login = match account.login() {
        Ok(Some(login)) => login,
        Ok(None) => {
            let step = Step::bad(LOGIN, "the command does not log in");
            report.add(step.advice("give a user and a password, or a command that does"));
            return Ok(false);
        }
        Err(error) => {
            let step = Step::bad(LOGIN, text_of(&error));
            report.add(step.advice("correct the account's settings"));
            return Ok(false);
        }
    };
    let begin = Instant::now();
    let result = client.login_with(login).await;
    let took = begin.elapsed();
    let mut step = match &result {
        Ok(()) => Step::good(
            LOGIN,
            format!("{} is logged in, in {}", user(section), millis(took)),
        )
        .rows("ms", took.as_secs_f64() * 1000.0, Vec::new()),
        Err(error) => failed(section, error),
    };
    // The workarounds so far are about logging in.
    let instead = client.workarounds();
    if !instead.is_empty() {
        let names: Vec<_> = instead.iter().map(|one| format!("{one:?}")).collect();
        let rows = instead
            .iter()
            .map(|one| ("instead".to_owned(), one.to_string()));
        step = step.rows("instead", names, rows.collect());
    }
    for update in client.updates() {
        if let Update::Alert(text) = update {
            step = step.detail("alert", short(&text));
        }
    }
    report.add(step);
    if let Some(step) = kept_token(account) {
        report.add(step);
    }
    Ok(result.is_ok())
}

/// Reports the file that keeps a rotated refresh token, if the account has one that can be rotated.
fn kept_token(account: &Account) -> Option<Step> {
    // Its source was created before, so that there is no error any more.
    account.refresh_token().ok()??;
    let Some(file) = account.token_file() else {
        let lost = "a new refresh token could not be kept if the provider issues one: it would be \
                    lost when the program ends";
        return Some(Step::warning(TOKEN, lost).advice("set XDG_STATE_HOME or HOME"));
    };
    let path = file.path.display().to_string();
    let step = match &file.content {
        TokenContent::Token => Step::good(
            TOKEN,
            format!("the one in the settings was replaced by the one in {path}"),
        ),
        TokenContent::Nothing => Step::good(
            TOKEN,
            format!("taken from the settings; a new one would be kept in {path}"),
        ),
        TokenContent::Broken(why) => Step::warning(
            TOKEN,
            format!(
                "taken from the settings, since {path} cannot be used: {}",
                short(why)
            ),
        )
        .advice("remove the file, and get a new refresh token with `imapclient oauth2 login`"),
        TokenContent::Unreadable(why) => {
            Step::bad(TOKEN, format!("{path} cannot be read: {}", short(why)))
                .advice("check its permissions, or remove it")
        }
    };
    Some(step.rows("file", path, Vec::new()).rows(
        "in use",
        file.content == TokenContent::Token,
        Vec::new(),
    ))
}

/// Returns the account's way to log in, before its user and password are known.
fn stand_in(section: &Section) -> Option<Login> {
    let mut section = section.clone();
    section.login.username.get_or_insert_default();
    if matches!(section.login.method, LoginMethod::Password(_)) {
        // The mechanism does not depend on the password, for which a command may ask the user.
        section.login.password = Some("".into());
    }
    // Other missing options are reported when logging in.
    section.account().ok()?.login().ok()?
}

fn no_way(section: &Section, error: &Error, offered: &[String]) -> Step {
    let has_tokens = offered
        .iter()
        .any(|name| matches!(&*name.to_ascii_uppercase(), "XOAUTH2" | "OAUTHBEARER"));
    let no_passwords = Step::bad(
        MECHANISMS,
        "the server accepts no password on this connection (LOGINDISABLED)",
    );
    match error {
        Error::LoginDisabled | Error::NoMechanism { .. }
            if section.connect.server.security() == Some(Security::Plain) =>
        {
            no_passwords.advice("use TLS: leave out --insecure (ssl = false), or use --starttls")
        }
        Error::NoMechanism { .. } if has_tokens => Step::bad(
            MECHANISMS,
            "the server accepts only OAuth 2, and no password",
        )
        .advice("get a refresh token with `imapclient oauth2 login`, and set oauth2 = true"),
        Error::LoginDisabled | Error::NoMechanism { .. } => no_passwords.advice(
            "use one of the mechanisms that it offers (auth = ...), or ask its operator how to \
             log in",
        ),
        Error::Missing { .. } => Step::bad(
            MECHANISMS,
            "the account logs in with OAuth 2, which the server does not offer",
        )
        .advice("set oauth2 = false, and give a password"),
        other => Step::bad(MECHANISMS, text_of(other)).advice("correct the account's settings"),
    }
}

fn failed(section: &Section, error: &Error) -> Step {
    let user = user(section);
    match error {
        Error::Login {
            first: Some(first),
            source,
            ..
        } => {
            let step = match &**source {
                // Some servers hang up after two failed logins.
                Error::Closed { .. } if is_wrong(&first.refused) => {
                    let advice =
                        advice(section).unwrap_or_else(|| usual_advice(section).to_owned());
                    said(wrong(section).advice(advice), &first.refused).ends(true)
                }
                other => failed(section, other),
            };
            step.detail("tried first", short(&first.to_string()))
        }
        // With a mechanism that hides the password, the server may store it in a different form.
        Error::Login {
            mechanism,
            instead: Some(instead),
            source,
            ..
        } => match &**source {
            Error::Refused(refused) if is_wrong(refused) => {
                let advice = advice(section).unwrap_or_else(|| {
                    format!(
                        "check both; if they are right, the server may not support them with \
                         {mechanism}: use another mechanism (auth = {})",
                        auth_for(*instead)
                    )
                });
                said(wrong(section).advice(advice), refused)
            }
            Error::Refused(refused) if refused.kind == StatusKind::Bad => not_understood(refused)
                .advice(format!(
                    "use another mechanism (auth = {})",
                    auth_for(*instead)
                )),
            other => failed(section, other),
        },
        Error::Login { source, .. } => match &**source {
            Error::Refused(refused) if refused.kind == StatusKind::Bad => not_understood(refused)
                .advice(
                    "ask the server's operator how to log in: a weaker mechanism would reveal the \
                     password to an unproven server",
                ),
            other => failed(section, other),
        },
        Error::Refused(refused)
            if error.is_transient()
                && matches!(refused.code, None | Some(Code::Alert | Code::Other { .. })) =>
        {
            let step = Step::bad(LOGIN, "the server accepts no logins now");
            said(step.advice(again(error)), refused)
        }
        Error::Refused(refused) if is_wrong(refused) => {
            let advice = advice(section).unwrap_or_else(|| usual_advice(section).to_owned());
            said(wrong(section).advice(advice), refused)
        }
        Error::Refused(refused) if refused.kind == StatusKind::Bad => {
            let advice = match hides_password(section) {
                true => "leave out `auth` to use the best mechanism that is offered",
                false => "use another mechanism (auth = plain, or auth = login)",
            };
            not_understood(refused).advice(advice)
        }
        Error::Refused(refused) => {
            let (summary, advice) = match &refused.code {
                Some(Code::Unavailable | Code::ServerBug) => (
                    "the server cannot check passwords now".to_owned(),
                    format!("{}: the password may be right", again(error)),
                ),
                Some(Code::Expired) => (
                    format!("the password of {user} has expired"),
                    "set a new one where the provider lets you".to_owned(),
                ),
                Some(Code::PrivacyRequired) => (
                    "the server accepts no password without TLS".to_owned(),
                    "leave out --insecure (ssl = false), or use --starttls".to_owned(),
                ),
                Some(Code::Limit | Code::InUse) => (
                    format!("there are too many connections of {user}, or too many logins"),
                    format!("close other mail programs, or {}", again(error)),
                ),
                Some(Code::WebAlert(_)) => (
                    format!("the provider requires {user} to log in with a browser first"),
                    "do so at the provider's own address, and follow its instructions".to_owned(),
                ),
                _ => (
                    format!("{user} may not log in here"),
                    "ask the server's operator whether IMAP is allowed for this user".to_owned(),
                ),
            };
            said(Step::bad(LOGIN, summary).advice(advice), refused)
        }
        Error::Auth(
            Auth::ServerSignature { .. }
            | Auth::Nonce { .. }
            | Auth::Iterations { .. }
            | Auth::BadChallenge { .. }
            | Auth::UnexpectedChallenge { .. }
            | Auth::Incomplete { .. },
        ) => Step::bad(LOGIN, text_of(error))
            .advice("it may be an impostor: do not give it the password"),
        Error::Token(_) => Step::bad(LOGIN, text_of(error)).advice(
            "get a new refresh token with `imapclient oauth2 login`, if the refresh token was refused",
        ),
        Error::Password(_) => Step::bad(LOGIN, text_of(error))
            .advice("run `password_command` by hand: it must print the password and nothing else"),
        Error::Closed { end, .. } => {
            let advice = format!(
                "wait, and {}: servers do so after too many failed logins, or with too many connections",
                again(error)
            );
            let step = Step::bad(LOGIN, "the server hangs up at the login").advice(advice);
            let step = step.ends(true);
            match end.bye.as_ref().or(end.said.as_ref()) {
                Some(said) => step.detail("it says", short(said)),
                None => step,
            }
        }
        Error::Protocol(violation) => {
            let step = Step::bad(
                LOGIN,
                "the server's response to the login is not valid IMAP",
            )
            .advice(match error.is_transient() {
                true => again(error),
                false => "do as it says, if it says what is wrong".to_owned(),
            })
            .ends(true);
            match &violation.line {
                Some(line) => step.detail("it says", short(line)),
                None => step.detail("it did", violation.misbehaviour.to_string()),
            }
        }
        other if is_over(other) => trouble(LOGIN, other),
        other => Step::bad(LOGIN, text_of(other)).advice("correct the account's settings"),
    }
}

/// Returns whether a refusal means that user and password do not match, as far as it can be known.
fn is_wrong(refused: &Refused) -> bool {
    refused.kind == StatusKind::No
        && matches!(
            refused.code,
            None | Some(Code::AuthenticationFailed | Code::Alert | Code::Other { .. })
        )
}

fn wrong(section: &Section) -> Step {
    let user = user(section);
    let what = match takes_token(section) {
        true => format!("the server refuses the access token of {user}"),
        false => format!("the server refuses the user {user} or the password"),
    };
    Step::bad(LOGIN, what)
}

fn advice(section: &Section) -> Option<String> {
    let for_passwords = !takes_token(section);
    let advice = for_passwords.then(|| provider::advice(section.connect.server.host()));
    advice.flatten().map(str::to_owned)
}

fn usual_advice(section: &Section) -> &'static str {
    match takes_token(section) {
        true => {
            "get a new refresh token with `imapclient oauth2 login`, and check that it is for \
             this user and for IMAP"
        }
        false => {
            "check both; some providers require an app password, or the full address as the user"
        }
    }
}

fn said(step: Step, refused: &Refused) -> Step {
    let code = refused.code.as_ref().map(|code| short(code.name()));
    let shown = match &code {
        Some(code) => format!("[{code}] {}", short(&refused.text)),
        None => short(&refused.text),
    };
    step.rows("code", code, Vec::new()).rows(
        "it says",
        short(&refused.text),
        vec![("it says".to_owned(), shown)],
    )
}

fn not_understood(refused: &Refused) -> Step {
    let what = "the server does not understand how the account logs in";
    said(Step::bad(LOGIN, what), refused)
}

/// Returns whether the account selects a mechanism that does not reveal the password to the server.
fn hides_password(section: &Section) -> bool {
    use PasswordMethod::{CramMd5, ScramSha1, ScramSha1Plus, ScramSha256, ScramSha256Plus};
    matches!(
        section.login.method,
        LoginMethod::Password(CramMd5 | ScramSha1 | ScramSha1Plus | ScramSha256 | ScramSha256Plus)
            | LoginMethod::Token(TokenMethod::XOAuth2 | TokenMethod::OAuthBearer)
    )
}

fn takes_token(section: &Section) -> bool {
    matches!(section.login.method, LoginMethod::Token(_))
}

fn user(section: &Section) -> String {
    short(section.login.username.as_deref().unwrap_or("(nobody)"))
}

fn called(mechanism: Option<&str>) -> String {
    match mechanism {
        Some(name) => short(name),
        None => "the LOGIN command".to_owned(),
    }
}

fn listed(offered: &[String], disabled: bool) -> String {
    match offered {
        [] if disabled => "none".to_owned(),
        [] => "none but the LOGIN command".to_owned(),
        offered => offered.join(", "),
    }
}
