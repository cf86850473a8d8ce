//! Converts a panic of a trial into text, and suppresses its usual message on standard error.

use std::{
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `work`, and returns a panic as `panicked at FILE:LINE:COLUMN: MESSAGE`.
///
/// Only this thread is affected: panics of other threads go to the previous hook.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                LAST.set(Some(describe(info)));
            } else {
                previous(info);
            }
        }));
    });

    let before = CATCHING.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(before);
    result.map_err(|_| LAST.take().unwrap_or_else(|| "panicked".into()))
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)");
    match info.location() {
        Some(at) => format!(
            "panicked at {}:{}:{}: {message}",
            at.file(),
            at.line(),
            at.column()
        ),
        None => format!("panicked: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_place_and_message() {
        let text = catch(|| -> u8 { panic!("wanted {}, got {}", 1, 2) }).expect_err("it panics");
        assert!(text.starts_with("panicked at "), "{text}");
        assert!(text.contains("panics.rs:"), "{text}");
        assert!(text.ends_with(": wanted 1, got 2"), "{text}");
    }

    #[test]
    fn what_does_not_panic_comes_back() {
        assert_eq!(catch(|| 7), Ok(7));
    }
}
