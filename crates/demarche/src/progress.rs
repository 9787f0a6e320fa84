//! Progress on standard error, for work that takes longer than a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that appears once the work has taken a second.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    /// A bar of so many steps; a quiet one, or one without a terminal, shows nothing.
    pub fn new(steps: u64, quiet: bool) -> Self {
        Self::styled("{bar:24} {pos}/{len} {msg}", Some(steps), quiet)
    }

    /// A bar of work whose steps mean nothing by themselves: only how far it is.
    pub fn with_share(steps: u64, quiet: bool) -> Self {
        Self::styled("{bar:24} {percent} % {msg}", Some(steps), quiet)
    }

    /// A bar of so many bytes, with rate and time left.
    pub fn bytes(total: Option<u64>, quiet: bool) -> Self {
        const OF: &str = "{bar:24} {bytes} of {total_bytes}  {bytes_per_sec}  {eta} left  {msg}";
        const ON: &str = "{bytes} read  {bytes_per_sec}  {msg}";
        Self::styled(if total.is_some() { OF } else { ON }, total, quiet)
    }

    fn styled(template: &str, length: Option<u64>, quiet: bool) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.expect("the template is sound"));
        let begun = Instant::now();
        if quiet {
            // Never shown: as if it had begun in the far future.
            return Self {
                bar,
                begun: begun + Duration::from_secs(86_400),
            };
        }
        Self { bar, begun }
    }

    /// The next step begins.
    pub fn step(&self, what: &str) {
        self.show();
        self.bar.set_message(what.to_owned());
        self.bar.inc(1);
    }

    /// So many bytes are done.
    pub fn at(&self, bytes: u64, what: String) {
        self.show();
        self.bar.set_message(what);
        self.bar.set_position(bytes);
    }

    /// How many bytes there are turned out.
    pub fn of(&self, bytes: u64) {
        if self.bar.length() != Some(bytes) {
            self.bar.set_length(bytes);
        }
    }

    /// Prints a line above the bar, if it is shown.
    pub fn note(&self, line: &str) {
        self.bar.println(line);
    }

    fn show(&self) {
        if self.bar.is_hidden() && self.begun.elapsed() > Duration::from_secs(1) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
