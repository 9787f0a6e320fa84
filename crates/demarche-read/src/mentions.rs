//! GDELT 2.0 mentions: which page spoke of which event when. They are no events; their day is that
//! of the mention.

use crate::field::{count, decode_added, extra, fault, float, some_text, told_when};
use crate::layout::{Cut, Decode, Fact, Fault, Format, Group, Layout, Part, Repeats, Told, Wrong};
use crate::schema::{self, Column, Value};
use crate::value;
use demarche_events::Precision;

/// Layout of GDELT 2.0 mentions: 15 fields and a last one that is always empty.
pub fn mentions() -> Layout {
    let group = |part, field, columns: Vec<Column>, repeats, decode: Decode| Group {
        part,
        fields: vec![field],
        columns,
        repeats,
        decode,
    };
    let often =
        |part, field, column, decode| group(part, field, vec![column], Repeats::Often, decode);
    let rarely =
        |part, field, column, decode| group(part, field, vec![column], Repeats::Rarely, decode);
    let kept = |field, column| often(Part::Other, field, column, crate::field::text());
    let whole = |field, column: Column| {
        let name = column.name;
        often(Part::Other, field, column, count(name))
    };
    Layout {
        format: Format::Gdelt2Mentions,
        cut: Cut::At(b'\t'),
        min_fields: 15,
        max_fields: 16,
        extra_empty: true,
        header: false,
        groups: vec![
            rarely(Part::Id, 0, schema::ID, Box::new(decode_id)),
            group(
                Part::When,
                2,
                vec![schema::DATE, schema::PRECISION],
                Repeats::Often,
                Box::new(decode_when),
            ),
            often(Part::Added, 2, schema::ADDED, Box::new(decode_added)),
            often(
                Part::Other,
                1,
                extra!(
                    "event_added",
                    Timestamp,
                    "EventTimeDate: when the event was recorded, UTC."
                ),
                Box::new(decode_event_added),
            ),
            whole(
                3,
                extra!(
                    "mention_type",
                    Int,
                    "MentionType: 1 web, 2 citation only, 3 CORE, 4 DTIC, 5 JSTOR, 6 non-textual."
                ),
            ),
            kept(4, extra!("publisher", Text, "MentionSourceName.")),
            often(Part::Url, 5, schema::URL, crate::field::text()),
            whole(
                6,
                extra!(
                    "sentence_number",
                    Int,
                    "SentenceID: sentence of the document, from 1."
                ),
            ),
            whole(
                7,
                extra!(
                    "source_offset",
                    Int,
                    "Actor1CharOffset; −1 where it was not found."
                ),
            ),
            whole(
                8,
                extra!(
                    "target_offset",
                    Int,
                    "Actor2CharOffset; −1 where it was not found."
                ),
            ),
            whole(
                9,
                extra!(
                    "action_offset",
                    Int,
                    "ActionCharOffset; −1 where it was not found."
                ),
            ),
            whole(
                10,
                extra!(
                    "in_raw_text",
                    Int,
                    "InRawText: 1 where found without rewriting the text."
                ),
            ),
            whole(11, extra!("confidence", Int, "Confidence, percent.")),
            whole(
                12,
                extra!("document_length", Int, "MentionDocLen, characters."),
            ),
            rarely(
                Part::Other,
                13,
                extra!(
                    "tone",
                    Float,
                    "MentionDocTone: tone of the document, −100 to 100."
                ),
                float("tone", -1000.0..=1000.0),
            ),
            kept(
                14,
                extra!(
                    "translation",
                    Text,
                    "MentionDocTranslationInfo; empty where it was written in English."
                ),
            ),
            kept(15, extra!("extras", Text, "Extras; reserved by GDELT.")),
        ],
    }
}

fn decode_id<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    if fields[0].is_empty() {
        return Err(fault(Wrong::Missing, "id"));
    }
    if !fields[0].bytes().all(|b| b.is_ascii_digit()) {
        return Err(fault(Wrong::BadNumber, "id"));
    }
    out.push(some_text(fields[0]));
    Ok(Told::default())
}

fn decode_when<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let moment = value::compact_moment(fields[0].as_bytes());
    let day = moment
        .and_then(crate::field::day_of)
        .ok_or(fault(Wrong::BadDate, "date"))?;
    Ok(told_when(day, Precision::Day, out))
}

fn decode_event_added<'a>(fields: &[&'a str], out: &mut Vec<Value<'a>>) -> Result<Told, Fault> {
    let mut told = decode_added(fields, out)?;
    told.fact = Fact::None;
    if told.mended.is_some() {
        told.mended = Some(fault(Wrong::BadDate, "event_added"));
    }
    Ok(told)
}
