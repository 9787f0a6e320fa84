//! What may be said of steps and the acts around them: order in time, never cause.

use super::{Contrast, Finding, Study, StudyInput, StudyOptions, Variant};
use crate::words::{counted, figure, p_value, percent, probability};

/// The caution that holds of all figures.
pub(super) fn caution(occasions: bool) -> String {
    let mut text = String::from(
        "Days after a step are compared with days like them; a difference is one in time, and no \
         proof of a reaction. A chronicle gathered around summits over-represents reactions to \
         summits: steps announced there and criticism of the summit fall on the same days, and \
         quiet weeks are told of less.",
    );
    if !occasions {
        text.push_str(
            " No dates of summits or other occasions were given, so that what they drive on both \
             sides is not taken out.",
        );
    }
    text
}

/// The variant that sentences lead with: where occasions are known, days are matched by them.
pub(super) fn main_variant(input: &StudyInput) -> Variant {
    match input.occasions.is_empty() {
        true => Variant::Plain,
        false => Variant::Matched,
    }
}

/// The sentence of a kind and a window, from the variants there are; `tests` were made of the
/// main one.
pub(super) fn of_window(
    studies: &[&Study],
    tests: usize,
    input: &StudyInput,
    options: &StudyOptions,
) -> String {
    let of = |variant| studies.iter().copied().find(|s| s.variant == variant);
    let Some(main) = of(main_variant(input)) else {
        return String::new();
    };
    let name = &input.kinds[main.kind].name;
    let days = counted(main.window as usize, "day", "days");
    let mut text = match (&main.after, &main.before) {
        (Some(after), Some(before)) => {
            let mut text = format!(
                "In the {days} after a step of the kind {name} there were on average {} hostile \
                 acts, after matched days {}: {} (n = {}; {}, {} (Benjamini–Hochberg) and {} \
                 (Holm) after adjustment for {}).",
                figure(after.steps),
                figure(after.matched),
                difference(after),
                counted(main.sets.len(), "day with a step", "days with a step"),
                permuted(after),
                probability(after.adjusted.bh),
                probability(after.adjusted.holm),
                counted(tests, "test", "tests"),
            );
            text.push_str(match main.finding {
                Finding::More => " More followed than by chance.",
                Finding::Fewer => " Fewer followed than by chance.",
                Finding::Before => {
                    " But the difference was there before the steps too, so it is no reaction to \
                     them."
                }
                Finding::None | Finding::TooFew => " That is no sign of a difference.",
            });
            text.push_str(&format!(
                " In the {days} before: {} ({}).",
                difference(before),
                permuted(before)
            ));
            text
        }
        _ => format!(
            "{name}, {days}: {}.",
            main.why.as_deref().unwrap_or("too few steps")
        ),
    };
    if main.unmatched > 0 {
        text.push_str(&format!(
            " {} no matched day and {} left out.",
            counted(
                main.unmatched,
                "day with a step has",
                "days with a step have"
            ),
            if main.unmatched == 1 { "is" } else { "are" },
        ));
    }
    if main.variant == Variant::Matched {
        for other in [of(Variant::Plain), of(Variant::Away)]
            .into_iter()
            .flatten()
        {
            text.push_str(&without(other, main, options));
        }
    }
    text
}

/// What another treatment of occasions gives.
fn without(other: &Study, main: &Study, options: &StudyOptions) -> String {
    let how = match other.variant {
        Variant::Away => format!(
            "Without the {} within {} of a summit",
            counted(other.near_occasion, "day", "days"),
            counted(options.occasion.within as usize, "day", "days")
        ),
        _ => "Without regard to summits".to_owned(),
    };
    match &other.after {
        Some(after) => {
            let differs = matches!(other.finding, Finding::More | Finding::Fewer)
                && main.finding != other.finding
                && other.variant == Variant::Plain;
            let driven = match differs {
                true => "; summits may drive both",
                false => "",
            };
            format!(
                " {how}: {} (n = {}; {}{driven}).",
                difference(after),
                other.sets.len(),
                permuted(after)
            )
        }
        None => format!(
            " {how}: {}.",
            other.why.as_deref().unwrap_or("too few steps")
        ),
    }
}

fn difference(contrast: &Contrast) -> String {
    let (size, way) = (contrast.difference.abs(), contrast.difference);
    let words = match figure(size).as_str() {
        "0.00" => "no more and no fewer".to_owned(),
        size if way > 0.0 => format!("{size} more"),
        size => format!("{size} fewer"),
    };
    let interval = contrast.interval.map(|interval| {
        format!(
            ", {} interval of the difference {} to {}",
            percent(interval.level),
            figure(interval.low),
            figure(interval.high)
        )
    });
    format!("{words}{}", interval.unwrap_or_default())
}

fn permuted(contrast: &Contrast) -> String {
    format!("moved dates {}", p_value(contrast.p))
}
