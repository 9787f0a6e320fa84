//! What the tests of the command line share.

// Each file of tests is a program of its own and uses a part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The command, in a folder of its own choice and without the user's settings.
pub fn demarche() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// Runs the command.
pub fn run<I, S>(words: I) -> Output
where
    I: IntoIterator<Item = S>,
    S: AsRef<std::ffi::OsStr>,
{
    demarche().args(words).output().expect("the command starts")
}

/// Runs the command, which must succeed, and gives what it printed.
pub fn printed<I, S>(words: I) -> String
where
    I: IntoIterator<Item = S>,
    S: AsRef<std::ffi::OsStr>,
{
    let output = run(words);
    assert_eq!(status(&output), 0, "{}", err(&output));
    out(&output)
}

/// The exit status; a panic or a signal fails the test.
pub fn status(output: &Output) -> i32 {
    let complaint = err(output);
    assert!(!complaint.contains("panicked"), "{complaint}");
    output.status.code().expect("no signal ended the command")
}

/// Standard output.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("output is UTF-8")
}

/// Standard error.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("errors are UTF-8")
}

/// The worked case.
pub fn korea() -> PathBuf {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    cases.canonicalize().expect("the worked case is there")
}

/// A copy of the worked case that may be spoilt.
pub fn copy_of_korea(to: &Path) -> PathBuf {
    let case = to.join("korea-nato");
    for (path, bytes) in files(&korea()) {
        let path = case.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    case
}

/// An empty case as `demarche new` makes it.
pub fn empty_case(within: &Path) -> PathBuf {
    let case = within.join("empty");
    printed([Path::new("new"), &case]);
    case
}

/// Replaces the first occurrence of a text in a file, which must be there.
pub fn edit(file: &Path, old: &str, new: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(old), "{old} stands in {}", file.display());
    fs::write(file, text.replacen(old, new, 1)).unwrap();
}

/// Adds a line to a file.
pub fn append(file: &Path, line: &str) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, format!("{}\n{line}\n", text.trim_end())).unwrap();
}

/// All files below a folder with their bytes, by path with forward slashes.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn gather(dir: &Path, below: &str, found: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let entry = entry.unwrap();
            let name = format!("{below}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                gather(&entry.path(), &format!("{name}/"), found);
            } else {
                found.insert(name, fs::read(entry.path()).unwrap());
            }
        }
    }
    let mut found = BTreeMap::new();
    gather(dir, "", &mut found);
    found
}

/// The names in a folder, hidden ones too.
pub fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("test folders have plain names")
}
