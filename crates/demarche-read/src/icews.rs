//! ICEWS: tab-separated with a header, one row a sentence of a story.
//!
//! Missing values are empty in the original files and `NA` in copies that went through R. The two
//! cannot be told apart by their headers, and no column of ICEWS has `NA` for a value: its
//! countries are English names and its codes are digits. So `NA` is missing in every file.

use demarche_events::Goldstein;

use crate::by_name::{Builder, Header};
use crate::detect::{Undetected, need};
use crate::field::{
    Role, any_day, cameo, count, extra, fault, float_value, id, number, party, quad_value,
    some_text, text, when,
};
use crate::layout::{Act, Cut, Fact, Fault, Format, Layout, Naming, Part, Repeats, Told, Wrong};
use crate::schema::{self, Value};

/// Is this the header of an ICEWS file?
pub(crate) fn is_header(header: &Header) -> bool {
    header.has(&["cameocode"]) && header.has(&["eventtext", "sourcesectors", "sourcename"])
}

/// The layout of a file with this header.
pub(crate) fn icews(mut header: Header, cut: Cut) -> Result<Layout, Undetected> {
    need(
        &header,
        Format::Icews,
        &["Event Date", "Source Name", "Target Name", "CAMEO Code"],
    )?;
    let mut build = Builder::new(header.width(), &["NA"]);
    let h = &mut header;
    build.rare(Part::Id, h.take(&["eventid"]), schema::ID, id());
    build.add(
        Part::When,
        Repeats::Often,
        &[h.take(&["eventdate"])],
        vec![schema::DATE, schema::PRECISION],
        when(any_day),
    );
    let roles = &[Role::Name, Role::Sectors, Role::Country];
    build.add(
        Part::Source,
        Repeats::Often,
        &[
            h.take(&["sourcename"]),
            h.take(&["sourcesectors"]),
            h.take(&["sourcecountry"]),
        ],
        vec![
            schema::SOURCE_NAME,
            extra!(
                "source_sectors_given",
                Text,
                "The source's sectors as the file gives them."
            ),
            schema::SOURCE_COUNTRY,
        ],
        party(Naming::Icews, roles),
    );
    build.add(
        Part::Target,
        Repeats::Often,
        &[
            h.take(&["targetname"]),
            h.take(&["targetsectors"]),
            h.take(&["targetcountry"]),
        ],
        vec![
            schema::TARGET_NAME,
            extra!(
                "target_sectors_given",
                Text,
                "The target's sectors as the file gives them."
            ),
            schema::TARGET_COUNTRY,
        ],
        party(Naming::Icews, roles),
    );
    build.add(
        Part::Act,
        Repeats::Often,
        &[
            h.take(&["cameocode"]),
            h.take(&["intensity"]),
            h.take(&["eventtext"]),
        ],
        vec![
            schema::CODE,
            schema::CODE_SYSTEM,
            schema::QUAD,
            schema::SCALE_GIVEN,
            schema::SCALE,
            schema::TITLE,
        ],
        Box::new(decode_act),
    );
    build.one(Part::Story, h.take(&["storyid"]), schema::STORY, text());
    build.one(
        Part::Other,
        h.take(&["sentencenumber"]),
        extra!("sentence_number", Int, "Sentence of the story, from 1."),
        count("sentence_number"),
    );
    build.one(
        Part::Other,
        h.take(&["publisher"]),
        extra!("publisher", Text, "Who published the story."),
        text(),
    );
    build.add(
        Part::Other,
        Repeats::Often,
        &[
            h.take(&["city"]),
            h.take(&["district"]),
            h.take(&["province"]),
            h.take(&["country"]),
            h.take(&["latitude"]),
            h.take(&["longitude"]),
        ],
        vec![
            schema::PLACE,
            extra!("city", Text, "City of the place."),
            extra!("district", Text, "District of the place."),
            extra!("province", Text, "Province of the place."),
            schema::PLACE_COUNTRY,
            schema::LATITUDE,
            schema::LONGITUDE,
        ],
        Box::new(decode_place),
    );
    build.keep_rest(h);
    Ok(Layout {
        format: Format::Icews,
        cut,
        min_fields: header.width(),
        max_fields: header.width(),
        extra_empty: true,
        header: true,
        groups: build.groups,
    })
}

/// ICEWS codes have three or four digits. Two are what a spreadsheet leaves of three (`10` for
/// `010`), and read as a root they would say something else.
fn decode_act<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let mut act = if fields[0].len() == 2 {
        mended = Some(fault(Wrong::BadCode, "code"));
        Act::default()
    } else {
        cameo(fields[0], &mut mended)
    };
    act.scale = act
        .cameo
        .map(|code| -> Goldstein { code.goldstein_icews() })
        .map(|g| g.value);
    out.push(some_text(fields[0]));
    out.push(Value::Text("cameo"));
    out.push(quad_value(act.quad.map(|q| q.number())));
    act.scale_given = number(fields[1], -10.0..=10.0, "scale_given", out, &mut mended);
    out.push(float_value(act.scale));
    out.push(some_text(fields[2]));
    Ok(Told {
        fact: Fact::Act(act),
        mended,
    })
}

/// Place of six fields: city, district, province, country, latitude, longitude. What it is called
/// is the finest of the first three that there is.
fn decode_place<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let finest = fields[..3].iter().find(|f| !f.is_empty());
    out.push(finest.map_or(Value::Null, |f| Value::Text(f)));
    out.extend(fields[..4].iter().map(|f| some_text(f)));
    number(fields[4], -90.0..=90.0, "latitude", out, &mut mended);
    number(fields[5], -180.0..=180.0, "longitude", out, &mut mended);
    Ok(Told {
        fact: Fact::None,
        mended,
    })
}
