//! Bringing a list here, and knowing it again the next time.

use std::fs;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ureq::http::header;

use crate::client::{Answer, Client, Content, Patience, trouble};
use crate::disk;
use crate::error::FetchError;
use crate::list::{Lines, Listing, Read};
use crate::options::Options;
use crate::plan::{List, Plan};
use crate::progress::Event;
use crate::retry::{Trouble, sleep, wait};

/// No list is that long; one that does not end would be read for ever.
const LONGEST_LIST: u64 = 4 << 30;
/// A try that brings so much of a list is not a failed one.
const HEADWAY: u64 = 1 << 20;
/// The form of what is kept; another one is not read.
const FORM: u32 = 1;

/// The part of a list that was needed, kept from one run to the next.
///
/// The lists grow at their end. So the next run asks, in one request, whether the list is still
/// the same, and if it is not, for what stands from its last known line on: some kilobytes in the
/// place of more than a hundred megabytes. If that line is no longer where it was, the list is
/// read anew.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    form: u32,
    base: String,
    subject: String,
    from: Date,
    to: Date,
    /// Whether it was read to its end.
    complete: bool,
    etag: Option<String>,
    modified: Option<String>,
    listing: Listing,
}

impl Kept {
    fn new(client: &Client, plan: &Plan) -> Self {
        Self {
            form: FORM,
            base: client.base().to_owned(),
            subject: plan.subject(),
            from: plan.from(),
            to: plan.to(),
            complete: false,
            etag: None,
            modified: None,
            listing: Listing::default(),
        }
    }

    /// What an earlier run kept for the same question; anything else is of no use.
    fn load(file: &Path, client: &Client, plan: &Plan) -> Self {
        let new = Self::new(client, plan);
        let kept = fs::read(file).ok();
        let kept = kept.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        kept.filter(|kept| {
            let same = |k: &Self| (k.form, k.base.clone(), k.subject.clone(), k.from, k.to);
            same(kept) == same(&new)
        })
        .unwrap_or(new)
    }

    fn save(&self, file: &Path) -> Result<(), FetchError> {
        disk::write_whole(file, |to| Ok(serde_json::to_writer(to, self)?))
            .map_err(FetchError::file(file))
    }

    fn begin_again(&mut self) {
        self.complete = false;
        self.etag = None;
        self.modified = None;
        self.listing = Listing::default();
    }

    /// The line to go on from and the place where it begins.
    fn mark(&self) -> Option<(u64, &str)> {
        let line = self.listing.last_line.as_deref()?;
        Some((self.listing.read.checked_sub(line.len() as u64)?, line))
    }
}

/// Where the kept part of a list lies.
pub(crate) fn kept_file(folder: &Path, list: List) -> PathBuf {
    folder.join(format!("{}.json", list.name))
}

/// Why a try to read a list ended early.
enum Halt {
    Trouble(Trouble),
    Stopped,
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// Reads a list, or what is new in it. With a folder, what was read is kept there.
pub(crate) fn read_list(
    client: &Client,
    plan: &Plan,
    list: List,
    (folder, keep): (&Path, bool),
    options: &Options,
    stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&Event),
) -> Result<Listing, FetchError> {
    let file = kept_file(folder, list);
    let mut kept = Kept::load(&file, client, plan);
    let mut n = 0;
    loop {
        let before = kept.listing.read;
        let done = attempt(client, plan, list, &mut kept, stopped, tell);
        if keep {
            kept.save(&file)?;
        }
        let trouble = match done {
            Ok(()) => return Ok(kept.listing),
            Err(Halt::Stopped) => return Err(FetchError::Stopped),
            Err(Halt::Trouble(trouble)) => trouble,
        };
        n = if kept.listing.read >= before + HEADWAY {
            1
        } else {
            n + 1
        };
        if !trouble.passing || n >= options.tries {
            return Err(FetchError::List {
                url: client.url(list.name),
                why: trouble.reason,
            });
        }
        let wait = wait(
            list.name,
            n,
            options.first_wait,
            options.longest_wait,
            trouble.asked,
        );
        tell(&Event::Retry {
            name: list.name,
            reason: &trouble.reason,
            wait,
        });
        if !sleep(wait, stopped) {
            return Err(FetchError::Stopped);
        }
    }
}

fn attempt(
    client: &Client,
    plan: &Plan,
    list: List,
    kept: &mut Kept,
    stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&Event),
) -> Result<(), Halt> {
    if stopped() {
        return Err(Halt::Stopped);
    }
    let mut headers = Vec::new();
    if kept.complete {
        let etag = kept.etag.clone().map(|v| (header::IF_NONE_MATCH, v));
        let modified = kept.modified.clone();
        headers.extend(etag.or_else(|| modified.map(|v| (header::IF_MODIFIED_SINCE, v))));
    }
    if let Some((from, _)) = kept.mark() {
        headers.push((header::RANGE, format!("bytes={from}-")));
    }
    let (content, mark) = match client.get(list.name, &headers, Patience::Endless)? {
        Answer::Unchanged if kept.complete => return Ok(()),
        Answer::Absent => {
            return Err(Trouble::lasting("the server has no such list (404)").into());
        }
        Answer::Whole(content) => {
            kept.begin_again();
            (content, None)
        }
        Answer::Part { from, content, .. } => match kept.mark() {
            Some((begin, line)) if begin == from => (content, Some(line.to_owned())),
            _ => return Err(changed(kept)),
        },
        Answer::Unchanged | Answer::OutOfRange => return Err(changed(kept)),
    };
    let Content {
        length,
        etag,
        modified,
        body,
    } = content;
    let mut body = BufReader::with_capacity(disk::CHUNK, body);
    let begin = kept.listing.read - mark.as_ref().map_or(0, |line| line.len() as u64);
    if let Some(line) = mark {
        let mut again = vec![0; line.len()];
        body.read_exact(&mut again).map_err(broken)?;
        if again != line.as_bytes() {
            return Err(changed(kept));
        }
    }
    // From here on what stands in the listing is no longer what the old marks are about.
    kept.complete = false;
    (kept.etag, kept.modified) = (etag, modified);
    let total = length.map(|length| begin + length);
    let mut bytes = kept.listing.read;
    let mut lines = Lines::default();
    loop {
        if stopped() {
            return Err(Halt::Stopped);
        }
        let from: &mut dyn BufRead = &mut body;
        match lines
            .read(from, &mut kept.listing, plan, list.form)
            .map_err(broken)?
        {
            Read::End => break,
            Read::Some(n) => bytes += n as u64,
        }
        tell(&Event::List {
            name: list.name,
            bytes,
            total,
        });
        if bytes > LONGEST_LIST {
            kept.begin_again();
            return Err(Trouble::lasting("it is longer than 4 GiB").into());
        }
    }
    if kept.listing.tally.lines == kept.listing.tally.bad_lines() {
        let why = match kept.listing.tally.examples.first() {
            None => "it is empty".to_owned(),
            Some(bad) => format!(
                "it has no line in the form of such a list; line {}: {} ({})",
                bad.line, bad.text, bad.reason
            ),
        };
        kept.begin_again();
        return Err(Trouble::lasting(why).into());
    }
    kept.complete = true;
    Ok(())
}

/// The list is another one than that of which a part is kept: it must be read anew.
fn changed(kept: &mut Kept) -> Halt {
    kept.begin_again();
    Trouble::passing("it has changed since it was read, and is read anew").into()
}

fn broken(error: std::io::Error) -> Halt {
    trouble(&ureq::Error::from(error)).into()
}
