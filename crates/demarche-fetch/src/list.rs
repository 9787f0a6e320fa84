//! The publisher's lists, line by line.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

use serde::{Deserialize, Serialize};

use crate::plan::{ListForm, Plan, Standing};

/// Longer lines are not held: the longest true one has about 120 bytes.
const LONGEST_LINE: usize = 1024;
/// The largest file there is has some 1.1 GB.
pub(crate) const LARGEST_FILE: u64 = 2 << 30;
/// Bad lines that are kept as examples.
const EXAMPLES: usize = 20;

/// What a list says of a file; at least one of both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// In lower-case hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub md5: Option<String>,
}

/// What became of the lines of a list. `lines` is the sum of `kept`, `repeated`, `outside`,
/// `other` and all of `bad`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListTally {
    /// All lines.
    pub lines: u64,
    /// Lines that name a wanted file.
    pub kept: u64,
    /// Lines that name a wanted file again: the last one holds.
    pub repeated: u64,
    /// Files that are not of the range.
    pub outside: u64,
    /// Files of a kind or language that was not asked for.
    pub other: u64,
    /// Lines that could not be used, by reason.
    pub bad: BTreeMap<String, u64>,
    /// The first of those lines.
    pub examples: Vec<BadLine>,
}

/// A line of a list that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadLine {
    /// Its number, from 1.
    pub line: u64,
    /// Why not.
    pub reason: String,
    /// Its beginning, with everything unprintable escaped.
    pub text: String,
}

impl ListTally {
    /// The number of lines that could not be used.
    pub fn bad_lines(&self) -> u64 {
        self.bad.values().sum()
    }
}

/// A list that is being read, and may be read on later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listing {
    pub files: BTreeMap<String, Listed>,
    pub tally: ListTally,
    /// Bytes of whole lines read so far.
    pub read: u64,
    /// The last of those lines, by which a list that has grown is known again. None if it cannot
    /// be told.
    pub last_line: Option<String>,
}

/// How the reading of a list went on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// So many more bytes were looked at.
    Some(usize),
    /// The end.
    End,
}

/// Cuts bytes into lines, however they arrive.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    line: Vec<u8>,
    /// Bytes of the present line that were not held.
    dropped: u64,
}

impl Lines {
    /// Reads what is there and hands each whole line to the listing.
    pub fn read(
        &mut self,
        from: &mut dyn BufRead,
        to: &mut Listing,
        plan: &Plan,
        form: ListForm,
    ) -> io::Result<Read> {
        let bytes = from.fill_buf()?;
        let n = bytes.len();
        if n == 0 {
            self.end(to, plan, form);
            return Ok(Read::End);
        }
        for piece in bytes.split_inclusive(|&b| b == b'\n') {
            let room = (LONGEST_LINE + 1).saturating_sub(self.line.len());
            let held = &piece[..piece.len().min(room)];
            self.line.extend_from_slice(held);
            self.dropped += (piece.len() - held.len()) as u64;
            if piece.ends_with(b"\n") {
                to.take(&self.line, self.dropped, plan, form);
                self.line.clear();
                self.dropped = 0;
            }
        }
        from.consume(n);
        Ok(Read::Some(n))
    }

    /// A last line without an end is a line, but the list cannot be read on after it.
    fn end(&mut self, to: &mut Listing, plan: &Plan, form: ListForm) {
        if !self.line.is_empty() {
            to.take(&self.line, self.dropped, plan, form);
            to.last_line = None;
            self.line.clear();
            self.dropped = 0;
        }
    }
}

impl Listing {
    fn take(&mut self, line: &[u8], dropped: u64, plan: &Plan, form: ListForm) {
        self.read += line.len() as u64 + dropped;
        self.tally.lines += 1;
        let text = std::str::from_utf8(line).ok();
        self.last_line = text.filter(|_| dropped == 0).map(str::to_owned);
        if let Err(reason) = self.sort(text, line.len() as u64 + dropped, plan, form) {
            *self.tally.bad.entry(reason.to_owned()).or_default() += 1;
            if self.tally.examples.len() < EXAMPLES {
                let beginning = String::from_utf8_lossy(&line[..line.len().min(120)]);
                self.tally.examples.push(BadLine {
                    line: self.tally.lines,
                    reason: reason.to_owned(),
                    text: beginning.trim_end().escape_debug().to_string(),
                });
            }
        }
    }

    fn sort(
        &mut self,
        line: Option<&str>,
        bytes: u64,
        plan: &Plan,
        form: ListForm,
    ) -> Result<(), &'static str> {
        if bytes > LONGEST_LINE as u64 {
            return Err("longer than 1,024 bytes");
        }
        let line = line.ok_or("not UTF-8")?;
        let mut fields = line.split_ascii_whitespace();
        let mut next = || fields.next();
        let (size, md5, place) = match form {
            ListForm::Master => (next().map(Some), next().map(Some), next()),
            ListForm::Checksums => (Some(None), next().map(Some), next()),
            ListForm::Sizes => (next().map(Some), Some(None), next()),
        };
        let (Some(size), Some(md5), Some(place), None) = (size, md5, place, fields.next()) else {
            return Err(match form {
                ListForm::Master => "not the three fields size, md5, url",
                ListForm::Checksums => "not the two fields md5, name",
                ListForm::Sizes => "not the two fields size, name",
            });
        };
        let name = match form {
            // The lists name the publisher's host; a mirror has its own.
            ListForm::Master => place.rsplit('/').next().unwrap_or_default(),
            ListForm::Checksums | ListForm::Sizes => place,
        };
        match plan.standing(name) {
            Standing::Strange => return Err("not a file name of this publisher"),
            Standing::Other => {
                self.tally.other += 1;
                return Ok(());
            }
            Standing::Outside => {
                self.tally.outside += 1;
                return Ok(());
            }
            Standing::Wanted => {}
        }
        let size = match size {
            None => None,
            Some(text) => Some(size_of(text)?),
        };
        let md5 = match md5 {
            None => None,
            Some(text) => Some(md5_of(text)?),
        };
        match self.files.insert(name.to_owned(), Listed { size, md5 }) {
            None => self.tally.kept += 1,
            Some(_) => self.tally.repeated += 1,
        }
        Ok(())
    }
}

fn size_of(text: &str) -> Result<u64, &'static str> {
    let size = text.bytes().all(|b| b.is_ascii_digit());
    let size = size.then(|| text.parse().ok()).flatten();
    match size {
        None => Err("the size is not a number"),
        Some(0) => Err("a size of nothing"),
        Some(size) if size > LARGEST_FILE => Err("a size of more than 2 GiB"),
        Some(size) => Ok(size),
    }
}

fn md5_of(text: &str) -> Result<String, &'static str> {
    if text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err("the md5 is not 32 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use jiff::civil::date;

    use super::*;
    use crate::plan::{Kind, Language};

    const MD5: &str = "D41D8CD98F00B204E9800998ECF8427E";

    fn plan() -> Plan {
        let day = date(2024, 1, 1);
        Plan::gdelt2(day, day, &[Kind::Export], &[Language::English]).unwrap()
    }

    fn listing(bytes: &[u8], capacity: usize, plan: &Plan, form: ListForm) -> Listing {
        let mut from = BufReader::with_capacity(capacity, bytes);
        let (mut lines, mut to) = (Lines::default(), Listing::default());
        while lines.read(&mut from, &mut to, plan, form).unwrap() != Read::End {}
        to
    }

    #[test]
    fn every_line_is_accounted_for() {
        let url = "http://x.example/gdeltv2/20240101";
        let mut list = format!(
            "10 {MD5} {url}000000.export.CSV.zip\n\
             11 {MD5} {url}000000.mentions.CSV.zip\n\
             12 {MD5} {url}000000.gkg.csv.zip\r\n\
             13 {MD5} http://x.example/20240102000000.export.CSV.zip\n\
             \n\
             14 {MD5}\n\
             15 {MD5} {url}001500.export.CSV.zip and more\n\
             -1 {MD5} {url}001500.export.CSV.zip\n\
             0 {MD5} {url}001500.export.CSV.zip\n\
             99999999999 {MD5} {url}001500.export.CSV.zip\n\
             16 {MD5}0 {url}001500.export.CSV.zip\n\
             17 {MD5} ../../../etc/passwd\n\
             18 {MD5} http://evil.example/../../20240101003000.export.CSV.zip\n\
             19 {MD5} {url}000000.export.CSV.zip\n"
        )
        .into_bytes();
        list.extend(b"1 \xff\xfe x\n");
        list.extend(vec![b'x'; 10 << 20]);
        list.push(b'\n');
        list.extend(format!("20 {MD5} {url}004500.export.CSV.zip").bytes());
        for capacity in [1, 7, 4096, 1 << 20] {
            let found = listing(&list, capacity, &plan(), ListForm::Master);
            let sizes: Vec<_> = found
                .files
                .iter()
                .map(|(name, l)| (&name[8..12], l.size.unwrap()))
                .collect();
            assert_eq!(sizes, [("0000", 19), ("0030", 18), ("0045", 20)]);
            assert_eq!(
                found.files["20240101000000.export.CSV.zip"].md5.as_deref(),
                Some("d41d8cd98f00b204e9800998ecf8427e")
            );
            let tally = &found.tally;
            assert_eq!((tally.kept, tally.repeated), (3, 1));
            assert_eq!((tally.outside, tally.other), (1, 2));
            let bad: Vec<_> = tally.bad.iter().map(|(r, &n)| (r.as_str(), n)).collect();
            assert_eq!(
                bad,
                [
                    ("a size of more than 2 GiB", 1),
                    ("a size of nothing", 1),
                    ("longer than 1,024 bytes", 1),
                    ("not UTF-8", 1),
                    ("not a file name of this publisher", 1),
                    ("not the three fields size, md5, url", 3),
                    ("the md5 is not 32 hexadecimal digits", 1),
                    ("the size is not a number", 1),
                ]
            );
            assert_eq!(tally.lines, 17);
            assert_eq!(
                tally.lines,
                tally.kept + tally.repeated + tally.outside + tally.other + tally.bad_lines()
            );
            assert_eq!(found.read, list.len() as u64);
            assert_eq!(found.last_line, None);
            assert!(tally.examples.iter().all(|e| e.text.len() < 1000));
        }
    }

    #[test]
    fn the_lists_of_gdelt_1_have_two_fields() {
        let plan = Plan::gdelt1(date(2012, 12, 1), date(2013, 4, 1)).unwrap();
        let sums = format!("{MD5}  201212.zip\n{MD5}  ../201301.zip\n");
        let found = listing(sums.as_bytes(), 64, &plan, ListForm::Checksums);
        assert_eq!(found.files.len(), 1);
        assert!(found.files["201212.zip"].md5.is_some());
        assert_eq!(found.tally.bad_lines(), 1);
        let sizes = "5 201212.zip\n6 20130401.export.CSV.zip\n7 1979.zip\n";
        let found = listing(sizes.as_bytes(), 64, &plan, ListForm::Sizes);
        assert_eq!(found.files["20130401.export.CSV.zip"].size, Some(6));
        assert_eq!((found.files.len(), found.tally.outside), (2, 1));
        assert_eq!(found.last_line.as_deref(), Some("7 1979.zip\n"));
    }
}
