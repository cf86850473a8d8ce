//! The addresses of OAuth 2.0 providers.

/// The OAuth 2.0 addresses of a mail provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provider {
    /// The address that issues access tokens.
    pub token_url: &'static str,
    /// The page where the user grants access.
    pub authorization_url: &'static str,
    /// The address where a device without a browser begins, if the provider allows that for mail.
    pub device_url: Option<&'static str>,
    /// The scopes that are needed for IMAP and for refresh tokens, separated by spaces.
    pub scope: &'static str,
    /// Additional parameters for the authorization page.
    pub(crate) extra: &'static [(&'static str, &'static str)],
}

impl Provider {
    /// Google. Its device codes cannot be used for mail.
    pub const GOOGLE: Self = Self {
        token_url: "https://oauth2.googleapis.com/token",
        authorization_url: "https://accounts.google.com/o/oauth2/v2/auth",
        device_url: None,
        scope: "https://mail.google.com/",
        // Without these, Google issues a refresh token only the first time, or never.
        extra: &[("access_type", "offline"), ("prompt", "consent")],
    };

    /// Microsoft, for personal accounts and those of any organisation.
    pub const MICROSOFT: Self = Self {
        token_url: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        authorization_url: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        device_url: Some("https://login.microsoftonline.com/common/oauth2/v2.0/devicecode"),
        scope: "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        extra: &[],
    };

    /// Yahoo, which grants its scope only to programs that it has approved.
    pub const YAHOO: Self = Self {
        token_url: "https://api.login.yahoo.com/oauth2/get_token",
        authorization_url: "https://api.login.yahoo.com/oauth2/request_auth",
        device_url: None,
        scope: "mail-w",
        extra: &[],
    };

    /// Returns the provider of a known IMAP server.
    ///
    /// ```
    /// use imapclient_auth::Provider;
    ///
    /// assert_eq!(Provider::of_host("imap.gmail.com"), Some(Provider::GOOGLE));
    /// assert_eq!(Provider::of_host("imap.example.org"), None);
    /// ```
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        Some(match host.as_str() {
            "imap.gmail.com" | "imap.googlemail.com" => Self::GOOGLE,
            "outlook.office365.com" | "outlook.office.com" | "imap-mail.outlook.com" => {
                Self::MICROSOFT
            }
            "imap.mail.yahoo.com" | "export.imap.mail.yahoo.com" => Self::YAHOO,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_by_any_spelling() {
        for (host, provider) in [
            ("imap.gmail.com", Some(Provider::GOOGLE)),
            ("IMAP.Gmail.com.", Some(Provider::GOOGLE)),
            ("imap.mail.yahoo.com", Some(Provider::YAHOO)),
            ("outlook.office365.com", Some(Provider::MICROSOFT)),
            ("gmail.com", None),
            ("imap.gmail.com.example.org", None),
            ("", None),
        ] {
            assert_eq!(Provider::of_host(host), provider, "{host}");
        }
    }

    #[test]
    fn all_of_it_is_https() {
        for provider in [Provider::GOOGLE, Provider::MICROSOFT, Provider::YAHOO] {
            let urls = [provider.token_url, provider.authorization_url];
            for url in urls.into_iter().chain(provider.device_url) {
                assert!(url.starts_with("https://"), "{url}");
            }
        }
    }
}
