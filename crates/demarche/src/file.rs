//! Writing a file as a whole: afterwards there is the old one or the new one, never half.

use std::fmt::Display;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::failure::{FILES, Failure, USAGE};

/// A file beside the one to be written, which takes its place by [`put_in_place`].
pub fn beside(path: &Path) -> Result<(File, NamedTempFile), Failure> {
    if path.exists() && !path.is_file() {
        return Err(Failure::new(
            USAGE,
            format!("{} is no file that can be replaced", path.display()),
            "name another --out, or write - for CSV on standard output",
        ));
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let make = || -> io::Result<(File, NamedTempFile)> {
        fs::create_dir_all(folder)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".demarche-");
        // As any new file: what the user's mask allows.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(folder)?;
        Ok((temporary.reopen()?, temporary))
    };
    make().map_err(|e| cannot(path, e))
}

/// Lets a file that was written beside it take the place of `path`.
pub fn put_in_place(file: NamedTempFile, path: &Path) -> Result<(), Failure> {
    let placed = file.persist(path);
    placed.map(drop).map_err(|e| cannot(path, e.error))
}

/// The failure of writing a file.
pub fn cannot(path: &Path, error: impl Display) -> Failure {
    Failure::new(
        FILES,
        format!("cannot write {}: {error}", path.display()),
        "check that the disk has room and that you may write there, or choose another --out",
    )
}
