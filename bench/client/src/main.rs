//! Our client: `ours FACE WORKLOAD PORT CA COUNT SIZE FOLDER`, with a face `blocking` or `tokio`.

mod work;

use std::{env, process::ExitCode};

use imapclient_bench_task::{Done, Result, Task, allocator, run};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

fn main() -> ExitCode {
    let face = env::args().nth(1).unwrap_or_default();
    run(2, |task| match &*face {
        "blocking" => work::blocking_face::work(task),
        "tokio" => on_tokio(task),
        _ => Err(format!("there is no face {face:?}").into()),
    })
}

/// Runs the workload on one thread, as the other async clients do.
fn on_tokio(task: &Task) -> Result<Done> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(work::tokio_face::work(task))
}
