//! Colours by role, for paper and for a dark screen, and shapes for those who see no colours.
//!
//! Hues follow Okabe and Ito, "Color Universal Design" (2008), darkened or lightened until each
//! stands out against its ground; the tests hold the contrast ratios of WCAG 2.2.

/// A colour with the role it plays.
#[derive(Clone, Copy, Debug)]
pub struct Colour {
    /// Name of the CSS variable, without the dashes.
    pub name: &'static str,
    /// On white.
    pub light: &'static str,
    /// On a dark ground.
    pub dark: &'static str,
}

const fn colour(name: &'static str, light: &'static str, dark: &'static str) -> Colour {
    Colour { name, light, dark }
}

/// All colours of the charts.
pub const COLOURS: &[Colour] = &[
    colour("ground", "#ffffff", "#15181c"),
    colour("ink", "#1b1f24", "#e8eaed"),
    colour("muted", "#59616b", "#a9b1bb"),
    colour("axis", "#7b838d", "#7f8894"),
    colour("grid", "#e1e5ea", "#31373e"),
    colour("band-a", "#f3f5f8", "#1b2025"),
    colour("band-b", "#e7ecf1", "#242a31"),
    colour("break", "#f6dfa4", "#4d4220"),
    colour("break-line", "#7a5a00", "#e0bd5a"),
    colour("way", "#c9d3de", "#454e58"),
    colour("focus", "#0b57d0", "#8ab4f8"),
    colour("coop-verbal", "#4c97d3", "#3d7fb6"),
    colour("coop-material", "#0a4f86", "#9bcff7"),
    colour("conf-verbal", "#d0781a", "#b4691a"),
    colour("conf-material", "#8a3b00", "#ffbd75"),
    colour("gap", "#b3261e", "#ff8a7d"),
    colour("good", "#00805c", "#45d0a2"),
    colour("bloc-0", "#0072b2", "#5ab6ec"),
    colour("bloc-1", "#c05208", "#f2904f"),
    colour("bloc-2", "#008660", "#3ccf9f"),
    colour("bloc-3", "#a8487f", "#e39cc6"),
    colour("bloc-4", "#806400", "#e2c54d"),
    colour("bloc-5", "#5f6772", "#aab2bc"),
    colour("heat-0", "#f6f8fa", "#1c2126"),
    colour("heat-1", "#d7e7f5", "#1d3549"),
    colour("heat-2", "#a9cfea", "#20496b"),
    colour("heat-3", "#72b1de", "#2a5f8b"),
    colour("heat-4", "#1f6dab", "#6fb0e0"),
    colour("heat-5", "#0a4475", "#b3dafa"),
    colour("heat-low", "#1b1f24", "#f2f4f6"),
    colour("heat-high", "#ffffff", "#0d1013"),
];

/// Number of bloc colours; later blocs use them again, with another shape.
pub const BLOCS: usize = 6;

/// Steps of the heat map above zero.
pub const HEAT_STEPS: usize = 5;

/// A shape of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// ●
    Circle,
    /// ■
    Square,
    /// ▲
    Triangle,
    /// ◆
    Diamond,
    /// ⬢
    Hexagon,
    /// ▼
    Wedge,
    /// ★
    Star,
}

const SHAPES: [Shape; 7] = [
    Shape::Circle,
    Shape::Square,
    Shape::Triangle,
    Shape::Diamond,
    Shape::Hexagon,
    Shape::Wedge,
    Shape::Star,
];

/// Class of the colour of a bloc or series.
pub fn bloc_class(bloc: Option<usize>) -> String {
    match bloc {
        Some(i) => format!("bloc-{}", i % BLOCS),
        None => "bloc-none".into(),
    }
}

/// Shape of a bloc or series. Seven shapes and six colours give 42 blocs a look of their own.
pub fn bloc_shape(bloc: Option<usize>) -> Shape {
    SHAPES[bloc.unwrap_or(0) % SHAPES.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(hex: &str) -> f64 {
        let part = |i: usize| {
            let c = f64::from(u8::from_str_radix(&hex[i..i + 2], 16).unwrap()) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn get(name: &str) -> Colour {
        *COLOURS.iter().find(|c| c.name == name).unwrap()
    }

    fn both(a: &str, b: &str, least: f64) {
        let (a, b) = (get(a), get(b));
        for (theme, x, y) in [("light", a.light, b.light), ("dark", a.dark, b.dark)] {
            let got = contrast(x, y);
            assert!(
                got >= least,
                "{} on {} ({theme}): {got:.2} < {least}",
                a.name,
                b.name
            );
        }
    }

    #[test]
    fn contrast_of_black_and_white_is_21() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
    }

    #[test]
    fn text_can_be_read() {
        for text in ["ink", "muted"] {
            for ground in ["ground", "band-a", "band-b", "heat-0"] {
                both(text, ground, 4.5);
            }
        }
        for text in ["gap", "good", "break-line"] {
            both(text, "ground", 4.5);
        }
        for i in 0..4 {
            both("heat-low", &format!("heat-{i}"), 4.5);
        }
        for i in 4..=HEAT_STEPS {
            both("heat-high", &format!("heat-{i}"), 4.5);
        }
    }

    #[test]
    fn marks_stand_out() {
        for ground in ["ground", "band-a", "band-b"] {
            for mark in [
                "coop-verbal",
                "coop-material",
                "conf-verbal",
                "conf-material",
                "axis",
            ] {
                both(mark, ground, 2.6);
            }
        }
        for i in 0..BLOCS {
            both(&format!("bloc-{i}"), "ground", 4.5);
        }
        both("coop-verbal", "ground", 3.0);
        both("conf-verbal", "ground", 3.0);
        both("coop-verbal", "coop-material", 2.0);
        both("conf-verbal", "conf-material", 2.0);
    }

    #[test]
    fn heat_grows_steadily() {
        for i in 0..HEAT_STEPS {
            let (a, b) = (get(&format!("heat-{i}")), get(&format!("heat-{}", i + 1)));
            assert!(luminance(a.light) > luminance(b.light));
            assert!(luminance(a.dark) < luminance(b.dark));
        }
    }
}
