//! GDELT 1.0 reduced: 17 columns with a header, a row a daily count of like events.

use demarche_events::{by_cameo, known_group, region};

use crate::by_name::{Builder, Header, Input};
use crate::detect::{Undetected, need};
use crate::field::{
    cameo, count, extra, fault, float_value, integer, number, quad_given, quad_value, some_text,
    when,
};
use crate::layout::{
    Cut, Decode, Fact, Fault, Format, Layout, Naming, Part, Party, Repeats, Told, Wrong,
};
use crate::schema::{self, Value};
use crate::value;

const NAMES: [&str; 17] = [
    "Date",
    "Source",
    "Target",
    "CAMEOCode",
    "NumEvents",
    "NumArts",
    "QuadClass",
    "Goldstein",
    "SourceGeoType",
    "SourceGeoLat",
    "SourceGeoLong",
    "TargetGeoType",
    "TargetGeoLat",
    "TargetGeoLong",
    "ActionGeoType",
    "ActionGeoLat",
    "ActionGeoLong",
];

/// Is this the header of a reduced file?
pub(crate) fn is_header(header: &Header) -> bool {
    header.has(&["numevents"]) && header.has(&["cameocode"])
}

/// The layout of a reduced file; without a header its columns are in their usual order.
pub(crate) fn reduced(header: Option<Header>, cut: Cut) -> Result<Layout, Undetected> {
    let has_header = header.is_some();
    let mut header = header.unwrap_or_else(|| Header::of(NAMES.map(str::to_owned)));
    need(
        &header,
        Format::Gdelt1Reduced,
        &["Date", "Source", "Target", "CAMEOCode", "NumEvents"],
    )?;
    let mut build = Builder::new(header.width(), if has_header { &["NA"] } else { &[] });
    let h = &mut header;
    build.add(
        Part::When,
        Repeats::Often,
        &[h.take(&["date"])],
        vec![schema::DATE, schema::PRECISION],
        when(value::compact_day),
    );
    build.one(
        Part::Source,
        h.take(&["source"]),
        schema::SOURCE_CODE,
        actor(),
    );
    build.one(
        Part::Target,
        h.take(&["target"]),
        schema::TARGET_CODE,
        actor(),
    );
    build.add(
        Part::Act,
        Repeats::Often,
        &[
            h.take(&["cameocode"]),
            h.take(&["quadclass"]),
            h.take(&["goldstein"]),
        ],
        vec![
            schema::CODE,
            schema::CODE_SYSTEM,
            schema::QUAD_GIVEN,
            schema::QUAD,
            schema::SCALE_GIVEN,
            schema::SCALE,
        ],
        Box::new(decode_act),
    );
    build.one(
        Part::Count,
        h.take(&["numevents"]),
        schema::COUNT,
        Box::new(decode_count),
    );
    build.one(
        Part::Other,
        h.take(&["numarts"]),
        schema::ARTICLES,
        count("articles"),
    );
    let geo = |names: [&str; 3], h: &mut Header| -> [Input; 3] { names.map(|n| h.take(&[n])) };
    build.add(
        Part::Other,
        Repeats::Often,
        &geo(["sourcegeotype", "sourcegeolat", "sourcegeolong"], h),
        vec![
            extra!("source_place_type", Int, "SourceGeoType."),
            extra!("source_latitude", Float, "SourceGeoLat."),
            extra!("source_longitude", Float, "SourceGeoLong."),
        ],
        Box::new(decode_place),
    );
    build.add(
        Part::Other,
        Repeats::Often,
        &geo(["targetgeotype", "targetgeolat", "targetgeolong"], h),
        vec![
            extra!("target_place_type", Int, "TargetGeoType."),
            extra!("target_latitude", Float, "TargetGeoLat."),
            extra!("target_longitude", Float, "TargetGeoLong."),
        ],
        Box::new(decode_place),
    );
    build.add(
        Part::Other,
        Repeats::Often,
        &geo(["actiongeotype", "actiongeolat", "actiongeolong"], h),
        vec![
            extra!("place_type", Int, "ActionGeoType."),
            schema::LATITUDE,
            schema::LONGITUDE,
        ],
        Box::new(decode_place),
    );
    build.keep_rest(h);
    Ok(Layout {
        format: Format::Gdelt1Reduced,
        cut,
        min_fields: header.width(),
        max_fields: header.width(),
        extra_empty: true,
        header: has_header,
        groups: build.groups,
    })
}

/// A whole actor code. The file does not break it up, so the country and the known group are read
/// off it, part by part of three letters; the columns hold the code alone.
fn actor() -> Decode {
    Box::new(|fields, out| {
        out.push(some_text(fields[0]));
        Ok(Told {
            fact: Fact::Party(Box::new(party_of_code(fields[0]))),
            mended: None,
        })
    })
}

/// What a CAMEO actor code says by itself: `IGOWSTNATGOV` is group `NAT` of region `WST`.
pub(crate) fn party_of_code(code: &str) -> Party {
    let mut party = Party {
        naming: Naming::Gdelt,
        code: code.to_owned(),
        ..Party::default()
    };
    if !code.len().is_multiple_of(3) || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return party;
    }
    for start in (0..code.len()).step_by(3) {
        let part = &code[start..start + 3];
        let is_country = by_cameo(part).is_some() || region(part).is_some();
        if party.country.is_empty() && is_country {
            party.country = part.to_owned();
        } else if party.group.is_empty() && known_group(part).is_some() {
            party.group = part.to_owned();
        } else {
            party.sectors.push(part.to_owned());
        }
    }
    party.sectors.sort();
    party.sectors.dedup();
    party
}

fn decode_act<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let mut act = cameo(fields[0], &mut mended);
    act.quad_given = quad_given(fields[1], &mut mended);
    out.push(some_text(fields[0]));
    out.push(Value::Text("cameo"));
    out.push(quad_value(act.quad_given));
    out.push(quad_value(act.quad.map(|q| q.number())));
    act.scale_given = number(fields[2], -10.0..=10.0, "scale_given", out, &mut mended);
    out.push(float_value(act.scale));
    Ok(Told {
        fact: Fact::Act(act),
        mended,
    })
}

/// How many events: a row that stands for none is no row.
pub(crate) fn decode_count<'a>(
    fields: &[&'a str],
    out: &mut Vec<Value<'a>>,
) -> Result<Told, Fault> {
    if fields[0].is_empty() {
        return Err(fault(Wrong::Missing, "count"));
    }
    match crate::field::whole(fields[0]) {
        Some(n) if n > 0 => {
            out.push(Value::Int(n));
            Ok(Told {
                fact: Fact::Count(n),
                mended: None,
            })
        }
        Some(_) => Err(fault(Wrong::OutOfRange, "count")),
        None => Err(fault(Wrong::BadNumber, "count")),
    }
}

fn decode_place<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    integer(fields[0], "place_type", out, &mut mended);
    number(fields[1], -90.0..=90.0, "latitude", out, &mut mended);
    number(fields[2], -180.0..=180.0, "longitude", out, &mut mended);
    Ok(Told {
        fact: Fact::None,
        mended,
    })
}
