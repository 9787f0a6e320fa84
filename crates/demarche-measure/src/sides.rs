//! The two sides of a case: who stands on one on a given day.

use demarche_case::{Case, Sides};
use demarche_events::Date;

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Camp {
    /// The partners' side, `sides.one` of the case.
    One,
    /// The other side, `sides.other` of the case.
    Other,
}

/// The side on which an actor stands on a day, if any.
///
/// A side holds the actors its list names and, from day to day, the members of the bodies among
/// them. Who is listed as a third party stands on neither; who is listed on a side by name stands
/// there, whatever body he belongs to; who belongs to bodies of both sides stands on neither.
pub fn camp_of(case: &Case, actor: &str, day: Date) -> Option<Camp> {
    let Sides { one, other, third } = &case.settings.sides;
    if third.iter().any(|a| a == actor) {
        return None;
    }
    let listed = |list: &[String]| list.iter().any(|a| a == actor);
    match (listed(&one.actors), listed(&other.actors)) {
        (true, false) => return Some(Camp::One),
        (false, true) => return Some(Camp::Other),
        (true, true) => return None,
        (false, false) => {}
    }
    let member = |list: &[String]| list.iter().any(|body| case.is_member(actor, body, day));
    match (member(&one.actors), member(&other.actors)) {
        (true, false) => Some(Camp::One),
        (false, true) => Some(Camp::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, day};

    #[test]
    fn members_stand_on_a_side_from_day_to_day() {
        // One: E and X (A, and B from 2021). The other: Y (C, and D to mid-2022).
        let mut case = case(Vec::new());
        let (early, late) = (day("2020-06-01"), day("2023-01-01"));
        assert_eq!(camp_of(&case, "E", early), Some(Camp::One));
        assert_eq!(camp_of(&case, "A", early), Some(Camp::One));
        assert_eq!(camp_of(&case, "B", early), None);
        assert_eq!(camp_of(&case, "B", late), Some(Camp::One));
        assert_eq!(camp_of(&case, "D", early), Some(Camp::Other));
        assert_eq!(camp_of(&case, "D", late), None);
        // By name against membership; and a third party on neither.
        case.settings.sides.other.actors.push("A".to_owned());
        assert_eq!(camp_of(&case, "A", early), Some(Camp::Other));
        case.settings.sides.third.push("C".to_owned());
        assert_eq!(camp_of(&case, "C", early), None);
    }
}
