//! One file: fetched, checked, and only then given its name.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::{Digest, Md5};
use ureq::BodyReader;
use ureq::http::header;

use crate::client::{Answer, Client, Content, Patience, trouble};
use crate::disk;
use crate::error::FetchError;
use crate::list::{LARGEST_FILE, Listed};
use crate::options::Options;
use crate::retry::{Pause, Trouble, sleep, wait};

/// What a file begins with if it is a zip.
const ZIP: &[u8] = b"PK";

/// Fetches files.
pub(crate) struct Downloader<'a> {
    pub client: &'a Client,
    pub options: &'a Options,
    pub pause: &'a Pause,
    pub stopped: &'a (dyn Fn() -> bool + Sync),
}

/// What became of a file.
#[derive(Debug)]
pub(crate) enum Got {
    Have {
        bytes: u64,
        md5: String,
        /// Whether it was not here before.
        fetched: bool,
    },
    Absent,
    Failed {
        reason: String,
        tries: u32,
        contradiction: bool,
    },
    Stopped,
}

/// What is told on the way.
pub(crate) enum Step<'a> {
    /// So many bytes of the file are here, of which the last so many have just come.
    Bytes { at: u64, received: u64 },
    /// A try has failed.
    Retry { reason: &'a str, wait: Duration },
}

/// Why a try ended early.
enum Halt {
    Trouble(Trouble),
    Absent,
    Stopped,
    /// A fault of our own disk, which no other try and no other file would be spared.
    Disk(FetchError),
}

impl From<Trouble> for Halt {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

fn on_disk(path: &Path) -> impl FnOnce(io::Error) -> Halt {
    let fault = FetchError::file(path);
    move |error| Halt::Disk(fault(error))
}

/// A file that is on its way.
struct Part {
    path: PathBuf,
    /// Its bytes so far.
    at: u64,
}

impl Downloader<'_> {
    /// Sees to it that a file is here.
    pub fn obtain(
        &self,
        name: &str,
        listed: &Listed,
        tell: &mut dyn FnMut(Step),
    ) -> Result<Got, FetchError> {
        let path = self.options.dir.join(name);
        if (self.stopped)() {
            return Ok(Got::Stopped);
        }
        if let Some((bytes, md5)) = present(&path, listed).map_err(FetchError::file(&path))? {
            return Ok(Got::Have {
                bytes,
                md5,
                fetched: false,
            });
        }
        let mut tries = 0;
        loop {
            if !self.pause.pass(self.stopped) {
                return Ok(Got::Stopped);
            }
            tries += 1;
            let trouble = match self.attempt(name, &path, listed, tell) {
                Ok((bytes, md5)) => {
                    return Ok(Got::Have {
                        bytes,
                        md5,
                        fetched: true,
                    });
                }
                Err(Halt::Absent) => return Ok(Got::Absent),
                Err(Halt::Stopped) => return Ok(Got::Stopped),
                Err(Halt::Disk(error)) => return Err(error),
                Err(Halt::Trouble(trouble)) => trouble,
            };
            let reason = trouble.reason;
            if !trouble.passing || tries >= self.options.tries {
                return Ok(Got::Failed {
                    reason,
                    tries,
                    contradiction: trouble.contradiction,
                });
            }
            let (first, longest) = (self.options.first_wait, self.options.longest_wait);
            let wait = wait(name, tries, first, longest, trouble.asked);
            if trouble.asked.is_some() {
                self.pause.hold(wait);
            }
            tell(Step::Retry {
                reason: &reason,
                wait,
            });
            if !sleep(wait, self.stopped) {
                return Ok(Got::Stopped);
            }
        }
    }

    fn attempt(
        &self,
        name: &str,
        path: &Path,
        listed: &Listed,
        tell: &mut dyn FnMut(Step),
    ) -> Result<(u64, String), Halt> {
        let mut part = Part::find(path)?;
        if part.at > listed.size.unwrap_or(LARGEST_FILE) {
            part.drop_it()?;
        }
        let mut sum = Md5::new();
        if part.at > 0 && listed.size == Some(part.at) {
            // It was killed between the last byte and the name.
            let mut file = File::open(&part.path).map_err(on_disk(&part.path))?;
            disk::digest(&mut file, &mut sum).map_err(on_disk(&part.path))?;
            return part.finish(path, listed, sum);
        }
        let mut headers = Vec::new();
        if part.at > 0 {
            headers.push((header::RANGE, format!("bytes={}-", part.at)));
        }
        let content = match self.client.get(name, &headers, Patience::File)? {
            Answer::Whole(content) => {
                part.at = 0;
                content
            }
            Answer::Part {
                from,
                total,
                content,
            } => {
                if from != part.at {
                    part.drop_it()?;
                    return Err(Trouble::passing("the server sent another part of it").into());
                }
                if let (Some(total), Some(size)) = (total, listed.size)
                    && total != size
                {
                    part.drop_it()?;
                    return Err(unlike(total, size));
                }
                content
            }
            Answer::Absent => {
                part.drop_it()?;
                return Err(Halt::Absent);
            }
            Answer::OutOfRange => {
                part.drop_it()?;
                return Err(Trouble::passing("the server's file is shorter than our part").into());
            }
            Answer::Unchanged => {
                return Err(Trouble::lasting("the server answered 304 unasked").into());
            }
        };
        self.receive(&mut part, content, listed, &mut sum, tell)?;
        part.finish(path, listed, sum)
    }

    /// Writes what comes to the part, and never more than the list says.
    fn receive(
        &self,
        part: &mut Part,
        content: Content,
        listed: &Listed,
        sum: &mut Md5,
        tell: &mut dyn FnMut(Step),
    ) -> Result<(), Halt> {
        let Content {
            length, mut body, ..
        } = content;
        let mut buffer = vec![0; disk::CHUNK];
        let mut filled = 0;
        if part.at == 0 {
            while filled < ZIP.len() {
                match read(&mut body, &mut buffer[filled..])? {
                    0 => break,
                    n => filled += n,
                }
            }
            let begins = &buffer[..filled];
            if filled >= ZIP.len() && !begins.starts_with(ZIP) {
                part.drop_it()?;
                return Err(not_a_zip(begins));
            }
        }
        if let (Some(length), Some(size)) = (length, listed.size)
            && part.at + length != size
        {
            let total = part.at + length;
            part.drop_it()?;
            return Err(unlike(total, size));
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(part.at == 0)
            .open(&part.path)
            .map_err(on_disk(&part.path))?;
        // This leaves the file at its end, where it goes on.
        disk::digest(&mut file, sum).map_err(on_disk(&part.path))?;
        let limit = listed.size.unwrap_or(LARGEST_FILE);
        loop {
            if filled == 0 {
                filled = read(&mut body, &mut buffer).map_err(|halt| part.broken(halt, listed))?;
            }
            if filled == 0 {
                break;
            }
            if part.at + filled as u64 > limit {
                drop(file);
                part.drop_it()?;
                return Err(Trouble::contradiction(format!(
                    "the server sends more than the {limit} bytes it should have"
                ))
                .into());
            }
            file.write_all(&buffer[..filled])
                .map_err(on_disk(&part.path))?;
            sum.update(&buffer[..filled]);
            part.at += filled as u64;
            tell(Step::Bytes {
                at: part.at,
                received: filled as u64,
            });
            filled = 0;
            if (self.stopped)() {
                return Err(Halt::Stopped);
            }
        }
        if let Some(size) = listed.size
            && part.at < size
        {
            let at = part.at;
            return Err(Trouble::passing(format!("it ended after {at} of {size} bytes")).into());
        }
        Ok(())
    }
}

impl Part {
    /// The part an earlier try or run has left. A link in its place is removed, lest it leads out
    /// of the folder.
    fn find(path: &Path) -> Result<Self, Halt> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let mut part = Self {
            path: part.into(),
            at: 0,
        };
        match fs::symlink_metadata(&part.path) {
            Ok(found) if found.is_file() => part.at = found.len(),
            Ok(_) => part.drop_it()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(on_disk(&part.path)(error)),
        }
        Ok(part)
    }

    fn drop_it(&mut self) -> Result<(), Halt> {
        self.at = 0;
        disk::remove(&self.path).map_err(on_disk(&self.path))
    }

    fn broken(&self, halt: Halt, listed: &Listed) -> Halt {
        let Halt::Trouble(mut trouble) = halt else {
            return halt;
        };
        trouble.reason += &match listed.size {
            Some(size) => format!(" after {} of {size} bytes", self.at),
            None => format!(" after {} bytes", self.at),
        };
        trouble.into()
    }

    /// Checks what has come and gives it its name.
    fn finish(mut self, path: &Path, listed: &Listed, sum: Md5) -> Result<(u64, String), Halt> {
        let (bytes, md5) = (self.at, disk::hex(sum));
        if let Some(listed) = &listed.md5
            && *listed != md5
        {
            self.drop_it()?;
            let why = format!("wrong checksum: its md5 is {md5}, the list says {listed}");
            return Err(Trouble::contradiction(why).into());
        }
        disk::settle(&self.path, path).map_err(on_disk(path))?;
        Ok((bytes, md5))
    }
}

/// The size and checksum of a file that is here and as the list says.
fn present(path: &Path, listed: &Listed) -> io::Result<Option<(u64, String)>> {
    let bytes = match fs::metadata(path) {
        Ok(found) if found.is_file() => found.len(),
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if listed.size.is_some_and(|size| size != bytes) {
        return Ok(None);
    }
    let mut sum = Md5::new();
    disk::digest(&mut File::open(path)?, &mut sum)?;
    let md5 = disk::hex(sum);
    let right = listed.md5.as_ref().is_none_or(|listed| *listed == md5);
    Ok(right.then_some((bytes, md5)))
}

fn read(body: &mut BodyReader, buffer: &mut [u8]) -> Result<usize, Halt> {
    loop {
        match body.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read.map_err(|error| trouble(&ureq::Error::from(error)).into()),
        }
    }
}

fn unlike(server: u64, list: u64) -> Halt {
    Trouble::contradiction(format!(
        "the server's file has {server} bytes, the list says {list}"
    ))
    .into()
}

fn not_a_zip(begins: &[u8]) -> Halt {
    let text = begins.strip_prefix(b"\xef\xbb\xbf").unwrap_or(begins);
    Trouble::passing(if text.trim_ascii_start().starts_with(b"<") {
        "the server sent an HTML page in the place of a zip"
    } else {
        "the server sent something that is not a zip"
    })
    .into()
}
