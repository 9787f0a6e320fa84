//! Where things lie in a store. Every file is named by its kind and a number that is never used
//! twice in the life of a store, so that a name always means the same bytes.

use crate::Level;

/// The manifest.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The manifest to be, before it is renamed.
pub(crate) const MANIFEST_TMP: &str = "manifest.json.tmp";
/// The file a writer holds locked.
pub(crate) const LOCK: &str = "writer.lock";
/// The folders.
pub(crate) const FOLDERS: [&str; 6] = ["events", "mentions", "cube", "keys", "ledger", "rejects"];

/// A kind of file that whoever commits writes itself. Formats are named as on the command line
/// (`gdelt2`): small letters, digits and hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Events of a format.
    Segment(&'a str),
    /// Mentions of events, of a format.
    Mentions(&'a str),
    /// A run of the cube, of a format.
    Cube(&'a str, Level),
    /// Keys by which duplicates are found.
    Keys,
}

impl Kind<'_> {
    /// Its path within the store, or `None` if the format has a name that no folder should have.
    pub(crate) fn path(self, number: u64) -> Option<String> {
        let path = match self {
            Self::Segment(format) => format!("events/format={format}/{number:06}.parquet"),
            Self::Mentions(format) => format!("mentions/format={format}/{number:06}.parquet"),
            Self::Cube(format, level) => {
                format!("cube/format={format}/{level}-{number:06}.parquet")
            }
            Self::Keys => format!("keys/{number:06}.keys"),
        };
        number_of(&path).is_some().then_some(path)
    }
}

/// Path of the ledger of a commit.
pub(crate) fn ledger(number: u64) -> String {
    format!("ledger/{number:06}.json")
}

/// Path of the reject log of a commit.
pub(crate) fn rejects(number: u64) -> String {
    format!("rejects/{number:06}.jsonl")
}

/// The number in a path of ours; `None` for every other path. A manifest may name nothing else,
/// and the sweep touches nothing else.
pub(crate) fn number_of(path: &str) -> Option<u64> {
    let digits = |name: &str, extension: &str| {
        let digits = name.strip_suffix(extension)?;
        let plain = digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok()).flatten()
    };
    let mut parts = path.split('/');
    let number = match (parts.next()?, parts.next()?, parts.next()) {
        ("events" | "mentions", folder, Some(name)) if is_format(folder) => {
            digits(name, ".parquet")
        }
        ("cube", folder, Some(name)) if is_format(folder) => digits(
            name.strip_prefix("day-")
                .or_else(|| name.strip_prefix("month-"))?,
            ".parquet",
        ),
        ("keys", name, None) => digits(name, ".keys"),
        ("ledger", name, None) => digits(name, ".json"),
        ("rejects", name, None) => digits(name, ".jsonl"),
        _ => None,
    };
    number.filter(|_| parts.next().is_none())
}

fn is_format(folder: &str) -> bool {
    folder.strip_prefix("format=").is_some_and(|name| {
        (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_ours_are_known_and_no_others() {
        for kind in [
            Kind::Segment("gdelt2"),
            Kind::Mentions("gdelt2-mentions"),
            Kind::Cube("icews", Level::Day),
            Kind::Cube("icews", Level::Month),
            Kind::Keys,
        ] {
            for number in [1, 999_999, 12_345_678] {
                assert_eq!(number_of(&kind.path(number).unwrap()), Some(number));
            }
        }
        assert_eq!(number_of(&ledger(7)), Some(7));
        assert_eq!(number_of(&rejects(7)), Some(7));
        for other in [
            "../../x",
            "/etc/passwd",
            "events/../000001.parquet",
            "events/format=../000001.parquet",
            "events/format=a/../000001.parquet",
            "events/format=a/b/000001.parquet",
            "events/format=a/1.parquet",
            "events/format=/000001.parquet",
            "events/format=A/000001.parquet",
            "events/000001.parquet",
            "ledger/000001.json/x",
            "ledger/+00001.json",
            "ledger/99999999999999999999999.json",
            "ledger\\000001.json",
            "writer.lock",
            "manifest.json",
            "",
        ] {
            assert_eq!(number_of(other), None, "{other}");
        }
        assert_eq!(Kind::Segment("../x").path(1), None);
        assert_eq!(Kind::Segment("").path(1), None);
    }
}
