//! The first partner and its comparators, on the same axes.

use demarche_case::{Case, MeasureSettings, NamedPeriod};
use demarche_table::{Kind, Table};

use crate::indices::{index_cells, relationship_cells, relationship_columns};
use crate::{Difference, IndexKind, Relationship, difference, relationships};

/// The relation of several actors to one partner, over the same spans.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The partner all are measured against: the second partner of the case.
    pub partner: String,
    /// The actors: the first partner, then the comparators of the case in its order.
    pub actors: Vec<String>,
    /// The spans.
    pub spans: Vec<NamedPeriod>,
    /// For each span, in order, the relationships of all actors, in order.
    pub relationships: Vec<Vec<Relationship>>,
}

impl Comparison {
    /// How an actor differs from the first one in an index over a span: actor minus first.
    pub fn from_first(&self, span: usize, actor: usize, kind: IndexKind) -> Difference {
        let row = &self.relationships[span];
        difference(row[0].get(kind), row[actor].get(kind))
    }

    /// As a table: a row for each span, actor and index.
    pub fn table(&self) -> Table {
        let table = Table::new(
            "comparison",
            "Indices of several actors' relations to the same partner, and how each differs from \
             the first actor's.",
        );
        let mut table = relationship_columns(table)
            .column("difference", Kind::Float, "", "Value minus that of the first actor; missing for the first.")
            .column("difference_low", Kind::Float, "", "Lower end of the 95 % interval of the difference.")
            .column("difference_high", Kind::Float, "", "Upper end of the 95 % interval of the difference.")
            .column("change", Kind::Text, "", "higher or lower than the first actor where the interval leaves out zero; unclear where it holds zero; too few where there is none.");
        for (s, row) in self.relationships.iter().enumerate() {
            for (a, r) in row.iter().enumerate() {
                for (kind, _) in &r.estimates {
                    let mut cells = relationship_cells(r, *kind);
                    cells.extend(index_cells(r, *kind));
                    let d = (a > 0).then(|| self.from_first(s, a, *kind));
                    let interval = d.as_ref().and_then(|d| d.interval);
                    cells.extend([
                        d.as_ref().and_then(|d| d.value).into(),
                        interval.map(|i| i.low).into(),
                        interval.map(|i| i.high).into(),
                        d.as_ref().map(|d| d.change().name()).into(),
                    ]);
                    table.push(cells);
                }
            }
        }
        table
    }
}

/// The first partner and the comparators in their relation to the second partner.
pub fn comparison(case: &Case, how: &MeasureSettings, spans: &[NamedPeriod]) -> Comparison {
    let [first, partner] = &case.settings.partners;
    let mut actors = vec![first.clone()];
    actors.extend(case.settings.comparators.iter().cloned());
    let mut by_actor: Vec<_> = actors
        .iter()
        .map(|actor| relationships(case, actor, partner, how, spans).into_iter())
        .collect();
    Comparison {
        partner: partner.clone(),
        relationships: spans
            .iter()
            .map(|_| by_actor.iter_mut().filter_map(Iterator::next).collect())
            .collect(),
        spans: spans.to_vec(),
        actors,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event, korea_nato};
    use crate::{Change, calendar_years, whole_span};

    #[test]
    fn all_actors_stand_on_the_same_axes() {
        let case = case(vec![
            event("2021-01-10", "E", "->", "X", "030", "cyber"),
            event("2021-01-11", "F", "->", "X", "130", "maritime"),
            event("2022-01-11", "F", "->", "X", "030", "maritime"),
        ]);
        let spans = calendar_years(&case);
        let c = comparison(&case, &case.settings.measure, &spans);
        assert_eq!(c.actors, ["E", "F"]);
        let volumes: Vec<Vec<Option<f64>>> = c
            .relationships
            .iter()
            .map(|row| row.iter().map(|r| r.get(IndexKind::Volume).value).collect())
            .collect();
        let n = |x: f64, y: f64| vec![Some(x), Some(y)];
        assert_eq!(
            volumes,
            [n(0.0, 0.0), n(1.0, 1.0), n(0.0, 1.0), n(0.0, 0.0)]
        );
        assert_eq!(
            c.from_first(1, 1, IndexKind::NetCooperation).value,
            Some(-2.0)
        );
        assert_eq!(c.table().rows().len(), 4 * 2 * IndexKind::ALL.len());
    }

    #[test]
    fn the_worked_case() {
        let Some(case) = korea_nato() else {
            println!("skipped: the worked case is not there");
            return;
        };
        let c = comparison(&case, &case.settings.measure, &[whole_span(&case)]);
        let volumes: Vec<f64> = c.relationships[0]
            .iter()
            .map(|r| r.get(IndexKind::Volume).value.unwrap())
            .collect();
        // Counted by a script of its own.
        assert_eq!(volumes, [252.0, 126.0, 71.0, 52.0]);
        assert_eq!(c.from_first(0, 3, IndexKind::Rate).change(), Change::Lower);
        assert_eq!(
            c.from_first(0, 3, IndexKind::Share).change(),
            Change::Higher
        );
        assert_eq!(
            c.from_first(0, 1, IndexKind::GoldsteinMean).change(),
            Change::Unclear
        );
    }
}
