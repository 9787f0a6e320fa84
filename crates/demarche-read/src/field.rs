//! Decoders of single fields, and what formats share.

use demarche_events::{CameoCode, Precision, QuadScheme};

use crate::layout::{Act, Decode, Fact, Fault, Naming, Party, Told, Wrong};
use crate::schema::Value;
use crate::value;

/// A column of a format's own.
macro_rules! extra {
    ($name:literal, $kind:ident, $text:literal) => {
        $crate::schema::Column {
            name: $name,
            kind: $crate::schema::Kind::$kind,
            description: $text,
        }
    };
}

pub(crate) use extra;

pub(crate) fn fault(what: Wrong, column: &'static str) -> Fault {
    Fault { what, column }
}

pub(crate) fn some_text(text: &str) -> Value<'_> {
    if text.is_empty() {
        Value::Null
    } else {
        Value::Text(text)
    }
}

/// A field of text as it is.
pub(crate) fn text() -> Decode {
    Box::new(|fields, out| {
        out.push(some_text(fields[0]));
        Ok(Told::default())
    })
}

/// A whole number; one that can't be read is taken as missing.
pub(crate) fn count(column: &'static str) -> Decode {
    Box::new(move |fields, out| {
        let mut mended = None;
        let n = integer(fields[0], column, out, &mut mended);
        Ok(Told {
            fact: n.map_or(Fact::None, Fact::Count),
            mended,
        })
    })
}

/// A whole number; re-exports write `1.0` for 1.
pub(crate) fn whole(text: &str) -> Option<i64> {
    value::int(text.as_bytes()).or_else(|| {
        let x = value::float(text.as_bytes())?;
        (x.fract() == 0.0 && x.abs() < 1e15).then_some(x as i64)
    })
}

/// Pushes an optional number; one that can't be read, or lies outside, is taken as missing.
pub(crate) fn number(
    text: &str,
    range: std::ops::RangeInclusive<f64>,
    column: &'static str,
    out: &mut Vec<Value<'_>>,
    mended: &mut Option<Fault>,
) -> Option<f64> {
    if text.is_empty() {
        out.push(Value::Null);
        return None;
    }
    let wrong = match value::float(text.as_bytes()) {
        Some(x) if range.contains(&x) => {
            out.push(Value::Float(x + 0.0));
            return Some(x + 0.0);
        }
        Some(_) => Wrong::OutOfRange,
        None => Wrong::BadNumber,
    };
    out.push(Value::Null);
    mended.get_or_insert(fault(wrong, column));
    None
}

pub(crate) fn integer(
    text: &str,
    column: &'static str,
    out: &mut Vec<Value<'_>>,
    mended: &mut Option<Fault>,
) -> Option<i64> {
    if text.is_empty() {
        out.push(Value::Null);
        return None;
    }
    let n = whole(text);
    out.push(n.map_or(Value::Null, Value::Int));
    if n.is_none() {
        mended.get_or_insert(fault(Wrong::BadNumber, column));
    }
    n
}

/// What a CAMEO code says, by GDELT's tables. A code that is none leaves quad class and scale
/// missing, and the row is kept.
pub(crate) fn cameo(text: &str, mended: &mut Option<Fault>) -> Act {
    match CameoCode::nearest(text) {
        Some((code, exact)) => Act {
            cameo: Some(code),
            fallback: !exact,
            quad: Some(QuadScheme::Gdelt.class(code)),
            scale: Some(code.goldstein().value),
            ..Act::default()
        },
        None => {
            if !text.is_empty() {
                mended.get_or_insert(fault(Wrong::BadCode, "code"));
            }
            Act::default()
        }
    }
}

/// `YYYYMMDDHHMMSS` or `YYYYMMDD`, the moment an event was recorded.
pub(crate) fn decode_added<'a>(
    fields: &[&'a str],
    out: &mut Vec<Value<'a>>,
) -> Result<Told, Fault> {
    Ok(added(
        fields[0],
        value::compact_moment(fields[0].as_bytes()),
        out,
    ))
}

/// The moment an event was recorded, as it was read from a field; one that can't be read is taken
/// as missing.
pub(crate) fn added<'a>(field: &str, moment: Option<i64>, out: &mut Vec<Value<'a>>) -> Told {
    let mut told = Told::default();
    match moment {
        Some(moment) => {
            out.push(Value::Timestamp(moment));
            told.fact = Fact::Count(moment);
        }
        None => {
            out.push(Value::Null);
            if !field.is_empty() {
                told.mended = Some(fault(Wrong::BadDate, "added"));
            }
        }
    }
    told
}

/// Some number within a range; one that can't be read is taken as missing.
pub(crate) fn float(column: &'static str, range: std::ops::RangeInclusive<f64>) -> Decode {
    Box::new(move |fields, out| {
        let mut mended = None;
        number(fields[0], range.clone(), column, out, &mut mended);
        Ok(Told {
            fact: Fact::None,
            mended,
        })
    })
}

/// The id: any text, but not none.
pub(crate) fn id() -> Decode {
    Box::new(|fields, out| {
        if fields[0].is_empty() {
            return Err(fault(Wrong::Missing, "id"));
        }
        out.push(Value::Text(fields[0]));
        Ok(Told::default())
    })
}

/// Pushes the day and the precision of an event, and tells them.
pub(crate) fn told_when(day: i32, precision: Precision, out: &mut Vec<Value<'_>>) -> Told {
    out.push(Value::Date(day));
    out.push(Value::Text(precision.name()));
    Told {
        fact: Fact::When { day, precision },
        mended: None,
    }
}

/// The day of an event; a row without one is none.
pub(crate) fn when(read: fn(&[u8]) -> Option<i32>) -> Decode {
    Box::new(move |fields, out| {
        if fields[0].is_empty() {
            return Err(fault(Wrong::Missing, "date"));
        }
        let day = read(fields[0].as_bytes()).ok_or(fault(Wrong::BadDate, "date"))?;
        Ok(told_when(day, Precision::Day, out))
    })
}

/// A day as one of the forms that spreadsheets make of it: ISO (also with a time of day behind
/// it), `M/D/YYYY`, `YYYYMMDD`.
pub(crate) fn any_day(text: &[u8]) -> Option<i32> {
    iso_day_of_moment(text)
        .or_else(|| value::american_day(text))
        .or_else(|| value::compact_day(text))
}

/// `YYYY-MM-DD`, also with a time of day behind it.
pub(crate) fn iso_day_of_moment(text: &[u8]) -> Option<i32> {
    value::iso_day(text).or_else(|| iso_moment(text).and_then(day_of))
}

/// The UTC day of a moment.
pub(crate) fn day_of(moment: i64) -> Option<i32> {
    i32::try_from(moment.div_euclid(86_400_000)).ok()
}

/// `YYYY-MM-DD`, or `YYYY-MM-DD HH:MM:SS` with `T` or a blank between, perhaps with a fraction and
/// perhaps with `Z`; UTC.
pub(crate) fn iso_moment(text: &[u8]) -> Option<i64> {
    let day = value::iso_day(text.get(..10)?)?;
    let day = i64::from(day) * 86_400_000;
    let rest = text[10..].strip_suffix(b"Z").unwrap_or(&text[10..]);
    if rest.is_empty() {
        return Some(day);
    }
    let (clock, fraction) = match rest.iter().position(|&b| b == b'.') {
        Some(point) => (&rest[..point], &rest[point + 1..]),
        None => (rest, &b""[..]),
    };
    let [b'T' | b' ', h1, h2, b':', m1, m2, b':', s1, s2] = clock else {
        return None;
    };
    let two = |a: &u8, b: &u8| {
        let both = [*a, *b];
        both.iter()
            .all(u8::is_ascii_digit)
            .then(|| value::int(&both))?
    };
    let (h, m, s) = (two(h1, h2)?, two(m1, m2)?, two(s1, s2)?);
    if h > 23 || m > 59 || s > 59 || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let mut millis = 0;
    for place in 0..3 {
        millis = millis * 10 + fraction.get(place).map_or(0, |d| i64::from(d - b'0'));
    }
    Some(day + (h * 3600 + m * 60 + s) * 1000 + millis)
}

/// What a field of an actor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Its code.
    Code,
    /// Its name.
    Name,
    /// The name to be used where there is no other.
    RawName,
    /// Its country.
    Country,
    /// Its known group.
    Group,
    /// Its roles or sectors, parted by commas or semicolons.
    Sectors,
    /// Its Correlates of War number.
    Cow,
    /// Something that does not say who it is.
    Kept,
}

/// An actor whose fields have these roles, a column of text for each.
pub(crate) fn party(naming: Naming, roles: &'static [Role]) -> Decode {
    Box::new(move |fields, out| {
        let mut party = Party {
            naming,
            ..Party::default()
        };
        let mut raw = "";
        for (&field, role) in fields.iter().zip(roles) {
            out.push(some_text(field));
            match role {
                Role::Code => party.code = field.to_owned(),
                Role::Name => party.name = field.to_owned(),
                Role::RawName => raw = field,
                Role::Country => party.country = field.to_owned(),
                Role::Group => party.group = field.to_owned(),
                Role::Sectors => party.sectors.extend(sectors(field)),
                Role::Cow => party.cow = whole(field).and_then(|n| u16::try_from(n).ok()),
                Role::Kept => {}
            }
        }
        party.sectors.sort();
        party.sectors.dedup();
        if party.name.is_empty() && !raw.is_empty() {
            party.name = raw.to_owned();
            let name = roles.iter().position(|r| *r == Role::Name);
            let first = out.len() - roles.len();
            if let Some(value) = name.and_then(|n| out.get_mut(first + n)) {
                *value = Value::Text(raw);
            }
        }
        Ok(Told {
            fact: Fact::Party(Box::new(party)),
            mended: None,
        })
    })
}

/// The sectors of a list; some files put the whole list in quotes.
pub(crate) fn sectors(list: &str) -> impl Iterator<Item = String> {
    list.split([',', ';'])
        .map(|s| s.trim_matches(|c: char| c == '"' || c.is_whitespace()))
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
}

/// A quad class as a file gives it: 1 to 4, or in words, also cut short ("VERBAL COOPERATION",
/// "mat_conf").
pub(crate) fn quad_given(text: &str, mended: &mut Option<Fault>) -> Option<u8> {
    if text.is_empty() {
        return None;
    }
    let class = whole(text)
        .or_else(|| {
            let words = text.to_ascii_lowercase();
            let deed = match words.as_bytes()[0] {
                b'v' => 0,
                b'm' => 1,
                _ => return None,
            };
            match (words.contains("coop"), words.contains("conf")) {
                (true, false) => Some(1 + deed),
                (false, true) => Some(3 + deed),
                _ => None,
            }
        })
        .and_then(|n| u8::try_from(n).ok())
        .filter(|n| (1..=4).contains(n));
    if class.is_none() {
        mended.get_or_insert(fault(Wrong::OutOfRange, "quad_given"));
    }
    class
}

/// A class as a value.
pub(crate) fn quad_value(class: Option<u8>) -> Value<'static> {
    class.map_or(Value::Null, |q| Value::Int(i64::from(q)))
}

/// A number as a value.
pub(crate) fn float_value(x: Option<f64>) -> Value<'static> {
    x.map_or(Value::Null, Value::Float)
}
