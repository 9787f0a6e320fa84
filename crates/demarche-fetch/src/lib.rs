//! Bringing published event files here: lists, checksums, retries and resumption.
//!
//! A [`Plan`] says which files are wanted, [`Options`] from where and how politely, [`run`] brings
//! them. Each file is checked against the size and the checksum of the publisher's list before it
//! gets its name, so that a file under its final name is whole, whenever the process was killed.
//! What became of each file of the range stands in the [`Journal`]; a slot without a file is a
//! fact to record and not an error.

mod client;
mod disk;
mod download;
mod error;
mod journal;
mod list;
mod list_fetch;
mod options;
mod plan;
mod progress;
mod retry;
mod run;
mod summary;

pub use error::FetchError;
pub use journal::{FileState, JOURNAL, Journal};
pub use list::{BadLine, ListTally};
pub use options::{MOST_JOBS, Options, Proxy, Redirects};
pub use plan::{Kind, Language, Plan};
pub use progress::{Event, Status};
pub use run::{FOLDER, preview, run};
pub use summary::{Ending, Failed, Gap, Preview, Summary};
