#![doc = include_str!("../README.md")]

mod cli;
mod commands;
mod show;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
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
