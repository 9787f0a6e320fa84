//! Writing a folder as a whole: afterwards there is the old one or the new one, never half.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::failure::{FILES, Failure, USAGE};

/// A file to be written: its path within the folder, with forward slashes, and its bytes.
pub struct NewFile {
    /// Path within the folder.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Lists what a folder holds, written last; by it a folder is known as one of ours.
const MANIFEST: &str = "manifest.json";

/// By whom, as the manifest has it; many a program has a manifest.json.
const WRITER: &str = "demarche";

/// Writes the files as the folder `dir`, in the place of what an earlier run wrote there.
///
/// All is written beside it first and put in place by one rename, so that an interrupted run, or
/// a full disk, leaves the old folder as it was. A folder that holds anything an earlier run did
/// not write is refused.
pub fn replace(dir: &Path, files: &[NewFile]) -> Result<(), Failure> {
    // Behind a link it is the folder that is replaced and not the link.
    let behind = dir
        .is_symlink()
        .then(|| fs::canonicalize(dir).ok())
        .flatten();
    let dir = behind.as_deref().unwrap_or(dir);
    let name = dir
        .file_name()
        .ok_or_else(|| {
            Failure::new(
                USAGE,
                format!("{} cannot be written as a folder", dir.display()),
                "name a folder that may be replaced, for example out/korea-nato",
            )
        })?
        .to_string_lossy()
        .into_owned();
    let parent = match dir.parent() {
        Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
        _ => PathBuf::from("."),
    };
    refuse_foreign(dir)?;
    let cannot = |what: &str, error: io::Error| {
        Failure::new(
            FILES,
            format!("cannot {what} {}: {error}", dir.display()),
            "check that the disk has room and that you may write there, or choose another --out",
        )
    };
    fs::create_dir_all(&parent).map_err(|e| cannot("make", e))?;
    let prefix = format!(".{name}.demarche-");
    sweep(&parent, &prefix);
    let stage = tempfile::Builder::new()
        .prefix(&prefix)
        .tempdir_in(&parent)
        .map_err(|e| cannot("write beside", e))?;
    let new = stage.path().join("new");
    for file in files {
        let path = new.join(&file.path);
        let folder = path.parent().expect("a file lies in a folder");
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, &file.bytes))
            .map_err(|e| cannot("write", e))?;
    }
    let paths: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
    let manifest = serde_json::json!({ "written_by": WRITER, "files": paths });
    let text = format!("{manifest:#}\n");
    fs::create_dir_all(&new)
        .and_then(|()| fs::write(new.join(MANIFEST), text))
        .map_err(|e| cannot("write", e))?;
    put_in_place(&new, dir, stage.path()).map_err(|e| cannot("replace", e))
}

/// Refuses a folder that holds what no earlier run wrote.
fn refuse_foreign(dir: &Path) -> Result<(), Failure> {
    let refuse = |what: String| {
        Err(Failure::new(
            USAGE,
            what,
            "choose another --out, or move those files away: the folder is replaced as a whole",
        ))
    };
    if !dir.exists() {
        return Ok(());
    }
    if !dir.is_dir() {
        return refuse(format!("{} is a file", dir.display()));
    }
    let ours = written_before(dir);
    let mut found = Vec::new();
    list(dir, "", &mut found).map_err(|e| {
        Failure::new(
            FILES,
            format!("cannot read {}: {e}", dir.display()),
            "check that you may read it, or choose another --out",
        )
    })?;
    let foreign: Vec<&String> = found.iter().filter(|path| !ours.contains(*path)).collect();
    match foreign.as_slice() {
        [] => Ok(()),
        [first, rest @ ..] => refuse(format!(
            "{} holds files that no earlier run wrote: {first}{}",
            dir.display(),
            if rest.is_empty() {
                String::new()
            } else {
                format!(" and {} more", rest.len())
            }
        )),
    }
}

/// The files that an earlier run wrote into the folder, by its manifest; none where the manifest is
/// missing or somebody else's.
fn written_before(dir: &Path) -> BTreeSet<String> {
    let manifest = || {
        let bytes = fs::read(dir.join(MANIFEST)).ok()?;
        let value: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
        let ours = value.get("written_by")? == WRITER;
        let files = value.get("files")?.as_array().filter(|_| ours)?;
        let files = files.iter().filter_map(|v| v.as_str());
        Some(files.chain([MANIFEST]).map(str::to_owned).collect())
    };
    manifest().unwrap_or_default()
}

/// The files below a folder, as paths with forward slashes; links count as files.
fn list(dir: &Path, below: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(())
}

/// Puts `new` in the place of `dir`; what was there ends up in `stage`, which is removed.
fn put_in_place(new: &Path, dir: &Path, stage: &Path) -> io::Result<()> {
    if !dir.exists() {
        return fs::rename(new, dir);
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, dir, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
        // Some file systems cannot exchange: fall through to two renames.
    }
    let old = stage.join("old");
    fs::rename(dir, &old)?;
    fs::rename(new, dir).inspect_err(|_| {
        // Put the old one back; if that fails too, the first error is the one to tell.
        let _ = fs::rename(&old, dir);
    })
}

/// Removes what killed runs left beside the folder an hour ago or longer; younger ones may
/// belong to a run that is under way.
fn sweep(parent: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(parent) else {
        return;
    };
    for entry in entries.flatten() {
        let stale = entry
            .metadata()
            .and_then(|m| m.modified())
            .is_ok_and(|t| t.elapsed().is_ok_and(|age| age > Duration::from_secs(3600)));
        if stale && entry.file_name().to_string_lossy().starts_with(prefix) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> NewFile {
        NewFile {
            path: path.to_owned(),
            bytes: text.as_bytes().to_vec(),
        }
    }

    #[test]
    fn a_second_run_replaces_the_first_and_leaves_nothing_beside() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("a/out");
        replace(&out, &[file("x.txt", "1"), file("figures/y.svg", "1")]).unwrap();
        replace(&out, &[file("x.txt", "2")]).unwrap();
        assert_eq!(fs::read_to_string(out.join("x.txt")).unwrap(), "2");
        assert!(!out.join("figures").exists());
        let beside: Vec<_> = fs::read_dir(out.parent().unwrap()).unwrap().collect();
        assert_eq!(beside.len(), 1);
    }

    #[test]
    fn other_peoples_files_are_not_touched() {
        let place = tempfile::tempdir().unwrap();
        let out = place.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("notes.txt"), "mine").unwrap();
        assert!(replace(&out, &[file("x.txt", "1")]).is_err());
        fs::remove_file(out.join("notes.txt")).unwrap();
        replace(&out, &[file("x.txt", "1")]).unwrap();
        fs::write(out.join("notes.txt"), "mine").unwrap();
        assert!(replace(&out, &[file("x.txt", "2")]).is_err());
        assert_eq!(fs::read_to_string(out.join("x.txt")).unwrap(), "1");
        assert_eq!(fs::read_to_string(out.join("notes.txt")).unwrap(), "mine");
    }
}
