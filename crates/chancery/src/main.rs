#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod people;
mod serving;
mod show;
mod writing;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

// Pages are made of many short texts on several threads: the C library spends a fifth of their time on memory.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; all else is told to scripts as other problems are.
            if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
                show::usage_problem(&error.to_string());
            }
            error.exit();
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(&cli)),
        Err(error) => Err(anyhow::Error::from(error)),
    };
    match outcome {
        Ok(answer) => answer.into(),
        Err(error) if show::is_unread(&error) => ExitCode::SUCCESS,
        Err(error) => {
            show::error(&cli, &error);
            ExitCode::from(2)
        }
    }
}
