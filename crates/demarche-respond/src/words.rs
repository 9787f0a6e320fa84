//! Figures in sentences.

/// A p-value as it is printed: "p = 0.034", "p < 0.001".
pub(crate) fn p_value(p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".into()
    } else {
        format!("p = {}", probability(p))
    }
}

/// A probability alone: two digits that count, or "< 0.001".
pub(crate) fn probability(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".into()
    } else if p < 0.0995 {
        format!("{p:.3}")
    } else {
        format!("{p:.2}")
    }
}

/// A figure with two decimals, and the true minus sign.
pub(crate) fn figure(value: f64) -> String {
    let text = format!("{:.2}", value.abs());
    if value < 0.0 && text != "0.00" {
        format!("−{text}")
    } else {
        text
    }
}

/// "95 %" of 0.95.
pub(crate) fn percent(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

/// "1 step", "3 steps".
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// "a", "a and b", "a, b and c".
pub(crate) fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_printed_alike() {
        assert_eq!(p_value(0.0004), "p < 0.001");
        assert_eq!(p_value(0.0342), "p = 0.034");
        assert_eq!(probability(0.5), "0.50");
        assert_eq!(
            (figure(-0.126), figure(-0.001)),
            ("−0.13".into(), "0.00".into())
        );
        assert_eq!(
            (percent(0.95), percent(0.999)),
            ("95 %".into(), "99.9 %".into())
        );
        assert_eq!(listed(&["a", "b", "c"].map(String::from)), "a, b and c");
        assert_eq!(counted(1, "step", "steps"), "1 step");
    }
}
