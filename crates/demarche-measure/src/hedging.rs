//! Hedging: does a third party cooperate with one side, the other, or both?

use demarche_case::{ActorKind, BodyMode, Case, NamedPeriod};
use demarche_events::QuadScheme;
use demarche_table::{Kind, Table};

use crate::bootstrap::proportion;
use crate::{Camp, Estimate, EventIx, Interval, Placement, Selection, camp_of, placement};

/// Choices of [`hedging`].
#[derive(Clone, Debug)]
pub struct HedgingOptions {
    /// Whose acts are the acts of a third party that is a body.
    pub body: BodyMode,
    /// What counts as cooperation.
    pub quad: QuadScheme,
    /// Fewest cooperative acts with both sides together.
    pub needed: usize,
}

impl HedgingOptions {
    /// As the case says.
    pub fn of(case: &Case) -> Self {
        let m = &case.settings.measure;
        Self {
            body: m.body,
            quad: m.quad,
            needed: m.min_events,
        }
    }
}

/// How a third party divides its cooperation between the two sides in a stretch of time.
#[derive(Clone, Debug)]
pub struct Hedging {
    /// The third party.
    pub actor: String,
    /// The stretch of time.
    pub span: NamedPeriod,
    /// Cooperative acts with side one and with the other.
    pub cooperation: [usize; 2],
    /// Conflictual acts with side one and with the other.
    pub conflict: [usize; 2],
    /// The balance of cooperation `b = (c₁ − c₂) / (c₁ + c₂)`, where c₁ and c₂ are the cooperative
    /// acts with side one and with the other. From −1 (only with the other side) to 1 (only with
    /// side one); unit: none.
    pub balance: Estimate,
    /// Hedging `h = 1 − |b|`. From 0 (one side only) to 1 (both alike); unit: none.
    pub hedging: Estimate,
    /// Conflictual events with either side, ascending.
    pub conflicts: Vec<EventIx>,
    /// Events left out because their date is too coarse to say whether they lie in the stretch.
    pub unsure: usize,
}

/// How a third party divides its cooperation between the two sides in a stretch of time.
///
/// Acts in either direction count, and an act done together counts once, since what is asked is
/// with whom one deals, not who acts. An act counts while the third party stands on neither side
/// and its partner on one (see [`camp_of`]). The interval of the
/// balance is that of the share of side one among the cooperative acts, by resampling them; the
/// interval of hedging holds the values that go with those balances.
///
/// Reference: for hedging as returns sought from both sides at once, Kuik 2008, "The Essence of
/// Hedging", *Contemporary Southeast Asia* 30(2); the balance is the normalised difference of two
/// counts, as in an index of net agreement.
pub fn hedging(case: &Case, actor: &str, span: &NamedPeriod, options: &HedgingOptions) -> Hedging {
    let mut conflict = [0; 2];
    let mut conflicts = Vec::new();
    let mut unsure = 0;
    let mut acts: Vec<(EventIx, Camp)> = Vec::new();
    for act in Selection::of(case, actor, options.body).acts {
        let event = &case.chronicle[act.event as usize];
        let other = if act.forward {
            &event.target
        } else {
            &event.source
        };
        if camp_of(case, actor, event.date).is_some() {
            continue;
        }
        let Some(camp) = camp_of(case, other, event.date) else {
            continue;
        };
        match placement(event, span, case.settings.as_of) {
            Placement::Inside if options.quad.class(event.cameo).is_cooperation() => {
                acts.push((act.event, camp));
            }
            Placement::Inside => {
                conflict[camp as usize] += 1;
                conflicts.push(act.event);
            }
            Placement::Outside => {}
            Placement::Unsure => unsure += 1,
        }
    }
    let n = acts.len();
    let one = acts.iter().filter(|a| a.1 == Camp::One).count();
    let share = (n > 0 && n >= options.needed).then(|| one as f64 / n as f64);
    let interval = share.and_then(|_| proportion(one, n));
    let estimate = |value, interval| Estimate {
        value,
        interval,
        n,
        needed: options.needed,
        events: acts.iter().map(|a| a.0).collect(),
    };
    let balance = |share: f64| 2.0 * share - 1.0;
    let hedged = |share: f64| 1.0 - balance(share).abs();
    let around_balance = interval.map(|i| Interval {
        low: balance(i.low),
        high: balance(i.high),
        ..i
    });
    let around_hedging = interval.map(|i| Interval {
        low: hedged(i.low).min(hedged(i.high)),
        high: if i.contains(0.5) {
            1.0
        } else {
            hedged(i.low).max(hedged(i.high))
        },
        ..i
    });
    Hedging {
        actor: actor.to_owned(),
        span: span.clone(),
        cooperation: [one, n - one],
        conflict,
        balance: estimate(share.map(balance), around_balance),
        hedging: estimate(share.map(hedged), around_hedging),
        conflicts,
        unsure,
    }
}

/// Hedging of the third parties that the case lists, in its order, and then of every other state
/// that dealt with a side while it stood on neither, in the order of `actors.csv`.
pub fn hedging_of_all(case: &Case, span: &NamedPeriod, options: &HedgingOptions) -> Vec<Hedging> {
    let listed = &case.settings.sides.third;
    let mut all: Vec<Hedging> = listed
        .iter()
        .map(|actor| hedging(case, actor, span, options))
        .collect();
    let rest = case
        .actors
        .iter()
        .filter(|a| a.kind == ActorKind::State && !listed.contains(&a.code))
        .map(|a| hedging(case, &a.code, span, options))
        .filter(|h| h.balance.n + h.conflicts.len() > 0);
    all.extend(rest);
    all
}

/// Table `hedging`: one row a third party and stretch of time.
pub fn hedging_table(rows: &[Hedging]) -> Table {
    let mut table = Table::new(
        "hedging",
        "A row a third party and stretch of time: how it divides its cooperation between the two sides.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("actor", Kind::Text, "", "Code of the third party.")
    .column("cooperation_one", Kind::Integer, "acts", "Cooperative acts with side one; a mutual act once.")
    .column("cooperation_other", Kind::Integer, "acts", "Cooperative acts with the other side; a mutual act once.")
    .column("conflict_one", Kind::Integer, "acts", "Conflictual acts with side one.")
    .column("conflict_other", Kind::Integer, "acts", "Conflictual acts with the other side.")
    .column("needed", Kind::Integer, "acts", "Fewest cooperative acts a value needs.")
    .column("balance", Kind::Float, "", "1 only with side one, -1 only with the other; missing if too few acts.")
    .column("balance_low", Kind::Float, "", "Lower end of its interval.")
    .column("balance_high", Kind::Float, "", "Upper end of its interval.")
    .column("hedging", Kind::Float, "", "0 one side only, 1 both alike; missing if too few acts.")
    .column("hedging_low", Kind::Float, "", "Lower end of its interval.")
    .column("hedging_high", Kind::Float, "", "Upper end of its interval.")
    .column("level", Kind::Float, "share", "Coverage the intervals aim at.")
    .column("unsure", Kind::Integer, "events", "Events left out because their date is too coarse.");
    for row in rows {
        let (b, h) = (row.balance.interval, row.hedging.interval);
        table.push(vec![
            row.span.name.as_str().into(),
            row.span.from.into(),
            row.span.to.into(),
            row.actor.as_str().into(),
            row.cooperation[0].into(),
            row.cooperation[1].into(),
            row.conflict[0].into(),
            row.conflict[1].into(),
            row.balance.needed.into(),
            row.balance.value.into(),
            b.map(|i| i.low).into(),
            b.map(|i| i.high).into(),
            row.hedging.value.into(),
            h.map(|i| i.low).into(),
            h.map(|i| i.high).into(),
            b.map(|i| i.level).into(),
            row.unsure.into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event};
    use crate::whole_span;

    /// F deals with E and A (side one), with C (the other side), with D after it left the other
    /// side, and once in conflict with C.
    #[test]
    fn balance_and_hedging_by_hand() {
        let events = vec![
            event("2021-01-05", "F", "<>", "E", "040", "cyber"),
            event("2021-02-05", "F", "->", "E", "040", "cyber"),
            event("2021-03-05", "A", "->", "F", "057", "cyber"),
            event("2021-04-05", "F", "<>", "C", "040", "cyber"),
            event("2023-04-05", "F", "<>", "D", "040", "cyber"),
            event("2021-05-05", "C", "->", "F", "13", "threat"),
        ];
        let case = case(events);
        let got = hedging(&case, "F", &whole_span(&case), &HedgingOptions::of(&case));
        assert_eq!((got.cooperation, got.conflict), ([3, 1], [0, 1]));
        assert_eq!(
            (got.balance.value, got.hedging.value),
            (Some(0.5), Some(0.5))
        );
        assert_eq!(
            (got.balance.events, got.conflicts),
            (vec![0, 1, 2, 3], vec![5])
        );
        // Four draws with p = ¾: the 2.5 and 97.5 per cent quantiles are 1 and 4 of 4, so the
        // balance is in −½ … 1 and hedging in 0 … 1, since both sides alike lies between.
        let (b, h) = (got.balance.interval.unwrap(), got.hedging.interval.unwrap());
        assert_eq!((b.low, b.high, h.low, h.high), (-0.5, 1.0, 0.0, 1.0));
        let needed = HedgingOptions {
            needed: 5,
            ..HedgingOptions::of(&case)
        };
        let few = hedging(&case, "F", &whole_span(&case), &needed);
        assert_eq!((few.balance.value, few.hedging.interval), (None, None));
    }

    #[test]
    fn third_parties_come_first_and_states_on_a_side_not_at_all() {
        let events = vec![
            event("2021-01-05", "D", "<>", "E", "040", "cyber"), // two sides
            event("2023-01-05", "D", "<>", "E", "040", "cyber"), // D has left its side
            event("2021-01-05", "F", "<>", "C", "040", "cyber"),
        ];
        let mut case = case(events);
        case.settings.sides.third = vec!["F".to_owned()];
        let all = hedging_of_all(&case, &whole_span(&case), &HedgingOptions::of(&case));
        let shown: Vec<_> = all
            .iter()
            .map(|h| (h.actor.as_str(), h.cooperation))
            .collect();
        assert_eq!(shown, [("F", [0, 1]), ("D", [1, 0])]);
        assert_eq!(all[0].balance.value, Some(-1.0));
        // All on one side is no proof that none ever is: one act of one says next to nothing.
        assert_eq!(all[0].balance.interval.map(|i| i.high > 0.9), Some(true));
        assert_eq!(hedging_table(&all).rows().len(), 2);
    }
}
