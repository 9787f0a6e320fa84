//! When to try again.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use jiff::fmt::rfc2822::DateTimeParser;

/// Why a try failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The reason, as it is told and recorded.
    pub reason: String,
    /// Whether another try may help.
    pub passing: bool,
    /// The wait the server asked for.
    pub asked: Option<Duration>,
    /// Whether server and list contradict each other, so that one of them must be wrong.
    pub contradiction: bool,
}

impl Trouble {
    /// Something that may go by itself.
    pub fn passing(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            passing: true,
            asked: None,
            contradiction: false,
        }
    }

    /// The server's file is not the one on the list.
    pub fn contradiction(reason: impl Into<String>) -> Self {
        Self {
            contradiction: true,
            ..Self::passing(reason)
        }
    }

    /// Something that stays.
    pub fn lasting(reason: impl Into<String>) -> Self {
        Self {
            passing: false,
            ..Self::passing(reason)
        }
    }
}

/// The wait after the `n`-th failed try (counted from 1) of a file: doubled each time, up to the
/// longest, then cut to between a half and the whole by a number drawn from the name, so that
/// several connections do not come back in the same moment, yet each run waits alike. A longer
/// wait the server asks for is kept, up to the longest.
pub(crate) fn wait(
    name: &str,
    n: u32,
    first: Duration,
    longest: Duration,
    asked: Option<Duration>,
) -> Duration {
    let doubled = first.saturating_mul(1_u32.checked_shl(n - 1).unwrap_or(u32::MAX));
    // FNV-1a.
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    let seed = 0xcbf2_9ce4_8422_2325;
    let bytes = name.bytes().chain(n.to_le_bytes());
    let hash = bytes.fold(seed, mix);
    let share = 0.5 + 0.5 * ((hash >> 32) as f64 / f64::from(u32::MAX));
    let own = doubled.min(longest).mul_f64(share);
    own.max(asked.unwrap_or_default().min(longest))
}

/// What a `Retry-After` header asks for: seconds, or a moment. A moment is held against the
/// server's own `Date`, so that our clock does not matter.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| DateTimeParser::new().parse_timestamp(text.trim()).ok();
    let (then, now) = (moment(value)?, moment(date?)?);
    let seconds = then.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// A pause of all connections: when the server asks one of them to wait, it means all.
#[derive(Debug, Default)]
pub(crate) struct Pause(Mutex<Option<Instant>>);

impl Pause {
    /// No request before so long from now.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut held = self.0.lock().expect("no holder panics");
        if held.is_none_or(|held| held < until) {
            *held = Some(until);
        }
    }

    fn left(&self) -> Duration {
        let held = *self.0.lock().expect("no holder panics");
        held.map_or(Duration::ZERO, |until| {
            until.saturating_duration_since(Instant::now())
        })
    }

    /// Waits until nobody is held any more; false if the run is stopped meanwhile.
    pub fn pass(&self, stopped: &dyn Fn() -> bool) -> bool {
        loop {
            if stopped() {
                return false;
            }
            let left = self.left();
            if left.is_zero() {
                return true;
            }
            std::thread::sleep(left.min(SLICE));
        }
    }
}

/// How often a waiting thread looks whether it is stopped.
const SLICE: Duration = Duration::from_millis(50);

/// Sleeps; false if the run is stopped meanwhile.
pub(crate) fn sleep(wait: Duration, stopped: &dyn Fn() -> bool) -> bool {
    let alone = Pause::default();
    alone.hold(wait);
    alone.pass(stopped)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_are_bounded_and_the_same_each_time() {
        let long = Duration::from_secs(60);
        for n in 1..=40 {
            let wait_n = wait("a", n, SECOND, long, None);
            let whole = SECOND.saturating_mul(1 << (n - 1).min(20)).min(long);
            assert!(wait_n <= whole && wait_n >= whole / 2, "{n}: {wait_n:?}");
            assert_eq!(wait_n, wait("a", n, SECOND, long, None));
        }
        assert_ne!(
            wait("a", 1, SECOND, long, None),
            wait("b", 1, SECOND, long, None)
        );
    }

    #[test]
    fn what_the_server_asks_for_is_kept_up_to_the_longest_wait() {
        let ask = |seconds| Some(Duration::from_secs(seconds));
        let long = Duration::from_secs(60);
        assert_eq!(wait("a", 1, SECOND, long, ask(7)), Duration::from_secs(7));
        assert_eq!(wait("a", 1, SECOND, long, ask(86_400)), long);
        assert!(wait("a", 1, SECOND, long, ask(0)) >= SECOND / 2);
    }

    #[test]
    fn retry_after_is_seconds_or_a_moment_by_the_servers_clock() {
        assert_eq!(retry_after(" 120 ", None), Some(Duration::from_secs(120)));
        let then = "Wed, 21 Oct 2015 07:28:00 GMT";
        let now = "Wed, 21 Oct 2015 07:27:30 GMT";
        assert_eq!(retry_after(then, Some(now)), Some(Duration::from_secs(30)));
        assert_eq!(retry_after(now, Some(then)), Some(Duration::ZERO));
        assert_eq!(retry_after(then, None), None);
        assert_eq!(retry_after("soon", Some(now)), None);
        assert_eq!(retry_after("-5", Some(now)), None);
    }

    #[test]
    fn a_stopped_run_does_not_wait() {
        assert!(!sleep(Duration::from_secs(86_400), &|| true));
    }
}
