//! Obtains access in a browser elsewhere, for a code that is shown here.

use std::{thread, time::Duration};

use imapclient::auth::{App, DeviceCode, Grant};
use tokio::time::timeout;

use super::{offload, too_late};
use crate::{failure::Result, screen::Screen};

/// Shows a code, and waits until the user has entered it.
pub(super) async fn grant(app: &App, screen: &Screen, limit: Duration) -> Result<Grant> {
    let asking = app.clone();
    let asked = offload(move || DeviceCode::begin(&asking)).await??;
    screen.instruct(&format!(
        "Open this address in any browser, and enter the code {} there:",
        asked.user_code()
    ));
    screen.instruct(asked.url());
    let limit = limit.min(asked.expires_in());
    screen.note(&format!(
        "waiting for {} seconds; Ctrl-C gives up",
        limit.as_secs()
    ));
    // If both time limits are equal, the provider's error is the more specific one.
    let patience = match limit < asked.expires_in() {
        true => limit,
        false => Duration::MAX,
    };
    let app = app.clone();
    let granted = offload(move || asked.finish(&app, thread::sleep));
    let grant = timeout(patience, granted).await;
    Ok(grant.map_err(|_| too_late(limit))???)
}
