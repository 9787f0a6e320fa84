//! Finding the files behind the paths a user names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Container, InputError, InputFile, Limits, Origin, name};

/// The files behind the paths given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The files to read, by name.
    pub files: Vec<InputFile>,
    /// What was passed over, by name: the name as it would be shown, a reason code that stays the
    /// same from release to release, and the reason in words with what to do.
    pub skipped: Vec<(String, &'static str, String)>,
}

/// Finds the files behind `paths`: files, folders with all that is in them, and `-` for standard
/// input.
///
/// Inside a folder, hidden files and folders, unfinished downloads (`.part`, `.tmp`), and what is
/// neither file nor folder are passed over, and so are links that lead out of the folder. A path
/// that is given itself is read whatever it is called, and followed where it is a link. A file
/// that is reached twice is read once. What is found does not depend on the order in which the
/// system lists a folder.
///
/// Only the first bytes of each file are read. No limit bounds finding, so `limits` serves to
/// keep the signature in line with reading.
pub fn find(paths: &[PathBuf], limits: &Limits) -> Result<Found, InputError> {
    let _ = limits;
    if paths.is_empty() {
        return Err(InputError::Nothing);
    }
    let mut search = Search::default();
    for path in paths {
        if path.as_os_str() == "-" {
            search.stdin()?;
        } else {
            search.given(path)?;
        }
    }
    Ok(search.end())
}

#[derive(Default)]
struct Search {
    /// The files, each with the last part of the path it was found under.
    files: Vec<(InputFile, String)>,
    skipped: Vec<(String, &'static str, String)>,
    /// Files and folders by their real paths.
    seen: BTreeSet<PathBuf>,
    stdin: bool,
}

/// A link met in a folder, looked at after all that has a place of its own.
struct Link {
    path: PathBuf,
    name: String,
}

impl Search {
    fn stdin(&mut self) -> Result<(), InputError> {
        if std::mem::replace(&mut self.stdin, true) {
            return Err(InputError::StdinTwice);
        }
        let file = InputFile {
            origin: Origin::Stdin,
            name: "-".to_owned(),
            size: None,
            modified: None,
            container: Container::Plain,
        };
        self.files.push((file, "-".to_owned()));
        Ok(())
    }

    /// Takes a path as the user gave it.
    fn given(&mut self, path: &Path) -> Result<(), InputError> {
        let shown = || name::escape(path.as_os_str().as_encoded_bytes());
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => InputError::NotFound { path: shown() },
            _ => InputError::Io {
                name: shown(),
                doing: "looking at",
                source,
            },
        };
        let metadata = fs::metadata(path).map_err(failed)?;
        if !metadata.is_file() && !metadata.is_dir() {
            return Err(InputError::NotAFile { path: shown() });
        }
        let real = fs::canonicalize(path).map_err(failed)?;
        let named = path.file_name().or(real.file_name());
        let under = named.map_or_else(String::new, |n| name::escape(n.as_encoded_bytes()));
        if metadata.is_file() {
            if !self.seen.insert(real) {
                self.twice(under);
                return Ok(());
            }
            let container = container(path).map_err(failed)?;
            self.take(path, under.clone(), &metadata, container, &under);
            return Ok(());
        }
        if self.seen.contains(&real) {
            self.twice(under);
            return Ok(());
        }
        let mut links = Vec::new();
        self.walk(path, &real, &real, &under, &mut links)
            .map_err(failed)?;
        // A link can lead to a folder with further links.
        while !links.is_empty() {
            links.sort_by(|a: &Link, b: &Link| b.name.cmp(&a.name));
            if let Some(link) = links.pop() {
                self.follow(link, &real, &under, &mut links);
            }
        }
        Ok(())
    }

    /// Takes what is in `folder`, whose real path is `real`, of the folder given that is really
    /// `root`. Fails only where `folder` itself cannot be listed.
    fn walk(
        &mut self,
        folder: &Path,
        real: &Path,
        root: &Path,
        under: &str,
        links: &mut Vec<Link>,
    ) -> io::Result<()> {
        // With a stack of its own, because folders can be nested deeper than calls.
        let mut folders = vec![(folder.to_owned(), real.to_owned())];
        let mut first = true;
        while let Some((folder, real)) = folders.pop() {
            if !self.seen.insert(real.clone()) {
                continue;
            }
            let shown = show(&real, root);
            let listed =
                fs::read_dir(&folder).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
            let entries = match listed {
                Ok(entries) => entries,
                Err(error) if first => return Err(error),
                Err(error) => {
                    self.unreadable(shown, &error);
                    continue;
                }
            };
            first = false;
            for entry in entries {
                let file_name = entry.file_name();
                let path = entry.path();
                let place = real.join(&file_name);
                let shown = show(&place, root);
                if let Some((code, words)) = passed_over(file_name.as_encoded_bytes()) {
                    self.skip(shown, code, words);
                    continue;
                }
                match entry.file_type() {
                    Ok(kind) if kind.is_symlink() => links.push(Link { path, name: shown }),
                    Ok(kind) if kind.is_dir() => folders.push((path, place)),
                    Ok(kind) if kind.is_file() => self.file(&path, place, shown, under),
                    Ok(_) => self.special(shown),
                    Err(error) => self.unreadable(shown, &error),
                }
            }
        }
        Ok(())
    }

    fn follow(&mut self, link: Link, root: &Path, under: &str, links: &mut Vec<Link>) {
        let Link { path, name: shown } = link;
        let (real, metadata) = match fs::canonicalize(&path)
            .and_then(|real| fs::metadata(&real).map(|metadata| (real, metadata)))
        {
            Ok(end) => end,
            Err(error) => {
                let words =
                    format!("the link leads nowhere ({error}); mend it, or get what it leads to");
                return self.skip(shown, "link-broken", &words);
            }
        };
        if !real.starts_with(root) {
            let words = "the link leads out of the folder; name what it leads to itself to read it";
            return self.skip(shown, "link-outside", words);
        }
        if self.seen.contains(&real) {
            return self.twice(shown);
        }
        if metadata.is_file() {
            self.file(&path, real, shown, under);
        } else if metadata.is_dir() {
            if let Err(error) = self.walk(&path, &real, root, under, links) {
                self.unreadable(shown, &error);
            }
        } else {
            self.special(shown);
        }
    }

    /// Takes a file met in a folder.
    fn file(&mut self, path: &Path, real: PathBuf, shown: String, under: &str) {
        if !self.seen.insert(real) {
            return self.twice(shown);
        }
        let looked = fs::metadata(path).and_then(|m| container(path).map(|c| (m, c)));
        match looked {
            Ok((metadata, container)) => self.take(path, shown, &metadata, container, under),
            Err(error) => self.unreadable(shown, &error),
        }
    }

    fn take(
        &mut self,
        path: &Path,
        name: String,
        metadata: &Metadata,
        container: Container,
        under: &str,
    ) {
        let file = InputFile {
            origin: Origin::Path(path.to_owned()),
            name,
            size: Some(metadata.len()),
            modified: metadata.modified().ok().and_then(nanoseconds),
            container,
        };
        self.files.push((file, under.to_owned()));
    }

    fn skip(&mut self, shown: String, code: &'static str, words: &str) {
        self.skipped.push((shown, code, words.to_owned()));
    }

    fn twice(&mut self, shown: String) {
        self.skip(
            shown,
            "twice",
            "it is reached by another path and is read once; nothing needs doing",
        );
    }

    fn special(&mut self, shown: String) {
        let words = "it is a pipe, a socket or a device; to read from a pipe, \
                     send it to standard input and name it `-`";
        self.skip(shown, "not-a-file", words);
    }

    fn unreadable(&mut self, shown: String, error: &io::Error) {
        let words = format!("it cannot be read ({error}); check its permissions");
        self.skip(shown, "unreadable", &words);
    }

    /// Sorts, and tells files of one name apart by the path they were found under.
    fn end(mut self) -> Found {
        let mut names: BTreeMap<String, usize> = BTreeMap::new();
        for (file, _) in &self.files {
            *names.entry(file.name.clone()).or_default() += 1;
        }
        let mut taken: BTreeSet<String> = names.keys().cloned().collect();
        for (file, under) in &mut self.files {
            if names[&file.name] > 1 {
                let wanted = if *under == file.name {
                    file.name.clone()
                } else {
                    format!("{under}/{}", file.name)
                };
                let mut name = wanted.clone();
                let mut number = 1;
                while !taken.insert(name.clone()) {
                    number += 1;
                    name = format!("{wanted} ({number})");
                }
                file.name = name;
            }
        }
        let mut files: Vec<InputFile> = self.files.into_iter().map(|(file, _)| file).collect();
        files.sort_by(|a, b| a.name.cmp(&b.name));
        self.skipped.sort();
        Found {
            files,
            skipped: self.skipped,
        }
    }
}

/// Why a file of this name is passed over inside a folder.
fn passed_over(file_name: &[u8]) -> Option<(&'static str, &'static str)> {
    if file_name.starts_with(b".") {
        return Some((
            "hidden",
            "hidden files are not read; name it itself to read it",
        ));
    }
    let ends = |end: &[u8]| {
        file_name.len() >= end.len()
            && file_name[file_name.len() - end.len()..].eq_ignore_ascii_case(end)
    };
    (ends(b".part") || ends(b".tmp")).then_some((
        "unfinished",
        "the name says that it is not finished; finish the download, or name it itself to read it",
    ))
}

/// How a place below the folder given is shown.
fn show(place: &Path, root: &Path) -> String {
    name::of_path(place.strip_prefix(root).unwrap_or(place))
}

fn container(path: &Path) -> io::Result<Container> {
    let mut head = Vec::with_capacity(4);
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(Container::of(&head))
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).ok(),
        Err(before) => i64::try_from(before.duration().as_nanos()).ok().map(|n| -n),
    }
}
