//! A plan as a calendar: an entry over the quarters of each step, and one on the day its
//! deliverable is due.
//!
//! Written here and not with a library, since those we looked at take the time of writing from the
//! clock and ids from chance where they are not told otherwise; of RFC 5545 a plan needs little.

use demarche_plan::plan::Step;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::Planned;
use crate::text::{line, plain};

/// Octets of a line, without its end (RFC 5545, section 3.1).
const OCTETS: usize = 75;

/// A calendar as it is written.
struct Lines(String);

impl Lines {
    /// A property whose value is no text of users.
    fn put(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    /// A property whose value is text, escaped as section 3.3.11 says.
    fn text(&mut self, name: &str, value: &str) {
        self.put(name, &escaped(value));
    }

    /// Breaks a line into pieces of at most 75 octets, never inside a character; all but the first
    /// begin with a space.
    fn fold(&mut self, line: &str) {
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > OCTETS {
                self.0.push_str("\r\n ");
                used = 1;
            }
            self.0.push(c);
            used += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// Backslash, semicolon and comma behind a backslash; line ends as `\n`.
fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in plain(value).chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            ';' => out.push_str("\\;"),
            ',' => out.push_str("\\,"),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// A name as a part of an id that needs no escaping. Two names never give the same.
fn token(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        match c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            true => out.push(c),
            false => out.push_str(&format!("+{:x}.", u32::from(c))),
        }
    }
    out
}

/// The partners of a case as the second part of all ids, so that calendars of two cases can be
/// kept in one.
fn domain(planned: &Planned) -> String {
    let [one, other] = &planned.case.settings.partners;
    format!("{}-{}.demarche", token(one), token(other))
}

/// The calendar: `text/calendar`, UTF-8, lines ended by CR LF. Ids are those of the initiatives, so
/// that an entry read in again replaces the one of before; the time stamp is the day the case is
/// written as of.
pub fn write(planned: &Planned) -> String {
    let settings = &planned.case.settings;
    let mut out = Lines(String::new());
    out.put("BEGIN", "VCALENDAR");
    out.put("VERSION", "2.0");
    out.put("PRODID", "-//Demarche//Plan//EN");
    out.put("CALSCALE", "GREGORIAN");
    out.put("METHOD", "PUBLISH");
    out.text("X-WR-CALNAME", &line(&settings.title, 200));
    let domain = domain(planned);
    let stamp = format!("{}T000000Z", day(settings.as_of));
    for step in &planned.plan.steps {
        entry(&mut out, planned, step, &stamp, &domain);
    }
    out.put("END", "VCALENDAR");
    out.0
}

fn entry(out: &mut Lines, planned: &Planned, step: &Step, stamp: &str, domain: &str) {
    let initiative = &planned.case.initiatives[step.initiative];
    let (first, last) = planned.days(step);
    // What runs has begun before the plan does.
    let first = match (step.runs, initiative.start) {
        (true, Some(start)) => start.min(first),
        _ => first,
    };
    let title = line(&initiative.title, 500);
    let id = token(&initiative.id);
    let notes = planned.notes(step);
    let due = match initiative.recurring {
        true => None,
        false => Some(last),
    };
    let mut event = |uid: &str, from: Date, to: Date, summary: &str| {
        out.put("BEGIN", "VEVENT");
        out.put("UID", &format!("{uid}@{domain}"));
        out.put("DTSTAMP", stamp);
        out.put("DTSTART;VALUE=DATE", &day(from));
        // The end is the day after the last (section 3.6.1).
        out.put("DTEND;VALUE=DATE", &day(to.saturating_add(1.day())));
        out.text("SUMMARY", summary);
        out.text("DESCRIPTION", &notes);
        out.text("CATEGORIES", initiative.status.name());
        if let Some(url) = web(&initiative.url) {
            out.put("URL", url);
        }
        // It takes up nobody's whole day.
        out.put("TRANSP", "TRANSPARENT");
        out.put("END", "VEVENT");
    };
    event(&id, first, last, &title);
    if let Some(due) = due {
        let what = match initiative.deliverable.trim().is_empty() {
            true => title,
            false => line(&initiative.deliverable, 500),
        };
        event(&format!("{id}..due"), due, due, &format!("Due: {what}"));
    }
}

/// An address of the web that needs no escaping; nothing else is written as one.
fn web(url: &str) -> Option<&str> {
    let url = url.trim();
    let known = url.starts_with("https://") || url.starts_with("http://");
    let clean = url
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\'));
    (known && clean).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(escaped("a;b,c\\d\ne\r\nf"), "a\\;b\\,c\\\\d\\ne\\nf");
        assert_eq!(escaped("x\rEND:VCALENDAR"), "x\\nEND:VCALENDAR");
        assert_eq!(web("javascript:alert(1)"), None);
        assert_eq!(web("https://a.b/\r\nEND"), None);
        assert_eq!(web(" https://a.b/c "), Some("https://a.b/c"));
    }

    proptest! {
        #[test]
        fn lines_are_short_and_come_together_again(value in "\\PC{0,300}") {
            let mut lines = Lines(String::new());
            lines.put("SUMMARY", &value);
            for piece in lines.0.split("\r\n") {
                prop_assert!(piece.len() <= OCTETS, "{}", piece.len());
            }
            let whole = lines.0.replace("\r\n ", "");
            prop_assert_eq!(whole, format!("SUMMARY:{value}\r\n"));
        }
    }
}
