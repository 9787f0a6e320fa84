//! What the user wants of a file: rows that do not pass are counted and left out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use demarche_events::Date;

use crate::named::Numbers;

/// Which rows are taken. An empty list asks nothing; all that is asked must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// At least one end is one of these actors.
    pub actors: BTreeSet<String>,
    /// The ends are one of these pairs, in either direction.
    pub dyads: BTreeSet<(String, String)>,
    /// At least one end has one of these countries, as the file writes them.
    pub countries: BTreeSet<String>,
    /// Event roots, 1 to 20 (CAMEO).
    pub roots: BTreeSet<u8>,
    /// Only events told in the lead of a report, where the file says so.
    pub root_events: bool,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub to: Option<Date>,
}

impl Filter {
    /// The same filter always has the same text; a filter that asks nothing has an empty one.
    /// [`parse`](Self::parse) reads it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut list = |name: &str, items: Vec<String>| {
            if !items.is_empty() {
                let _ = write!(text, "{name}={};", items.join(","));
            }
        };
        list("actor", self.actors.iter().map(|a| escape(a)).collect());
        // The direction means nothing, so it makes no other text.
        let pairs: BTreeSet<String> = self
            .dyads
            .iter()
            .map(|(a, b)| (escape(a.min(b)), escape(a.max(b))))
            .map(|(a, b)| format!("{a}/{b}"))
            .collect();
        list("dyad", pairs.into_iter().collect());
        list(
            "country",
            self.countries.iter().map(|c| escape(c)).collect(),
        );
        let roots = self.roots.iter().map(|r| format!("{r:02}"));
        list("root", roots.collect());
        let days = |d: Option<Date>| d.iter().map(Date::to_string).collect();
        list("from", days(self.from));
        list("to", days(self.to));
        if self.root_events {
            text.push_str("root-events;");
        }
        text
    }

    /// The filter with this [`text`](Self::text); none if no filter has it.
    pub fn parse(text: &str) -> Option<Self> {
        let mut filter = Self::default();
        for part in text.split_terminator(';') {
            let (name, items) = part.split_once('=').unwrap_or((part, ""));
            let texts = || items.split(',').map(unescape);
            match name {
                "actor" => filter.actors = texts().collect::<Option<_>>()?,
                "country" => filter.countries = texts().collect::<Option<_>>()?,
                "dyad" => {
                    let pair = |pair: &str| {
                        let (a, b) = pair.split_once('/')?;
                        Some((unescape(a)?, unescape(b)?))
                    };
                    filter.dyads = items.split(',').map(pair).collect::<Option<_>>()?;
                }
                "root" => {
                    filter.roots = items
                        .split(',')
                        .map(|r| r.parse().ok())
                        .collect::<Option<_>>()?
                }
                "from" => filter.from = Some(items.parse().ok()?),
                "to" => filter.to = Some(items.parse().ok()?),
                "root-events" => filter.root_events = true,
                _ => return None,
            }
        }
        (filter.text() == text).then_some(filter)
    }

    pub(super) fn numbered(&self, numbers: &Numbers) -> Numbered {
        Numbered {
            actors: self.actors.iter().map(|a| numbers.of(a)).collect(),
            dyads: self
                .dyads
                .iter()
                .flat_map(|(a, b)| {
                    let (a, b) = (numbers.of(a), numbers.of(b));
                    [(a, b), (b, a)]
                })
                .collect(),
            countries: self.countries.clone(),
            roots: self.roots.clone(),
            root_events: self.root_events,
            from: self.from.map_or(i32::MIN, day_number),
            to: self.to.map_or(i32::MAX, day_number),
        }
    }
}

/// Characters that separate in the text of a filter.
const SEPARATORS: [char; 4] = ['%', ',', ';', '/'];

/// A text without separators: each is written as its number in hexadecimal.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if SEPARATORS.contains(&c) {
            let _ = write!(escaped, "%{:02X}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (number, rest) = part.split_at_checked(2)?;
        plain.push(char::from(u8::from_str_radix(number, 16).ok()?));
        plain.push_str(rest);
    }
    Some(plain)
}

/// Days from 1970-01-01.
pub fn day_number(date: Date) -> i32 {
    demarche_read::value::day(
        i64::from(date.year()),
        i64::from(date.month()),
        i64::from(date.day()),
    )
    .unwrap_or(i32::MIN)
}

/// A filter in the numbers that rows hold.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    actors: BTreeSet<u32>,
    dyads: BTreeSet<(u32, u32)>,
    pub(super) countries: BTreeSet<String>,
    roots: BTreeSet<u8>,
    root_events: bool,
    from: i32,
    to: i32,
}

/// What a filter looks at.
pub(super) struct Seen {
    pub day: i32,
    pub source: u32,
    pub target: u32,
    pub country: bool,
    pub root: u8,
    pub root_event: Option<bool>,
}

impl Numbered {
    /// Why a row is left out, if it is.
    pub(super) fn refuses(&self, row: &Seen) -> Option<&'static str> {
        if row.day < self.from || row.day > self.to {
            return Some("date");
        }
        if !self.roots.is_empty() && !self.roots.contains(&row.root) {
            return Some("root");
        }
        if self.root_events && row.root_event == Some(false) {
            return Some("root-event");
        }
        if !self.countries.is_empty() && !row.country {
            return Some("country");
        }
        if !self.actors.is_empty()
            && !self.actors.contains(&row.source)
            && !self.actors.contains(&row.target)
        {
            return Some("actor");
        }
        if !self.dyads.is_empty() && !self.dyads.contains(&(row.source, row.target)) {
            return Some("dyad");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_set;
    use proptest::option;
    use proptest::prelude::*;

    use super::*;

    fn day() -> impl Strategy<Value = Option<Date>> {
        let ymd = (1800i16..2200, 1i8..=12, 1i8..=28);
        option::of(ymd.prop_map(|(y, m, d)| jiff::civil::date(y, m, d)))
    }

    proptest! {
        #[test]
        fn a_filter_comes_back_from_its_text(
            actors in btree_set("[A-Z%,;/=-]{0,4}", 0..4),
            dyads in btree_set((".{0,3}", "[A-Z/,]{0,3}"), 0..4),
            countries in btree_set("\\PC{0,6}", 0..3),
            roots in btree_set(1u8..=20, 0..5),
            root_events: bool,
            from in day(),
            to in day(),
        ) {
            let dyads = dyads
                .into_iter()
                .map(|(a, b)| if a <= b { (a, b) } else { (b, a) })
                .collect();
            let filter = Filter { actors, dyads, countries, roots, root_events, from, to };
            let text = filter.text();
            prop_assert_eq!(Filter::parse(&text), Some(filter));
        }

        #[test]
        fn no_text_panics(text: String, like in "(actor|dyad|from|root)=[A-Z0-9%/,;=-]{0,12};?") {
            for text in [text, like] {
                if let Some(filter) = Filter::parse(&text) {
                    prop_assert_eq!(filter.text(), text);
                }
            }
        }
    }

    #[test]
    fn the_text_of_a_filter_does_not_depend_on_direction_and_can_be_read() {
        let dyads = |a: &str, b: &str| Filter {
            dyads: BTreeSet::from([(a.to_owned(), b.to_owned())]),
            roots: BTreeSet::from([3, 14]),
            ..Filter::default()
        };
        assert_eq!(dyads("NATO", "KOR").text(), "dyad=KOR/NATO;root=03,14;");
        assert_eq!(dyads("NATO", "KOR").text(), dyads("KOR", "NATO").text());
        assert_eq!(Filter::default().text(), "");
        assert_eq!(Filter::parse(""), Some(Filter::default()));
        assert_eq!(Filter::parse("dyad=NATO/KOR;"), None);
    }
}
