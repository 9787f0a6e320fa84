//! What is wrong with the content of an input.

use std::fmt;

/// Something wrong with the content of a file or of a member of it.
///
/// A fault is no error of the reader: it is reported as a [`Piece`](super::Piece) and reading goes
/// on with the next member. [`Fault::code`] is stable and meant for ledgers; `Display` says what
/// is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The content does not have the checksum or the size stored with it.
    BadChecksum,
    /// The file ends before its content does.
    Truncated,
    /// The compressed data or the archive's directory makes no sense.
    Damaged {
        /// What the decoder said.
        detail: String,
    },
    /// The archive has no members.
    EmptyArchive,
    /// The file has no bytes.
    EmptyFile,
    /// A web page, or a server's XML, in place of data.
    HtmlPage,
    /// An archive or compressed file inside an archive.
    NestedArchive {
        /// Its kind.
        what: &'static str,
    },
    /// A tar archive.
    Tar,
    /// A file compressed or packed in a way that is not read here.
    Compression {
        /// Its kind.
        what: &'static str,
    },
    /// More uncompressed bytes than allowed.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// More uncompressed bytes per compressed byte than allowed.
    Ratio {
        /// The limit.
        limit: u64,
    },
    /// The member is encrypted.
    Encrypted,
    /// The member is compressed with a method other than stored and deflate.
    Method {
        /// The method, as the archive names it.
        method: String,
    },
    /// Members of the archive share bytes.
    Overlap,
    /// Two members of the archive have one name.
    DuplicateName,
    /// More members than allowed.
    Members {
        /// How many there are.
        count: u64,
        /// The limit.
        limit: usize,
    },
    /// The member's name is absolute or climbs out of its folder. The member is read.
    OddName,
    /// The member is a link or a Macintosh companion file and holds no rows. It is passed over.
    NotData,
    /// Bytes that are not gzip follow the gzip data. The data before them is whole.
    TrailingBytes,
    /// The name promises an archive, the content is plain. It is read as it stands.
    NotAnArchive,
}

impl Fault {
    /// A short name that stays the same from release to release.
    pub fn code(&self) -> &'static str {
        match self {
            Fault::BadChecksum => "bad-checksum",
            Fault::Truncated => "truncated",
            Fault::Damaged { .. } => "damaged",
            Fault::EmptyArchive => "empty-archive",
            Fault::EmptyFile => "empty-file",
            Fault::HtmlPage => "html-page",
            Fault::NestedArchive { .. } => "nested-archive",
            Fault::Tar => "tar",
            Fault::Compression { .. } => "compression",
            Fault::TooLarge { .. } => "too-large",
            Fault::Ratio { .. } => "ratio",
            Fault::Encrypted => "encrypted",
            Fault::Method { .. } => "method",
            Fault::Overlap => "overlap",
            Fault::DuplicateName => "duplicate-name",
            Fault::Members { .. } => "members",
            Fault::OddName => "odd-name",
            Fault::NotData => "not-data",
            Fault::TrailingBytes => "trailing-bytes",
            Fault::NotAnArchive => "not-an-archive",
        }
    }

    /// Whether this is only worth knowing: all rows of the file or member have been, or will be,
    /// read. After any other fault rows are missing.
    pub fn is_note(&self) -> bool {
        matches!(
            self,
            Fault::EmptyFile
                | Fault::OddName
                | Fault::NotData
                | Fault::TrailingBytes
                | Fault::NotAnArchive
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::BadChecksum => f.write_str(
                "the content does not match the checksum or the size stored with it; \
                 get the file again",
            ),
            Fault::Truncated => f.write_str(
                "the file ends too early, as after a broken download; get the file again",
            ),
            Fault::Damaged { detail } => {
                write!(f, "the file is damaged ({detail}); get the file again")
            }
            Fault::EmptyArchive => {
                f.write_str("the zip archive has no members; get the file again or leave it out")
            }
            Fault::EmptyFile => {
                f.write_str("the file is empty; if it should hold rows, get it again")
            }
            Fault::HtmlPage => f.write_str(
                "this is a web page or a server's error message, not data; \
                 get the file again, and check its address",
            ),
            Fault::NestedArchive { what } => write!(
                f,
                "this is a {what} file inside an archive; unpack the outer one and read what is in it"
            ),
            Fault::Tar => f.write_str(
                "this is a tar archive, which is not read; unpack it and read the folder",
            ),
            Fault::Compression { what } => write!(
                f,
                "this is a {what} file, which is not read; unpack it, or pack it as gzip or zip"
            ),
            Fault::TooLarge { limit } => write!(
                f,
                "the content has more than {limit} bytes once unpacked; \
                 if it is what you expect, unpack it and read the plain file"
            ),
            Fault::Ratio { limit } => write!(
                f,
                "the content grows more than {limit}-fold when unpacked, as in a zip bomb; \
                 if you trust it, unpack it and read the plain file"
            ),
            Fault::Encrypted => f.write_str(
                "the member is encrypted; unpack it with its password and read the plain file",
            ),
            Fault::Method { method } => write!(
                f,
                "the member is compressed by a method that is not read ({method}); \
                 unpack it, or pack it again with deflate"
            ),
            Fault::Overlap => f.write_str(
                "members of the zip archive share bytes, as in a zip bomb; nothing of it is read; \
                 get the file again from a source you trust",
            ),
            Fault::DuplicateName => f.write_str(
                "two members of the zip archive have the same name; nothing of it is read; \
                 unpack it and read the folder",
            ),
            Fault::Members { count, limit } => write!(
                f,
                "the zip archive has {count} members, more than {limit}; nothing of it is read; \
                 if it is what you expect, unpack it and read the folder"
            ),
            Fault::OddName => f.write_str(
                "the member's name is absolute or climbs out of its folder; \
                 it is read and nothing is written; check where the archive comes from",
            ),
            Fault::NotData => f.write_str(
                "the member is a link or a Macintosh companion file without rows; \
                 it is passed over; nothing needs doing",
            ),
            Fault::TrailingBytes => f.write_str(
                "bytes that are not gzip follow the gzip data; \
                 the data before them is whole; if rows seem to be missing, get the file again",
            ),
            Fault::NotAnArchive => f.write_str(
                "the file is named like an archive but is plain; it is read as it stands; \
                 rename it or get it again",
            ),
        }
    }
}
