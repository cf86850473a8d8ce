//! Quotas (RFC 9208).

use imapclient::{Code, Error, Quota};
use imapclient_test_macros::faces;
use imapclient_tests_live::{Context, Outcome, Stop};

use crate::{
    mail::every_byte,
    tell::{assert_code, refused},
};

/// Returns the root, the usage and the limit of STORAGE, in KiB.
fn storage(quotas: &[Quota]) -> Option<(&str, u64, Option<u64>)> {
    quotas.iter().find_map(|quota| {
        let storage = quota.resource("STORAGE")?;
        Some((quota.root.as_str(), storage.usage, storage.limit))
    })
}

faces! {
    type Session<'a> = imapclient_tests_live::Session<'a, Client>;

    #[trial]
    async fn quota_of_a_mailbox(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("QUOTA").await?;
        let quotas = client.quota_root("INBOX").await?.quotas;
        if storage(&quotas).is_none() {
            return Err(Stop::ignored("the account has no quota of STORAGE"));
        }
        // A mailbox whose name must be encoded.
        let name = cx.child("Größe & more");
        client.create(&name).await?;
        let found = client.quota_root(&name).await?;
        assert_eq!(found.mailbox, name.as_str());
        for quota in &found.quotas {
            assert!(found.roots.contains(&quota.root), "{found:?}");
        }
        let Some((_, before, _)) = storage(&found.quotas) else {
            return Err(Stop::ignored("the account has no quota of STORAGE"));
        };

        client.append(&name, every_byte(64 * 1024)).await?;
        let quotas = client.quota_root(&name).await?.quotas;
        let (_, after, limit) = storage(&quotas).ok_or_else(|| Stop::failed("the quota is missing"))?;
        assert!(after >= before + 60, "{before} KiB, then {after} KiB");
        assert!(limit.is_none_or(|limit| limit >= after), "{quotas:?}");
        client.logout().await
    }

    #[trial]
    async fn quota_by_its_root(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("QUOTA").await?;
        let found = client.quota_root("INBOX").await?;
        assert!(found.mailbox.is_inbox(), "{found:?}");
        let Some(expected) = found.quotas.first() else {
            return Err(Stop::ignored("the account has no quota"));
        };
        match client.quota(&expected.root).await {
            // GETQUOTA may be reserved for administrators.
            Err(Error::Refused(refusal)) => assert_eq!(refusal.command, "GETQUOTA"),
            quota => assert_eq!(quota?, *expected),
        }
        client.logout().await
    }

    #[trial]
    async fn quota_of_a_root_nobody_knows(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("QUOTA").await?;
        let refusal = refused(client.quota("größer als \"das\"").await)?;
        assert_eq!(refusal.command, "GETQUOTA");
        client.noop().await?;
        client.logout().await
    }

    #[trial]
    async fn quota_is_set(cx: &Context) -> Result<(), Stop> {
        let mut client = Session::open(cx).await?;
        client.require("QUOTA").await?;
        let quotas = client.quota_root(cx.mailbox()?).await?.quotas;
        let Some((root, usage, Some(limit))) = storage(&quotas) else {
            return Err(Stop::ignored("the account has no quota of STORAGE"));
        };
        // The new limit has room for a small message, but not for a large one. The old limits are
        // restored before any assertion can fail.
        let little = usage + 16;
        let set = client.set_quota(root, [("STORAGE", little)]).await;
        let told = client.quota_root(cx.mailbox()?).await;
        let large = client.append(cx.mailbox()?, every_byte(64 * 1024)).await;
        let small = client.append(cx.mailbox()?, every_byte(1024)).await;
        if set.is_ok() {
            client.set_quota(root, limits(&quotas)).await?;
        }

        let told = told?.quotas;
        small?;
        match set {
            // Most servers allow only administrators to set quotas.
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal.command, "SETQUOTA");
                assert_eq!(storage(&told), storage(&quotas), "nothing has changed");
                large?;
            }
            set => {
                if let Some(quota) = set? {
                    let told = quota.resource("STORAGE").and_then(|storage| storage.limit);
                    assert_eq!(told, Some(little));
                }
                assert_eq!(storage(&told), Some((root, usage, Some(little))));
                let refusal = refused(large)?;
                assert_eq!(refusal.command, "APPEND");
                assert_code(&refusal, &Code::OverQuota);
            }
        }
        let now = client.quota_root(cx.mailbox()?).await?.quotas;
        assert_eq!(storage(&now).and_then(|(.., limit)| limit), Some(limit));
        client.logout().await
    }
}

/// Returns all limits of the first root, in the form of the argument of `set_quota`.
fn limits(quotas: &[Quota]) -> impl Iterator<Item = (&str, u64)> {
    let resources = quotas.iter().take(1).flat_map(|quota| &quota.resources);
    resources.filter_map(|resource| Some((resource.name.as_str(), resource.limit?)))
}
