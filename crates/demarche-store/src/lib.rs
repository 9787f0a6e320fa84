//! The event store: a folder of Parquet files with a manifest, a ledger and a dyad-day cube.

mod actors;
pub mod case_events;
pub mod cube;
pub mod doctor;
mod error;
pub mod gaps;
pub mod ingest;
mod layout;
mod ledger;
mod lock;
mod manifest;
mod named;
mod resolve;
mod store;
mod tidy;
mod unmapped;
mod writer;

pub use actors::Actors;
pub use error::StoreError;
pub use layout::Kind;
pub use ledger::{FileFault, FileRecord, LogEntry};
pub use manifest::{Dedup, FORMAT, KeyRun, Level, Manifest, Part, Run, Segment, Settings, Totals};
pub use named::{NOBODY, Numbers};
pub use resolve::{Named, Resolve};
pub use store::Store;
pub use tidy::{Tidied, TidyError, tidy, tidy_store};
pub use unmapped::{ACTOR_COLUMNS, Unknown, Unmapped, unmapped};
pub use writer::{Commit, Writer};
