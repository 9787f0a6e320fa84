//! An actor's own ledger: with whom, and in which areas.

use std::collections::BTreeMap;

use demarche_case::{Case, MeasureSettings, NamedPeriod};
use demarche_table::{Kind, Table};

use crate::bootstrap::proportion;
use crate::panel::{tally_cells, tally_columns};
use crate::{Act, Interval, Selection, Tally};

/// A line of a ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct LedgerRow {
    /// The partner's code or the area's id; empty for all others together.
    pub key: String,
    /// Its name; "others" for all others together.
    pub label: String,
    /// The acts, each once.
    pub tally: Tally,
    /// One-sided acts of the actor.
    pub given: usize,
    /// One-sided acts towards the actor.
    pub received: usize,
    /// Acts done together.
    pub mutual: usize,
    /// Share of all the actor's acts in the span, 0 to 1.
    pub share: f64,
    /// Its interval, over all the actor's acts.
    pub interval: Option<Interval>,
}

/// An actor's ledger over a span: all its acts, each counted once, by partner and by area.
///
/// A body's acts are those of [`Selection::of`]; partners stand as the chronicle writes them, so
/// that a body and its members are partners side by side.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// Whose it is.
    pub actor: String,
    /// The span.
    pub span: NamedPeriod,
    /// All acts.
    pub total: usize,
    /// The partners with most acts, most first; of equals the first in the alphabet.
    pub partners: Vec<LedgerRow>,
    /// All other partners together, if there are any.
    pub others: Option<LedgerRow>,
    /// The areas with an act, in the order of the case.
    pub areas: Vec<LedgerRow>,
}

impl Ledger {
    /// The lines by partner as a table named `ledger_partner`.
    pub fn partner_table(&self) -> Table {
        let rows = self.partners.iter().chain(&self.others);
        self.table(
            "ledger_partner",
            "partner",
            "Code of the partner; missing for all others together.",
            rows,
        )
    }

    /// The lines by area as a table named `ledger_area`.
    pub fn area_table(&self) -> Table {
        self.table("ledger_area", "area", "Id of the area.", self.areas.iter())
    }

    fn table<'a>(
        &self,
        name: &str,
        key: &str,
        key_text: &str,
        rows: impl Iterator<Item = &'a LedgerRow>,
    ) -> Table {
        let about = format!("All acts of an actor over a span, each once, by {key}.");
        let table = Table::new(name, &about)
            .column("actor", Kind::Text, "", "Whose ledger it is.")
            .column("span", Kind::Text, "", "Name of the span.")
            .column("from", Kind::Date, "", "First day of the span.")
            .column("to", Kind::Date, "", "Last day of the span.")
            .column(key, Kind::Text, "", key_text)
            .column("label", Kind::Text, "", "Its name.");
        let mut table = tally_columns(table)
            .column(
                "given",
                Kind::Integer,
                "acts",
                "One-sided acts of the actor.",
            )
            .column(
                "received",
                Kind::Integer,
                "acts",
                "One-sided acts towards the actor.",
            )
            .column("mutual", Kind::Integer, "acts", "Acts done together.")
            .column(
                "share",
                Kind::Float,
                "share",
                "Share of all acts of the actor.",
            )
            .column(
                "share_low",
                Kind::Float,
                "share",
                "Lower end of the 95 % bootstrap interval of the share.",
            )
            .column(
                "share_high",
                Kind::Float,
                "share",
                "Upper end of the 95 % bootstrap interval of the share.",
            );
        for row in rows {
            let mut cells = vec![
                self.actor.as_str().into(),
                self.span.name.as_str().into(),
                self.span.from.into(),
                self.span.to.into(),
                (!row.key.is_empty()).then_some(row.key.as_str()).into(),
                row.label.as_str().into(),
            ];
            cells.extend(tally_cells(&row.tally));
            cells.extend([
                row.given.into(),
                row.received.into(),
                row.mutual.into(),
                row.share.into(),
                row.interval.map(|i| i.low).into(),
                row.interval.map(|i| i.high).into(),
            ]);
            table.push(cells);
        }
        table
    }
}

/// The ledger of an actor over a span, with the `top` partners by name.
pub fn ledger(
    case: &Case,
    actor: &str,
    how: &MeasureSettings,
    span: &NamedPeriod,
    top: usize,
) -> Ledger {
    let acts = Selection::of(case, actor, how.body).within(case, span).acts;
    let row = |key: &str, label: &str, acts: &[Act]| line(case, how, key, label, acts);
    let mut by_partner: BTreeMap<&str, Vec<Act>> = BTreeMap::new();
    let mut by_area: BTreeMap<&str, Vec<Act>> = BTreeMap::new();
    for act in &acts {
        let event = &case.chronicle[act.event as usize];
        let other = if act.forward {
            &event.target
        } else {
            &event.source
        };
        by_partner.entry(other).or_default().push(*act);
        by_area.entry(&event.area).or_default().push(*act);
    }
    let mut ranked: Vec<(&str, Vec<Act>)> = by_partner.into_iter().collect();
    ranked.sort_by_key(|(_, acts)| std::cmp::Reverse(acts.len()));
    let rest = ranked.split_off(top.min(ranked.len()));
    let mut rest: Vec<Act> = rest.into_iter().flat_map(|(_, acts)| acts).collect();
    rest.sort_unstable();
    let areas = case.settings.areas.iter();
    let mut ledger = Ledger {
        actor: actor.to_owned(),
        span: span.clone(),
        total: acts.len(),
        partners: ranked
            .iter()
            .map(|(code, acts)| row(code, case.short(code), acts))
            .collect(),
        others: (!rest.is_empty()).then(|| row("", "others", &rest)),
        areas: areas
            .filter_map(|a| {
                by_area
                    .get(a.id.as_str())
                    .map(|acts| row(&a.id, &a.name, acts))
            })
            .collect(),
    };
    let total = ledger.total;
    let lines = ledger.partners.iter_mut().chain(&mut ledger.others);
    for line in lines.chain(&mut ledger.areas) {
        line.share = line.tally.total() as f64 / total as f64;
        line.interval = proportion(line.tally.total(), total);
    }
    ledger
}

fn line(case: &Case, how: &MeasureSettings, key: &str, label: &str, acts: &[Act]) -> LedgerRow {
    let mut tally = Tally::default();
    for act in acts {
        tally.add(act.event, &case.chronicle[act.event as usize], how.quad);
    }
    let count = |wanted: fn(&&Act) -> bool| acts.iter().filter(wanted).count();
    LedgerRow {
        key: key.to_owned(),
        label: label.to_owned(),
        tally,
        given: count(|a| a.forward && !a.mutual),
        received: count(|a| !a.forward && !a.mutual),
        mutual: count(|a| a.mutual),
        share: 0.0,
        interval: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event};
    use crate::whole_span;

    #[test]
    fn a_ledger_by_hand() {
        let case = case(vec![
            event("2021-01-10", "E", "->", "X", "030", "cyber"),
            event("2021-01-11", "X", "->", "E", "130", "maritime"),
            event("2021-01-12", "A", "<>", "E", "040", "cyber"),
            event("2021-01-13", "X", "<>", "E", "040", "cyber"),
            event("2021-01-14", "C", "->", "E", "190", "maritime"),
            event("2021-01-15", "A", "->", "C", "190", "maritime"),
            event("2018-01-15", "E", "->", "C", "190", "maritime"),
        ]);
        let l = ledger(&case, "E", &case.settings.measure, &whole_span(&case), 1);
        assert_eq!((l.total, l.partners.len()), (5, 1));
        let x = &l.partners[0];
        assert_eq!(
            (x.key.as_str(), x.given, x.received, x.mutual),
            ("X", 1, 1, 1)
        );
        assert_eq!((x.tally.cooperation(), x.tally.conflict()), (2, 1));
        assert!((x.share - 0.6).abs() < 1e-12 && x.interval.unwrap().contains(0.6));
        let others = l.others.as_ref().unwrap();
        assert_eq!(others.tally.events, [2, 4]);
        // In the order of the case: cyber before maritime.
        let areas: Vec<_> = l
            .areas
            .iter()
            .map(|a| (a.key.as_str(), a.tally.total()))
            .collect();
        assert_eq!(areas, [("cyber", 3), ("maritime", 2)]);
        assert_eq!(l.partner_table().rows().len(), 2);
        assert_eq!(l.area_table().rows().len(), 2);
        let all = ledger(&case, "E", &case.settings.measure, &whole_span(&case), 9);
        let codes: Vec<_> = all.partners.iter().map(|p| p.key.as_str()).collect();
        assert_eq!((codes, all.others), (vec!["X", "A", "C"], None));
    }

    #[test]
    fn an_actor_without_acts_has_an_empty_ledger() {
        let case = case(Vec::new());
        let l = ledger(&case, "E", &case.settings.measure, &whole_span(&case), 5);
        assert_eq!((l.total, l.partners.len(), l.areas.len()), (0, 0, 0));
    }
}
