//! How numbers, intervals and dates are shown.

use demarche_events::Date;

/// A number with so many decimals and a true minus sign; never "−0".
pub fn decimal(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().any(|c| c.is_ascii_digit() && c != '0') => format!("−{rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// A share as a percentage: whole from 10 % on, one decimal below.
pub fn percent(share: f64) -> String {
    let p = share * 100.0;
    let digits = usize::from(p.abs() < 9.95 && p.abs() >= 0.05);
    format!("{}\u{a0}%", decimal(p, digits))
}

/// A count with thin groups of three from 10,000 on: `1512`, `12 345`.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{202f}');
        }
        out.push(c);
    }
    out
}

/// A small count in words up to twelve, for prose.
pub fn words(n: usize) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    WORDS.get(n).map_or_else(|| count(n), |w| (*w).to_owned())
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `July 2023`.
pub fn month(date: Date) -> String {
    format!("{} {}", MONTHS[date.month() as usize - 1], date.year())
}

/// `11 July 2023`.
pub fn day(date: Date) -> String {
    format!("{} {}", date.day(), month(date))
}

/// The words joined as in a sentence: `a, b and c`.
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(decimal(-0.004, 2), "0.00");
        assert_eq!(decimal(-1.25, 1), "−1.2");
        assert_eq!(percent(0.354), "35\u{a0}%");
        assert_eq!(percent(0.0354), "3.5\u{a0}%");
        assert_eq!(percent(0.0), "0\u{a0}%");
        assert_eq!(percent(1.0), "100\u{a0}%");
        assert_eq!(count(1512), "1512");
        assert_eq!(count(123_456), "123\u{202f}456");
        assert_eq!(list(&["a", "b", "c"]), "a, b and c");
    }
}
