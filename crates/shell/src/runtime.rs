//! The runtime on which the program waits.

use std::{io, rc::Rc};

use tokio::runtime::Runtime;

use crate::failure::Result;

/// Runs work on a runtime with network, signals and time. Threads that cannot be stopped, such as
/// those that look up names, are not waited for at the end.
pub(crate) fn with_runtime<T>(work: impl FnOnce(&Rc<Runtime>) -> Result<T>) -> Result<T> {
    let runtime = Rc::new(runtime()?);
    let result = work(&runtime);
    if let Some(runtime) = Rc::into_inner(runtime) {
        runtime.shutdown_background();
    }
    result
}

/// Returns a runtime for one thread.
pub(crate) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
