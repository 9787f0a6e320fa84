//! The watch list as tables.

use demarche_case::Case;
use demarche_events::Date;
use demarche_table::{Cell, Kind, Table};

use super::{CALIBRATED, Item, Watch};

/// The list and the earlier ones with what came; the reasons; and how true chances were.
pub fn tables(case: &Case, watch: &Watch) -> Vec<Table> {
    vec![list(case, watch), reasons(case, watch), calibration(watch)]
}

/// The ids of events, parted by semicolons.
fn ids(case: &Case, events: &[u32]) -> Cell {
    let ids: Vec<&str> = events
        .iter()
        .map(|&at| case.chronicle[at as usize].id.as_str())
        .collect();
    ids.join(";").into()
}

/// An item as a row of a table.
struct Row<'a> {
    key: Vec<Cell>,
    item: &'a Item,
    /// The events that it came by, of an earlier list.
    came: Option<&'a [u32]>,
}

/// The rows of one list, made on a day about the time to another.
fn rows<'a>(
    list: &str,
    days: [Date; 2],
    items: impl Iterator<Item = (&'a Item, Option<&'a [u32]>)>,
) -> Vec<Row<'a>> {
    let mut places = [0_usize; 2];
    let row = |(item, came): (&'a Item, Option<&'a [u32]>)| {
        let place = &mut places[usize::from(item.hostile)];
        *place += 1;
        let kind = match item.hostile {
            true => "conflict",
            false => "cooperation",
        };
        let key = vec![
            list.into(),
            days[0].into(),
            days[1].into(),
            kind.into(),
            (*place).into(),
            item.source.as_str().into(),
            item.act.as_str().into(),
            item.target.as_str().into(),
        ];
        Row { key, item, came }
    };
    items.map(row).collect()
}

/// The rows of every list; what came is known of earlier ones only.
fn keyed(watch: &Watch) -> Vec<Row<'_>> {
    let now = watch.hostile.iter().chain(&watch.cooperative);
    let days = [watch.settings.as_of, watch.until()];
    let mut all = rows("next", days, now.map(|i| (i, None)));
    for earlier in watch.earlier.iter().flatten() {
        let items = earlier.items.iter().map(|i| (&i.item, Some(&i.came[..])));
        all.extend(rows("earlier", [earlier.as_of, earlier.until], items));
    }
    all
}

fn key(table: Table) -> Table {
    table
        .column(
            "list",
            Kind::Text,
            "",
            "next, or earlier for one that was held against what came.",
        )
        .column(
            "as_of",
            Kind::Date,
            "",
            "The last day that was known when it was made.",
        )
        .column(
            "until",
            Kind::Date,
            "",
            "The last day of the time that it is about.",
        )
        .column(
            "kind",
            Kind::Text,
            "",
            "conflict or cooperation, by quad class.",
        )
        .column(
            "place",
            Kind::Integer,
            "",
            "Its place among those of its kind, from 1.",
        )
        .column("source", Kind::Text, "", "Who acts.")
        .column(
            "act",
            Kind::Text,
            "",
            "What is done: a CAMEO code or root, or a quad class.",
        )
        .column("target", Kind::Text, "", "Towards whom.")
}

fn list(case: &Case, watch: &Watch) -> Table {
    let mut table = key(Table::new(
        "watch",
        "The acts likeliest to come in the case's dyads, and those of earlier lists with what came.",
    ))
    .column("act_name", Kind::Text, "", "The act in words.")
    .column("chance", Kind::Float, "share", "The probability that it comes at least once by the last day.")
    .column("last_year_rate", Kind::Float, "share", "The probability if it came by chance at the rate of the last year.")
    .column("last_year_events", Kind::Text, "", "Ids of its events in the last year, latest first.")
    .column("days_before", Kind::Integer, "days", "On how many days it came before.")
    .column("came", Kind::Bool, "", "Whether it came; missing where that is not known yet.")
    .column("came_events", Kind::Text, "", "Ids of the events it came by.");
    for Row {
        key: mut row,
        item,
        came,
    } in keyed(watch)
    {
        row.extend([
            watch.settings.level.words(&item.act).into(),
            item.chance.into(),
            item.last_year.into(),
            ids(case, &item.in_last_year),
            item.before.into(),
            came.map(|events| !events.is_empty()).into(),
            came.map_or(Cell::Missing, |events| ids(case, events)),
        ]);
        table.push(row);
    }
    table
}

fn reasons(case: &Case, watch: &Watch) -> Table {
    let mut table = key(Table::new(
        "watch_reasons",
        "What speaks for each act of the watch lists and against it, with the latest events behind it.",
    ))
    .column("reason", Kind::Text, "", "What it is about.")
    .column("weight", Kind::Float, "log odds", "How far it moves the log odds from those of the mean act; missing where nothing could be learned.")
    .column("words", Kind::Text, "", "The reason in words.")
    .column("events", Kind::Text, "", "Ids of the latest events behind it, latest first.");
    for Row { key, item, .. } in keyed(watch) {
        for reason in &item.reasons {
            let mut row = key.clone();
            row.extend([
                reason.ground.words().into(),
                reason.weight.into(),
                reason.words.as_str().into(),
                ids(case, &reason.events),
            ]);
            table.push(row);
        }
    }
    table
}

fn calibration(watch: &Watch) -> Table {
    let mut table = Table::new(
        "watch_calibration",
        &format!("Chances within {CALIBRATED} days in the last two years, or the later half of a record shorter than four, against what came, by ten bins of what was said."),
    )
    .column("forecaster", Kind::Text, "", "chances, or the rate of the last year.")
    .column("acts", Kind::Text, "", "all that were asked for, or those that had come before.")
    .column("low", Kind::Float, "share", "The lowest chance in the bin.")
    .column("high", Kind::Float, "share", "The highest.")
    .column("forecasts", Kind::Integer, "forecasts", "How many.")
    .column("said", Kind::Float, "share", "The mean of what was said.")
    .column("came", Kind::Float, "share", "The share that came.")
    .column("brier", Kind::Float, "", "The Brier score over all bins.")
    .column("calibration_error", Kind::Float, "share", "The expected calibration error over all bins.");
    let Ok(found) = &watch.calibration else {
        return table;
    };
    for (forecaster, acts, of) in [
        ("chances", "all", &found.model),
        ("last year's rate", "all", &found.last_year),
        ("chances", "came before", &found.model_known),
        ("last year's rate", "came before", &found.last_year_known),
    ] {
        for bin in &of.bins {
            table.push(vec![
                forecaster.into(),
                acts.into(),
                bin.low.into(),
                bin.high.into(),
                bin.count.into(),
                bin.said.into(),
                bin.came.into(),
                of.brier.into(),
                of.ece.into(),
            ]);
        }
    }
    table
}
