//! The chronicle of a case: comma-separated with a header, text in quotes where it has to be.

use demarche_events::Precision;

use crate::by_name::{Builder, Header};
use crate::detect::{Undetected, need};
use crate::field::{
    Role, cameo, extra, fault, float_value, id, party, quad_value, some_text, text, told_when,
};
use crate::layout::{Cut, Fact, Fault, Format, Layout, Naming, Part, Repeats, Told, Wrong};
use crate::schema::{self, Value};
use crate::value;

/// Is this the header of a chronicle?
pub(crate) fn is_header(header: &Header) -> bool {
    header.has(&["date"])
        && header.has(&["source"])
        && header.has(&["target"])
        && header.has(&["cameo"])
}

/// The layout of a chronicle with this header.
pub(crate) fn chronicle(mut header: Header, cut: Cut) -> Result<Layout, Undetected> {
    need(
        &header,
        Format::Chronicle,
        &["date", "source", "target", "cameo"],
    )?;
    let mut build = Builder::new(header.width(), &[]);
    let h = &mut header;
    build.rare(Part::Id, h.take(&["id"]), schema::ID, id());
    build.add(
        Part::When,
        Repeats::Often,
        &[h.take(&["date"]), h.take(&["precision"])],
        vec![schema::DATE, schema::PRECISION],
        Box::new(decode_when),
    );
    let code = &[Role::Code];
    build.one(
        Part::Source,
        h.take(&["source"]),
        schema::SOURCE_CODE,
        party(Naming::Code, code),
    );
    build.one(
        Part::Target,
        h.take(&["target"]),
        schema::TARGET_CODE,
        party(Naming::Code, code),
    );
    build.one(
        Part::Other,
        h.take(&["mutual"]),
        schema::MUTUAL,
        Box::new(decode_mutual),
    );
    build.add(
        Part::Act,
        Repeats::Often,
        &[h.take(&["cameo"])],
        vec![
            schema::CODE,
            schema::CODE_SYSTEM,
            schema::QUAD,
            schema::SCALE,
        ],
        Box::new(decode_act),
    );
    build.one(Part::Other, h.take(&["area"]), schema::AREA, text());
    build.one(Part::Other, h.take(&["title"]), schema::TITLE, text());
    build.one(Part::Url, h.take(&["url"]), schema::URL, text());
    build.one(
        Part::Other,
        h.take(&["note"]),
        extra!("note", Text, "A remark."),
        text(),
    );
    build.keep_rest(h);
    Ok(Layout {
        format: Format::Chronicle,
        cut,
        min_fields: header.width(),
        max_fields: header.width(),
        extra_empty: true,
        header: true,
        groups: build.groups,
    })
}

fn decode_when<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    if fields[0].is_empty() {
        return Err(fault(Wrong::Missing, "date"));
    }
    let (day, precision) =
        day_known_as(fields[0], fields[1]).ok_or(fault(Wrong::BadDate, "date"))?;
    Ok(told_when(day, precision, out))
}

/// The day and its precision: `2023-07-11`, and where less is known `2023-07` or `2023`, or the
/// whole date with `month` or `year` as its precision. A month and a year begin on their first day.
pub(crate) fn day_known_as(text: &str, precision: &str) -> Option<(i32, Precision)> {
    let bytes = text.as_bytes();
    let part = |from: usize, to: usize| {
        let digits = &bytes[from..to];
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| value::int(digits))?
    };
    let (written, year, month) = match bytes.len() {
        4 => (Precision::Year, part(0, 4)?, 1),
        7 if bytes[4] == b'-' => (Precision::Month, part(0, 4)?, part(5, 7)?),
        10 => {
            value::iso_day(bytes)?;
            (Precision::Day, part(0, 4)?, part(5, 7)?)
        }
        _ => return None,
    };
    let said = match precision {
        "" => written,
        "day" => Precision::Day,
        "month" => Precision::Month,
        "year" => Precision::Year,
        _ => return None,
    };
    // What is not written is not known.
    let known = said.max(written);
    let day = match known {
        Precision::Day => value::iso_day(bytes),
        Precision::Month => value::day(year, month, 1),
        Precision::Year => value::day(year, 1, 1),
    };
    Some((day?, known))
}

pub(crate) fn decode_mutual<'a>(
    fields: &[&'a str],
    out: &mut Vec<Value<'a>>,
) -> Result<Told, Fault> {
    let mut told = Told::default();
    let flag = match fields[0].to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        "" => None,
        _ => {
            told.mended = Some(fault(Wrong::OutOfRange, "mutual"));
            None
        }
    };
    out.push(flag.map_or(Value::Null, Value::Bool));
    told.fact = flag.map_or(Fact::None, |f| Fact::Count(i64::from(f)));
    Ok(told)
}

fn decode_act<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut mended = None;
    let act = cameo(fields[0], &mut mended);
    out.push(some_text(fields[0]));
    out.push(Value::Text("cameo"));
    out.push(quad_value(act.quad.map(|q| q.number())));
    out.push(float_value(act.scale));
    Ok(Told {
        fact: Fact::Act(act),
        mended,
    })
}
