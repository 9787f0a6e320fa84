//! Making a new case: a folder that passes the check and says in comments what goes where.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of an empty case.
const TEMPLATES: [(&str, &str); 9] = [
    ("case.toml", include_str!("templates/case.toml")),
    ("actors.csv", include_str!("templates/actors.csv")),
    ("memberships.csv", include_str!("templates/memberships.csv")),
    ("chronicle.csv", include_str!("templates/chronicle.csv")),
    ("initiatives.csv", include_str!("templates/initiatives.csv")),
    ("progress.csv", include_str!("templates/progress.csv")),
    ("resources.csv", include_str!("templates/resources.csv")),
    (
        "frameworks/first-framework.toml",
        include_str!("templates/frameworks/first-framework.toml"),
    ),
    (
        "frameworks/crosswalk.toml",
        include_str!("templates/frameworks/crosswalk.toml"),
    ),
];

/// Why no case is made: something is there already. Inner error of the [`io::Error`] that
/// [`new_case`] gives, whose kind is [`io::ErrorKind::AlreadyExists`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderTaken {
    /// The folder asked for.
    pub dir: PathBuf,
}

impl fmt::Display for FolderTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is there already and is not an empty folder; name a new one",
            self.dir.display()
        )
    }
}

impl std::error::Error for FolderTaken {}

/// Makes an empty case in a new or empty folder and gives the files made.
///
/// The folder is written under another name beside it and renamed when it is whole, so that an
/// interrupted run leaves no half of a case.
pub fn new_case(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let taken = || {
        let dir = dir.to_owned();
        io::Error::new(io::ErrorKind::AlreadyExists, FolderTaken { dir })
    };
    let exists = match fs::symlink_metadata(dir) {
        Ok(data) if data.is_dir() => match fs::read_dir(dir)?.next() {
            None => true,
            Some(_) => return Err(taken()),
        },
        Ok(_) => return Err(taken()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    // "." and ".." have no name of their own.
    let whole = if exists {
        fs::canonicalize(dir)?
    } else {
        dir.to_owned()
    };
    let Some(name) = whole.file_name() else {
        return Err(taken());
    };
    let parent = match whole.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)?;
    let draft = parent.join(format!(
        ".{}.new-{}",
        name.to_string_lossy(),
        std::process::id()
    ));
    fs::create_dir(&draft)?;
    let moved = fill(&draft).and_then(|()| {
        if exists {
            move_into(&draft, &whole)
        } else {
            fs::rename(&draft, &whole)
        }
    });
    if let Err(error) = moved {
        // The first error is the one to tell; what can be cleared away is.
        let _ = fs::remove_dir_all(&draft);
        return Err(error);
    }
    Ok(TEMPLATES.iter().map(|(file, _)| dir.join(file)).collect())
}

fn fill(draft: &Path) -> io::Result<()> {
    fs::create_dir(draft.join("frameworks"))?;
    for (file, content) in TEMPLATES {
        fs::write(draft.join(file), content)?;
    }
    Ok(())
}

/// Moves a draft into an empty folder, which may be the one the user stands in and so must not be
/// replaced. `case.toml`, without which nothing is a case, comes last.
fn move_into(draft: &Path, dir: &Path) -> io::Result<()> {
    let mut names: Vec<_> = fs::read_dir(draft)?
        .map(|entry| entry.map(|e| e.file_name()))
        .collect::<io::Result<_>>()?;
    names.sort_by_key(|name| (name == "case.toml", name.clone()));
    let mut moved = Vec::new();
    for name in names {
        let target = dir.join(&name);
        if let Err(error) = fs::rename(draft.join(&name), &target) {
            for path in moved {
                let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path));
            }
            return Err(error);
        }
        moved.push(target);
    }
    fs::remove_dir(draft)
}
