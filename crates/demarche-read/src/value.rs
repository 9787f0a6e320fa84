//! Reading numbers, days and moments from text, fast and strictly.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A whole number: an optional sign and up to 18 digits, nothing else.
pub fn int(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0i64;
    for &d in digits {
        let d = d.wrapping_sub(b'0');
        if d > 9 {
            return None;
        }
        value = value * 10 + i64::from(d);
    }
    Some(if negative { -value } else { value })
}

/// A finite decimal number. Plain decimals of up to fifteen digits, as event files have them, are
/// exact by one division (Clinger's fast path); all others go to the standard library.
pub fn float(text: &[u8]) -> Option<f64> {
    let (negative, rest) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let mut mantissa = 0u64;
    let (mut digits, mut decimals, mut point) = (0usize, 0usize, false);
    for &byte in rest {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa
                    .wrapping_mul(10)
                    .wrapping_add(u64::from(byte - b'0'));
                digits += 1;
                decimals += usize::from(point);
            }
            b'.' if !point => point = true,
            _ => return slow_float(text),
        }
    }
    if digits == 0 || digits > 15 {
        return slow_float(text);
    }
    let value = mantissa as f64 / POWERS[decimals];
    Some(if negative { -value } else { value })
}

fn slow_float(text: &[u8]) -> Option<f64> {
    // The standard parser also takes "inf" and "nan", which are no numbers here.
    if !text.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Days from 1970-01-01 of a date of the Gregorian calendar, or `None` if there is no such day.
///
/// The count of days before a year and month, with the year beginning in March so that the leap
/// day comes last.
pub fn day(year: i64, month: i64, day_of_month: i64) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day_of_month < 1 {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day_of_month > length {
        return None;
    }
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day_of_month - 1;
    i32::try_from(before - 719_468).ok()
}

/// `YYYYMMDD`.
pub fn compact_day(text: &[u8]) -> Option<i32> {
    if text.len() != 8 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    day(int(&text[..4])?, int(&text[4..6])?, int(&text[6..])?)
}

/// `YYYY-MM-DD`.
pub fn iso_day(text: &[u8]) -> Option<i32> {
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let part = |t: &[u8]| t.iter().all(u8::is_ascii_digit).then(|| int(t)).flatten();
    day(part(&text[..4])?, part(&text[5..7])?, part(&text[8..])?)
}

/// `M/D/YYYY`, as spreadsheets of American make write it.
pub fn american_day(text: &[u8]) -> Option<i32> {
    let mut parts = text.split(|&b| b == b'/');
    let (m, d, y) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |t: &[u8]| t.iter().all(u8::is_ascii_digit);
    if parts.next().is_some() || y.len() != 4 || ![m, d, y].into_iter().all(digits) {
        return None;
    }
    day(int(y)?, int(m)?, int(d)?)
}

/// `YYYYMMDDHHMMSS` or `YYYYMMDD` in UTC, as milliseconds from 1970-01-01T00:00:00.
pub fn compact_moment(text: &[u8]) -> Option<i64> {
    let seconds = match text.len() {
        8 => 0,
        14 if text.iter().all(u8::is_ascii_digit) => {
            let (h, m, s) = (int(&text[8..10])?, int(&text[10..12])?, int(&text[12..])?);
            if h > 23 || m > 59 || s > 59 {
                return None;
            }
            h * 3600 + m * 60 + s
        }
        _ => return None,
    };
    let day = compact_day(&text[..8])?;
    Some((i64::from(day) * 86_400 + seconds) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Date;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            "-",
            "+",
            "1.0",
            "1e3",
            " 1",
            "1 ",
            "0x1",
            "9999999999999999999",
        ] {
            assert_eq!(int(text.as_bytes()), None, "{text:?}");
        }
        for text in [
            "",
            "-",
            ".",
            "-.",
            "nan",
            "inf",
            "-infinity",
            "1.2.3",
            "41#.5",
            "1,5",
            "1e999",
        ] {
            assert_eq!(float(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(float(b"1."), Some(1.0));
        assert_eq!(float(b"-0.4"), Some(-0.4));
    }

    #[test]
    fn days_that_are_none() {
        for text in [
            "20230229", "20231301", "20230001", "20230100", "2023011", "2023010a", "00000101",
        ] {
            assert_eq!(compact_day(text.as_bytes()), None, "{text}");
        }
        assert_eq!(compact_day(b"19700101"), Some(0));
        assert_eq!(american_day(b"7/11/2023"), iso_day(b"2023-07-11"));
        assert_eq!(american_day(b"13/1/2023"), None);
        assert_eq!(compact_moment(b"19700101001500"), Some(900_000));
        assert_eq!(compact_moment(b"19700101240000"), None);
    }

    proptest! {
        #[test]
        fn floats_are_those_of_the_standard_library(negative: bool, mantissa in 0u64..10_000_000_000_000_000, decimals in 0usize..16) {
            let digits = format!("{mantissa:0width$}", width = decimals + 1);
            let (a, b) = digits.split_at(digits.len() - decimals);
            let text = format!("{}{a}.{b}", if negative { "-" } else { "" });
            prop_assert_eq!(float(text.as_bytes()), Some(text.parse::<f64>().unwrap()));
        }

        #[test]
        fn any_float_printed_is_read_back(x: f64) {
            prop_assume!(x.is_finite());
            prop_assert_eq!(float(x.to_string().as_bytes()), Some(x));
        }

        #[test]
        fn days_are_those_of_the_calendar(n in -700_000i32..2_900_000) {
            let epoch = jiff::civil::date(1970, 1, 1);
            let Ok(date): Result<Date, _> = epoch.checked_add(jiff::Span::new().days(n)) else { return Ok(()); };
            prop_assume!(date.year() >= 1);
            prop_assert_eq!(day(i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), Some(n));
            let text = format!("{:04}{:02}{:02}", date.year(), date.month(), date.day());
            prop_assert_eq!(compact_day(text.as_bytes()), Some(n));
        }

        #[test]
        fn anything_is_read_without_panic(bytes: Vec<u8>) {
            let _ = (int(&bytes), float(&bytes), compact_day(&bytes), iso_day(&bytes), american_day(&bytes), compact_moment(&bytes));
        }
    }
}
