//! Logins without a password: with a client certificate, and with access tokens and their provider.

use imapclient_testkit::{Authority, Certificate, OAuthProvider};

use super::conf::USERS;
use crate::{
    failure::Result,
    servers::{account::escape, site::Site},
};

/// The OAuth 2.0 client that requests access tokens.
const ID: &str = "live-test";
const SECRET: &str = "hush";

/// A provider of access tokens, and the certificate of a user.
pub(super) struct Ways {
    provider: OAuthProvider,
    /// The sections of the INI file for both.
    pub(super) sections: String,
}

impl Ways {
    /// Creates both, with certificates of `authority`, and writes the files for them.
    pub(super) fn new(site: &Site, authority: &Authority) -> Result<Self> {
        let user = authority.issue(Certificate::new(&[]).common_name(USERS[0]));
        site.write("user-cert.pem", &user.cert_pem)?;
        site.write("user-key.pem", &user.key_pem)?;
        let provider = OAuthProvider::start_with(authority);
        provider.add_client(ID, Some(SECRET));
        // The live suite reads the address of the control port from this file.
        site.write("oauth2-control", &provider.control_addr().to_string())?;
        site.write("oauth2", &passdb(&provider.introspection_url()))?;
        let sections = sections(site, &provider);
        Ok(Self { provider, sections })
    }

    /// Returns the provider, which must live as long as the server.
    pub(super) fn into_provider(self) -> OAuthProvider {
        self.provider
    }
}

fn sections(site: &Site, provider: &OAuthProvider) -> String {
    let file = |name: &str| escape(&site.file(name).display().to_string());
    let refresh_token = provider.add_refresh_token(ID, USERS[0]);
    format!(
        "
[external]
auth = external
ssl_client_cert = {}
ssl_client_key = {}

[oauth2]
oauth2 = true
oauth2_client_id = {ID}
oauth2_client_secret = {SECRET}
oauth2_refresh_token = {refresh_token}
oauth2_token_url = {}
",
        file("user-cert.pem"),
        file("user-key.pem"),
        provider.token_url()
    )
}

/// Returns the configuration with which Dovecot validates access tokens. It appends the token to
/// the URL.
fn passdb(introspection_url: &str) -> String {
    format!(
        "\
introspection_url = {introspection_url}
introspection_mode = get
force_introspection = yes
username_attribute = username
username_format = %u
active_attribute = active
active_value = true
scope = imap
"
    )
}
