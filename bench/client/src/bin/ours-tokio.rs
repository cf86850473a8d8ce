//! Our client with the tokio face.

use std::process::ExitCode;

use imapclient_bench_task::{allocator, run};

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

fn main() -> ExitCode {
    run(imapclient_bench_client::tokio)
}
