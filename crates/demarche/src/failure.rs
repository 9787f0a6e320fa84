//! What went wrong, why, and what to do about it.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use demarche_store::StoreError;
use demarche_store::cube::CubeError;

/// The case has errors.
pub const CASE: u8 = 1;
/// The command was misused.
pub const USAGE: u8 = 2;
/// A file or folder could not be read or written.
pub const FILES: u8 = 3;

/// A trigger of the plan is pulled, and that was to count as a failure.
pub const PULLED: u8 = 4;

/// A failure that ends the command.
#[derive(Debug)]
pub struct Failure {
    what: String,
    remedy: String,
    code: u8,
}

impl Failure {
    /// A failure with its cause, its remedy and the exit status.
    pub fn new(code: u8, what: impl Display, remedy: impl Display) -> Self {
        Self {
            what: what.to_string(),
            remedy: remedy.to_string(),
            code,
        }
    }

    /// Prints it on standard error.
    pub fn report(self) -> ExitCode {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let dim = Style::new().dimmed();
        let mut to = anstream::stderr().lock();
        // If nobody reads standard error, the exit status still tells.
        let _ = writeln!(to, "{red}error:{red:#} {}", self.what);
        if !self.remedy.is_empty() {
            let _ = writeln!(to, "{dim}help:{dim:#} {}", self.remedy);
        }
        ExitCode::from(self.code)
    }
}

/// Standard output could not be written; other files say which one in a failure of their own.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(
            FILES,
            format!("cannot write to standard output: {error}"),
            "check that the disk it goes to has room",
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.what(), error.remedy())
    }
}

impl From<CubeError> for Failure {
    fn from(error: CubeError) -> Self {
        match error {
            CubeError::Store(error) => error.into(),
            CubeError::Sink(error) => error.into(),
            CubeError::Question(why) => Self::new(USAGE, why, ""),
            error => Self::new(FILES, error, ""),
        }
    }
}
