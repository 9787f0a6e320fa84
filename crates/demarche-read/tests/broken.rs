//! Input that is broken as real input is, and input by people who wrote files out anew.

use demarche_read::detect::{Undetected, Unfit};
use demarche_read::layout::{Fact, Format, Layout, Part, Party};
use demarche_read::mapping::Mapping;
use demarche_read::parquet_rows::ParquetRows;
use demarche_read::row::{OwnedValue, Row, read_fields, read_row};
use demarche_read::{detect, gdelt1, gdelt2};

fn look(head: &[u8]) -> Result<Layout, Undetected> {
    detect("a.csv", head, &|_| None)
}

fn party(row: &Row, part: Part) -> Party {
    let told = row.told.iter().find(|(p, _)| *p == part).unwrap();
    match &told.1.fact {
        Fact::Party(party) => (**party).clone(),
        fact => panic!("{fact:?}"),
    }
}

/// A line of GDELT 2.0 with 61 fields.
fn event2() -> Vec<String> {
    let mut fields = vec![String::new(); 61];
    for (i, text) in [
        (0, "745320000"),
        (1, "20180326"),
        (2, "201803"),
        (3, "2018"),
        (4, "2018.2356"),
        (5, "KOR"),
        (6, "SEOUL"),
        (7, "KOR"),
        (15, "IGOWSTNAT"),
        (16, "NATO"),
        (17, "WST"),
        (18, "NAT"),
        (22, "IGO"),
        (25, "1"),
        (26, "040"),
        (27, "040"),
        (28, "04"),
        (29, "1"),
        (30, "1.0"),
        (31, "4"),
        (51, "4"),
        (53, "KS"),
        (56, "37.5664"),
        (57, "127"),
        (59, "20180326044500"),
        (60, "https://example.org/a"),
    ] {
        fields[i] = text.to_owned();
    }
    fields
}

fn tabs(fields: &[String]) -> Vec<u8> {
    fields.join("\t").into_bytes()
}

#[test]
fn a_row_with_too_few_or_too_many_tabs_is_rejected_alone() {
    let good = event2();
    let layout = gdelt2();
    assert!(read_row(&layout, &tabs(&good)).is_ok());
    let cut_short = &tabs(&good)[..150];
    assert_eq!(
        read_row(&layout, cut_short).unwrap_err().to_string(),
        "too-few-fields"
    );
    let mut more = good.clone();
    more[60] = "https://example.org/a\tb".to_owned();
    assert_eq!(
        read_row(&layout, &tabs(&more)).unwrap_err().to_string(),
        "too-many-fields"
    );
    // One broken line does not hide the format.
    let file = [cut_short, b"\n", &tabs(&good), b"\n", &tabs(&good), b"\n"].concat();
    assert_eq!(look(&file).unwrap().format, Format::Gdelt2);
}

#[test]
fn an_empty_url_leaves_58_fields_and_no_url_57() {
    let mut fields = event2();
    for adm2 in [55, 47, 39] {
        fields.remove(adm2);
    }
    fields[57] = String::new();
    let layout = look(&tabs(&fields)).unwrap();
    assert_eq!(layout.format, Format::Gdelt1);
    for n in [58, 57] {
        let row = read_row(&gdelt1(), &tabs(&fields[..n])).unwrap();
        assert_eq!(row.value("url"), &OwnedValue::Null);
        assert_eq!(row.value("latitude"), &OwnedValue::Float(37.5664));
        assert_eq!(row.value("longitude"), &OwnedValue::Float(127.0));
    }
    assert!(read_row(&gdelt1(), &tabs(&fields[..56])).is_err());
}

#[test]
fn a_lone_quote_is_a_character_and_bytes_of_latin_1_are_read() {
    let mut fields = event2();
    fields[6] = "\"SEOUL".to_owned();
    let row = read_row(&gdelt2(), &tabs(&fields)).unwrap();
    assert_eq!(row.text("source_name"), "\"SEOUL");
    let mut line = tabs(&event2());
    let at = line.windows(5).position(|w| w == b"SEOUL").unwrap();
    line[at] = 0xe9;
    line.push(b'\r');
    let row = read_row(&gdelt2(), &line).unwrap();
    assert_eq!(
        (row.text("source_name"), row.text("url")),
        ("éEOUL", "https://example.org/a")
    );
    fields[6] = " SEOUL ".to_owned();
    assert_eq!(
        read_row(&gdelt2(), &tabs(&fields))
            .unwrap()
            .text("source_name"),
        "SEOUL"
    );
}

#[test]
fn no_marker_of_missing_is_one_in_gdelt() {
    let mut fields = event2();
    for (at, text) in [(6, "NA"), (16, "NULL")] {
        fields[at] = text.to_owned();
    }
    let row = read_row(&gdelt2(), &tabs(&fields)).unwrap();
    assert_eq!(
        (row.text("source_name"), row.text("target_name")),
        ("NA", "NULL")
    );
    fields[30] = "nan".to_owned();
    let row = read_row(&gdelt2(), &tabs(&fields)).unwrap();
    let mended = row.told.iter().find_map(|(_, t)| t.mended).unwrap();
    assert_eq!(mended.to_string(), "bad-number:scale_given");
}

#[test]
fn what_is_no_data_says_what_it_is() {
    for (bytes, what) in [
        (&b""[..], Unfit::Empty),
        (b"\n \n", Unfit::Empty),
        (
            b"<!DOCTYPE html>\n<html><body>404</body></html>",
            Unfit::WebPage,
        ),
        (b"\n  <HTML><head>", Unfit::WebPage),
        (
            b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
            Unfit::WebPage,
        ),
        (b"\x00\x01\x02\x03\x04 abc", Unfit::Binary),
        (b"PAR1\x15\x04", Unfit::Binary),
        (b"PK\x03\x04\x14\x00", Unfit::Binary),
        (b"\xff\xfeE\x00v\x00", Unfit::Binary),
        (b"a,b,c\n1,2,3\n", Unfit::Unknown),
        (
            b"Event ID\tEvent Date\tSource Name\tCAMEO Code\n",
            Unfit::MissingColumn,
        ),
    ] {
        let error = look(bytes).err().unwrap();
        assert_eq!(error.what, what, "{:?}", String::from_utf8_lossy(bytes));
    }
    let error = look(b"Event ID\tEvent Date\tSource Name\tCAMEO Code\n")
        .err()
        .unwrap();
    assert!(error.to_string().contains("Target Name"), "{error}");
}

const COPY: &str = "GLOBALEVENTID,SQLDATE,Actor1Code,Actor1Name,Actor1CountryCode,Actor2Code,EventCode,QuadClass,GoldsteinScale,NumMentions,ActionGeo_Lat,ActionGeo_Long,mood";

#[test]
fn copies_of_gdelt_are_read_by_name_and_row_names_shift_nothing() {
    let plain =
        format!("{COPY}\n12,20180326,KOR,\"SEOUL, KOREA\",NA,NA,040,1,1.0,4.0,37.5,127,glad\n");
    let shifted = format!(
        "{}\n\"1\",12,20180326,KOR,\"SEOUL, KOREA\",NA,NA,040,1,1,4,37.5,127,glad\n\"2\",13,20180326,KOR,\"S\",NA,NA,040,1,1,4,37.5,127,sad\n",
        COPY.split(',')
            .map(|n| format!("\"{n}\""))
            .collect::<Vec<_>>()
            .join(",")
    );
    for file in [plain, shifted] {
        let layout = look(file.as_bytes()).unwrap();
        assert_eq!((layout.format, layout.header), (Format::Gdelt1, true));
        let row = read_row(&layout, file.lines().nth(1).unwrap().as_bytes()).unwrap();
        assert_eq!(
            (row.text("id"), row.text("source_name")),
            ("12", "SEOUL, KOREA")
        );
        assert_eq!(row.value("source_country"), &OwnedValue::Null);
        assert_eq!(row.value("mentions"), &OwnedValue::Int(4));
        assert_eq!(row.value("latitude"), &OwnedValue::Float(37.5));
        assert_eq!(row.text("mood"), "glad");
        assert!(party(&row, Part::Target).is_empty());
        let open = file.lines().nth(1).unwrap().replace(", KOREA\"", ", KOREA");
        assert_eq!(
            read_row(&layout, open.as_bytes()).unwrap_err().to_string(),
            "open-quote"
        );
    }
}

#[test]
fn icews_columns_may_stand_in_any_order() {
    let file = "CAMEO Code\tTarget Name\tTarget Country\tSource Sectors\tSource Name\tSource Country\tEvent Date\tIntensity\tNote\n\
                022\tNorth Atlantic Treaty Organization\t\t\"Military,Government\"\tSouth Korea\tSouth Korea\t3/7/2017\t3.4\tkept\n";
    let layout = look(file.as_bytes()).unwrap();
    assert_eq!(layout.format, Format::Icews);
    let row = read_row(&layout, file.lines().nth(1).unwrap().as_bytes()).unwrap();
    let source = party(&row, Part::Source);
    assert_eq!(source.sectors, ["Government", "Military"]);
    assert_eq!(
        (source.name.as_str(), source.country.as_str()),
        ("South Korea", "South Korea")
    );
    assert_eq!(
        party(&row, Part::Target).name,
        "North Atlantic Treaty Organization"
    );
    // 2017-03-07, and the value of 022 that differs from GDELT's.
    assert_eq!(row.value("date"), &OwnedValue::Date(17_232));
    assert_eq!(row.value("scale"), &OwnedValue::Float(3.4));
    assert_eq!(row.text("note"), "kept");
}

#[test]
fn polecat_is_read_by_name() {
    let header = "Event ID\tEvent Date\tEvent Type\tEvent Mode\tEvent Intensity\tQuad Code\tActor Name\tActor Country\tActor COW\tActor Sectors\tActor Name Raw\tRecipient Name\tRecipient Country\tPublication Date\t\t";
    let lines = [
        "a1\t2023-07-11\tConsult\tvisit\t4\tVERBAL COOPERATION\tNone\tKOR\t732\tGOV;MIL\tMerkel's host\tNATO\tIGO\t2023-07-12\t\t",
        "a2\t2023-07-11\tSANCTION\t\t-6\t3\tRussia\tRUS;BLR\t365;370\tGOV\tRussia\tNATO\tIGO\t2023-07-12",
        "a3\t2023-07-11\tINVESTIGATE\t\t\t9\tRussia\tRUS\t365.0\tGOV\tRussia\tNATO\tIGO\t\t\t\t\t\t",
    ];
    let file = format!("{header}\n{}\n", lines.join("\n"));
    let layout = look(file.as_bytes()).unwrap();
    assert_eq!((layout.format, layout.min_fields), (Format::Polecat, 14));
    let rows = lines.map(|l| read_row(&layout, l.as_bytes()).unwrap());
    let party0 = party(&rows[0], Part::Source);
    assert_eq!(
        (party0.name.as_str(), party0.cow),
        ("Merkel's host", Some(732))
    );
    assert_eq!(rows[0].text("source_name"), "Merkel's host");
    assert_eq!(party0.sectors, ["GOV", "MIL"]);
    assert_eq!(
        (rows[0].text("code"), rows[0].text("code_system")),
        ("CONSULT", "plover")
    );
    assert_eq!(rows[0].value("quad_given"), &OwnedValue::Int(1));
    assert_eq!(rows[0].value("scale"), &OwnedValue::Float(4.0));
    assert_eq!(
        rows[0].value("added"),
        &OwnedValue::Timestamp(1_689_120_000_000)
    );
    // The file's word and ours differ on sanctions, and both are kept.
    assert_eq!(rows[1].value("quad_given"), &OwnedValue::Int(3));
    assert_eq!(rows[1].value("quad"), &OwnedValue::Int(4));
    let party1 = party(&rows[1], Part::Source);
    assert_eq!((party1.country.as_str(), party1.cow), ("RUS;BLR", None));
    assert_eq!(party(&rows[2], Part::Source).cow, Some(365));
    let mended = rows[2].told.iter().find_map(|(_, t)| t.mended).unwrap();
    assert_eq!(mended.to_string(), "bad-code:code");
    assert!(read_row(&layout, b"a\t2023-07-11\tConsult").is_err());
}

#[test]
fn reduced_rows_stand_for_many_events() {
    let file = "Date\tSource\tTarget\tCAMEOCode\tNumEvents\tNumArts\tQuadClass\tGoldstein\tSourceGeoType\tSourceGeoLat\tSourceGeoLong\tTargetGeoType\tTargetGeoLat\tTargetGeoLong\tActionGeoType\tActionGeoLat\tActionGeoLong\n\
                19990324\tIGOWSTNATMIL\tYUGGOV\t195\t12\t40\t4\t-10\t1\t50\t4\t1\t44\t21\t1\t44\t21\n";
    let line = file.lines().nth(1).unwrap();
    for head in [file, line] {
        let layout = look(head.as_bytes()).unwrap();
        assert_eq!(
            (layout.format, layout.header),
            (Format::Gdelt1Reduced, head == file)
        );
        let row = read_row(&layout, line.as_bytes()).unwrap();
        assert_eq!(row.value("count"), &OwnedValue::Int(12));
        let source = party(&row, Part::Source);
        assert_eq!(
            (source.country.as_str(), source.group.as_str()),
            ("WST", "NAT")
        );
        assert_eq!(row.value("longitude"), &OwnedValue::Float(21.0));
        let none = line.replace("\t12\t", "\t0\t");
        assert_eq!(
            read_row(&layout, none.as_bytes()).unwrap_err().to_string(),
            "out-of-range:count"
        );
    }
}

#[test]
fn the_chronicle_keeps_its_precision() {
    let file = "id,date,precision,source,target,mutual,cameo,area,title,url\n\
                a,2001-01-01,year,KOR,TUR,true,057,arms,\"One, two\",https://example.org\n\
                b,2022-06,,KOR,NATO,false,042,arms,,\n\
                c,2022-06-29,day,KOR,NATO,,999,arms,,\n\
                d,2022-06-31,day,KOR,NATO,,042,arms,,\n";
    let layout = look(file.as_bytes()).unwrap();
    assert_eq!(layout.format, Format::Chronicle);
    let rows: Vec<_> = file
        .lines()
        .skip(1)
        .map(|l| read_row(&layout, l.as_bytes()))
        .collect();
    let (a, b, c) = (
        rows[0].as_ref().unwrap(),
        rows[1].as_ref().unwrap(),
        rows[2].as_ref().unwrap(),
    );
    assert_eq!((a.text("precision"), a.text("title")), ("year", "One, two"));
    assert_eq!(a.value("mutual"), &OwnedValue::Bool(true));
    assert_eq!(
        (b.text("precision"), b.value("date")),
        ("month", &OwnedValue::Date(19_144))
    );
    assert_eq!(c.value("quad"), &OwnedValue::Null);
    assert_eq!(rows[3].as_ref().unwrap_err().to_string(), "bad-date:date");
}

const MAP: &str = r#"
delimiter = ";"
missing = ["-"]
dates = "american"
naming = "icews"

[columns]
date = "Day"
source_name = "Who"
target_name = "Whom"
code = "What"

[constants]
area = "trade"
"#;

#[test]
fn any_table_is_read_by_a_mapping() {
    let mapping = Mapping::read("map.toml", MAP).unwrap();
    let layout = mapping.layout(b"Who;Whom;What;Day;Mood\n").unwrap();
    let row = read_row(&layout, b"\"South; Korea\";-;040;12/31/2020;glad").unwrap();
    assert_eq!(row.value("date"), &OwnedValue::Date(18_627));
    assert_eq!((row.text("area"), row.text("mood")), ("trade", "glad"));
    assert_eq!(party(&row, Part::Source).name, "South; Korea");
    assert!(party(&row, Part::Target).is_empty());
    let numbers = "header = false\ndates = \"unix\"\ncodes = \"none\"\n[columns]\ndate = 1\nsource = 2\ntarget = 3\n";
    let layout = Mapping::read("n.toml", numbers)
        .unwrap()
        .layout(b"86400\tKOR\tJPN\tx\n")
        .unwrap();
    let row = read_row(&layout, b"86400\tKOR\tJPN\tx").unwrap();
    assert_eq!(
        (row.value("date"), row.text("column_4")),
        (&OwnedValue::Date(1), "x")
    );
}

#[test]
fn a_wrong_mapping_is_told_with_its_line() {
    let error = |text: &str| Mapping::read("map.toml", text).unwrap_err();
    for (from, to, line, word) in [
        ("Day\"", "Day", 8, "TOML"),
        ("date =", "dat =", 8, "columns.dat"),
        ("\"american\"", "\"french\"", 4, "american"),
        ("delimiter = \";\"", "delimiter = \"ab\"", 2, "tab"),
        ("area = \"trade\"", "area = 1", 14, "double quotes"),
        ("naming", "nameing", 5, "naming"),
        ("code = \"What\"", "code = true", 11, "number"),
        ("[constants]", "[constants]\ndate = \"x\"", 14, "line 8"),
    ] {
        let e = error(&MAP.replace(from, to));
        assert_eq!(e.line, Some(line), "{e}");
        assert!(e.to_string().contains(word), "{e}");
    }
    let e = error("[columns]\ndate = \"d\"\n");
    assert!(e.to_string().contains("source"), "{e}");
    let e = Mapping::read("map.toml", MAP)
        .unwrap()
        .layout(b"Who;Whom;Day\n")
        .err()
        .unwrap();
    assert_eq!((e.line, e.key.as_str()), (Some(11), "columns.code"));
    assert!(e.remedy.contains("\"Whom\""), "{e}");
}

#[test]
fn parquet_is_read_by_a_mapping() {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType, Int32Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let schema = "message t { optional binary who (STRING); optional int32 day (DATE); }";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let file = std::fs::File::create(&path).unwrap();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let who = [ByteArray::from("KOR")];
    column
        .typed::<ByteArrayType>()
        .write_batch(&who, Some(&[1, 0]), None)
        .unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column
        .typed::<Int32Type>()
        .write_batch(&[19_144, 19_145], Some(&[1, 1]), None)
        .unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();

    let rows = ParquetRows::open(std::fs::File::open(&path).unwrap()).unwrap();
    let text = "[columns]\ndate = \"day\"\nsource = \"who\"\n[constants]\ntarget = \"NATO\"\n";
    let layout = Mapping::read("m.toml", text)
        .unwrap()
        .layout_of_parquet(rows.names())
        .unwrap();
    let rows: Vec<Row> = rows
        .map(|r| r.unwrap())
        .map(|r| read_fields(&layout, &r.iter().map(String::as_str).collect::<Vec<_>>()).unwrap())
        .collect();
    assert_eq!(rows[0].value("date"), &OwnedValue::Date(19_144));
    assert_eq!(
        (rows[0].text("source_code"), rows[0].text("target_code")),
        ("KOR", "NATO")
    );
    assert!(party(&rows[1], Part::Source).is_empty());
    std::fs::write(&path, b"PAR1 no more").unwrap();
    assert!(ParquetRows::open(std::fs::File::open(&path).unwrap()).is_err());
}
