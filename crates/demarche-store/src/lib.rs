//! The event store: a folder of Parquet files with a manifest, a ledger and a dyad-day cube.

pub mod cube;
mod error;
pub mod ingest;
mod layout;
mod ledger;
mod lock;
mod manifest;
mod named;
mod resolve;
mod store;
mod tidy;
mod writer;

pub use error::StoreError;
pub use layout::Kind;
pub use ledger::{FileFault, FileRecord, LogEntry};
pub use manifest::{Dedup, FORMAT, KeyRun, Level, Manifest, Part, Run, Segment, Settings, Totals};
pub use named::{NOBODY, Numbers};
pub use resolve::{Named, Resolve};
pub use store::Store;
pub use tidy::{Tidied, TidyError, tidy, tidy_store};
pub use writer::{Commit, Writer};
