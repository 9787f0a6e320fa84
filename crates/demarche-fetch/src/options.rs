//! From where, and how politely.

use std::path::PathBuf;
use std::time::Duration;

/// The most connections at a time: the publisher's server is a shared one.
pub const MOST_JOBS: usize = 8;

/// Which redirections are followed; none leads from `https` to `http`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redirects {
    /// Those to the host that was asked.
    SameHost,
    /// Those to any host.
    AnyHost,
}

/// A proxy. The library does not look at the environment: whoever calls it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Its address, for example `http://proxy.example:3128`.
    pub url: String,
    /// Hosts that are asked directly, separated by commas, as in the variable `NO_PROXY`.
    pub except: Option<String>,
}

/// How to fetch.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address the names of lists and files are joined to. Of an address on a list only the
    /// name is used.
    pub base: String,
    /// The folder the files go to; made if it is not there.
    pub dir: PathBuf,
    /// The number of connections at a time, from 1 to [`MOST_JOBS`].
    pub jobs: usize,
    /// How often one file is tried.
    pub tries: u32,
    /// The wait after the first failed try; it doubles with each further one.
    pub first_wait: Duration,
    /// The longest wait between two tries, whatever the server asks for.
    pub longest_wait: Duration,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for the next bytes.
    pub read_timeout: Duration,
    /// How long one try of one file may take; what has arrived is kept for the next.
    pub file_timeout: Duration,
    /// After so many files in a row that could not be fetched the run ends: the server is down or
    /// does not want us.
    pub give_up_after: u32,
    /// Which redirections are followed.
    pub redirects: Redirects,
    /// The proxy, if there is one.
    pub proxy: Option<Proxy>,
    /// How we call ourselves.
    pub user_agent: String,
}

impl Options {
    /// The usual options: four connections, six tries, waits from one second to two minutes.
    pub fn new(base: impl Into<String>, dir: impl Into<PathBuf>) -> Self {
        Self {
            base: base.into(),
            dir: dir.into(),
            jobs: 4,
            tries: 6,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(120),
            connect_timeout: Duration::from_secs(20),
            read_timeout: Duration::from_secs(30),
            file_timeout: Duration::from_secs(600),
            give_up_after: 20,
            redirects: Redirects::SameHost,
            proxy: None,
            user_agent: concat!("demarche/", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}
