//! All mechanisms, with right and wrong credentials, and access tokens.

use imapclient::{
    Code, Login, Phase, StatusItem,
    auth::{
        self, CramMd5, External, Mechanism, OAuthBearer, Plain, RefreshToken, Scram, XOAuth2,
        secrecy::SecretString,
    },
};
use imapclient_config::{Config, LoginMethod, Section};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Args, Context, Outcome, Stop};

use crate::tell::{assert_code, refused};

/// Creates a mechanism from a user name and a password.
type Make = fn(String, SecretString) -> Box<dyn Mechanism>;

/// Returns the first section of the INI file for which `is` returns true; `what` describes it.
pub(crate) fn section(what: &str, is: fn(&Section) -> bool) -> Result<Section, Stop> {
    let file = Args::from_command_line().conf();
    let file = file.ok_or_else(|| Stop::ignored("there is no INI file"))?;
    let config = Config::load(file)?;
    let mut sections = std::iter::once(config.default).chain(config.alternates);
    let found = sections.find(|section| is(section) && section.expect_failure().is_none());
    found.ok_or_else(|| Stop::ignored(format_args!("the INI file has no section with {what}")))
}

/// Returns a section with access tokens.
pub(crate) fn with_tokens() -> Result<Section, Stop> {
    section("`oauth2 = true`", |section| {
        matches!(section.login.method, LoginMethod::Token(_))
    })
}

/// Returns the user of a section and its source of access tokens.
fn user_and_source() -> Result<(String, RefreshToken), Stop> {
    let account = with_tokens()?.account()?;
    let source = account.refresh_token()?;
    let source = source.ok_or_else(|| Stop::ignored("the section has no refresh token"))?;
    Ok((account.username().unwrap_or_default().to_owned(), source))
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn login_command(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        if client.capabilities().await?.has("LOGINDISABLED") {
            return Err(Stop::ignored("the server does not accept LOGIN"));
        }
        let refusal = refused(client.login_command(username, "not the password").await)?;
        assert_eq!(refusal.command, "LOGIN");
        assert_code(&refusal, &Code::AuthenticationFailed);
        client.login_command(username, password).await?;
        inside(client).await
    }

    #[trial]
    async fn auto(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        let error = client.login(username, "not the password").await;
        let error = error.err().ok_or_else(|| Stop::failed("the server accepts a wrong password"))?;
        assert!(matches!(error.code(), None | Some(Code::AuthenticationFailed)), "{error}");
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        client.login_with(Login::auto(username, password)).await?;
        inside(client).await
    }

    #[trial]
    async fn plain(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(Plain::new(name, password))).await
    }

    #[trial]
    async fn login(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(auth::Login::new(name, password))).await
    }

    #[trial]
    async fn cram_md5(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(CramMd5::new(name, password))).await
    }

    #[trial]
    async fn scram_sha_1(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(Scram::sha1(name, password))).await
    }

    #[trial]
    async fn scram_sha_1_plus(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(Scram::sha1_plus(name, password))).await
    }

    #[trial]
    async fn scram_sha_256(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(Scram::sha256(name, password))).await
    }

    #[trial]
    async fn scram_sha_256_plus(cx: &Context) -> Result<(), Stop> {
        by_password(cx, |name, password| Box::new(Scram::sha256_plus(name, password))).await
    }

    #[trial]
    async fn external(cx: &Context) -> Result<(), Stop> {
        let section = section("`auth = external`", |section| section.login.method == LoginMethod::External)?;
        // The client has no certificate.
        let mut client = Session::fresh(cx).await?;
        let refusal = refused(client.authenticate(External::new()).await)?;
        assert_code(&refusal, &Code::AuthenticationFailed);
        client.logout().await?;

        let builder = section.account()?.builder::<Client>()?;
        let client = Session::new(cx, builder.connect().await?);
        inside(client).await
    }

    #[trial]
    async fn xoauth2(cx: &Context) -> Result<(), Stop> {
        let (name, source) = user_and_source()?;
        let login = Login::xoauth2(&name, source);
        by_token(cx, XOAuth2::new(name, "not-a-token".into()), login).await
    }

    #[trial]
    async fn oauthbearer(cx: &Context) -> Result<(), Stop> {
        let (name, source) = user_and_source()?;
        let login = Login::oauthbearer(&name, source);
        by_token(cx, OAuthBearer::new(name, "not-a-token".into()), login).await
    }

    /// Fails with a wrong password, and, for SCRAM, whose server first answers the user name alone,
    /// with a wrong user name. Then logs in on the same connection. Servers may take seconds to
    /// refuse.
    async fn by_password(cx: &Context, make: Make) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        let mechanism = |username: &str, password: SecretString| make(username.into(), password);
        let name = mechanism(username, password.clone()).name().to_owned();
        client.require(&format!("AUTH={name}")).await?;
        let mut wrong = vec![(username, SecretString::from("not the password"))];
        if name.starts_with("SCRAM-") {
            wrong.push(("nobody-of-that-name", password.clone()));
        }
        for (username, password) in wrong {
            let refusal = refused(client.authenticate(mechanism(username, password)).await)?;
            assert_eq!(refusal.command, "AUTHENTICATE");
            assert_code(&refusal, &Code::AuthenticationFailed);
            assert_eq!(client.state().phase(), Phase::NotAuthenticated);
        }
        client.authenticate(mechanism(username, password)).await?;
        inside(client).await
    }

    async fn by_token(cx: &Context, wrong: impl Mechanism, right: Login) -> Result<(), Stop> {
        let mut client = Session::fresh(cx).await?;
        client.require(&format!("AUTH={}", wrong.name())).await?;
        let refusal = refused(client.authenticate(wrong).await)?;
        assert_code(&refusal, &Code::AuthenticationFailed);
        // The detail is JSON.
        let detail = refusal.detail.as_deref().unwrap_or_default();
        assert!(detail.starts_with('{') && detail.contains("\"status\""), "{refusal}");
        client.login_with(right).await?;
        inside(client).await
    }

    /// Asserts that the client is logged in, and logs out.
    async fn inside(mut client: Session<'_>) -> Result<(), Stop> {
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.status("INBOX", [StatusItem::Messages]).await?;
        client.logout().await
    }
}
