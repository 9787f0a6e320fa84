//! Files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use md5::{Digest, Md5};

/// Bytes moved at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

/// Gives a finished file its name: after this it is on the disk, or the old state is.
pub(crate) fn settle(part: &Path, name: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, name)?;
    sync_folder_of(name)
}

/// Writes a file so that whoever reads it finds either the old or the new one.
pub(crate) fn write_whole(
    name: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut part = name.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    remove(part)?;
    let mut to = BufWriter::new(File::create(part)?);
    write(&mut to)?;
    to.flush()?;
    drop(to);
    settle(part, name)
}

/// A name is only kept for sure once its folder is.
#[cfg(unix)]
fn sync_folder_of(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Removes a file that may not be there.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Feeds a file to a checksum.
pub(crate) fn digest(file: &mut File, sum: &mut Md5) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(n) => sum.update(&buffer[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// A checksum in lower-case hexadecimal digits.
pub(crate) fn hex(sum: Md5) -> String {
    sum.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
