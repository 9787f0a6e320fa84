//! GDELT files that someone wrote out anew with a header: columns by name, `NA` for missing,
//! commas for tabs, and perhaps row names in front that the header does not name.

use crate::by_name::{Builder, Header, Input, plain};
use crate::detect::{Undetected, need};
use crate::layout::{Cut, Format, Layout};
use crate::{gdelt1, gdelt2, mentions};

const EVENT: [&str; 35] = [
    "GLOBALEVENTID",
    "SQLDATE",
    "MonthYear",
    "Year",
    "FractionDate",
    "Actor1Code",
    "Actor1Name",
    "Actor1CountryCode",
    "Actor1KnownGroupCode",
    "Actor1EthnicCode",
    "Actor1Religion1Code",
    "Actor1Religion2Code",
    "Actor1Type1Code",
    "Actor1Type2Code",
    "Actor1Type3Code",
    "Actor2Code",
    "Actor2Name",
    "Actor2CountryCode",
    "Actor2KnownGroupCode",
    "Actor2EthnicCode",
    "Actor2Religion1Code",
    "Actor2Religion2Code",
    "Actor2Type1Code",
    "Actor2Type2Code",
    "Actor2Type3Code",
    "IsRootEvent",
    "EventCode",
    "EventBaseCode",
    "EventRootCode",
    "QuadClass",
    "GoldsteinScale",
    "NumMentions",
    "NumSources",
    "NumArticles",
    "AvgTone",
];

const PLACE: [&str; 8] = [
    "Type",
    "FullName",
    "CountryCode",
    "ADM1Code",
    "ADM2Code",
    "Lat",
    "Long",
    "FeatureID",
];

const MENTION: [&str; 16] = [
    "GLOBALEVENTID",
    "EventTimeDate",
    "MentionTimeDate",
    "MentionType",
    "MentionSourceName",
    "MentionIdentifier",
    "SentenceID",
    "Actor1CharOffset",
    "Actor2CharOffset",
    "ActionCharOffset",
    "InRawText",
    "Confidence",
    "MentionDocLen",
    "MentionDocTone",
    "MentionDocTranslationInfo",
    "Extras",
];

/// Is this the header of a GDELT file that someone wrote out anew?
pub(crate) fn is_header(header: &Header) -> bool {
    header.has(&["globaleventid"]) && header.has(&["eventcode", "mentionidentifier"])
}

/// The names of the columns of a layout, in the order of their fields.
fn names(format: Format) -> Vec<String> {
    if format == Format::Gdelt2Mentions {
        return MENTION.map(str::to_owned).to_vec();
    }
    let mut names = EVENT.map(str::to_owned).to_vec();
    for of in ["Actor1Geo", "Actor2Geo", "ActionGeo"] {
        for what in PLACE {
            if what != "ADM2Code" || format == Format::Gdelt2 {
                names.push(format!("{of}_{what}"));
            }
        }
    }
    names.extend(["DATEADDED".to_owned(), "SOURCEURL".to_owned()]);
    names
}

/// The layout of such a file.
pub(crate) fn reexport(mut header: Header, cut: Cut) -> Result<Layout, Undetected> {
    let known = if header.has(&["mentionidentifier"]) {
        mentions()
    } else if header.has(&["actiongeoadm2code", "actor1geoadm2code"]) {
        gdelt2()
    } else {
        gdelt1()
    };
    let needed: &[&str] = match known.format {
        Format::Gdelt2Mentions => &["GLOBALEVENTID", "MentionTimeDate"],
        _ => &["GLOBALEVENTID", "EventCode"],
    };
    need(&header, known.format, needed)?;
    let names = names(known.format);
    let inputs: Vec<Input> = names
        .iter()
        .map(|name| match name.as_str() {
            "SQLDATE" => header.take(&["sqldate", "day"]),
            name => header.take(&[&plain(name)]),
        })
        .collect();
    if known.format != Format::Gdelt2Mentions && inputs[1].is_absent() {
        need(&header, known.format, &["SQLDATE"])?;
    }
    let mut build = Builder::new(header.width(), &["NA"]);
    for group in known.groups {
        let inputs: Vec<Input> = group.fields.iter().map(|&f| inputs[f]).collect();
        build.add(
            group.part,
            group.repeats,
            &inputs,
            group.columns,
            group.decode,
        );
    }
    build.keep_rest(&header);
    Ok(Layout {
        format: known.format,
        cut,
        min_fields: header.width(),
        max_fields: header.width(),
        extra_empty: true,
        header: true,
        groups: build.groups,
    })
}
