//! Series of directed dyads, period by period.

use demarche_case::Case;
use demarche_events::{PeriodUnit, Periods};
use demarche_measure::{EventIx, Selection, case_periods, place};

/// What one actor did to another, period by period.
#[derive(Clone, Debug, PartialEq)]
pub struct Directed {
    /// Who acts.
    pub source: String,
    /// Towards whom.
    pub target: String,
    /// Acts of cooperation.
    pub cooperation: Vec<f64>,
    /// Acts of conflict.
    pub conflict: Vec<f64>,
    /// Sum of the Goldstein values of all acts.
    pub scale: Vec<f64>,
    /// The events of each period, ascending.
    pub events: Vec<Vec<EventIx>>,
}

impl Directed {
    /// Acts of cooperation less acts of conflict.
    pub fn net(&self) -> Vec<f64> {
        let both = self.cooperation.iter().zip(&self.conflict);
        both.map(|(a, b)| a - b).collect()
    }

    /// How many acts there are.
    pub fn total(&self) -> usize {
        let all = self.cooperation.iter().chain(&self.conflict);
        all.sum::<f64>() as usize
    }

    /// All its events, ascending.
    pub fn all_events(&self) -> Vec<EventIx> {
        let mut all: Vec<EventIx> = self.events.iter().flatten().copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Both directions of a dyad over the periods of a case: what `a` does to `b`, and back. Whose acts
/// are a body's is as the case says. Events that cannot be placed in a period are left out.
pub fn directed(case: &Case, a: &str, b: &str, by: PeriodUnit) -> (Periods, [Directed; 2]) {
    let periods = case_periods(case, by);
    let empty = |source: &str, target: &str| Directed {
        source: source.to_owned(),
        target: target.to_owned(),
        cooperation: vec![0.0; periods.len()],
        conflict: vec![0.0; periods.len()],
        scale: vec![0.0; periods.len()],
        events: vec![Vec::new(); periods.len()],
    };
    let mut both = [empty(a, b), empty(b, a)];
    for act in Selection::dyad(case, a, b, case.settings.measure.body).acts {
        let event = &case.chronicle[act.event as usize];
        let Ok(at) = place(case, event, &periods) else {
            continue;
        };
        let cooperation = case
            .settings
            .measure
            .quad
            .class(event.cameo)
            .is_cooperation();
        for (series, counts) in both.iter_mut().zip([act.there(), act.back()]) {
            if counts {
                let column = match cooperation {
                    true => &mut series.cooperation,
                    false => &mut series.conflict,
                };
                column[at] += 1.0;
                series.scale[at] += event.cameo.goldstein().value;
                series.events[at].push(act.event);
            }
        }
    }
    (periods, both)
}
