//! How finely acts are told apart.

use demarche_events::{CameoCode, QuadClass, QuadScheme};
use serde::{Deserialize, Serialize};

/// How finely acts are told apart: the coarser, the more often each comes, and the less is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// By the CAMEO code as it stands.
    Code,
    /// By the root of the code, 01 to 20.
    #[default]
    Root,
    /// By quad class.
    Class,
}

impl Level {
    /// The name of the level in files and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Root => "root",
            Self::Class => "class",
        }
    }

    /// What an act of a code is called at this level: `0311`, `03` or `verbal-cooperation`.
    pub fn act(self, code: CameoCode, quad: QuadScheme) -> String {
        match self {
            Self::Code => code.to_string(),
            Self::Root => format!("{:02}", code.root()),
            Self::Class => class_name(quad.class(code)),
        }
    }

    /// What an act may be called, and the level at which it is: a code or a root of CAMEO, or a quad
    /// class, with blanks or hyphens.
    pub fn of(act: &str) -> Option<(Self, String)> {
        let plain = act.trim().to_lowercase().replace([' ', '_'], "-");
        if QuadClass::ALL.iter().any(|c| class_name(*c) == plain) {
            return Some((Self::Class, plain));
        }
        let code = CameoCode::from_bytes(plain.as_bytes())?;
        let level = if plain.len() == 2 {
            Self::Root
        } else {
            Self::Code
        };
        Some((level, code.to_string()))
    }

    /// The quad class of an act as this level calls it.
    pub fn class(self, act: &str, quad: QuadScheme) -> Option<QuadClass> {
        match self {
            Self::Class => QuadClass::ALL.into_iter().find(|c| class_name(*c) == act),
            _ => CameoCode::from_bytes(act.as_bytes()).map(|code| quad.class(code)),
        }
    }

    /// An act in words: `11 Disapprove`, or `verbal conflict`.
    pub fn words(self, act: &str) -> String {
        match CameoCode::from_bytes(act.as_bytes()) {
            Some(code) if self != Self::Class => format!("{code} {}", code.label()),
            _ => act.replace(['-', '_'], " "),
        }
    }
}

fn class_name(class: QuadClass) -> String {
    class.label().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_have_names_at_each_level() {
        let code: CameoCode = "0311".parse().unwrap();
        let at = |level: Level| level.act(code, QuadScheme::Gdelt);
        assert_eq!(
            [Level::Code, Level::Root, Level::Class].map(at),
            ["0311", "03", "verbal-cooperation"]
        );
        for (text, level, act) in [
            ("03", Level::Root, "03"),
            ("0311", Level::Code, "0311"),
            ("Material Conflict", Level::Class, "material-conflict"),
        ] {
            assert_eq!(Level::of(text), Some((level, act.to_owned())));
        }
        for text in ["", "3", "99", "conflict", "21", "03a"] {
            assert_eq!(Level::of(text), None, "{text}");
        }
        let class = Level::Root.class("14", QuadScheme::Alt);
        assert_eq!(class, Some(QuadClass::MaterialConflict));
        assert_eq!(Level::Root.words("11"), "11 Disapprove");
    }
}
