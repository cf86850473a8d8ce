//! Examines what the server reports about itself: greeting, capabilities, ID; and logs out.

use imapclient::{Capabilities, Compress, Error, StatusKind, codec::command, tokio::Client};
use imapclient_config::{ConnectOptions, Section};
use serde_json::{Value, json};

use super::{
    GREETING,
    capabilities::meaning,
    connect::{again, text_of},
    login,
    quirks::Traits,
    report::{Name, Report, Step, short},
};
use crate::failure::Result;

const CAPABILITIES: Name = Name("capabilities", "capabilities");
const AFTER_LOGIN: Name = Name("capabilities_after_login", "after login");
const COMPRESSION: Name = Name("compression", "compression");
const SERVER: Name = Name("server", "server");
const LOGOUT: Name = Name("logout", "logout");

/// Upper bound on the capabilities that are listed; more than any server has.
const MOST: usize = 200;
/// The fields of an ID that are shown; others are often long.
const SHOWN: [&str; 4] = ["name", "version", "vendor", "os"];
/// The width of the names of capabilities, in characters.
const LEFT: usize = 24;

/// Reports what is available without a login. Returns the capabilities, or `None` if the
/// examination ends here.
pub(super) async fn before_login(
    section: &Section,
    client: &mut Client,
    report: &mut Report,
) -> Result<Option<Capabilities>> {
    let greeting = client.greeting();
    let text = short(&greeting.text);
    let text = match text.as_str() {
        "" => "the greeting has no text".to_owned(),
        text => text.to_owned(),
    };
    report.add(match greeting.kind {
        StatusKind::PreAuth => Step::good(GREETING, format!("{text} (PREAUTH: logged in already)")),
        _ => Step::good(GREETING, text),
    });
    let capabilities = match client.capabilities().await {
        Ok(capabilities) => capabilities,
        Err(error) => {
            report.add(trouble(CAPABILITIES, &error));
            return Ok(None);
        }
    };
    let names: Vec<&str> = capabilities.iter().collect();
    let mechanisms = capabilities.auth_mechanisms().count();
    let summary = match (names.len() - mechanisms, mechanisms) {
        (others, 0) => format!("{others} before login"),
        (others, mechanisms) => format!("{others} before login, and {mechanisms} mechanisms"),
    };
    let step = match capabilities.lists("IMAP4rev1") || capabilities.lists("IMAP4rev2") {
        true => Step::good(CAPABILITIES, summary),
        false => Step::warning(
            CAPABILITIES,
            "the server offers neither IMAP4rev1 nor IMAP4rev2",
        )
        .advice("check that it is a current IMAP server"),
    };
    report.add(listed(step, &names));
    let is_way = login::mechanisms(section, client, &capabilities, report).await?;
    Ok(is_way.then_some(capabilities))
}

/// Compresses the connection, since the account asks for it.
async fn compress(
    asked: Compress,
    client: &mut Client,
    capabilities: &Capabilities,
    report: &mut Report,
) {
    let must = asked == Compress::Always;
    let advice = "leave out `compress`, or set `compress = auto`";
    let lacks = "the server does not offer COMPRESS=DEFLATE";
    report.add(if capabilities.has("COMPRESS=DEFLATE") {
        match client.run(command::compress()).await {
            Ok(_) => Step::good(COMPRESSION, "both directions are compressed"),
            Err(error @ Error::Refused(_)) if must => {
                Step::bad(COMPRESSION, text_of(&error)).advice(advice)
            }
            Err(error) => trouble(COMPRESSION, &error),
        }
    } else if must {
        Step::bad(COMPRESSION, lacks).advice(advice)
    } else {
        Step::good(COMPRESSION, lacks)
    });
}

/// Reports what is available only after the login. Returns whether the examination continues.
pub(super) async fn after_login(
    options: &ConnectOptions,
    client: &mut Client,
    before: &Capabilities,
    report: &mut Report,
) -> bool {
    let capabilities = match client.capabilities().await {
        Ok(capabilities) => capabilities,
        Err(error) => {
            report.add(trouble(AFTER_LOGIN, &error));
            return false;
        }
    };
    let new: Vec<&str> = capabilities
        .iter()
        .filter(|name| !before.lists(name))
        .collect();
    let summary = match new.len() {
        0 => format!("{} capabilities, none of them new", capabilities.len()),
        new => format!(
            "{} capabilities, of which {new} are new",
            capabilities.len()
        ),
    };
    report.add(listed(Step::good(AFTER_LOGIN, summary), &new));
    if options.compress != Compress::Never {
        compress(options.compress, client, &capabilities, report).await;
        if report.is_over() {
            return false;
        }
    }

    let mut traits = Traits {
        host: options.server.host().to_owned(),
        greeting: client.greeting().text.clone(),
        id: None,
        capabilities,
    };
    if traits.capabilities.has("ID") {
        let ours = [
            ("name", "imapclient"),
            ("version", env!("CARGO_PKG_VERSION")),
        ];
        match client.id(ours).await {
            Ok(id) => traits.id = Some(id),
            Err(error) => {
                report.add(trouble(SERVER, &error));
                if report.is_over() {
                    return false;
                }
            }
        }
    }
    report.add(server(&traits));
    true
}

/// Logs out. A failure is only a warning, since everything has been examined.
pub(super) async fn goodbye(client: Client, report: &mut Report) {
    if let Err(error) = client.logout().await {
        let summary = format!("logging out fails: {}", text_of(&error));
        report.add(Step::warning(LOGOUT, summary));
    }
}

/// Returns whether the connection cannot be used any more.
pub(super) fn is_over(error: &Error) -> bool {
    error.is_closed() || error.is_timeout()
}

/// Reports a step that was refused, or failed for a reason unrelated to it.
pub(super) fn trouble(name: Name, error: &Error) -> Step {
    let step = match error {
        Error::Closed { end, .. } => match &end.bye {
            Some(bye) => Step::bad(
                name,
                format!("the server ends the connection; it says {:?}", short(bye)),
            )
            .advice(format!(
                "do as it says, or {} and ask its operator",
                again(error)
            )),
            None => Step::bad(name, text_of(error))
                .advice("try again; if it stays so, ask the server's operator"),
        },
        Error::Refused(_) if error.is_transient() => {
            Step::warning(name, text_of(error)).advice(format!("{}: this passes", again(error)))
        }
        Error::Timeout { .. } => Step::bad(
            name,
            format!("the server does not respond any more: {error}"),
        )
        .advice("try later; if it stays so, the server is overloaded or broken"),
        Error::Protocol { .. } => {
            Step::bad(name, text_of(error)).advice("tell the server's operator")
        }
        other => {
            let step = Step::warning(name, text_of(other));
            match other.limited_by().and_then(imapclient_config::option_for) {
                Some(option) => step.advice(format!("the option `{option}` sets this limit")),
                None => step,
            }
        }
    };
    step.ends(is_over(error))
}

/// Reports the kind of server, if it is known, and its peculiarities.
fn server(traits: &Traits) -> Step {
    let fields = traits.id.iter().flat_map(|id| &id.fields).take(MOST);
    let fields: Vec<(String, String)> = fields
        .filter_map(|(name, value)| Some((short(name), short(value.as_deref()?))))
        .collect();
    let known = traits.recognise();
    let summary = match (known, fields.is_empty()) {
        (Some(known), _) => known.name.to_owned(),
        (None, true) => "not a known server, and it does not identify itself".to_owned(),
        (None, false) => "not a known server".to_owned(),
    };
    let said: Vec<_> = fields
        .iter()
        .filter(|(name, _)| SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(name)))
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let json: serde_json::Map<_, Value> = fields
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let said = match said.is_empty() {
        true => Vec::new(),
        false => vec![("it says".to_owned(), short(&said.join(", ")))],
    };
    let facts = known.map_or(&[][..], |known| known.facts);
    let shown = facts
        .iter()
        .map(|fact| ("note".to_owned(), (*fact).to_owned()));
    Step::good(SERVER, summary)
        .rows("known as", known.map(|known| known.name), Vec::new())
        .rows("id", json, said)
        .rows("notes", facts, shown.collect())
}

/// Lists the meaning of each capability, except for mechanisms, which have a step of their own.
fn listed(step: Step, names: &[&str]) -> Step {
    let mut json: Vec<Value> = Vec::new();
    let mut shown = Vec::new();
    let mut unknown = Vec::new();
    for name in names.iter().take(MOST) {
        // A name of unusual form is treated as unknown.
        let is_usual = name.len() <= LEFT && name.bytes().all(|byte| byte.is_ascii_graphic());
        let known = meaning(name).filter(|_| is_usual);
        json.push(json!({
            "capability": short(name),
            "meaning": known.map(|known| known.meaning),
            "rfc": known.map(|known| known.rfc).filter(|rfc| !rfc.is_empty()),
        }));
        match known {
            Some(known) if known.name == "AUTH=" => {}
            Some(known) => {
                let meaning = match known.rfc {
                    "" => known.meaning.to_owned(),
                    rfc => format!("{} ({rfc})", known.meaning),
                };
                shown.push(((*name).to_owned(), meaning));
            }
            None => unknown.push(short(name)),
        }
    }
    if let Some(more @ 1..) = names.len().checked_sub(MOST) {
        unknown.push(format!("and {more} more"));
    }
    if !unknown.is_empty() {
        shown.push(("unknown".to_owned(), unknown.join(", ")));
    }
    step.rows("capabilities", json, shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_that_is_no_name_is_not_taken_for_one() {
        let long = format!("THREAD={}", "x".repeat(1 << 20));
        let step = listed(
            Step::good(CAPABILITIES, ""),
            &["IDLE", "AUTH=PLAIN", &long, "THREAD=\u{1b}[2J", "X-NEW"],
        );
        let mut report = Report::default();
        report.add(step);
        let json = report.json();
        let told = json["steps"][0]["capabilities"].as_array().unwrap();
        let meanings: Vec<_> = told.iter().map(|one| one["meaning"].is_string()).collect();
        assert_eq!(meanings, [true, true, false, false, false]);
        assert!(told[2]["capability"].as_str().unwrap().len() < 200);
    }
}
