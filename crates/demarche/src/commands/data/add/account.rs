//! What reading files came to, in words and as JSON.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use demarche_read::input::Fault;
use demarche_read::layout::Format;
use demarche_store::ingest::{Skipped, Summary};
use demarche_store::{FileRecord, Settings, Totals};
use serde_json::json;

use super::super::{Account, reasons};
use crate::figures::{counted, grouped, percent};
use crate::listing::harmless;
use crate::output::Output;

/// How many files of a kind are named.
const NAMED: usize = 10;

/// What was done.
pub struct Done<'a> {
    pub store: &'a Path,
    pub settings: &'a Settings,
    pub summary: &'a Summary,
    /// What was passed over while files were looked for: name, code, reason.
    pub passed_over: &'a [(String, &'static str, String)],
    /// Files that hold no events and need no word.
    pub harmless: BTreeSet<String>,
}

impl Done<'_> {
    /// Was every file read, or known, or rightly passed over?
    pub fn all_read(&self) -> bool {
        self.unread().next().is_none()
            && !self.summary.files.iter().any(is_damaged)
            && !self.passed_over.iter().any(|p| is_loss(p.1))
    }

    /// Files that were not read and should have been.
    fn unread(&self) -> impl Iterator<Item = &Skipped> {
        let skipped = self.summary.skipped.iter();
        skipped.filter(|s| !s.known && !self.harmless.contains(&s.name))
    }

    fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for file in &self.summary.files {
            totals.add(file);
        }
        totals
    }

    /// Prints it for people.
    pub fn text(&self, out: &mut Output) -> io::Result<()> {
        let totals = self.totals();
        let known = self.summary.skipped.iter().filter(|s| s.known).count() as u64;
        let unread = self.unread().count() as u64;
        let without = self.harmless.len() as u64;
        let mut account = Account::default();
        account.line("files read", grouped(totals.files), self.formats());
        let mut some = |label: &str, n: u64, remark: String| {
            if n > 0 {
                account.line(label, grouped(n), remark);
            }
        };
        some("  already there", known, String::new());
        some(
            "  without events",
            without,
            "lists of names, empty files".to_owned(),
        );
        some("  not read", unread, String::new());
        some(
            "  passed over",
            self.passed_over.len() as u64,
            self.why_passed_over(),
        );
        if totals.files > 0 {
            self.lines(&totals, &mut account);
        }
        account.print(out)?;
        if totals.files > 0 {
            self.rows(&totals, out)?;
        }
        self.losses(out)?;
        writeln!(out)?;
        if totals.files == 0 && known > 0 && unread == 0 {
            writeln!(out, "nothing new: all of it is in the store")?;
        }
        writeln!(out, "next: demarche data doctor {}", self.store.display())
    }

    fn formats(&self) -> String {
        let mut formats: BTreeMap<String, u64> = BTreeMap::new();
        for file in &self.summary.files {
            *formats.entry(file.format.clone()).or_default() += 1;
        }
        match formats.len() {
            0 => String::new(),
            1 => formats.into_keys().collect(),
            _ => reasons(&formats),
        }
    }

    fn why_passed_over(&self) -> String {
        let mut codes: BTreeMap<String, u64> = BTreeMap::new();
        for (_, code, _) in self.passed_over {
            *codes.entry((*code).to_owned()).or_default() += 1;
        }
        reasons(&codes)
    }

    fn lines(&self, totals: &Totals, account: &mut Account) {
        let sum = |of: fn(&FileRecord) -> &BTreeMap<String, u64>| {
            let mut sums: BTreeMap<String, u64> = BTreeMap::new();
            for (reason, n) in self.summary.files.iter().flat_map(of) {
                *sums.entry(reason.clone()).or_default() += n;
            }
            reasons(&sums)
        };
        account.line("lines", grouped(totals.lines), "");
        account.line("  stored", grouped(totals.stored), "");
        let key = format!("by {}; kept and marked", self.settings.dedup.words());
        let key = if totals.duplicates > 0 {
            key
        } else {
            String::new()
        };
        account.line("  duplicates", grouped(totals.duplicates), key);
        account.line("  rejected", grouped(totals.rejected), sum(|f| &f.rejected));
        if totals.filtered > 0 || !self.settings.filter.is_empty() {
            account.line("  filtered", grouped(totals.filtered), sum(|f| &f.filtered));
        }
    }

    /// What is to be known of the rows that are stored.
    fn rows(&self, totals: &Totals, out: &mut Output) -> io::Result<()> {
        let files = &self.summary.files;
        let sum = |of: fn(&FileRecord) -> u64| files.iter().map(of).sum::<u64>();
        // Mentions of events have no actors.
        let events = |file: &FileRecord| match Format::named(&file.format) {
            Some(format) if !format.holds_events() => 0,
            _ => file.stored + file.duplicates,
        };
        let rows = files.iter().map(events).sum::<u64>();
        if totals.filtered > 0 && totals.stored + totals.duplicates == 0 {
            writeln!(
                out,
                "\nno row passed the filter: all that it asks must hold at once"
            )?;
        }
        if rows > 0 {
            writeln!(
                out,
                "\nof the rows stored, {} have two known, different actors; {} name one that is not known",
                percent(sum(|f| f.dyadic), rows),
                percent(sum(|f| f.unresolved), rows),
            )?;
        }
        let mut remark = |n: u64, one: &str, many: &str| match n {
            0 => Ok(()),
            1 => writeln!(out, "1 {one}"),
            n => writeln!(out, "{} {many}", grouped(n)),
        };
        remark(
            totals.mended,
            "row has a value that could not be read and is missing now",
            "rows have a value that could not be read and is missing now",
        )?;
        remark(
            sum(|f| f.quad_differs),
            "row has another quad class than our table gives its code; both are kept",
            "rows have another quad class than our table gives their code; both are kept",
        )?;
        remark(
            sum(|f| f.scale_differs),
            "row has another scale value than our table gives its code; both are kept",
            "rows have another scale value than our table gives their code; both are kept",
        )?;
        remark(
            sum(|f| f.code_fallback),
            "row has a code that is not on the list; the one above it was taken",
            "rows have a code that is not on the list; the one above it was taken",
        )?;
        remark(
            sum(|f| f.latin1),
            "line is not UTF-8 and was read as Latin-1",
            "lines are not UTF-8 and were read as Latin-1",
        )
    }

    /// Files that are damaged, were not read, or could not be reached.
    fn losses(&self, out: &mut Output) -> io::Result<()> {
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let dim = Style::new().dimmed();
        let damaged = self.summary.files.iter().filter(|f| is_damaged(f));
        let damaged = damaged.map(|f| {
            let fault = f.faults.iter().find(|fault| !is_note(&fault.code));
            let words = fault.map_or_else(String::new, |fault| {
                format!("after line {}: {}", grouped(fault.after_line), fault.words)
            });
            (f.name.as_str(), words)
        });
        let unread = self.unread().map(|s| (s.name.as_str(), s.why.clone()));
        let passed = self.passed_over.iter().filter(|p| is_loss(p.1));
        let passed = passed.map(|p| (p.0.as_str(), p.2.clone()));
        for (head, files) in [
            (
                "damaged, read as far as it goes",
                damaged.collect::<Vec<_>>(),
            ),
            ("not read", unread.chain(passed).collect()),
        ] {
            if files.is_empty() {
                continue;
            }
            writeln!(out, "\n{red}{head}{red:#}")?;
            // What to do is often the same for many.
            let mut remedies: Vec<&str> = Vec::new();
            for (name, why) in files.iter().take(NAMED) {
                // Reasons of the library begin with the name of the file, or leave it out.
                let (why, remedy) = why.split_once("; ").unwrap_or((why, ""));
                match why.strip_prefix(name) {
                    Some(why) => writeln!(out, "  {}{}", harmless(name), harmless(why))?,
                    None => writeln!(out, "  {}: {}", harmless(name), harmless(why))?,
                }
                if !remedy.is_empty() && !remedies.contains(&remedy) {
                    remedies.push(remedy);
                }
            }
            if files.len() > NAMED {
                let more = counted((files.len() - NAMED) as u64, "more file");
                writeln!(out, "  … and {more}; --json lists all")?;
            }
            for remedy in remedies {
                writeln!(out, "{dim}help:{dim:#} {}", harmless(remedy))?;
            }
        }
        Ok(())
    }

    /// Prints it for programs.
    pub fn json(&self, out: &mut Output) -> io::Result<()> {
        let skipped: Vec<_> = self
            .summary
            .skipped
            .iter()
            .map(|s| {
                let what = match (s.known, self.harmless.contains(&s.name)) {
                    (true, _) => "known",
                    (false, true) => "without-events",
                    (false, false) => "unread",
                };
                json!({ "name": s.name, "what": what, "why": s.why })
            })
            .collect();
        let passed_over: Vec<_> = self
            .passed_over
            .iter()
            .map(|(name, code, why)| json!({ "name": name, "code": code, "why": why }))
            .collect();
        let value = json!({
            "format": "demarche-data-add/1",
            "store": self.store.to_string_lossy(),
            "settings": self.settings,
            "totals": self.totals(),
            "files": self.summary.files,
            "skipped": skipped,
            "passed_over": passed_over,
        });
        writeln!(out, "{value:#}")
    }
}

/// Are rows missing, because the file is damaged?
fn is_damaged(file: &FileRecord) -> bool {
    file.faults.iter().any(|fault| !is_note(&fault.code))
}

/// Is this fault only worth knowing?
fn is_note(code: &str) -> bool {
    let notes = [
        Fault::EmptyFile,
        Fault::OddName,
        Fault::NotData,
        Fault::TrailingBytes,
        Fault::NotAnArchive,
    ];
    notes
        .iter()
        .any(|note| note.is_note() && note.code() == code)
}

/// Was a file passed over that the user will have wanted?
fn is_loss(code: &str) -> bool {
    matches!(code, "unreadable" | "link-broken")
}
