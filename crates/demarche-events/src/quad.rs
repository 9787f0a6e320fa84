//! Quad classes: cooperation or conflict, in words or in deeds.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::CameoCode;

/// The four quad classes of event data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QuadClass {
    /// Words of cooperation: statements, appeals, agreements, consultations.
    VerbalCooperation,
    /// Deeds of cooperation: aid, joint work, yielding.
    MaterialCooperation,
    /// Words of conflict: demands, disapproval, rejection, threats.
    VerbalConflict,
    /// Deeds of conflict: shows of force, coercion, assault, fighting.
    MaterialConflict,
}

impl QuadClass {
    /// All four, in the order of their numbers.
    pub const ALL: [QuadClass; 4] = [
        QuadClass::VerbalCooperation,
        QuadClass::MaterialCooperation,
        QuadClass::VerbalConflict,
        QuadClass::MaterialConflict,
    ];

    /// GDELT's number of the class, 1 to 4.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Position in [`QuadClass::ALL`], 0 to 3.
    pub fn index(self) -> usize {
        self as usize
    }

    /// Is it a class of cooperation?
    pub fn is_cooperation(self) -> bool {
        matches!(
            self,
            QuadClass::VerbalCooperation | QuadClass::MaterialCooperation
        )
    }

    /// Is it a class of deeds?
    pub fn is_material(self) -> bool {
        matches!(
            self,
            QuadClass::MaterialCooperation | QuadClass::MaterialConflict
        )
    }

    /// Name in plain words, lower case.
    pub fn label(self) -> &'static str {
        match self {
            QuadClass::VerbalCooperation => "verbal cooperation",
            QuadClass::MaterialCooperation => "material cooperation",
            QuadClass::VerbalConflict => "verbal conflict",
            QuadClass::MaterialConflict => "material conflict",
        }
    }
}

impl fmt::Display for QuadClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// How CAMEO roots are split into quad classes. Tools differ in two roots, so it is a choice.
///
/// | scheme | verbal cooperation | material cooperation | verbal conflict | material conflict |
/// | --- | --- | --- | --- | --- |
/// | `gdelt` | 01–05 | 06–09 | 10–14 | 15–20 |
/// | `alt` | 01–05 | 06–08 | 09–13 | 14–20 |
///
/// `gdelt` is the split found in GDELT's own `QuadClass` column; `alt` puts investigations (09)
/// with verbal conflict and protests (14) with material conflict, as tools for ICEWS do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuadScheme {
    /// GDELT's split.
    #[default]
    Gdelt,
    /// The split with 09 in verbal and 14 in material conflict.
    Alt,
}

impl QuadScheme {
    /// The class of a code under this scheme.
    pub fn class(self, code: CameoCode) -> QuadClass {
        let (last_coop, first_force) = match self {
            QuadScheme::Gdelt => (9, 15),
            QuadScheme::Alt => (8, 14),
        };
        match code.root() {
            ..=5 => QuadClass::VerbalCooperation,
            r if r <= last_coop => QuadClass::MaterialCooperation,
            r if r < first_force => QuadClass::VerbalConflict,
            _ => QuadClass::MaterialConflict,
        }
    }

    /// The other scheme, for "does it hold under the other choice".
    pub fn other(self) -> Self {
        match self {
            QuadScheme::Gdelt => QuadScheme::Alt,
            QuadScheme::Alt => QuadScheme::Gdelt,
        }
    }

    /// The name used on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            QuadScheme::Gdelt => "gdelt",
            QuadScheme::Alt => "alt",
        }
    }
}

impl fmt::Display for QuadScheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roots by GDELT's own `QuadClass` column, counted on 109,905 rows without exception.
    #[test]
    fn the_gdelt_split_is_the_one_in_the_data() {
        let want = [1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4];
        for (root, class) in (1..=20).zip(want) {
            let code: CameoCode = format!("{root:02}").parse().unwrap();
            assert_eq!(QuadScheme::Gdelt.class(code).number(), class, "root {root}");
        }
    }

    #[test]
    fn the_schemes_differ_in_roots_09_and_14_only() {
        let differing: Vec<u8> = (1..=20)
            .filter(|root| {
                let code: CameoCode = format!("{root:02}").parse().unwrap();
                QuadScheme::Gdelt.class(code) != QuadScheme::Alt.class(code)
            })
            .collect();
        assert_eq!(differing, [9, 14]);
        assert_eq!(
            QuadScheme::Alt.class("094".parse().unwrap()),
            QuadClass::VerbalConflict
        );
        assert_eq!(
            QuadScheme::Alt.class("145".parse().unwrap()),
            QuadClass::MaterialConflict
        );
    }
}
