//! The bytes of a file as stored, hashed as they pass.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Fault;

/// Why content ends before its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// The content is at fault.
    Fault(Fault),
    /// The system is.
    Io(io::Error),
}

/// The content of a file or member, as a run of bytes.
pub(super) trait Content {
    /// Reads some bytes into `into`, which is not empty; none at the end.
    fn more(&mut self, into: &mut [u8]) -> Result<usize, Stop>;
    /// How many bytes, as stored, the content read so far has taken.
    fn taken(&self) -> u64;
    /// Something worth knowing that does not stop the content, told once.
    fn note(&mut self) -> Option<Fault> {
        None
    }
}

/// A reader that hashes and counts what passes through it.
pub(super) struct Stored {
    inner: Box<dyn Read + Send>,
    sha256: Sha256,
    bytes: u64,
    ended: bool,
}

impl Stored {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Stored {
        Stored {
            inner,
            sha256: Sha256::new(),
            bytes: 0,
            ended: false,
        }
    }

    /// Reads what is left, so that the hash is that of the whole.
    pub(super) fn drain(&mut self) -> io::Result<()> {
        let mut scratch = vec![0; 1 << 18];
        while self.read(&mut scratch)? > 0 {}
        Ok(())
    }

    /// Whether the end has been seen.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn count(&self) -> u64 {
        self.bytes
    }

    pub(super) fn sha256(&self) -> [u8; 32] {
        self.sha256.clone().finalize().into()
    }
}

impl Read for Stored {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(into) {
                Ok(0) => {
                    self.ended |= !into.is_empty();
                    return Ok(0);
                }
                Ok(n) => {
                    self.sha256.update(&into[..n]);
                    self.bytes += n as u64;
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Content for Stored {
    fn more(&mut self, into: &mut [u8]) -> Result<usize, Stop> {
        Read::read(self, into).map_err(Stop::Io)
    }

    fn taken(&self) -> u64 {
        self.bytes
    }
}

/// The size and the SHA-256 of the file at `path`, as stored.
pub fn fingerprint(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut stored = Stored::new(Box::new(File::open(path)?));
    stored.drain()?;
    Ok((stored.count(), stored.sha256()))
}
