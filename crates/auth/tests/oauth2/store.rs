//! Tests of refresh tokens that other processes rotate too.

use imapclient_auth::{StoredToken, TokenStore};

use super::*;

/// A store in memory, which can be made to store nothing.
#[derive(Clone, Default)]
struct Store {
    token: Arc<Mutex<Option<SecretString>>>,
    takes_nothing: bool,
    keys: Arc<Mutex<Vec<String>>>,
}

struct Entry<'s>(&'s Store);

impl TokenStore for Store {
    fn lock(&self, key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
        self.keys.lock().unwrap().push(key.to_owned());
        Ok(Box::new(Entry(self)))
    }
}

impl StoredToken for Entry<'_> {
    fn get(&self) -> Option<SecretString> {
        self.0.token.lock().unwrap().clone()
    }

    fn put(&mut self, new: &SecretString) {
        if !self.0.takes_nothing {
            *self.0.token.lock().unwrap() = Some(new.clone());
        }
    }
}

#[test]
fn what_another_process_has_stored_is_used() {
    let (provider, app) = provider();
    provider.set_rotating(true);
    let store = Store::default();
    let source = source(&provider, &app).store(store.clone());
    let first = source.token(None).unwrap();
    let ours = store.token.lock().unwrap().clone().unwrap();

    // Another process uses it, and so it is revoked.
    let other = RefreshToken::new(app, ours).store(store.clone());
    other.token(None).unwrap();
    let second = source.token(Some(&first)).unwrap();
    assert!(second.is_fresh());
    // The other process adopts ours in turn.
    assert!(other.token(Some(&second)).is_ok());

    let keys = store.keys.lock().unwrap().clone();
    assert_eq!(keys[0], source.key());
    assert_ne!(source.key(), other.key());
    assert_eq!(source.key().len(), 64);
}

#[test]
fn what_the_store_does_not_take_is_used_by_this_process() {
    let (provider, app) = provider();
    provider.set_rotating(true);
    let first = source(&provider, &app);
    let stored = provider.add_refresh_token(ID, "bob");
    let store = Store {
        token: Arc::new(Mutex::new(Some(stored.into()))),
        takes_nothing: true,
        ..Store::default()
    };
    let source = first.store(store);
    let first = source.token(None).unwrap();
    // The token in the store is revoked by now.
    let second = source.token(Some(&first)).unwrap();
    assert!(source.token(Some(&second)).unwrap().is_fresh());
}

#[test]
fn a_store_that_cannot_be_locked_ends_it() {
    struct Locked;
    impl TokenStore for Locked {
        fn lock(&self, _key: &str) -> Result<Box<dyn StoredToken + '_>, TokenError> {
            Err(TokenError::other(std::io::Error::other("it is locked")))
        }
    }
    let (provider, app) = provider();
    let error = source(&provider, &app)
        .store(Locked)
        .token(None)
        .unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "it is locked");
    assert_eq!(provider.counts().token, 0);
}
