//! Whose acts are whose: which events belong to a dyad or an actor, and what a body's acts are.

use std::collections::BTreeMap;

use demarche_case::{ActorKind, BodyMode, Case, Membership, NamedPeriod};
use demarche_events::{Date, Event, Precision};
use demarche_table::{Kind, Table};

use crate::EventIx;
use crate::span::{Placement, placement};

/// An event as an act between the two ends of a selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act {
    /// The event.
    pub event: EventIx,
    /// Does the first end act? For a mutual act both do, and this says who stands first in the
    /// file.
    pub forward: bool,
    /// Done together: counts once in each direction.
    pub mutual: bool,
}

impl Act {
    /// Does it count from the first end to the second?
    pub fn there(self) -> bool {
        self.forward || self.mutual
    }

    /// Does it count from the second end to the first?
    pub fn back(self) -> bool {
        !self.forward || self.mutual
    }
}

/// Rows of the chronicle that tell of one act, and the one that was kept for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The row that is counted.
    pub kept: EventIx,
    /// The rows that are not, ascending.
    pub merged: Vec<EventIx>,
}

/// The acts between two ends, or of one actor with all others.
///
/// **Who stands for whom.** A state stands for itself. What stands for a body depends on
/// [`BodyMode`]: the rows that name it (`self`), the rows that name a state that is a member on
/// the date of the row (`members`), or either (`both`). A state that is itself the other end
/// never stands for a body it belongs to, and one that belongs to both ends stands for neither,
/// so that nobody acts towards itself. The date of a row known only to the month or the year is
/// its first day.
///
/// **One act, several rows.** A meeting of a body and a partner is often recorded under the body
/// and, where a page named them, under single members as well. The body's own row is the sign of
/// a joint act: a member's row that shares with it the date and its precision, the direction, the
/// mutual flag, the CAMEO root, the area and the other actor is its twin, and the two are one
/// act. The j-th such row of a member is the twin of the j-th such row of the body, so two rows
/// under one name are never merged. Of the rows of one act the body's own is kept, or, where the
/// mode leaves that out, the first in the file. Rows of two members without a row of the body
/// beside them are two acts: on a summit day a state meets several members one by one. What was
/// merged stands in [`Selection::merged`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The acts, in file order, each counted once.
    pub acts: Vec<Act>,
    /// The rows that were merged, by kept row.
    pub merged: Vec<Merged>,
}

impl Selection {
    /// The acts between two actors, in either direction.
    pub fn dyad(case: &Case, a: &str, b: &str, mode: BodyMode) -> Self {
        let (end_a, end_b) = (End::new(case, a, mode), End::new(case, b, mode));
        let links = case.chronicle.iter().enumerate().filter_map(|(i, e)| {
            let forward = (
                end_a.stands(&e.source, &end_b, e.date),
                end_b.stands(&e.target, &end_a, e.date),
            );
            let back = (
                end_a.stands(&e.target, &end_b, e.date),
                end_b.stands(&e.source, &end_a, e.date),
            );
            let (forward, stands) = match (both(forward), both(back)) {
                (Some(s), _) => (true, s),
                (None, Some(s)) => (false, s),
                (None, None) => return None,
            };
            Some(Link::new(i, e, forward, stands))
        });
        Self::fold(case, links.collect())
    }

    /// The acts of one actor with all others, in either direction: what a share of its acts is a
    /// share of. Acts between two that both stand for the actor (two members of one body) are not
    /// among them.
    pub fn of(case: &Case, actor: &str, mode: BodyMode) -> Self {
        let end = End::new(case, actor, mode);
        let links = case.chronicle.iter().enumerate().filter_map(|(i, e)| {
            match (
                end.stands_alone(&e.source, e.date),
                end.stands_alone(&e.target, e.date),
            ) {
                (Some(s), None) => Some(Link::new(i, e, true, (s, Stand::Named))),
                (None, Some(s)) => Some(Link::new(i, e, false, (s, Stand::Named))),
                _ => None,
            }
        });
        Self::fold(case, links.collect())
    }

    /// The acts that surely happened in the span; see [`placement`].
    #[must_use]
    pub fn within(&self, case: &Case, span: &NamedPeriod) -> Self {
        let as_of = case.settings.as_of;
        let holds =
            |ix: EventIx| placement(&case.chronicle[ix as usize], span, as_of) == Placement::Inside;
        Self {
            acts: self
                .acts
                .iter()
                .copied()
                .filter(|a| holds(a.event))
                .collect(),
            merged: self
                .merged
                .iter()
                .filter(|m| holds(m.kept))
                .cloned()
                .collect(),
        }
    }

    /// Only the acts whose day is known.
    #[must_use]
    pub fn day_precision(&self, case: &Case) -> Self {
        let exact = |ix: EventIx| case.chronicle[ix as usize].precision == Precision::Day;
        Self {
            acts: self
                .acts
                .iter()
                .copied()
                .filter(|a| exact(a.event))
                .collect(),
            merged: self
                .merged
                .iter()
                .filter(|m| exact(m.kept))
                .cloned()
                .collect(),
        }
    }

    /// The events, ascending.
    pub fn events(&self) -> Vec<EventIx> {
        self.acts.iter().map(|a| a.event).collect()
    }

    /// How many rows were merged into others.
    pub fn merged_rows(&self) -> usize {
        self.merged.iter().map(|m| m.merged.len()).sum()
    }

    /// Makes one act of the rows that tell of one, and leaves out the rows the mode leaves out.
    fn fold(case: &Case, links: Vec<Link>) -> Self {
        let mut group: Vec<usize> = (0..links.len()).collect();
        for first_end in [true, false] {
            join_twins(case, &links, first_end, &mut group);
        }
        let mut acts: BTreeMap<usize, Vec<&Link>> = BTreeMap::new();
        for (i, link) in links.iter().enumerate() {
            if link.counts() {
                acts.entry(root(&group, i)).or_default().push(link);
            }
        }
        let mut out = Self::default();
        for rows in acts.values() {
            let kept = rows
                .iter()
                .min_by_key(|l| (l.members_named(), l.event))
                .expect("a group has a row");
            out.acts.push(Act {
                event: kept.event,
                forward: kept.forward,
                mutual: kept.mutual,
            });
            if rows.len() > 1 {
                out.merged.push(Merged {
                    kept: kept.event,
                    merged: rows
                        .iter()
                        .map(|l| l.event)
                        .filter(|&e| e != kept.event)
                        .collect(),
                });
            }
        }
        out.acts.sort_unstable();
        out.merged.sort_unstable_by_key(|m| m.kept);
        out
    }
}

/// Rows of the chronicle merged in a selection, for `merged_acts.csv`.
pub fn merged_table(case: &Case, a: &str, b: &str, selection: &Selection) -> Table {
    let mut table = Table::new(
        "merged_acts",
        "Rows of the chronicle that tell of an act already counted under another row.",
    )
    .column("actor", Kind::Text, "", "First end of the dyad.")
    .column("partner", Kind::Text, "", "Second end of the dyad.")
    .column("kept", Kind::Text, "", "Id of the event that is counted.")
    .column(
        "merged",
        Kind::Text,
        "",
        "Id of the event that is not counted again.",
    )
    .column(
        "date",
        Kind::Date,
        "",
        "Date of both; its first day where only month or year is known.",
    )
    .column(
        "precision",
        Kind::Text,
        "",
        "How exactly the date is known.",
    )
    .column("kept_title", Kind::Text, "", "What the counted row says.")
    .column("merged_title", Kind::Text, "", "What the merged row says.");
    for m in &selection.merged {
        let kept = &case.chronicle[m.kept as usize];
        for &ix in &m.merged {
            let row = &case.chronicle[ix as usize];
            table.push(vec![
                a.into(),
                b.into(),
                kept.id.as_str().into(),
                row.id.as_str().into(),
                row.date.into(),
                row.precision.name().into(),
                kept.title.as_str().into(),
                row.title.as_str().into(),
            ]);
        }
    }
    table
}

/// How a written actor stands for an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stand {
    /// It is the end, and rows that name it count.
    Named,
    /// It is a body, and rows that name it do not count in this mode; they still tell that an
    /// act of its members was joint.
    Witness,
    /// It is a member of the end on the day.
    Member,
}

/// One end of a selection.
struct End<'a> {
    code: &'a str,
    named: Stand,
    members: Vec<&'a Membership>,
}

impl<'a> End<'a> {
    fn new(case: &'a Case, code: &'a str, mode: BodyMode) -> Self {
        let body = case.actor(code).is_some_and(|a| a.kind == ActorKind::Body);
        let by_members = body && mode != BodyMode::Itself;
        let named = if body && mode == BodyMode::Members {
            Stand::Witness
        } else {
            Stand::Named
        };
        let members = case
            .memberships
            .iter()
            .filter(|m| by_members && m.body == code);
        Self {
            code,
            named,
            members: members.collect(),
        }
    }

    fn has_member(&self, actor: &str, day: Date) -> bool {
        self.members
            .iter()
            .any(|m| m.actor == actor && m.from <= day && m.to.is_none_or(|last| day <= last))
    }

    fn stands_alone(&self, actor: &str, day: Date) -> Option<Stand> {
        if actor == self.code {
            Some(self.named)
        } else {
            self.has_member(actor, day).then_some(Stand::Member)
        }
    }

    fn stands(&self, actor: &str, other: &End<'_>, day: Date) -> Option<Stand> {
        if actor == other.code {
            return None;
        }
        self.stands_alone(actor, day)
            .filter(|&s| s != Stand::Member || !other.has_member(actor, day))
    }
}

fn both<T>(pair: (Option<T>, Option<T>)) -> Option<(T, T)> {
    pair.0.zip(pair.1)
}

/// A row that may count between the ends.
struct Link {
    event: EventIx,
    forward: bool,
    mutual: bool,
    stands: (Stand, Stand),
}

impl Link {
    fn new(position: usize, event: &Event, forward: bool, stands: (Stand, Stand)) -> Self {
        Self {
            event: EventIx::try_from(position).expect("a chronicle has fewer than 2³² rows"),
            forward,
            mutual: event.mutual,
            stands,
        }
    }

    fn counts(&self) -> bool {
        self.stands.0 != Stand::Witness && self.stands.1 != Stand::Witness
    }

    fn members_named(&self) -> usize {
        [self.stands.0, self.stands.1]
            .iter()
            .filter(|&&s| s == Stand::Member)
            .count()
    }
}

/// Joins each member's row with its twin, the body's own row, at one end.
fn join_twins(case: &Case, links: &[Link], first_end: bool, group: &mut [usize]) {
    // What twins share but for the actor at this end: date, precision, direction (none for a
    // mutual act), CAMEO root, area and the other actor.
    type Key<'a> = (Date, Precision, Option<bool>, u8, &'a str, &'a str);
    let mut rows: BTreeMap<Key<'_>, Vec<(usize, &str, Stand)>> = BTreeMap::new();
    for (i, link) in links.iter().enumerate() {
        let e = &case.chronicle[link.event as usize];
        let (here, other) = if link.forward == first_end {
            (e.source.as_str(), e.target.as_str())
        } else {
            (e.target.as_str(), e.source.as_str())
        };
        let stand = if first_end {
            link.stands.0
        } else {
            link.stands.1
        };
        let direction = (!e.mutual).then_some(link.forward);
        let key = (
            e.date,
            e.precision,
            direction,
            e.cameo.root(),
            e.area.as_str(),
            other,
        );
        rows.entry(key).or_default().push((i, here, stand));
    }
    for rows in rows.values() {
        let of_body: Vec<usize> = rows
            .iter()
            .filter(|(_, _, stand)| *stand != Stand::Member)
            .map(|&(i, _, _)| i)
            .collect();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for &(i, here, stand) in rows {
            if stand == Stand::Member {
                let rank = seen.entry(here).or_default();
                if let Some(&twin) = of_body.get(*rank) {
                    let (a, b) = (root(group, i), root(group, twin));
                    group[a.max(b)] = a.min(b);
                }
                *rank += 1;
            }
        }
    }
}

/// The smallest row of the group that a row belongs to.
fn root(group: &[usize], mut i: usize) -> usize {
    while group[i] != i {
        i = group[i];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event, korea_nato, sample_events};
    use crate::whole_span;
    use proptest::prelude::*;

    const MODES: [BodyMode; 3] = [BodyMode::Itself, BodyMode::Members, BodyMode::Both];

    #[test]
    fn a_body_is_itself_its_members_on_the_day_or_both() {
        let case = case(vec![
            event("2020-05-01", "E", "->", "X", "030", "cyber"),
            event("2020-05-02", "A", "->", "E", "030", "cyber"),
            // B joins X on 2021-01-01.
            event("2020-12-31", "B", "<>", "E", "040", "cyber"),
            event("2021-01-01", "B", "<>", "E", "040", "cyber"),
            event("2021-02-01", "A", "->", "B", "030", "cyber"),
            event("2021-03-01", "C", "->", "E", "030", "cyber"),
        ]);
        let of = |mode| Selection::dyad(&case, "E", "X", mode);
        assert_eq!(of(BodyMode::Itself).events(), [0]);
        assert_eq!(of(BodyMode::Members).events(), [1, 3]);
        assert_eq!(of(BodyMode::Both).events(), [0, 1, 3]);
        let acts = of(BodyMode::Both).acts;
        assert_eq!(
            acts.iter().map(|a| a.there()).collect::<Vec<_>>(),
            [true, false, true]
        );
        assert_eq!(
            acts.iter().map(|a| a.back()).collect::<Vec<_>>(),
            [false, true, true]
        );
        // What a body does among its members is not its act.
        assert_eq!(
            Selection::of(&case, "X", BodyMode::Both).events(),
            [0, 1, 3]
        );
        assert_eq!(Selection::of(&case, "A", BodyMode::Both).events(), [1, 4]);
    }

    #[test]
    fn nobody_acts_towards_itself() {
        let mut case = case(vec![
            // A belongs to X and is the other end.
            event("2021-05-01", "A", "->", "B", "030", "cyber"),
            event("2021-05-02", "A", "->", "X", "030", "cyber"),
            // B belongs to X and Y: it stands for neither towards the other.
            event("2021-05-03", "B", "->", "C", "030", "cyber"),
            event("2021-05-04", "A", "->", "C", "030", "cyber"),
        ]);
        case.memberships
            .push(crate::testing::membership("B", "Y", "2000-01-01", None));
        let of = |a, b| Selection::dyad(&case, a, b, BodyMode::Both).events();
        assert_eq!(of("A", "X"), [0, 1]);
        assert_eq!(of("X", "Y"), [3]);
    }

    #[test]
    fn a_joint_act_is_counted_once() {
        let case = case(vec![
            // Listed under both members and the body: one act; the body's row is kept.
            event("2021-06-01", "A", "<>", "E", "040", "cyber"),
            event("2021-06-01", "E", "<>", "B", "041", "cyber"),
            event("2021-06-01", "E", "<>", "X", "040", "cyber"),
            // No row of the body: two acts.
            event("2021-07-01", "A", "<>", "E", "040", "cyber"),
            event("2021-07-01", "B", "<>", "E", "040", "cyber"),
            // A second row of the same member is another act.
            event("2021-06-01", "E", "<>", "A", "040", "cyber"),
            // Another area, direction, root or precision: another act.
            event("2021-06-01", "E", "<>", "A", "040", "maritime"),
            event("2021-06-01", "E", "->", "A", "040", "cyber"),
            event("2021-06-01", "E", "<>", "A", "030", "cyber"),
            event("2021-06", "E", "<>", "B", "040", "cyber"),
        ]);
        let both = Selection::dyad(&case, "E", "X", BodyMode::Both);
        assert_eq!(both.events(), [2, 3, 4, 5, 6, 7, 8, 9]);
        let merged = |kept, merged: &[EventIx]| {
            vec![Merged {
                kept,
                merged: merged.to_vec(),
            }]
        };
        assert_eq!(both.merged, merged(2, &[0, 1]));
        let members = Selection::dyad(&case, "E", "X", BodyMode::Members);
        assert_eq!(members.events(), [0, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(members.merged, merged(0, &[1]));
        let own = Selection::dyad(&case, "E", "X", BodyMode::Itself);
        assert_eq!((own.events(), own.merged_rows()), (vec![2], 0));
        assert_eq!(merged_table(&case, "E", "X", &both).rows().len(), 2);
    }

    #[test]
    fn a_joint_act_of_two_bodies_is_counted_once() {
        let case = case(vec![
            event("2021-06-01", "X", "<>", "Y", "040", "cyber"),
            event("2021-06-01", "A", "<>", "Y", "040", "cyber"),
            event("2021-06-01", "A", "<>", "C", "040", "cyber"),
            event("2021-06-01", "D", "<>", "X", "040", "cyber"),
        ]);
        let both = Selection::dyad(&case, "X", "Y", BodyMode::Both);
        assert_eq!((both.events(), both.merged_rows()), (vec![0], 3));
    }

    /// Counted by a script of its own on the chronicle of the worked case, and the merged rows
    /// read one by one.
    #[test]
    fn the_worked_case() {
        let Some(case) = korea_nato() else {
            println!("skipped: the worked case is not there");
            return;
        };
        let span = whole_span(&case);
        let count = |mode| {
            let s = Selection::dyad(&case, "KOR", "NATO", mode).within(&case, &span);
            (s.acts.len(), s.merged_rows())
        };
        assert_eq!(count(BodyMode::Itself), (252, 0));
        assert_eq!(count(BodyMode::Members), (320, 3));
        assert_eq!(count(BodyMode::Both), (564, 11));
        let all = Selection::of(&case, "KOR", BodyMode::Itself).within(&case, &span);
        assert_eq!(all.acts.len(), 950);
    }

    proptest! {
        #[test]
        fn both_is_the_body_and_its_members_less_what_was_merged(events in sample_events(40)) {
            let case = case(events);
            for (a, b) in [("E", "X"), ("X", "E"), ("X", "Y"), ("A", "X"), ("A", "E")] {
                let [own, members, both] = MODES.map(|m| Selection::dyad(&case, a, b, m));
                let mut union: BTreeMap<EventIx, usize> = BTreeMap::new();
                for s in [&own, &members] {
                    let merged = s.merged.iter().flat_map(|m| &m.merged);
                    for e in s.events().iter().chain(merged) {
                        union.insert(*e, 1);
                    }
                }
                for e in both.merged.iter().flat_map(|m| &m.merged) {
                    prop_assert!(union.remove(e).is_some() || b == "Y");
                }
                let rest: Vec<EventIx> = union.into_keys().collect();
                // Between two bodies, rows of one body with a member of the other count in both only.
                if b == "Y" {
                    prop_assert!(both.acts.len() >= own.acts.len());
                } else {
                    prop_assert_eq!(&both.events(), &rest);
                }
                prop_assert_eq!(own.merged_rows(), 0);
                prop_assert!(both.acts.len() >= own.acts.len().max(members.acts.len()));
            }
        }

        #[test]
        fn a_dyad_seen_from_the_other_end_is_the_same(events in sample_events(40)) {
            let case = case(events);
            for mode in MODES {
                for (a, b) in [("E", "X"), ("X", "Y"), ("A", "C")] {
                    let there = Selection::dyad(&case, a, b, mode);
                    let back = Selection::dyad(&case, b, a, mode);
                    let turned: Vec<Act> = back
                        .acts
                        .iter()
                        .map(|x| Act { forward: !x.forward, ..*x })
                        .collect();
                    prop_assert_eq!(there.acts, turned);
                    prop_assert_eq!(there.merged, back.merged);
                }
            }
        }
    }
}
