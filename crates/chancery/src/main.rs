//! The command line of Chancery.
//!
//! Exit codes: 0 done; 1 the answer is negative (a check found a difference, a verification
//! failed); 2 the call or the input is wrong, or it could not be carried out.

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
        Err(error) => {
            show::error(&cli, &error);
            ExitCode::from(2)
        }
    }
}
