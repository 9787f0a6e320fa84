//! PLOVER event types: the ontology of POLECAT, sixteen types in place of CAMEO's twenty roots.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{CameoCode, QuadClass};

/// The sixteen event types of PLOVER, from cooperation in words to conflict in deeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum PloverType {
    /// Agree, or voice the will to.
    Agree,
    /// Meet, visit, confer.
    Consult,
    /// Begin or better relations, praise, recognise.
    Support,
    /// Yield in words: ease a rule, accept a demand.
    Concede,
    /// Work together: trade, military or judicial cooperation, sharing of intelligence.
    Cooperate,
    /// Give: money, goods, arms, asylum.
    Aid,
    /// Yield in deeds: release, withdraw, disarm, cease fire.
    Retreat,
    /// Ask or demand.
    Request,
    /// Blame, investigate, charge.
    Accuse,
    /// Refuse.
    Reject,
    /// Threaten.
    Threaten,
    /// Protest as civilians.
    Protest,
    /// Break off or cut down relations, withhold aid.
    Sanction,
    /// Move or ready forces.
    Mobilize,
    /// Arrest, seize, expel, repress.
    Coerce,
    /// Use force.
    Assault,
}

/// Which quad class SANCTION counts to, since PLOVER's manual contradicts itself: its chapter on
/// the type and its summary of categories say material conflict, its quad table verbal conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SanctionAs {
    /// A deed: material conflict.
    #[default]
    Material,
    /// A word: verbal conflict.
    Verbal,
}

impl SanctionAs {
    /// The name used on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            SanctionAs::Material => "material",
            SanctionAs::Verbal => "verbal",
        }
    }
}

impl fmt::Display for SanctionAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SanctionAs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "material" => Ok(SanctionAs::Material),
            "verbal" => Ok(SanctionAs::Verbal),
            _ => Err(format!("{text:?} is not material or verbal")),
        }
    }
}

/// The text is none of PLOVER's sixteen types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PloverError(String);

impl fmt::Display for PloverError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no PLOVER event type; the types are", self.0)?;
        for (i, kind) in PloverType::ALL.into_iter().enumerate() {
            write!(f, "{} {kind}", if i == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl std::error::Error for PloverError {}

impl PloverType {
    /// All sixteen, in the order of the manual.
    pub const ALL: [PloverType; 16] = [
        PloverType::Agree,
        PloverType::Consult,
        PloverType::Support,
        PloverType::Concede,
        PloverType::Cooperate,
        PloverType::Aid,
        PloverType::Retreat,
        PloverType::Request,
        PloverType::Accuse,
        PloverType::Reject,
        PloverType::Threaten,
        PloverType::Protest,
        PloverType::Sanction,
        PloverType::Mobilize,
        PloverType::Coerce,
        PloverType::Assault,
    ];

    /// Position in [`PloverType::ALL`], 0 to 15.
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name in POLECAT's files, upper case.
    pub fn name(self) -> &'static str {
        match self {
            PloverType::Agree => "AGREE",
            PloverType::Consult => "CONSULT",
            PloverType::Support => "SUPPORT",
            PloverType::Concede => "CONCEDE",
            PloverType::Cooperate => "COOPERATE",
            PloverType::Aid => "AID",
            PloverType::Retreat => "RETREAT",
            PloverType::Request => "REQUEST",
            PloverType::Accuse => "ACCUSE",
            PloverType::Reject => "REJECT",
            PloverType::Threaten => "THREATEN",
            PloverType::Protest => "PROTEST",
            PloverType::Sanction => "SANCTION",
            PloverType::Mobilize => "MOBILIZE",
            PloverType::Coerce => "COERCE",
            PloverType::Assault => "ASSAULT",
        }
    }

    /// The type of that name, whatever its case; blanks around it are ignored.
    pub fn parse(name: &[u8]) -> Option<Self> {
        let name = name.trim_ascii();
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// The quad class. SANCTION is the user's choice; see [`SanctionAs`].
    pub fn quad(self, sanction: SanctionAs) -> QuadClass {
        match self {
            PloverType::Agree | PloverType::Consult | PloverType::Support | PloverType::Concede => {
                QuadClass::VerbalCooperation
            }
            PloverType::Cooperate | PloverType::Aid | PloverType::Retreat => {
                QuadClass::MaterialCooperation
            }
            PloverType::Request
            | PloverType::Accuse
            | PloverType::Reject
            | PloverType::Threaten => QuadClass::VerbalConflict,
            PloverType::Sanction if sanction == SanctionAs::Verbal => QuadClass::VerbalConflict,
            PloverType::Protest
            | PloverType::Sanction
            | PloverType::Mobilize
            | PloverType::Coerce
            | PloverType::Assault => QuadClass::MaterialConflict,
        }
    }

    /// The intensity of the type, on PLOVER's scale from −10 (conflict) to +10 (cooperation).
    ///
    /// The scale is not Goldstein's: meetings are worth 2.5 here and 1 to 2.8 there, cooperation
    /// 9.5 here and 6 there, so levels do not compare with GDELT or ICEWS. ACCUSE is −3: the
    /// manual's table prints it without its sign, while its modes are −2 to −3.5.
    pub fn intensity(self) -> f64 {
        match self {
            PloverType::Agree => 2.5,
            PloverType::Consult => 2.5,
            PloverType::Support => 5.0,
            PloverType::Concede => 4.5,
            PloverType::Cooperate => 9.5,
            PloverType::Aid => 10.0,
            PloverType::Retreat => 6.5,
            PloverType::Request => 0.0,
            PloverType::Accuse => -3.0,
            PloverType::Reject => -2.0,
            PloverType::Threaten => -3.5,
            PloverType::Protest => -5.0,
            PloverType::Sanction => -6.0,
            PloverType::Mobilize => -5.5,
            PloverType::Coerce => -7.0,
            PloverType::Assault => -9.0,
        }
    }

    /// The intensity of a mode of the type where the mode is known to shift it, whatever its
    /// case; `None` for every other mode, for which the file's own intensity is to be used, or
    /// else that of the type.
    pub fn intensity_of_mode(self, mode: &str) -> Option<f64> {
        const SHIFTS: [(PloverType, &str, f64); 10] = [
            (PloverType::Consult, "visit", 4.0),
            (PloverType::Consult, "multilateral", 4.0),
            (PloverType::Consult, "phone", 1.5),
            (PloverType::Consult, "third-party", 1.0),
            (PloverType::Retreat, "disarm", 10.0),
            (PloverType::Retreat, "withdraw", 8.0),
            (PloverType::Retreat, "ceasefire", 7.5),
            (PloverType::Protest, "riot", -7.0),
            (PloverType::Mobilize, "troops", -6.5),
            (PloverType::Mobilize, "weapons", -6.5),
        ];
        let mode = mode.trim();
        SHIFTS
            .into_iter()
            .find(|(kind, name, _)| *kind == self && name.eq_ignore_ascii_case(mode))
            .map(|(_, _, value)| value)
    }
}

impl FromStr for PloverType {
    type Err = PloverError;

    fn from_str(text: &str) -> Result<Self, PloverError> {
        Self::parse(text.as_bytes()).ok_or_else(|| PloverError(text.to_owned()))
    }
}

impl fmt::Display for PloverType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The PLOVER type of a CAMEO code, or `None` for statements and appeals (roots 01 and 02), which
/// PLOVER dropped.
///
/// Root 08 (yield) is split: easing of rules and acceptance of demands (080–083) is CONCEDE;
/// release, return, withdrawal and cease-fire (084–087, also 0813 and 0814) RETREAT. Root 09
/// (investigate) becomes ACCUSE, so that it is material cooperation by GDELT's quad classes and
/// verbal conflict by PLOVER's: the two series must not be chained without a word on it.
pub fn plover_of(code: CameoCode) -> Option<PloverType> {
    Some(match code.root() {
        3 => PloverType::Agree,
        4 => PloverType::Consult,
        5 => PloverType::Support,
        6 => PloverType::Cooperate,
        7 => PloverType::Aid,
        8 => match code.as_str().as_bytes() {
            b"0813" | b"0814" => PloverType::Retreat,
            [_, _, b'4'..=b'7', ..] => PloverType::Retreat,
            _ => PloverType::Concede,
        },
        9 | 11 => PloverType::Accuse,
        10 => PloverType::Request,
        12 => PloverType::Reject,
        13 => PloverType::Threaten,
        14 => PloverType::Protest,
        15 => PloverType::Mobilize,
        16 => PloverType::Sanction,
        17 => PloverType::Coerce,
        18..=20 => PloverType::Assault,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cameo_codes;

    fn code(text: &str) -> CameoCode {
        text.parse().unwrap()
    }

    #[test]
    fn names_are_read_in_any_case_and_written_in_capitals() {
        for kind in PloverType::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
            assert_eq!(kind.name().to_lowercase().parse(), Ok(kind));
            assert_eq!(PloverType::ALL[kind.index()], kind);
            assert_eq!(kind.name(), format!("{kind:?}").to_uppercase());
        }
        assert_eq!(" Consult ".parse(), Ok(PloverType::Consult));
        let error = "INVESTIGATE".parse::<PloverType>().unwrap_err().to_string();
        assert!(
            error.contains("INVESTIGATE") && error.ends_with("ASSAULT"),
            "{error}"
        );
    }

    /// Four types a verbal class, three of cooperation in deeds, five of conflict in deeds.
    #[test]
    fn only_sanction_depends_on_the_choice() {
        let count = |sanction| {
            QuadClass::ALL.map(|class| {
                let of = |kind: &PloverType| kind.quad(sanction) == class;
                PloverType::ALL.iter().filter(|kind| of(kind)).count()
            })
        };
        assert_eq!(count(SanctionAs::Material), [4, 3, 4, 5]);
        assert_eq!(count(SanctionAs::Verbal), [4, 3, 5, 4]);
        for kind in PloverType::ALL {
            let same = kind.quad(SanctionAs::Material) == kind.quad(SanctionAs::Verbal);
            assert_eq!(same, kind != PloverType::Sanction, "{kind}");
        }
    }

    /// REQUEST stands at zero; the sign of every other value is that of its class.
    #[test]
    fn the_sign_of_the_intensity_is_that_of_the_class() {
        for kind in PloverType::ALL {
            let coop = kind.quad(SanctionAs::Material).is_cooperation();
            match kind {
                PloverType::Request => assert_eq!(kind.intensity(), 0.0),
                _ => assert_eq!(kind.intensity() > 0.0, coop, "{kind}"),
            }
        }
        assert_eq!(PloverType::Accuse.intensity(), -3.0);
        assert_eq!(PloverType::Consult.intensity_of_mode("Visit"), Some(4.0));
        assert_eq!(PloverType::Protest.intensity_of_mode("riot"), Some(-7.0));
        assert_eq!(PloverType::Aid.intensity_of_mode("visit"), None);
    }

    #[test]
    fn cameo_roots_go_to_their_types() {
        for (text, want) in [
            ("010", None),
            ("0256", None),
            ("03", Some(PloverType::Agree)),
            ("042", Some(PloverType::Consult)),
            ("057", Some(PloverType::Support)),
            ("064", Some(PloverType::Cooperate)),
            ("08", Some(PloverType::Concede)),
            ("080", Some(PloverType::Concede)),
            ("0812", Some(PloverType::Concede)),
            ("0813", Some(PloverType::Retreat)),
            ("0814", Some(PloverType::Retreat)),
            ("0834", Some(PloverType::Concede)),
            ("0841", Some(PloverType::Retreat)),
            ("0874", Some(PloverType::Retreat)),
            ("090", Some(PloverType::Accuse)),
            ("111", Some(PloverType::Accuse)),
            ("141", Some(PloverType::Protest)),
            ("150", Some(PloverType::Mobilize)),
            ("163", Some(PloverType::Sanction)),
            ("176", Some(PloverType::Coerce)),
            ("2042", Some(PloverType::Assault)),
        ] {
            assert_eq!(plover_of(code(text)), want, "{text}");
        }
        for (code, _, _) in cameo_codes() {
            assert_eq!(plover_of(code).is_none(), code.root() <= 2, "{code}");
        }
    }

    /// Investigations change sides between the two ontologies, demands and protests do not.
    #[test]
    fn an_investigation_is_cooperation_for_gdelt_and_conflict_for_plover() {
        let by_plover = |text| plover_of(code(text)).unwrap().quad(SanctionAs::Material);
        let by_gdelt = |text| crate::QuadScheme::Gdelt.class(code(text));
        assert_eq!(by_gdelt("090"), QuadClass::MaterialCooperation);
        assert_eq!(by_plover("090"), QuadClass::VerbalConflict);
        assert_eq!(by_gdelt("104"), by_plover("104"));
    }
}
