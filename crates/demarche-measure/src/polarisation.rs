//! Polarisation: is there friendship within groups and hostility between them?

use demarche_case::{Case, NamedPeriod};
use demarche_table::{Kind, Table};

use crate::bootstrap::{percentile, proportion, values};
use crate::resample::stream;
use crate::{
    BlocOptions, Estimate, EventIx, Interval, Network, NetworkOptions, Placement, SpanBlocs,
    camp_of, placement,
};

/// An act between two actors that each belong to a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupedAct {
    pub event: EventIx,
    /// Above zero for cooperation, below for conflict.
    pub weight: f64,
    /// Do both actors belong to the same group?
    pub within: bool,
}

/// How polarised the acts of a stretch of time are between given groups.
#[derive(Clone, Debug)]
pub struct Polarisation {
    /// The stretch of time.
    pub span: NamedPeriod,
    /// Cooperation within groups. Acts or Goldstein points.
    pub cooperation_within: f64,
    /// Cooperation between groups. Acts or Goldstein points.
    pub cooperation_between: f64,
    /// Conflict within groups, a positive number. Acts or Goldstein points.
    pub conflict_within: f64,
    /// Conflict between groups, a positive number. Acts or Goldstein points.
    pub conflict_between: f64,
    /// The polarisation index
    ///
    /// `P = (W⁺within + W⁻between − W⁺between − W⁻within) / W`
    ///
    /// where `W` is the sum of the four: the share of acts that fit two (or more) closed camps less
    /// the share that cut across them. From −1 (friends are in the other group, foes in one's
    /// own) to 1 (structural balance); unit: none. Half of `1 − P` is the line index of
    /// frustration, relative to all weight.
    ///
    /// P rests on who is watched: a chronicle full of one group's meetings has a high P whatever
    /// happens between groups. [`Polarisation::hostility`] does not.
    ///
    /// Reference: Doreian and Mrvar 2009, "Partitioning signed social networks", *Social Networks*
    /// 31(1); for the idea Cartwright and Harary 1956, *Psychological Review* 63(5).
    pub index: Estimate,
    /// The share of conflict in what passes between groups, `W⁻between / (W⁻between +
    /// W⁺between)`. From 0 to 1; unit: none. Its `n` counts the acts between groups.
    pub hostility: Estimate,
}

/// Both figures of a set of grouped acts, with percentile bootstrap intervals over the events (see
/// [`proportion`] where acts count one each); the groups stay as they are in each draw.
pub(crate) fn polarisation(
    span: &NamedPeriod,
    acts: &[GroupedAct],
    needed: usize,
    draws: usize,
    (seed, key): (u64, &str),
) -> Polarisation {
    // Cooperation within and between, conflict within and between.
    let sums = |times: Option<&[u32]>| {
        let mut sums = [0.0; 4];
        for (k, act) in acts.iter().enumerate() {
            let at = 2 * usize::from(act.weight < 0.0) + usize::from(!act.within);
            sums[at] += act.weight.abs() * times.map_or(1.0, |t| f64::from(t[k]));
        }
        sums
    };
    let ratio = |part: f64, whole: f64| (whole > 0.0).then(|| part / whole);
    // Both figures are shares, of what fits the groups and of conflict between them.
    let fitting = |s: [f64; 4]| ratio(s[0] + s[3], s.iter().sum());
    let hostile = |s: [f64; 4]| ratio(s[3], s[1] + s[3]);
    let all = sums(None);
    let counted = acts.iter().all(|a| a.weight.abs() == 1.0);
    let share = |name, figure: &dyn Fn([f64; 4]) -> Option<f64>, among: fn(&GroupedAct) -> bool| {
        let among: Vec<&GroupedAct> = acts.iter().filter(|a| among(a)).collect();
        let n = among.len();
        let value = if n >= needed { figure(all) } else { None };
        let interval = value.and_then(|value| {
            if counted {
                return proportion((value * n as f64).round() as usize, n);
            }
            let rng = stream(seed, &format!("polarisation/{name}/{key}"));
            let drawn = values(acts.len(), draws, rng, |times| figure(sums(Some(times))));
            percentile(&drawn, draws)
        });
        Estimate {
            value,
            interval,
            n,
            needed,
            events: among.iter().map(|a| a.event).collect(),
        }
    };
    let mut index = share("index", &fitting, |_| true);
    // From the share that fits to that share less the rest.
    index.value = index.value.map(|p| 2.0 * p - 1.0);
    index.interval = index.interval.map(|i| Interval {
        low: 2.0 * i.low - 1.0,
        high: 2.0 * i.high - 1.0,
        ..i
    });
    Polarisation {
        span: span.clone(),
        cooperation_within: all[0],
        cooperation_between: all[1],
        conflict_within: all[2],
        conflict_between: all[3],
        index,
        hostility: share("hostility", &hostile, |a| !a.within),
    }
}

/// Polarisation between the two sides that the case names, whatever blocs are found.
///
/// Groups are the two sides, their members taken from day to day (see [`camp_of`]); acts with an
/// actor on neither side are not counted. Acts are those of the chronicle as written, each once,
/// weighted as `options` says.
pub fn polarisation_of_sides(
    case: &Case,
    span: &NamedPeriod,
    options: &NetworkOptions,
) -> Polarisation {
    let mut acts = Vec::new();
    for (i, event) in case.chronicle.iter().enumerate() {
        if placement(event, span, case.settings.as_of) != Placement::Inside {
            continue;
        }
        let camp = |actor| camp_of(case, actor, event.date);
        if let (Some(a), Some(b)) = (camp(&event.source), camp(&event.target)) {
            acts.push(GroupedAct {
                event: EventIx::try_from(i).expect("chronicles are small"),
                weight: options.weight(event),
                within: a == b,
            });
        }
    }
    let m = &case.settings.measure;
    let key = format!("sides/{}/{}", span.from, span.to);
    polarisation(span, &acts, m.min_events, m.draws, (m.seed, &key))
}

/// Polarisation between the blocs found in a stretch of time.
pub(crate) fn polarisation_of_blocs(
    case: &Case,
    network: &Network,
    labels: &[usize],
    options: &BlocOptions,
) -> Polarisation {
    let mut acts: Vec<GroupedAct> = network
        .edges
        .iter()
        .flat_map(|edge| edge.events.iter().map(move |&event| (edge, event)))
        .map(|(edge, event)| GroupedAct {
            event,
            weight: network.options.weight(&case.chronicle[event as usize]),
            within: labels[edge.a] == labels[edge.b],
        })
        .collect();
    acts.sort_by_key(|act| act.event);
    let key = format!("blocs/{}/{}", network.span.from, network.span.to);
    polarisation(
        &network.span,
        &acts,
        options.needed,
        options.draws,
        (options.seed, &key),
    )
}

/// Table `polarisation`: two rows a stretch of time, for the case's sides and for the blocs found.
pub fn polarisation_table(spans: &[SpanBlocs]) -> Table {
    let mut table = Table::new(
        "polarisation",
        "Two rows a stretch of time: how far cooperation stays within groups and conflict between them.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("groups", Kind::Text, "", "Sides: the two the case names; blocs: those found in the network.")
    .column("cooperation_within", Kind::Float, "acts or Goldstein points", "Cooperation within groups.")
    .column("cooperation_between", Kind::Float, "acts or Goldstein points", "Cooperation between groups.")
    .column("conflict_within", Kind::Float, "acts or Goldstein points", "Conflict within groups.")
    .column("conflict_between", Kind::Float, "acts or Goldstein points", "Conflict between groups.")
    .column("events", Kind::Integer, "events", "Events between actors that belong to a group.")
    .column("needed", Kind::Integer, "events", "Fewest events a value needs.")
    .column("polarisation", Kind::Float, "", "Polarisation index, -1 to 1; missing if too few events.")
    .column("low", Kind::Float, "", "Lower end of its interval.")
    .column("high", Kind::Float, "", "Upper end of its interval.")
    .column("events_between", Kind::Integer, "events", "Events between groups.")
    .column("hostility", Kind::Float, "share", "Share of conflict in what passes between groups; missing if too few events.")
    .column("hostility_low", Kind::Float, "share", "Lower end of its interval.")
    .column("hostility_high", Kind::Float, "share", "Upper end of its interval.")
    .column("level", Kind::Float, "share", "Coverage the intervals aim at.");
    for span in spans {
        for (groups, p) in [
            ("sides", Some(&span.sides)),
            ("blocs", span.polarisation.as_ref()),
        ] {
            let Some(p) = p else { continue };
            let (i, h) = (p.index.interval, p.hostility.interval);
            table.push(vec![
                p.span.name.as_str().into(),
                p.span.from.into(),
                p.span.to.into(),
                groups.into(),
                p.cooperation_within.into(),
                p.cooperation_between.into(),
                p.conflict_within.into(),
                p.conflict_between.into(),
                p.index.n.into(),
                p.index.needed.into(),
                p.index.value.into(),
                i.map(|i| i.low).into(),
                i.map(|i| i.high).into(),
                p.hostility.n.into(),
                p.hostility.value.into(),
                h.map(|i| i.low).into(),
                h.map(|i| i.high).into(),
                i.or(h).map(|i| i.level).into(),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event, korea_nato};
    use crate::{Weighting, whole_span};

    fn five() -> Case {
        case(vec![
            event("2021-01-05", "E", "<>", "A", "040", "cyber"), // within one
            event("2021-02-05", "C", "<>", "D", "057", "cyber"), // within the other
            event("2021-03-05", "C", "->", "E", "111", "threat"), // between
            event("2021-04-05", "E", "<>", "C", "040", "cyber"), // between
            event("2021-05-05", "A", "->", "X", "111", "cyber"), // within one
            event("2021-06-05", "E", "<>", "F", "040", "cyber"), // F is on neither side
        ])
    }

    #[test]
    fn the_index_by_hand() {
        let case = five();
        let options = NetworkOptions::of(&case);
        let p = polarisation_of_sides(&case, &whole_span(&case), &options);
        let parts = [
            p.cooperation_within,
            p.cooperation_between,
            p.conflict_within,
            p.conflict_between,
        ];
        assert_eq!(parts, [2.0, 1.0, 1.0, 1.0]);
        // (2 + 1 − 1 − 1) / 5, and one of two between the sides.
        assert!((p.index.value.unwrap() - 0.2).abs() < 1e-12);
        assert_eq!((p.hostility.value, p.hostility.n), (Some(0.5), 2));
        assert_eq!(p.hostility.events, [2, 3]);
        let i = p.index.interval.unwrap();
        assert!(i.contains(0.2) && i.low >= -1.0 && i.high <= 1.0);
    }

    #[test]
    fn by_goldstein_points() {
        let case = five();
        let options = NetworkOptions {
            weighting: Weighting::Goldstein,
            ..NetworkOptions::of(&case)
        };
        let p = polarisation_of_sides(&case, &whole_span(&case), &options);
        let g = |code: &str| {
            code.parse::<demarche_events::CameoCode>()
                .unwrap()
                .goldstein()
                .value
        };
        let (meet, sign, accuse) = (g("040"), g("057"), -g("111"));
        let want = (meet + sign + accuse - meet - accuse) / (2.0 * meet + sign + 2.0 * accuse);
        assert!((p.index.value.unwrap() - want).abs() < 1e-12);
        assert!(p.index.interval.unwrap().contains(want));
    }

    /// Counted by another program (Python) on the same rows, with these sides.
    #[test]
    fn the_worked_case() {
        let Some(mut case) = korea_nato() else {
            println!("skipped: the chronicle of the worked case is not there");
            return;
        };
        let one = ["KOR", "NATO", "AP4", "JPN", "AUS", "NZL", "USA"];
        case.settings.sides.one.actors = one.map(str::to_owned).into();
        case.settings.sides.other.actors = ["CHN", "RUS", "PRK"].map(str::to_owned).into();
        case.settings.sides.third = ["ASEAN", "IND"].map(str::to_owned).into();
        let options = NetworkOptions::of(&case);
        for (from, to, parts) in [
            ("2005-01-01", "2022-06-28", [376.0, 84.0, 3.0, 156.0]),
            ("2022-06-29", "2026-06-30", [552.0, 40.0, 12.0, 207.0]),
        ] {
            let span = NamedPeriod {
                name: String::new(),
                from: crate::testing::day(from),
                to: crate::testing::day(to),
            };
            let p = polarisation_of_sides(&case, &span, &options);
            let got = [
                p.cooperation_within,
                p.cooperation_between,
                p.conflict_within,
                p.conflict_between,
            ];
            assert_eq!(got, parts);
            let index = (parts[0] + parts[3] - parts[1] - parts[2]) / parts.iter().sum::<f64>();
            assert!((p.index.value.unwrap() - index).abs() < 1e-12);
        }
    }
}
