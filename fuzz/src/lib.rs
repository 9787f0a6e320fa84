//! What the fuzz targets do with their bytes: find the format, read every line. A reader must not
//! panic, and every line must be a row or a fault.

use demarche_read::detect::{LOOK, Options, TimeUnit};
use demarche_read::layout::{Format, Layout};
use demarche_read::mapping::Mapping;
use demarche_read::row::read_line;
use demarche_read::{detect, layout_for};

const ICEWS: &str = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";
const POLECAT: &str = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\tActor COW\tActor Sectors\tActor Name Raw\tRecipient Name\tRecipient Country\tRecipient COW\tPublication Date\n";
const REDUCED: &str = "Date\tSource\tTarget\tCAMEOCode\tNumEvents\tNumArts\tQuadClass\tGoldstein\n";
const CHRONICLE: &str = "id,date,precision,source,target,mutual,cameo,area,title,url\n";
const COPY: &str =
    "GLOBALEVENTID,SQLDATE,Actor1Code,Actor2Code,EventCode,QuadClass,ActionGeo_Lat\n";

fn beside(name: &str) -> Option<Vec<u8>> {
    match name {
        "entity2id.txt" => Some(b"Citizen_(Iran)\t0\nJapan\t1\n".to_vec()),
        "relation2id.txt" => Some(b"Consult\t0\nDance\t1\n".to_vec()),
        _ => None,
    }
}

/// Reads every line by the layout.
fn read(layout: &Layout, bytes: &[u8]) {
    let columns = layout.columns().count();
    for line in bytes.split(|&b| b == b'\n') {
        if let Ok(row) = read_line(layout, line) {
            assert_eq!(row.len(), columns);
        }
    }
}

/// Reads the bytes as lines of a format, below its header if it has one.
fn of(format: Format, header: &str, bytes: &[u8]) {
    let options = Options {
        origin: Some(0),
        unit: Some(TimeUnit::Hours),
    };
    let file = [header.as_bytes(), bytes].concat();
    let head = &file[..file.len().min(LOOK)];
    if let Ok(layout) = layout_for(format, "file", head, &beside, &options) {
        read(&layout, bytes);
    }
    if let Ok(layout) = detect("file", head, &beside) {
        read(&layout, bytes);
    }
}

/// GDELT 1.0 events.
pub fn gdelt1(bytes: &[u8]) {
    of(Format::Gdelt1, "", bytes);
}

/// GDELT 2.0 events.
pub fn gdelt2(bytes: &[u8]) {
    of(Format::Gdelt2, "", bytes);
}

/// GDELT 2.0 mentions.
pub fn gdelt2_mentions(bytes: &[u8]) {
    of(Format::Gdelt2Mentions, "", bytes);
}

/// GDELT 1.0 reduced.
pub fn gdelt1_reduced(bytes: &[u8]) {
    of(Format::Gdelt1Reduced, REDUCED, bytes);
}

/// ICEWS.
pub fn icews(bytes: &[u8]) {
    of(Format::Icews, ICEWS, bytes);
}

/// POLECAT.
pub fn polecat(bytes: &[u8]) {
    of(Format::Polecat, POLECAT, bytes);
}

/// Event graphs.
pub fn quadruples(bytes: &[u8]) {
    of(Format::Quadruples, "0\t0\t1\t0\n", bytes);
    of(
        Format::Quadruples,
        "Iran\tConsult\tJapan\t2014-01-01\n",
        bytes,
    );
}

/// Chronicles.
pub fn chronicle(bytes: &[u8]) {
    of(Format::Chronicle, CHRONICLE, bytes);
}

/// Copies of GDELT with a header.
pub fn copy(bytes: &[u8]) {
    of(Format::Gdelt1, COPY, bytes);
}

/// A mapping file up to the first NUL, and behind it the table.
pub fn mapping(bytes: &[u8]) {
    let at = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    let (text, table) = (String::from_utf8_lossy(&bytes[..at]), &bytes[at..]);
    let table = table.get(1..).unwrap_or_default();
    if let Ok(mapping) = Mapping::read("map.toml", &text)
        && let Ok(layout) = mapping.layout(table)
    {
        read(&layout, table);
    }
}

/// Whole files.
pub fn detect_any(bytes: &[u8]) {
    if let Ok(layout) = detect("file", &bytes[..bytes.len().min(LOOK)], &beside) {
        read(&layout, bytes);
    }
}
