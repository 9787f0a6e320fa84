//! Reading event files into the store.
//!
//! One thread reads and cuts blocks of lines; workers, one a core, each make a segment: they cut
//! rows, look up the keys of their groups, sort, and write Parquet; one thread commits, in the
//! order of the input. Segments end after so many bytes of input and at each commit, so the same
//! input gives the same files whatever the number of workers.

mod encode;
mod filter;
mod group;
mod keys;
mod lines;
mod pipeline;
mod rare;
mod segment;

pub use filter::{Filter, day_number};
pub(crate) use keys::merge_keys;
pub use pipeline::{Batch, Gauge, IngestError, Options, ParquetRows, Skipped, Summary, ingest};
