//! Whatever the bytes are: no reader panics, and every line is a row or a fault.

use std::collections::BTreeMap;

use demarche_read::detect::{LOOK, Options, TimeUnit, layout_for};
use demarche_read::layout::{Format, Layout};
use demarche_read::mapping::Mapping;
use demarche_read::row::read_row;
use demarche_read::{detect, schema};
use proptest::prelude::*;

const ICEWS: &str = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";
const POLECAT: &str = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tQuad Code\tContexts\tActor Name\tActor Country\tActor COW\tPrimary Actor Sector\tActor Sectors\tActor Title\tActor Name Raw\tWikipedia Actor ID\tRecipient Name\tRecipient Country\tRecipient COW\tPrimary Recipient Sector\tRecipient Sectors\tRecipient Title\tRecipient Name Raw\tWikipedia Recipient ID\tPlacename\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\tGeoNames ID\tRaw Placename\tFeature Type\tSource\tPublication Date\tStory People\tStory Organizations\tStory Locations\tLanguage\tVersion\n";
const CHRONICLE: &str = "id,date,precision,source,target,mutual,cameo,area,title,url\n";
const REDUCED: &str = "Date\tSource\tTarget\tCAMEOCode\tNumEvents\tNumArts\tQuadClass\tGoldstein\tSourceGeoType\tSourceGeoLat\tSourceGeoLong\tTargetGeoType\tTargetGeoLat\tTargetGeoLong\tActionGeoType\tActionGeoLat\tActionGeoLong\n";
const MAPPING: &str = "codes = \"plover\"\nmissing = [\"NA\"]\n[columns]\ndate = \"d\"\nsource = \"a\"\ntarget = \"b\"\ncode = \"c\"\nquad = \"q\"\nroot = \"r\"\ncount = \"n\"\n";

fn beside(name: &str) -> Option<Vec<u8>> {
    match name {
        "entity2id.txt" => Some(b"A (Iran)\t0\nB\t1\n".to_vec()),
        "relation2id.txt" => Some(b"Consult\t0\nDance\t1\n".to_vec()),
        _ => None,
    }
}

/// One layout of every kind.
fn layouts() -> BTreeMap<&'static str, Layout> {
    let options = Options {
        origin: Some(0),
        unit: Some(TimeUnit::Hours),
    };
    let named = |format, head: &str| {
        layout_for(format, "file", head.as_bytes(), &beside, &options)
            .unwrap_or_else(|e| panic!("{e}"))
    };
    let mapping = Mapping::read("map.toml", MAPPING).unwrap();
    BTreeMap::from([
        ("gdelt1", named(Format::Gdelt1, "")),
        ("gdelt2", named(Format::Gdelt2, "")),
        ("mentions", named(Format::Gdelt2Mentions, "")),
        ("reduced", named(Format::Gdelt1Reduced, REDUCED)),
        ("icews", named(Format::Icews, ICEWS)),
        ("polecat", named(Format::Polecat, POLECAT)),
        ("chronicle", named(Format::Chronicle, CHRONICLE)),
        ("numbers", named(Format::Quadruples, "0\t0\t1\t0\n")),
        (
            "names",
            named(Format::Quadruples, "A\tConsult\tB\t2014-01-01\n"),
        ),
        (
            "reexport",
            named(
                Format::Gdelt1,
                "GLOBALEVENTID,SQLDATE,Actor1Code,Actor2Code,EventCode\n",
            ),
        ),
        ("mapping", mapping.layout(b"d,a,b,c,q,r,n\n").unwrap()),
    ])
}

/// Lines near to real ones: fields of the kinds that occur, and of those that should not.
fn near_line(fields: usize, separator: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        Just(String::new()),
        "[0-9]{1,9}",
        Just("20180326".to_owned()),
        Just("20180326044500".to_owned()),
        Just("2018-03-26".to_owned()),
        Just("NA".to_owned()),
        Just("040".to_owned()),
        Just("CONSULT".to_owned()),
        Just("\"".to_owned()),
        "-?[0-9]{1,3}\\.[0-9]{1,12}",
        "[ -~]{0,12}",
        "\\PC{0,6}",
    ];
    let around = fields.saturating_sub(1)..fields + 2;
    prop::collection::vec(field, around).prop_map(move |f| f.join(separator).into_bytes())
}

fn check(name: &str, layout: &Layout, line: &[u8]) {
    let columns = layout.columns().count();
    if let Ok(row) = read_row(layout, line) {
        assert_eq!(row.values.len(), columns, "{name}");
        assert_eq!(row.told.len(), layout.groups.len(), "{name}");
    }
}

#[test]
fn no_layout_names_a_column_twice_or_another_way() {
    for (name, layout) in layouts() {
        let mut names: Vec<&str> = layout.columns().map(|c| c.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "{name}");
        for column in layout.columns() {
            let core = schema::CORE.iter().find(|c| c.name == column.name);
            assert!(core.is_none_or(|c| c == column), "{name} {column:?}");
        }
        // Whoever keeps keys takes a stretch of the line, so fields ascend.
        for group in &layout.groups {
            assert!(
                group.fields.windows(2).all(|w| w[0] < w[1]),
                "{name} {:?}",
                group.fields
            );
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_rows_or_faults(line in prop::collection::vec(any::<u8>(), 0..400)) {
        for (name, layout) in layouts() {
            check(name, &layout, &line);
        }
    }

    #[test]
    fn lines_near_to_real_ones_are_rows_or_faults(
        tabs in (4usize..62).prop_flat_map(|n| near_line(n, "\t")),
        commas in (4usize..11).prop_flat_map(|n| near_line(n, ",")),
    ) {
        for (name, layout) in layouts() {
            check(name, &layout, &tabs);
            check(name, &layout, &commas);
        }
    }

    #[test]
    fn any_file_is_found_out_or_told_about(
        begin in prop::sample::select(vec!["", ICEWS, POLECAT, CHRONICLE, REDUCED, "GLOBALEVENTID,SQLDATE,EventCode\n", "0\t0\t1\t0\n"]),
        rest in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let file = [begin.as_bytes(), &rest].concat();
        match detect("file", &file[..file.len().min(LOOK)], &beside) {
            Ok(layout) => file.split(|&b| b == b'\n').for_each(|line| check("found", &layout, line)),
            Err(e) => prop_assert!(!e.why.is_empty() && !e.remedy.is_empty()),
        }
    }

    #[test]
    fn any_mapping_is_read_or_told_about(text in "\\PC{0,200}", head in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(e) = Mapping::read("map.toml", &text) {
            prop_assert!(e.to_string().starts_with("map.toml"));
        }
        if let Ok(layout) = Mapping::read("map.toml", MAPPING).unwrap().layout(&head) {
            check("mapping", &layout, &head);
        }
    }

    /// The cutting of quoted lines is that of the csv crate, but for quotes that stay open.
    #[test]
    fn quoted_lines_are_cut_as_csv(line in "[a\", ]{0,30}") {
        let ours = demarche_read::row::cut(demarche_read::layout::Cut::Quoted(b','), &line);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let theirs = reader.records().next();
        if let (Ok(ours), Some(Ok(theirs))) = (ours, theirs) {
            let theirs: Vec<&str> = theirs.iter().collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
