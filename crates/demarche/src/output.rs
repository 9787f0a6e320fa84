//! Standard output, which the program that reads it may close at any time.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

use anstream::AutoStream;

/// Standard output: buffered, without colours where they are not wanted.
pub type Output = BufWriter<Pipe>;

/// Opens standard output. What is written shows after a flush.
pub fn open() -> Output {
    BufWriter::new(Pipe {
        stream: anstream::stdout().lock(),
        closed: false,
    })
}

/// A stream whose reader may go: `demarche why --list | head -1` has what it wanted after a line.
///
/// What comes after that is dropped in silence, so that the command ends as it would have ended,
/// with the same exit status.
pub struct Pipe {
    stream: AutoStream<StdoutLock<'static>>,
    closed: bool,
}

impl Pipe {
    fn unless_closed<T>(&mut self, done: io::Result<T>, closed: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(closed)
            }
            done => done,
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let done = self.stream.write(bytes);
        self.unless_closed(done, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let done = self.stream.flush();
        self.unless_closed(done, ())
    }
}
