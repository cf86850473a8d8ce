//! Obtains access in a browser on this machine, which is redirected to a listener.

use std::{
    env, io,
    process::{Command, Stdio},
    time::Duration,
};

use imapclient::auth::{App, AuthorizationCode, Grant};
use tokio::time::timeout;

use super::{
    offload, page,
    redirect::{Address, Redirect},
    too_late,
};
use crate::{
    failure::{Failure, Result},
    screen::Screen,
};

/// Shows the provider's page, and waits until the user has granted access there.
pub(super) async fn grant(
    app: &App,
    user: &str,
    address: &Address,
    opens: bool,
    screen: &Screen,
    limit: Duration,
) -> Result<Grant> {
    let redirect = Redirect::listen(address).await?;
    let asked = AuthorizationCode::begin(app, redirect.url())?;
    screen.instruct(&format!(
        "Open this address in a browser on this machine, and grant access to the mail of {user}:"
    ));
    screen.instruct(asked.url());
    screen.note(&format!(
        "waiting at {} for {} seconds; Ctrl-C gives up",
        redirect.url(),
        limit.as_secs()
    ));
    if opens && let Err(error) = open(asked.url()) {
        screen.warn(&format!("no browser could be opened: {error}"));
    }
    let visit = timeout(limit, redirect.visit())
        .await
        .map_err(|_| too_late(limit))??;
    let (app, target) = (app.clone(), visit.target().to_owned());
    let result = offload(move || asked.finish(&app, &target)).await?;
    let result = result.map_err(Failure::from);
    let shown = match &result {
        Ok(_) => page::granted(),
        Err(failure) => page::failed(&failure.text()),
    };
    if let Err(error) = visit.answer(&shown).await {
        screen.warn(&format!("the browser did not wait for an answer: {error}"));
    }
    result
}

/// Opens a page in the browser without waiting for it.
fn open(url: &str) -> io::Result<()> {
    let mut command = match env::var_os("BROWSER").filter(|program| !program.is_empty()) {
        Some(program) => Command::new(program),
        None if cfg!(target_os = "macos") => Command::new("open"),
        None if cfg!(windows) => {
            // Not with `start`, since a shell would interpret the `&` in the address.
            let mut command = Command::new("rundll32");
            command.arg("url.dll,FileProtocolHandler");
            command
        }
        None => Command::new("xdg-open"),
    };
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
}
