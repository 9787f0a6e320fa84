//! Finding duplicates: a key a row, kept in sorted runs on disk.
//!
//! A key is a day and a 64-bit number. Runs are compared only where their ranges meet, so that
//! files read in order of time cost next to nothing, and memory holds one key in a thousand.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A key: the day (0 where the day is not part of it) and a number.
pub(super) type Key = (i32, u64);

/// Bytes of a key on disk: both parts big-endian, the day shifted so that bytes sort as numbers.
const WIDTH: usize = 12;

/// Keys of a block; the first of each is held in memory.
const BLOCK: usize = 1024;

/// A sorted run of keys on disk.
#[derive(Debug)]
struct Run {
    path: PathBuf,
    firsts: Vec<Key>,
    last: Key,
}

/// All runs so far.
#[derive(Debug, Default)]
pub(super) struct Index {
    runs: Vec<Run>,
}

fn to_bytes(key: Key) -> [u8; WIDTH] {
    let mut bytes = [0; WIDTH];
    bytes[..4].copy_from_slice(&((key.0 as u32) ^ (1 << 31)).to_be_bytes());
    bytes[4..].copy_from_slice(&key.1.to_be_bytes());
    bytes
}

fn from_bytes(bytes: &[u8]) -> Key {
    let day = u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"));
    let number = u64::from_be_bytes(bytes[4..WIDTH].try_into().expect("eight bytes"));
    ((day ^ (1 << 31)) as i32, number)
}

impl Index {
    /// Takes in a run that an earlier commit wrote.
    pub fn open(&mut self, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        if length % WIDTH as u64 != 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "its length is no multiple of a key",
            ));
        }
        if length == 0 {
            return Ok(());
        }
        let mut firsts = Vec::new();
        let mut bytes = [0; WIDTH];
        for start in (0..length).step_by(WIDTH * BLOCK) {
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut bytes)?;
            firsts.push(from_bytes(&bytes));
        }
        file.seek(SeekFrom::Start(length - WIDTH as u64))?;
        file.read_exact(&mut bytes)?;
        self.runs.push(Run {
            path: path.to_owned(),
            firsts,
            last: from_bytes(&bytes),
        });
        Ok(())
    }

    /// Tells for each key whether it was there before, in an earlier run or further up in the
    /// list itself; then writes those that were not as a run of their own.
    pub fn add(&mut self, keys: &[Key], path: &Path) -> io::Result<Vec<bool>> {
        let mut order: Vec<(Key, u32)> = keys.iter().copied().zip(0u32..).collect();
        order.sort_unstable();
        let mut seen = vec![false; keys.len()];
        for pair in order.windows(2) {
            if pair[0].0 == pair[1].0 {
                seen[pair[1].1 as usize] = true;
            }
        }
        order.dedup_by_key(|(key, _)| *key);
        for run in &self.runs {
            run.mark(&order, &mut seen)?;
        }
        let fresh: Vec<Key> = order
            .iter()
            .filter(|(_, row)| !seen[*row as usize])
            .map(|(key, _)| *key)
            .collect();
        let mut file = BufWriter::new(File::create_new(path)?);
        for &key in &fresh {
            file.write_all(&to_bytes(key))?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Some(&last) = fresh.last() {
            self.runs.push(Run {
                path: path.to_owned(),
                firsts: fresh.iter().copied().step_by(BLOCK).collect(),
                last,
            });
        }
        Ok(seen)
    }
}

/// Makes one run of many, and says how many keys it has. Reads a block of each at a time.
pub(crate) fn merge_keys(inputs: &[PathBuf], to: &Path) -> io::Result<u64> {
    let mut files = Vec::new();
    for path in inputs {
        files.push(BufReader::with_capacity(WIDTH * BLOCK, File::open(path)?));
    }
    // As bytes they sort as keys do.
    let mut next = BinaryHeap::new();
    for (i, file) in files.iter_mut().enumerate() {
        next.extend(read_key(file)?.map(|key| Reverse((key, i))));
    }
    let mut out = BufWriter::new(File::create_new(to)?);
    let (mut count, mut last) = (0, None);
    while let Some(Reverse((key, i))) = next.pop() {
        next.extend(read_key(&mut files[i])?.map(|key| Reverse((key, i))));
        if last != Some(key) {
            out.write_all(&key)?;
            count += 1;
            last = Some(key);
        }
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(count)
}

/// The next key of a run, none at its end.
fn read_key(file: &mut impl BufRead) -> io::Result<Option<[u8; WIDTH]>> {
    if file.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut key = [0; WIDTH];
    file.read_exact(&mut key)?;
    Ok(Some(key))
}

impl Run {
    /// Marks the keys of a sorted list that this run holds.
    fn mark(&self, keys: &[(Key, u32)], seen: &mut [bool]) -> io::Result<()> {
        let begin = keys.partition_point(|(key, _)| *key < self.firsts[0]);
        let end = keys.partition_point(|(key, _)| *key <= self.last);
        let mut rest = &keys[begin..end.max(begin)];
        if rest.is_empty() {
            return Ok(());
        }
        let mut file = File::open(&self.path)?;
        let mut buffer = vec![0; WIDTH * BLOCK];
        while let Some(&(key, _)) = rest.first() {
            let block = self.firsts.partition_point(|first| *first <= key) - 1;
            let here = match self.firsts.get(block + 1) {
                Some(next) => rest.partition_point(|(key, _)| key < next),
                None => rest.len(),
            };
            file.seek(SeekFrom::Start((block * WIDTH * BLOCK) as u64))?;
            let mut length = 0;
            while length < buffer.len() {
                match file.read(&mut buffer[length..])? {
                    0 => break,
                    n => length += n,
                }
            }
            let mut held = buffer[..length]
                .chunks_exact(WIDTH)
                .map(from_bytes)
                .peekable();
            for &(key, row) in &rest[..here] {
                while held.next_if(|k| *k < key).is_some() {}
                if held.peek() == Some(&key) {
                    seen[row as usize] = true;
                }
            }
            rest = &rest[here..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_there_before_is_known(lists in prop::collection::vec(prop::collection::vec((-3i32..3, 0u64..40), 0..60), 0..8)) {
            let dir = tempfile::tempdir().unwrap();
            let (mut index, mut all) = (Index::default(), HashSet::new());
            for (i, list) in lists.iter().enumerate() {
                if i == 4 {
                    // As the next program finds it.
                    index = Index::default();
                    for j in 0..i {
                        index.open(&dir.path().join(j.to_string())).unwrap();
                    }
                }
                let got = index.add(list, &dir.path().join(i.to_string())).unwrap();
                let want: Vec<bool> = list.iter().map(|k| !all.insert(*k)).collect();
                prop_assert_eq!(got, want);
            }
            // One run of all of them knows the same.
            let runs: Vec<PathBuf> = (0..lists.len()).map(|i| dir.path().join(i.to_string())).collect();
            let merged = dir.path().join("merged");
            prop_assert_eq!(merge_keys(&runs, &merged).unwrap(), all.len() as u64);
            let mut index = Index::default();
            index.open(&merged).unwrap();
            let keys: Vec<Key> = (-3..3).flat_map(|day| (0..40).map(move |n| (day, n))).collect();
            let got = index.add(&keys, &dir.path().join("more")).unwrap();
            let want: Vec<bool> = keys.iter().map(|k| all.contains(k)).collect();
            prop_assert_eq!(got, want);
        }
    }

    #[test]
    fn many_blocks() {
        let dir = tempfile::tempdir().unwrap();
        let mut index = Index::default();
        let even: Vec<Key> = (0..10_000).map(|n| (0, n * 2)).collect();
        assert!(
            !index
                .add(&even, &dir.path().join("a"))
                .unwrap()
                .contains(&true)
        );
        let all: Vec<Key> = (0..20_000).map(|n| (0, n)).collect();
        let seen = index.add(&all, &dir.path().join("b")).unwrap();
        assert!(seen.iter().enumerate().all(|(n, &s)| s == (n % 2 == 0)));
    }
}
