//! A server on the loopback that answers as it is told, and files to serve.

// Each file of tests is a program of its own and uses a part of this.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use demarche_fetch::{
    Event, FetchError, FileState, Journal, Kind, Language, Options, Plan, Summary,
};
use jiff::civil::{Date, date};
use md5::{Digest, Md5};

/// The day most tests ask for.
pub const DAY: Date = date(2024, 1, 1);
pub const LIST: &str = "masterfilelist.txt";

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path without the slash before it.
    pub path: String,
    /// Headers, their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The how many-th request for this path this is, from 1.
    pub nth: usize,
}

impl Request {
    /// The first byte asked for.
    pub fn from(&self) -> Option<usize> {
        let range = self.headers.get("range")?.strip_prefix("bytes=")?;
        range.strip_suffix('-')?.parse().ok()
    }
}

/// What the server does.
pub enum Answer {
    /// Sends these bytes and closes.
    Raw(Vec<u8>),
    /// Sends these bytes and then nothing until the client goes.
    Hang(Vec<u8>),
    /// Sends these bytes in small pieces, with a wait before each.
    Slow(Vec<u8>, Duration),
}

type Handler = dyn Fn(&Request) -> Answer + Send + Sync;

/// A server that runs until it is dropped.
pub struct Server {
    address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    over: Arc<AtomicBool>,
}

impl Server {
    pub fn new(handler: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log: Arc<Mutex<Vec<Request>>> = Arc::default();
        let over = Arc::new(AtomicBool::new(false));
        let handler: Arc<Handler> = Arc::new(handler);
        let (log_of, over_of) = (log.clone(), over.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                if over_of.load(SeqCst) {
                    return;
                }
                let (handler, log) = (handler.clone(), log_of.clone());
                thread::spawn(move || serve(stream.unwrap(), &*handler, &log));
            }
        });
        Self { address, log, over }
    }

    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn requests(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// The requests for one path.
    pub fn of(&self, path: &str) -> Vec<Request> {
        let mut all = self.requests();
        all.retain(|request| request.path == path);
        all
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(mut stream: TcpStream, handler: &Handler, log: &Mutex<Vec<Request>>) {
    let mut from = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    if from.read_line(&mut line).unwrap_or(0) == 0 {
        return;
    }
    let path = line.split(' ').nth(1).unwrap().trim_start_matches('/');
    let path = path.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let request = {
        let mut log = log.lock().unwrap();
        let nth = 1 + log.iter().filter(|r| r.path == path).count();
        log.push(Request { path, headers, nth });
        log.last().unwrap().clone()
    };
    // The client may go at any moment: that is what it is tested for.
    match handler(&request) {
        Answer::Raw(bytes) => drop(stream.write_all(&bytes)),
        Answer::Hang(bytes) => {
            let _ = stream.write_all(&bytes);
            let _ = from.read(&mut [0]);
        }
        Answer::Slow(bytes, wait) => {
            for piece in bytes.chunks(bytes.len().div_ceil(20)) {
                thread::sleep(wait);
                if stream.write_all(piece).is_err() {
                    return;
                }
            }
        }
    }
}

/// An answer with its length.
pub fn answer(status: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n",
        body.len()
    );
    for header in headers {
        bytes += header;
        bytes += "\r\n";
    }
    bytes += "\r\n";
    [bytes.as_bytes(), body].concat()
}

pub fn ok(body: &[u8]) -> Answer {
    Answer::Raw(answer("200 OK", &[], body))
}

pub fn status(status: &str) -> Answer {
    Answer::Raw(answer(status, &[], b""))
}

/// The whole, or from the byte that was asked for.
pub fn ranged(request: &Request, body: &[u8]) -> Answer {
    match request.from() {
        None => ok(body),
        Some(from) if from >= body.len() => status("416 Range Not Satisfiable"),
        Some(from) => {
            let range = format!(
                "Content-Range: bytes {from}-{}/{}",
                body.len() - 1,
                body.len()
            );
            Answer::Raw(answer("206 Partial Content", &[&range], &body[from..]))
        }
    }
}

/// Files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The name of the n-th slot of the day.
pub fn export(n: usize) -> String {
    format!("20240101{:02}{:02}00.export.CSV.zip", n / 4, n % 4 * 15)
}

/// So many files of the day: the first is a real one, if there is one here; if not, one made for the
/// test stands in.
pub fn files(n: usize) -> Files {
    let mut files: Files = (0..n).map(|n| (export(n), zipped(n))).collect();
    if let Some(path) = demarche_shared::shared("data/gdelt1/20141124.export.CSV.zip") {
        files.insert(export(0), fs::read(path).unwrap());
    }
    files
}

/// A small zip.
pub fn zipped(n: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file(format!("{n}.CSV"), plain).unwrap();
    for row in 0..50 {
        writeln!(zip, "{n}\t{row}\t20240101\t202401\t2024").unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub fn md5_hex(bytes: &[u8]) -> String {
    let sum = Md5::digest(bytes);
    sum.iter().map(|b| format!("{b:02x}")).collect()
}

/// The list of these files, as the publisher writes it.
pub fn list(files: &Files) -> String {
    let line = |(name, bytes): (&String, &Vec<u8>)| {
        let (size, md5) = (bytes.len(), md5_hex(bytes));
        format!("{size} {md5} http://data.gdeltproject.org/gdeltv2/{name}\n")
    };
    files.iter().map(line).collect()
}

/// A server of these files, in which some answers are other ones.
pub fn site(
    files: &Files,
    other: impl Fn(&Request) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
    let (files, list) = (files.clone(), list(files));
    Server::new(move |request| {
        if let Some(answer) = other(request) {
            return answer;
        }
        if request.path == LIST {
            return ranged(request, list.as_bytes());
        }
        match files.get(&request.path) {
            Some(bytes) => ranged(request, bytes),
            None => status("404 Not Found"),
        }
    })
}

pub fn plan() -> Plan {
    Plan::gdelt2(DAY, DAY, &[Kind::Export], &[Language::English]).unwrap()
}

/// Options without long waits.
pub fn options(server: &Server, dir: &Path) -> Options {
    Options {
        tries: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(20),
        connect_timeout: Duration::from_secs(10),
        read_timeout: Duration::from_secs(10),
        ..Options::new(server.base(), dir)
    }
}

/// A run that nobody stops, and the reasons of its retries.
pub fn run_with(plan: &Plan, options: &Options) -> (Result<Summary, FetchError>, Vec<Retry>) {
    let mut retries = Vec::new();
    let summary = demarche_fetch::run(plan, options, &AtomicBool::new(false), &mut |event| {
        if let Event::Retry { name, reason, wait } = event {
            retries.push(Retry {
                name: (*name).to_owned(),
                reason: (*reason).to_owned(),
                wait: *wait,
            });
        }
    });
    (summary, retries)
}

/// A run of the day, which must not fail as a whole.
pub fn run(server: &Server, dir: &Path) -> (Summary, Vec<Retry>) {
    let (summary, retries) = run_with(&plan(), &options(server, dir));
    let summary = summary.unwrap();
    accounted(&summary);
    (summary, retries)
}

#[derive(Clone, Debug)]
pub struct Retry {
    pub name: String,
    pub reason: String,
    pub wait: Duration,
}

/// Every file of the range is in one place.
pub fn accounted(s: &Summary) {
    assert_eq!(
        s.files,
        s.here + s.fetched + s.unlisted + s.absent + s.failed + s.pending,
        "{s:?}"
    );
    assert_eq!(s.unlisted, s.gaps.iter().map(|g| g.files).sum::<u64>());
    assert_eq!(s.absent, s.absent_files.len() as u64);
    assert_eq!(s.failed, s.failures.len() as u64);
    for tally in s.lists.values() {
        assert_eq!(
            tally.lines,
            tally.kept + tally.repeated + tally.outside + tally.other + tally.bad_lines()
        );
    }
}

/// The data files and parts in a folder.
pub fn found(dir: &Path) -> Files {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.path()))
        .filter(|(name, _)| name != "fetch.json")
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

/// What the journal says of a file.
pub fn state(dir: &Path, name: &str) -> FileState {
    Journal::read(dir).unwrap().files[name].clone()
}

/// What the journal says of a file that is here.
pub fn have(bytes: &[u8]) -> FileState {
    FileState::Have {
        bytes: bytes.len() as u64,
        md5: md5_hex(bytes),
    }
}

/// These files without those.
pub fn without(files: &Files, names: &[String]) -> Files {
    let mut files = files.clone();
    files.retain(|name, _| !names.contains(name));
    files
}
