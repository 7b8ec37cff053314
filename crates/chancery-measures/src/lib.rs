#![doc = include_str!("../README.md")]

mod columns;
mod engine;
mod index;
mod listing;
mod parameters;
mod projection;
mod rows;
mod sql;
mod table;

pub use engine::{Engine, HELD_ROWS};
pub use listing::{After, Choice, Listed, Pageful, Sought, Wish};
pub use parameters::read_given;
pub use projection::{Progress, Projection};
pub use sql::check;

/// What can go wrong besides what a person wrote.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "the projection cannot be read or written: {0}. It can be deleted; it will be built again"
    )]
    Io(#[from] std::io::Error),
    #[error("the tables cannot be read: {0}")]
    Tables(#[from] datafusion::error::DataFusionError),
    #[error(
        "the projection cannot be read or written: {0}. It can be deleted; it will be built again"
    )]
    Parquet(#[from] datafusion::parquet::errors::ParquetError),
    #[error("{0}")]
    Refused(#[from] chancery_model::Diagnostics),
}
