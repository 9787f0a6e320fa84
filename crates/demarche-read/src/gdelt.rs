//! GDELT event exports, 1.0 and 2.0.
//!
//! The whole difference between them: 2.0 has an ADM2 code in each place and a time of day in
//! DATEADDED. 1.0 files of 57 columns lack the URL.

use demarche_events::Precision;

use crate::field::{cameo, count, decode_added, extra, fault, integer, number, some_text, text};
use crate::layout::{
    Cut, Fact, Fault, Format, Group, Layout, Naming, Part, Party, Repeats, Told, Wrong,
};
use crate::schema::{self, Column, Value};
use crate::value;

/// Layout of GDELT 1.0 events: 57 or 58 fields a line, mixed as they come.
pub fn gdelt1() -> Layout {
    events(Format::Gdelt1, 7, 57, 58)
}

/// Layout of GDELT 2.0 events: 61 fields a line.
pub fn gdelt2() -> Layout {
    events(Format::Gdelt2, 8, 61, 61)
}

fn events(format: Format, place: usize, min_fields: usize, max_fields: usize) -> Layout {
    let after = 35 + 3 * place;
    let one = |part, field, column, decode| Group {
        part,
        fields: vec![field],
        columns: vec![column],
        repeats: Repeats::Often,
        decode,
    };
    let actor = |part, first: usize, columns: Vec<Column>| Group {
        part,
        fields: (first..first + 10).collect(),
        columns,
        repeats: Repeats::Often,
        decode: Box::new(decode_actor),
    };
    let geo = |first: usize, columns: Vec<Column>| Group {
        part: Part::Other,
        fields: (first..first + place).collect(),
        columns,
        repeats: Repeats::Often,
        decode: Box::new(decode_place),
    };
    let groups = vec![
        Group {
            part: Part::Id,
            fields: vec![0],
            columns: vec![schema::ID],
            repeats: Repeats::Rarely,
            decode: Box::new(decode_id),
        },
        Group {
            part: Part::When,
            fields: vec![1, 2, 3, 4],
            columns: vec![
                schema::DATE,
                schema::PRECISION,
                extra!("month_year", Int, "MonthYear as the file gives it, YYYYMM."),
                extra!("year", Int, "Year as the file gives it."),
                extra!(
                    "fraction_date",
                    Float,
                    "FractionDate as the file gives it, an approximation."
                ),
            ],
            repeats: Repeats::Often,
            decode: Box::new(decode_when),
        },
        actor(
            Part::Source,
            5,
            vec![
                schema::SOURCE_CODE,
                schema::SOURCE_NAME,
                schema::SOURCE_COUNTRY,
                schema::SOURCE_GROUP,
                extra!("source_ethnic", Text, "Actor1EthnicCode."),
                extra!("source_religion1", Text, "Actor1Religion1Code."),
                extra!("source_religion2", Text, "Actor1Religion2Code."),
                extra!("source_type1", Text, "Actor1Type1Code."),
                extra!("source_type2", Text, "Actor1Type2Code."),
                extra!("source_type3", Text, "Actor1Type3Code."),
            ],
        ),
        actor(
            Part::Target,
            15,
            vec![
                schema::TARGET_CODE,
                schema::TARGET_NAME,
                schema::TARGET_COUNTRY,
                schema::TARGET_GROUP,
                extra!("target_ethnic", Text, "Actor2EthnicCode."),
                extra!("target_religion1", Text, "Actor2Religion1Code."),
                extra!("target_religion2", Text, "Actor2Religion2Code."),
                extra!("target_type1", Text, "Actor2Type1Code."),
                extra!("target_type2", Text, "Actor2Type2Code."),
                extra!("target_type3", Text, "Actor2Type3Code."),
            ],
        ),
        one(
            Part::Root,
            25,
            extra!(
                "is_root",
                Int,
                "1 where the event stands in the lead of a report."
            ),
            count("is_root"),
        ),
        Group {
            part: Part::Act,
            fields: vec![26, 27, 28, 29, 30],
            columns: vec![
                schema::CODE,
                schema::CODE_SYSTEM,
                schema::QUAD_GIVEN,
                schema::QUAD,
                schema::SCALE_GIVEN,
                schema::SCALE,
                extra!("base_code", Text, "EventBaseCode as the file gives it."),
                extra!("root_code", Text, "EventRootCode as the file gives it."),
            ],
            repeats: Repeats::Often,
            decode: Box::new(decode_act),
        },
        one(Part::Mentions, 31, schema::MENTIONS, count("mentions")),
        one(Part::Other, 32, schema::SOURCES, count("sources")),
        one(Part::Other, 33, schema::ARTICLES, count("articles")),
        Group {
            part: Part::Other,
            fields: vec![34],
            columns: vec![extra!(
                "tone",
                Float,
                "AvgTone: average tone of the documents, −100 to 100."
            )],
            repeats: Repeats::Rarely,
            decode: Box::new(decode_tone),
        },
        geo(
            35,
            places(
                [
                    extra!(
                        "source_place_type",
                        Int,
                        "Actor1Geo_Type: 0 none, 1 country, 2 US state, 3 US city, 4 city, 5 first-level division."
                    ),
                    extra!("source_place", Text, "Actor1Geo_FullName."),
                    extra!(
                        "source_place_country",
                        Text,
                        "Actor1Geo_CountryCode, FIPS 10-4."
                    ),
                    extra!("source_place_adm1", Text, "Actor1Geo_ADM1Code."),
                    extra!("source_place_adm2", Text, "Actor1Geo_ADM2Code."),
                    extra!("source_latitude", Float, "Actor1Geo_Lat."),
                    extra!("source_longitude", Float, "Actor1Geo_Long."),
                    extra!("source_feature", Text, "Actor1Geo_FeatureID."),
                ],
                place,
            ),
        ),
        geo(
            35 + place,
            places(
                [
                    extra!("target_place_type", Int, "Actor2Geo_Type."),
                    extra!("target_place", Text, "Actor2Geo_FullName."),
                    extra!(
                        "target_place_country",
                        Text,
                        "Actor2Geo_CountryCode, FIPS 10-4."
                    ),
                    extra!("target_place_adm1", Text, "Actor2Geo_ADM1Code."),
                    extra!("target_place_adm2", Text, "Actor2Geo_ADM2Code."),
                    extra!("target_latitude", Float, "Actor2Geo_Lat."),
                    extra!("target_longitude", Float, "Actor2Geo_Long."),
                    extra!("target_feature", Text, "Actor2Geo_FeatureID."),
                ],
                place,
            ),
        ),
        geo(
            35 + 2 * place,
            places(
                [
                    extra!("place_type", Int, "ActionGeo_Type."),
                    schema::PLACE,
                    schema::PLACE_COUNTRY,
                    extra!("place_adm1", Text, "ActionGeo_ADM1Code."),
                    extra!("place_adm2", Text, "ActionGeo_ADM2Code."),
                    schema::LATITUDE,
                    schema::LONGITUDE,
                    extra!("place_feature", Text, "ActionGeo_FeatureID."),
                ],
                place,
            ),
        ),
        one(Part::Added, after, schema::ADDED, Box::new(decode_added)),
        one(Part::Url, after + 1, schema::URL, text()),
    ];
    Layout {
        format,
        cut: Cut::At(b'\t'),
        min_fields,
        max_fields,
        extra_empty: false,
        header: false,
        groups,
    }
}

/// The columns of a place; 1.0 has no ADM2 code.
fn places(columns: [Column; 8], width: usize) -> Vec<Column> {
    let mut columns = columns.to_vec();
    if width == 7 {
        columns.remove(4);
    }
    columns
}

fn decode_id<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    if fields[0].is_empty() {
        return Err(fault(Wrong::Missing, "id"));
    }
    if !fields[0].bytes().all(|b| b.is_ascii_digit()) {
        return Err(fault(Wrong::BadNumber, "id"));
    }
    out.push(Value::Text(fields[0]));
    Ok(Told::default())
}

fn decode_when<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let day = value::compact_day(fields[0].as_bytes()).ok_or(fault(Wrong::BadDate, "date"))?;
    out.push(Value::Date(day));
    out.push(Value::Text(Precision::Day.name()));
    integer(fields[1], "month_year", out, &mut mended);
    integer(fields[2], "year", out, &mut mended);
    number(fields[3], 0.0..=10_000.0, "fraction_date", out, &mut mended);
    Ok(Told {
        fact: Fact::When {
            day,
            precision: Precision::Day,
        },
        mended,
    })
}

fn decode_actor<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    out.extend(fields.iter().map(|f| some_text(f)));
    let sectors = fields[7..].iter().filter(|t| !t.is_empty());
    Ok(Told {
        fact: Fact::Party(Box::new(Party {
            naming: Naming::Gdelt,
            code: fields[0].to_owned(),
            name: fields[1].to_owned(),
            country: fields[2].to_owned(),
            group: fields[3].to_owned(),
            sectors: sectors.map(|&s| s.to_owned()).collect(),
            cow: None,
        })),
        mended: None,
    })
}

fn decode_act<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let mut act = cameo(fields[0], &mut mended);
    out.push(some_text(fields[0]));
    out.push(Value::Text("cameo"));
    let quad = integer(fields[3], "quad_given", out, &mut mended);
    act.quad_given = quad.and_then(|q| u8::try_from(q).ok());
    out.push(
        act.quad
            .map_or(Value::Null, |q| Value::Int(i64::from(q.number()))),
    );
    act.scale_given = number(fields[4], -10.0..=10.0, "scale_given", out, &mut mended);
    out.push(act.scale.map_or(Value::Null, Value::Float));
    out.push(some_text(fields[1]));
    out.push(some_text(fields[2]));
    Ok(Told {
        fact: Fact::Act(act),
        mended,
    })
}

fn decode_tone<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    number(fields[0], -1000.0..=1000.0, "tone", out, &mut mended);
    Ok(Told {
        fact: Fact::None,
        mended,
    })
}

fn decode_place<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    integer(fields[0], "place_type", out, &mut mended);
    let coordinates = fields.len() - 3;
    out.extend(fields[1..coordinates].iter().map(|f| some_text(f)));
    number(
        fields[coordinates],
        -90.0..=90.0,
        "latitude",
        out,
        &mut mended,
    );
    number(
        fields[coordinates + 1],
        -180.0..=180.0,
        "longitude",
        out,
        &mut mended,
    );
    out.push(some_text(fields[coordinates + 2]));
    Ok(Told {
        fact: Fact::None,
        mended,
    })
}
