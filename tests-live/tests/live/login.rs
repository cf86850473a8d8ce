//! Ways to log in, each where the server offers it.

use imapclient::{
    Login, Phase, StatusItem,
    auth::{self, CramMd5, Mechanism, Scram},
};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::tell::{assert_code, refused};

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    /// A wrong password first, then the right one, on the same connection.
    async fn log_in<M: Mechanism>(
        cx: &Context,
        capability: &str,
        mechanism: impl Fn(&str, imapclient::SecretString) -> M,
    ) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        client.require(capability).await?;
        let wrong = mechanism(username, "not the password".into());
        let refusal = refused(client.authenticate(wrong).await)?;
        assert_eq!(refusal.command, "AUTHENTICATE");
        assert_code(&refusal, &imapclient::Code::AuthenticationFailed);
        assert_eq!(client.state().phase(), Phase::NotAuthenticated);

        client.authenticate(mechanism(username, password)).await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.status("INBOX", &[StatusItem::Messages]).await?;
        client.logout().await
    }

    #[trial]
    async fn login_by_scram_sha_256(cx: &Context) -> Result<(), Stop> {
        log_in(cx, "AUTH=SCRAM-SHA-256", |username, password| {
            Scram::sha256(username, password)
        })
        .await
    }

    #[trial]
    async fn login_by_scram_sha_1(cx: &Context) -> Result<(), Stop> {
        log_in(cx, "AUTH=SCRAM-SHA-1", |username, password| {
            Scram::sha1(username, password)
        })
        .await
    }

    #[trial]
    async fn login_by_cram_md5(cx: &Context) -> Result<(), Stop> {
        log_in(cx, "AUTH=CRAM-MD5", |username, password| {
            CramMd5::new(username, password)
        })
        .await
    }

    #[trial]
    async fn login_by_login(cx: &Context) -> Result<(), Stop> {
        log_in(cx, "AUTH=LOGIN", |username, password| {
            auth::Login::new(username, password)
        })
        .await
    }

    #[trial]
    async fn login_by_the_command(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        if client.has_capability("LOGINDISABLED").await? {
            return Err(Stop::ignored("the server takes no LOGIN"));
        }
        client
            .login_with(Login::command(username, password))
            .await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.logout().await
    }

    #[trial]
    async fn login_by_the_best_way(cx: &Context) -> Result<(), Stop> {
        let (username, password) = cx.password()?;
        let mut client = Session::fresh(cx).await?;
        client.login_with(Login::auto(username, password)).await?;
        assert_eq!(client.state().phase(), Phase::Authenticated);
        client.status("INBOX", &[StatusItem::Messages]).await?;
        client.logout().await
    }
}
