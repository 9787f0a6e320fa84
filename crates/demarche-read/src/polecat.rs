//! POLECAT: tab-separated with a header, in PLOVER's terms.
//!
//! Quotes are ordinary characters, for names hold them. Several values of a field stand between
//! semicolons and are kept so; of several countries of one actor none is chosen. `None` in the
//! fields of an actor is an unresolved one, and then the name as the story has it is used.

use demarche_events::{PloverType, SanctionAs};

use crate::by_name::{Builder, Header, Input};
use crate::detect::{Undetected, need};
use crate::field::{
    Role, added, any_day, extra, fault, float_value, id, iso_moment, number, party, quad_given,
    quad_value, some_text, text, when,
};
use crate::layout::{Act, Cut, Fact, Fault, Format, Layout, Naming, Part, Repeats, Told, Wrong};
use crate::schema::{self, Value};

/// Is this the header of a POLECAT file?
pub(crate) fn is_header(header: &Header) -> bool {
    header.has(&["eventtype"]) && header.has(&["actorname", "recipientname", "eventmode"])
}

const ROLES: &[Role] = &[
    Role::Name,
    Role::Country,
    Role::Cow,
    Role::Sectors,
    Role::Sectors,
    Role::Kept,
    Role::RawName,
    Role::Kept,
];

/// The layout of a file with this header.
pub(crate) fn polecat(mut header: Header, cut: Cut) -> Result<Layout, Undetected> {
    need(
        &header,
        Format::Polecat,
        &["Event Date", "Event Type", "Actor Name", "Recipient Name"],
    )?;
    let mut build = Builder::new(header.width(), &[]);
    let h = &mut header;
    build.rare(Part::Id, h.take(&["eventid"]), schema::ID, id());
    build.add(
        Part::When,
        Repeats::Often,
        &[h.take(&["eventdate"])],
        vec![schema::DATE, schema::PRECISION],
        when(any_day),
    );
    build.add(
        Part::Act,
        Repeats::Often,
        &[
            h.take(&["eventtype"]),
            h.take(&["eventmode"]),
            h.take(&["intensity", "eventintensity"]),
            h.take(&["quadcode"]),
        ],
        vec![
            schema::CODE,
            extra!("mode", Text, "Event Mode: how it was done."),
            schema::CODE_SYSTEM,
            schema::QUAD_GIVEN,
            schema::QUAD,
            schema::SCALE_GIVEN,
            schema::SCALE,
            extra!("quad_code", Text, "Quad Code as the file writes it."),
        ],
        Box::new(decode_act),
    );
    build.one(
        Part::Other,
        h.take(&["contexts"]),
        extra!("contexts", Text, "What it was about, parted by semicolons."),
        text(),
    );
    build.missing = vec!["None"];
    let actor: Vec<Input> = [
        "actorname",
        "actorcountry",
        "actorcow",
        "primaryactorsector",
        "actorsectors",
        "actortitle",
        "actornameraw",
        "wikipediaactorid",
    ]
    .map(|name| h.take(&[name]))
    .to_vec();
    build.add(
        Part::Source,
        Repeats::Often,
        &actor,
        vec![
            schema::SOURCE_NAME,
            schema::SOURCE_COUNTRY,
            extra!("source_cow", Text, "Actor COW."),
            extra!("source_primary_sector", Text, "Primary Actor Sector."),
            extra!(
                "source_sectors_given",
                Text,
                "Actor Sectors as the file gives them."
            ),
            extra!("source_title", Text, "Actor Title."),
            extra!(
                "source_name_raw",
                Text,
                "Actor Name Raw: the name in the story."
            ),
            extra!("source_wikipedia", Text, "Wikipedia Actor ID."),
        ],
        party(Naming::Polecat, ROLES),
    );
    let recipient: Vec<Input> = [
        "recipientname",
        "recipientcountry",
        "recipientcow",
        "primaryrecipientsector",
        "recipientsectors",
        "recipienttitle",
        "recipientnameraw",
        "wikipediarecipientid",
    ]
    .map(|name| h.take(&[name]))
    .to_vec();
    build.add(
        Part::Target,
        Repeats::Often,
        &recipient,
        vec![
            schema::TARGET_NAME,
            schema::TARGET_COUNTRY,
            extra!("target_cow", Text, "Recipient COW."),
            extra!("target_primary_sector", Text, "Primary Recipient Sector."),
            extra!(
                "target_sectors_given",
                Text,
                "Recipient Sectors as the file gives them."
            ),
            extra!("target_title", Text, "Recipient Title."),
            extra!(
                "target_name_raw",
                Text,
                "Recipient Name Raw: the name in the story."
            ),
            extra!("target_wikipedia", Text, "Wikipedia Recipient ID."),
        ],
        party(Naming::Polecat, ROLES),
    );
    build.missing.clear();
    let place: Vec<Input> = [
        "placename",
        "city",
        "district",
        "province",
        "country",
        "latitude",
        "longitude",
        "geonamesid",
        "rawplacename",
        "featuretype",
    ]
    .map(|name| h.take(&[name]))
    .to_vec();
    build.add(
        Part::Other,
        Repeats::Often,
        &place,
        vec![
            schema::PLACE,
            extra!("city", Text, "City of the place."),
            extra!("district", Text, "District of the place."),
            extra!("province", Text, "Province of the place."),
            schema::PLACE_COUNTRY,
            schema::LATITUDE,
            schema::LONGITUDE,
            extra!("geonames_id", Text, "GeoNames ID of the place."),
            extra!("place_raw", Text, "Raw Placename: the name in the story."),
            extra!("place_feature", Text, "Feature Type of the place."),
        ],
        Box::new(decode_place),
    );
    build.one(
        Part::Other,
        h.take(&["source"]),
        extra!("publisher", Text, "Source: who published the story."),
        text(),
    );
    build.one(
        Part::Added,
        h.take(&["publicationdate"]),
        schema::ADDED,
        Box::new(decode_added),
    );
    for (name, column) in [
        (
            "storypeople",
            extra!("story_people", Text, "People in the story."),
        ),
        (
            "storyorganizations",
            extra!("story_organizations", Text, "Organisations in the story."),
        ),
        (
            "storylocations",
            extra!("story_locations", Text, "Places in the story."),
        ),
        (
            "language",
            extra!("language", Text, "Language of the story."),
        ),
        ("version", extra!("version", Text, "Version of the coder.")),
    ] {
        build.one(Part::Other, h.take(&[name]), column, text());
    }
    build.keep_rest(h);
    Ok(Layout {
        format: Format::Polecat,
        cut,
        min_fields: header.width(),
        max_fields: header.width(),
        extra_empty: true,
        header: true,
        groups: build.groups,
    })
}

/// Type, mode, intensity, quad code.
fn decode_act<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let mut act = plover(fields[0], fields[1], &mut mended);
    act.quad_given = quad_given(fields[3], &mut mended);
    out.push(
        act.plover
            .map_or(some_text(fields[0]), |p| Value::Text(p.name())),
    );
    out.push(some_text(fields[1]));
    out.push(Value::Text("plover"));
    out.push(quad_value(act.quad_given));
    out.push(quad_value(act.quad.map(|q| q.number())));
    act.scale_given = number(fields[2], -10.0..=10.0, "scale_given", out, &mut mended);
    out.push(float_value(act.scale));
    out.push(some_text(fields[3]));
    Ok(Told {
        fact: Fact::Act(act),
        mended,
    })
}

/// What a PLOVER type and its mode say, by the manual; SANCTION counts as material conflict.
pub(crate) fn plover(kind: &str, mode: &str, mended: &mut Option<Fault>) -> Act {
    match PloverType::parse(kind.as_bytes()) {
        Some(kind) => Act {
            plover: Some(kind),
            quad: Some(kind.quad(SanctionAs::Material)),
            scale: Some(kind.intensity_of_mode(mode).unwrap_or(kind.intensity())),
            ..Act::default()
        },
        None => {
            if !kind.is_empty() {
                mended.get_or_insert(fault(Wrong::BadCode, "code"));
            }
            Act::default()
        }
    }
}

fn decode_place<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    out.extend(fields[..5].iter().map(|f| some_text(f)));
    number(fields[5], -90.0..=90.0, "latitude", out, &mut mended);
    number(fields[6], -180.0..=180.0, "longitude", out, &mut mended);
    out.extend(fields[7..].iter().map(|f| some_text(f)));
    Ok(Told {
        fact: Fact::None,
        mended,
    })
}

/// The day of publication, as its first moment.
fn decode_added<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let text = fields[0].as_bytes();
    let moment = iso_moment(text).or_else(|| any_day(text).map(|d| i64::from(d) * 86_400_000));
    Ok(added(fields[0], moment, out))
}
