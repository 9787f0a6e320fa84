//! One writer at a time.
//!
//! The operating system holds the lock and drops it when the process ends, however it ends; the
//! line in the file only names the holder. The file stays: removing it would let two writers lock
//! two files of the same name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::StoreError;
use crate::layout;

/// The lock of a store, held until dropped.
pub(crate) struct Lock(File);

impl Lock {
    /// Takes the lock at once, or names who has it.
    pub(crate) fn take(dir: &Path, who: &str) -> Result<Self, StoreError> {
        let path = dir.join(layout::LOCK);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| StoreError::writing(&path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked {
                    path: dir.to_path_buf(),
                    by: holder(&mut file),
                });
            }
            Err(TryLockError::Error(error)) => {
                return Err(StoreError::Io {
                    doing: "lock",
                    path,
                    error,
                });
            }
        }
        let mut lock = Self(file);
        let line = format!("{} (process {})\n", one_line(who), std::process::id());
        lock.write(&line)
            .map_err(|e| StoreError::writing(&path, e))?;
        Ok(lock)
    }

    fn write(&mut self, line: &str) -> std::io::Result<()> {
        self.0.set_len(0)?;
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(line.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // So that the file does not name someone who has left.
        let _ = self.write("");
        // Closing the handle would not do: a process being started at this moment by another
        // thread has a copy of it.
        let _ = self.0.unlock();
    }
}

/// Who holds the lock. A holder writes its name just after it takes the lock, so an empty file is
/// looked at again.
fn holder(file: &mut File) -> String {
    for _ in 0..20 {
        let mut bytes = Vec::new();
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| {
            let mut start = file.take(500);
            start.read_to_end(&mut bytes)
        });
        let name = one_line(&String::from_utf8_lossy(&bytes));
        if read.is_ok() && !name.is_empty() {
            return name;
        }
        thread::sleep(Duration::from_millis(5));
    }
    "another process".to_owned()
}

fn one_line(text: &str) -> String {
    let line: String = text.trim().chars().take(300).collect();
    line.replace(|c: char| c.is_control(), " ")
}
