//! What the typesetter may see: a handful of files in memory and the fonts we carry.
//!
//! No file system, no installed fonts, no packages, no clock. The same document therefore gives
//! the same pages on every machine.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult, PackageError};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::PdfError;

/// Fonts beside those of `typst-assets`; see `fonts/README.md`.
const CARRIED: [&[u8]; 5] = [
    include_bytes!("../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../fonts/NanumGothic.ttf"),
];

/// The families taken from `typst-assets`; its mathematical fonts are of no use here.
const FROM_ASSETS: [&str; 2] = ["Libertinus Serif", "DejaVu Sans Mono"];

/// The standard library of the typesetter, made once.
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// The fonts and their index, made once: reading which characters they cover takes time.
static FONTS: LazyLock<(LazyHash<FontBook>, Vec<Font>)> = LazyLock::new(|| {
    let load = |data: &'static [u8]| Font::new(Bytes::new(data), 0);
    let mut fonts: Vec<Font> = typst_assets::fonts()
        .filter_map(load)
        .filter(|font| FROM_ASSETS.contains(&font.info().family.as_str()))
        .collect();
    fonts.extend(CARRIED.into_iter().filter_map(load));
    (LazyHash::new(FontBook::from_fonts(&fonts)), fonts)
});

/// The files and fonts of one brief.
pub(super) struct BriefWorld {
    main: Source,
    files: BTreeMap<String, Bytes>,
}

impl BriefWorld {
    /// A world with the template `brief.typ` and the given files, by path.
    pub(super) fn new(
        template: &str,
        files: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, PdfError> {
        let main = Source::new(file_id("brief.typ")?, template.to_owned());
        let files = files
            .into_iter()
            .map(|(path, data)| {
                let path = virtual_path(&path)?.get_without_slash().to_owned();
                Ok((path, Bytes::new(data)))
            })
            .collect::<Result<_, PdfError>>()?;
        Ok(Self { main, files })
    }
}

/// A path in the project, in its normal form.
fn virtual_path(path: &str) -> Result<VirtualPath, PdfError> {
    VirtualPath::new(path).map_err(|error| {
        PdfError::new(format!(
            "\u{201c}{path}\u{201d} cannot name a file: {error}"
        ))
    })
}

/// The id the typesetter knows a path by.
fn file_id(path: &str) -> Result<FileId, PdfError> {
    Ok(RootedPath::new(VirtualRoot::Project, virtual_path(path)?).intern())
}

impl World for BriefWorld {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.0
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        // The template is one file; whatever else is asked for as source does not exist.
        self.file(id).and(Err(FileError::NotSource))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        if let VirtualRoot::Package(package) = path.root() {
            return Err(FileError::Package(PackageError::NotFound(package.clone())));
        }
        let name = path.vpath().get_without_slash();
        self.files
            .get(name)
            .cloned()
            .ok_or_else(|| FileError::NotFound(name.into()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.1.get(index).cloned()
    }

    /// A brief states the day it is written as of; the day it is printed on has no place in it.
    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fonts_cover_korean_whole() {
        let korean = FONTS
            .1
            .iter()
            .find(|font| font.info().family == "NanumGothic")
            .expect("a font");
        assert!(('가'..='힣').all(|c| korean.info().coverage.contains(u32::from(c))));
        assert_eq!(('가'..='힣').count(), 11_172);
    }

    #[test]
    fn all_fonts_are_there() {
        // Six of Libertinus Serif, four of DejaVu Sans Mono and those carried here.
        assert_eq!(FONTS.1.len(), 6 + 4 + CARRIED.len());
    }
}
