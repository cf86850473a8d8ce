//! Our client, in both faces, each of which is a program of its own, like the other clients.

mod work;

use imapclient_bench_task::{Done, Result, Task};

/// Does the work of a task with the blocking face.
pub fn blocking(task: &Task) -> Result<Done> {
    work::blocking_face::work(task)
}

/// Does the work of a task with the tokio face, on one thread, as the other async clients do.
pub fn tokio(task: &Task) -> Result<Done> {
    let runtime = ::tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work::tokio_face::work(task))
}
