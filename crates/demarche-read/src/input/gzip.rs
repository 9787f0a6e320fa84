//! The content of a gzip file: one stream or several in a row.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::Fault;
use super::stored::{Content, Stop, Stored};

/// The content of a gzip file.
pub(super) struct Gzip {
    state: State,
    note: Option<Fault>,
}

enum State {
    /// Inside a stream.
    Stream(Box<GzDecoder<BufReader<Stored>>>),
    /// Past the last stream.
    End(BufReader<Stored>),
    /// Only while the state changes.
    Moving,
}

impl Gzip {
    pub(super) fn new(stored: Stored) -> Gzip {
        let reader = BufReader::with_capacity(1 << 17, stored);
        Gzip {
            state: State::Stream(Box::new(GzDecoder::new(reader))),
            note: None,
        }
    }

    pub(super) fn stored(&mut self) -> &mut Stored {
        match &mut self.state {
            State::Stream(decoder) => decoder.get_mut().get_mut(),
            State::End(reader) => reader.get_mut(),
            State::Moving => unreachable!("a state is put back before control returns"),
        }
    }

    /// Goes on behind a stream that has ended: to the next one, or to the end.
    fn turn(&mut self) -> Result<(), Stop> {
        let mut reader = match std::mem::replace(&mut self.state, State::Moving) {
            State::Stream(decoder) => decoder.into_inner(),
            State::End(reader) => reader,
            State::Moving => unreachable!("a state is put back before control returns"),
        };
        // Zeros behind a stream are padding, as tapes and some tools leave it.
        let next = loop {
            match reader.fill_buf() {
                Ok([]) => break Ok(None),
                Ok(bytes) => {
                    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
                    let next = bytes.get(zeros).copied();
                    reader.consume(zeros);
                    if next.is_some() {
                        break Ok(next);
                    }
                }
                Err(error) => break Err(Stop::Io(error)),
            }
        };
        match next {
            Ok(Some(0x1f)) => {
                self.state = State::Stream(Box::new(GzDecoder::new(reader)));
                Ok(())
            }
            Ok(Some(_)) => {
                self.state = State::End(reader);
                self.note = Some(Fault::TrailingBytes);
                Ok(())
            }
            Ok(None) => {
                self.state = State::End(reader);
                Ok(())
            }
            Err(stop) => {
                self.state = State::End(reader);
                Err(stop)
            }
        }
    }
}

impl Content for Gzip {
    fn more(&mut self, into: &mut [u8]) -> Result<usize, Stop> {
        while let State::Stream(decoder) = &mut self.state {
            match decoder.read(into) {
                Ok(0) => self.turn()?,
                Ok(n) => return Ok(n),
                Err(error) => return Err(stop(error)),
            }
        }
        Ok(0)
    }

    fn note(&mut self) -> Option<Fault> {
        self.note.take()
    }

    fn taken(&self) -> u64 {
        match &self.state {
            State::Stream(decoder) => decoder.get_ref().get_ref().count(),
            State::End(reader) => reader.get_ref().count(),
            State::Moving => 0,
        }
    }
}

/// What an error of the decoder means. Errors of the system carry its number.
fn stop(error: io::Error) -> Stop {
    if error.raw_os_error().is_some() {
        return Stop::Io(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Stop::Fault(Fault::Truncated),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            let detail = error.to_string();
            Stop::Fault(if detail.contains("checksum") {
                Fault::BadChecksum
            } else {
                Fault::Damaged { detail }
            })
        }
        _ => Stop::Io(error),
    }
}
