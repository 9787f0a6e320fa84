//! What a run tells while it works.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What a run tells while it works.
#[derive(Clone, Debug, PartialEq)]
pub enum Event<'a> {
    /// A list is being read.
    List {
        /// Its name.
        name: &'a str,
        /// Bytes read of it.
        bytes: u64,
        /// All its bytes, if the server said so.
        total: Option<u64>,
    },
    /// A try has failed, and there will be another.
    Retry {
        /// The file or list.
        name: &'a str,
        /// Why it failed.
        reason: &'a str,
        /// The wait before the next try.
        wait: Duration,
    },
    /// Where the files stand.
    Files(Status),
}

/// Where the files stand.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Status {
    /// Files that are dealt with: here, not on the server, or failed.
    pub files_done: u64,
    /// All files of the range that are on the list.
    pub files: u64,
    /// Bytes of the files that are dealt with and of those on their way.
    pub bytes_done: u64,
    /// Bytes of all files, by the list.
    pub bytes: u64,
    /// Bytes received in a second, over the last ten seconds; 0 before the first.
    pub bytes_per_second: f64,
}

impl Status {
    /// The time left at this rate, if there is a rate.
    pub fn left(&self) -> Option<Duration> {
        let left = self.bytes.saturating_sub(self.bytes_done) as f64;
        Duration::try_from_secs_f64(left / self.bytes_per_second).ok()
    }
}

/// Bytes a second over a short while.
pub(crate) struct Rate {
    begun: Instant,
    received: VecDeque<(Instant, u64)>,
    sum: u64,
}

impl Rate {
    const WINDOW: Duration = Duration::from_secs(10);

    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            received: VecDeque::new(),
            sum: 0,
        }
    }

    pub(crate) fn add(&mut self, bytes: u64) {
        let now = Instant::now();
        self.received.push_back((now, bytes));
        self.sum += bytes;
        while let Some(&(then, bytes)) = self.received.front()
            && now - then > Self::WINDOW
        {
            self.received.pop_front();
            self.sum -= bytes;
        }
    }

    pub(crate) fn per_second(&self) -> f64 {
        let seconds = self.begun.elapsed().min(Self::WINDOW).as_secs_f64();
        if self.sum == 0 || seconds == 0.0 {
            return 0.0;
        }
        self.sum as f64 / seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_what_is_left_over_the_rate() {
        let status = Status {
            bytes_done: 40,
            bytes: 100,
            bytes_per_second: 20.0,
            ..Status::default()
        };
        assert_eq!(status.left(), Some(Duration::from_secs(3)));
        let still = Status {
            bytes_per_second: 0.0,
            ..status
        };
        assert_eq!(still.left(), None);
    }
}
