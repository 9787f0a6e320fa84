//! Whether a finding holds under the other choices.

use demarche_case::{ActorKind, BodyMode, Case, MeasureSettings, NamedPeriod};
use demarche_table::{Kind, Table};

use crate::indices::{Dyad, index_cells, relationship_cells, relationship_columns};
use crate::{IndexKind, Relationship};

/// A choice other than the one made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The other split into quad classes.
    OtherQuad,
    /// Another answer to whose acts a body's acts are.
    Body(BodyMode),
    /// Only acts whose day is known.
    DayPrecision,
}

impl Variant {
    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Variant::OtherQuad => "other quad classes",
            Variant::Body(BodyMode::Itself) => "the body itself only",
            Variant::Body(BodyMode::Members) => "its members only",
            Variant::Body(BodyMode::Both) => "the body and its members",
            Variant::DayPrecision => "day precision only",
        }
    }
}

/// Whether what an index says stays when a choice is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// The sign is the same, or, for an index without a sign, the two intervals meet.
    Yes,
    /// It is not.
    No,
    /// One of the two has no value or no interval.
    TooFew,
}

impl Holds {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Holds::Yes => "yes",
            Holds::No => "no",
            Holds::TooFew => "too few",
        }
    }
}

/// The indices of a relationship as measured, and under each other choice.
#[derive(Clone, Debug)]
pub struct Robustness {
    /// As measured.
    pub base: Relationship,
    /// Under each other choice.
    pub variants: Vec<(Variant, Relationship)>,
}

impl Robustness {
    /// Does the sign of the index stay under this variant? Only for an index that has a
    /// [`IndexKind::turning_point`].
    pub fn sign_holds(&self, kind: IndexKind, variant: &Relationship) -> Option<Holds> {
        let zero = kind.turning_point()?;
        let pair = self.base.get(kind).value.zip(variant.get(kind).value);
        Some(pair.map_or(Holds::TooFew, |(a, b)| {
            let same = (a > zero) == (b > zero) && (a < zero) == (b < zero);
            if same { Holds::Yes } else { Holds::No }
        }))
    }

    /// Do the intervals of the index, as measured and under this variant, meet? The two share
    /// events, so meeting intervals say little against a small shift; apart, they say that the
    /// level hangs on the choice.
    pub fn level_holds(&self, kind: IndexKind, variant: &Relationship) -> Holds {
        let (a, b) = (self.base.get(kind), variant.get(kind));
        match (a.value, a.interval, b.value, b.interval) {
            (Some(x), _, Some(y), _) if x == y => Holds::Yes,
            (_, Some(x), _, Some(y)) if x.overlaps(&y) => Holds::Yes,
            (_, Some(_), _, Some(_)) => Holds::No,
            _ => Holds::TooFew,
        }
    }

    /// Does the finding hold under all choices: the sign where the index has one, else the level?
    /// Choices with too few events are passed over; too few throughout is [`Holds::TooFew`].
    pub fn holds(&self, kind: IndexKind) -> Holds {
        let answers = self.variants.iter().map(|(_, v)| {
            self.sign_holds(kind, v)
                .unwrap_or_else(|| self.level_holds(kind, v))
        });
        let answers: Vec<Holds> = answers.collect();
        if answers.contains(&Holds::No) {
            Holds::No
        } else if answers.contains(&Holds::Yes) {
            Holds::Yes
        } else {
            Holds::TooFew
        }
    }

    /// As a table: a row for each index and choice.
    pub fn table(&self) -> Table {
        let table = Table::new(
            "robustness",
            "Indices of a relationship as measured and under other choices.",
        )
        .column(
            "variant",
            Kind::Text,
            "",
            "The choice that was changed; as measured in the first rows.",
        );
        let mut table = relationship_columns(table)
            .column("sign_holds", Kind::Text, "", "Is the sign that of the row as measured: yes, no, too few; missing for an index without a sign.")
            .column("level_holds", Kind::Text, "", "Do the intervals meet: yes, no, too few.");
        for (kind, _) in &self.base.estimates {
            let mut row = vec!["as measured".into()];
            row.extend(relationship_cells(&self.base, *kind));
            row.extend(index_cells(&self.base, *kind));
            row.extend([demarche_table::Cell::Missing, demarche_table::Cell::Missing]);
            table.push(row);
        }
        for (variant, r) in &self.variants {
            for (kind, _) in &r.estimates {
                let mut row = vec![variant.label().into()];
                row.extend(relationship_cells(r, *kind));
                row.extend(index_cells(r, *kind));
                row.push(self.sign_holds(*kind, r).map(Holds::name).into());
                row.push(self.level_holds(*kind, r).name().into());
                table.push(row);
            }
        }
        table
    }
}

/// The indices of a relationship under the other quad classes, the other answers to whose acts a
/// body's acts are (where one of the two is a body), and with day-precision rows only.
pub fn robustness(
    case: &Case,
    actor: &str,
    partner: &str,
    how: &MeasureSettings,
    span: &NamedPeriod,
) -> Robustness {
    let base = Dyad::new(case, actor, partner, how).over(span);
    let quad = MeasureSettings {
        quad: how.quad.other(),
        ..how.clone()
    };
    let mut variants = vec![(
        Variant::OtherQuad,
        Dyad::new(case, actor, partner, &quad).over(span),
    )];
    let is_body = |code| case.actor(code).is_some_and(|a| a.kind == ActorKind::Body);
    let bodies = is_body(actor) || is_body(partner);
    for body in [BodyMode::Itself, BodyMode::Members, BodyMode::Both] {
        if bodies && body != how.body {
            let other = MeasureSettings {
                body,
                ..how.clone()
            };
            let dyad = Dyad::new(case, actor, partner, &other);
            variants.push((Variant::Body(body), dyad.over(span)));
        }
    }
    let exact = Dyad::new(case, actor, partner, how).day_precision();
    variants.push((Variant::DayPrecision, exact.over(span)));
    Robustness { base, variants }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event};
    use crate::whole_span;

    #[test]
    fn a_sign_that_hangs_on_the_quad_scheme_or_the_body_is_told() {
        // Root 09 is cooperation by one split and conflict by the other; the members' acts are
        // friendly.
        let case = case(vec![
            event("2021-01-10", "E", "->", "X", "090", "cyber"),
            event("2021-01-11", "E", "->", "X", "090", "cyber"),
            event("2021-01", "E", "->", "X", "111", "cyber"),
            event("2021-02-01", "E", "->", "A", "040", "cyber"),
        ]);
        let r = robustness(&case, "E", "X", &case.settings.measure, &whole_span(&case));
        let labels: Vec<&str> = r.variants.iter().map(|(v, _)| v.label()).collect();
        assert_eq!(
            labels,
            [
                "other quad classes",
                "its members only",
                "the body and its members",
                "day precision only",
            ]
        );
        let net = |r: &Relationship| r.get(IndexKind::NetCooperation).value.unwrap();
        assert!((net(&r.base) - 1.0 / 3.0).abs() < 1e-12);
        let nets: Vec<f64> = r.variants.iter().map(|(_, v)| net(v)).collect();
        assert_eq!(nets, [-1.0, 1.0, 0.5, 1.0]);
        let sign = |i: usize| r.sign_holds(IndexKind::NetCooperation, &r.variants[i].1);
        assert_eq!([sign(0), sign(1)], [Some(Holds::No), Some(Holds::Yes)]);
        assert_eq!(r.holds(IndexKind::NetCooperation), Holds::No);
        assert_eq!(r.sign_holds(IndexKind::Depth, &r.base), None);
        assert_eq!(r.table().rows().len(), 5 * IndexKind::ALL.len());
        // Two states have no other answer to whose acts are whose.
        let states = robustness(&case, "E", "A", &case.settings.measure, &whole_span(&case));
        assert_eq!(states.variants.len(), 2);
    }
}
