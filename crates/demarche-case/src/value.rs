//! Values as the files of a case write them, CSV and TOML alike: dates, words of a list, ids, web
//! addresses. Each function says what is wrong and what would be right; the caller knows where.

use demarche_events::{CameoCode, CameoError, Date, Period, PeriodUnit, Precision, QuadScheme};

use crate::problem::did_you_mean;
use crate::read::ThresholdWord;
use crate::read::signposts::{ActionWord, MeasureWord};
use crate::{
    ActorKind, Agreed, Basis, BodyMode, EffectWhat, Exposure, FigureBasis, MembershipPrecision,
    Needs, ProgressState, SampleKind, Status, StreamActs, StreamRole, Transfer, UncertainWhat,
    VagueDates,
};

/// Why a value cannot be read.
#[derive(Debug)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub why: String,
    pub remedy: String,
}

impl Fault {
    pub fn new(code: &'static str, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            why: why.into(),
            remedy: remedy.into(),
        }
    }
}

/// A type whose values are the words of a list.
pub(crate) trait Choice: Copy + 'static {
    /// The words and what they stand for.
    const WORDS: &'static [(&'static str, Self)];
}

macro_rules! choice {
    ($type:ty: $($word:literal => $value:expr),+ $(,)?) => {
        impl Choice for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $value)),+];
        }
    };
}

choice!(bool: "true" => true, "false" => false);
choice!(Precision:
    "day" => Precision::Day, "month" => Precision::Month, "year" => Precision::Year);
choice!(MembershipPrecision:
    "day" => MembershipPrecision::Day, "month" => MembershipPrecision::Month,
    "year" => MembershipPrecision::Year, "by" => MembershipPrecision::By);
choice!(ActorKind:
    "state" => ActorKind::State, "body" => ActorKind::Body,
    "arrangement" => ActorKind::Arrangement);
choice!(Basis:
    "read" => Basis::Read, "brief" => Basis::Brief, "judgement" => Basis::Judgement,
    "recall" => Basis::Recall);
choice!(FigureBasis:
    "source" => FigureBasis::Source, "assumption" => FigureBasis::Assumption,
    "judgement" => FigureBasis::Judgement);
choice!(VagueDates:
    "spread" => VagueDates::Spread, "leave-out" => VagueDates::LeaveOut);
choice!(Agreed:
    "free" => Agreed::Free, "must" => Agreed::Must);
choice!(SampleKind:
    "lhs" => SampleKind::LatinHypercube, "sobol" => SampleKind::Sobol);
choice!(UncertainWhat:
    "duration" => UncertainWhat::Duration, "delivery" => UncertainWhat::Delivery,
    "benefit" => UncertainWhat::Benefit, "staff" => UncertainWhat::Staff,
    "money" => UncertainWhat::Money, "exposure" => UncertainWhat::Exposure);
choice!(EffectWhat:
    "benefit" => EffectWhat::Benefit, "freeze" => EffectWhat::Freeze,
    "delay" => EffectWhat::Delay, "staff" => EffectWhat::Staff,
    "exposure" => EffectWhat::Exposure);
choice!(ThresholdWord:
    "benefit" => ThresholdWord::Benefit, "value" => ThresholdWord::Value,
    "delivered" => ThresholdWord::Delivered, "delivered-by" => ThresholdWord::DeliveredBy,
    "exposure" => ThresholdWord::Exposure, "late" => ThresholdWord::Late);
choice!(Exposure:
    "judged" => Exposure::Judged, "estimated" => Exposure::Estimated);
choice!(Transfer:
    "to-partner" => Transfer::ToPartner, "from-partner" => Transfer::FromPartner,
    "both" => Transfer::Both, "none" => Transfer::None);
choice!(StreamRole:
    "own" => StreamRole::Own, "hostile" => StreamRole::Hostile, "other" => StreamRole::Other);
choice!(StreamActs:
    "cooperation" => StreamActs::Cooperation, "conflict" => StreamActs::Conflict,
    "any" => StreamActs::Any);
choice!(MeasureWord:
    "events" => MeasureWord::Events, "late" => MeasureWord::Late, "staff" => MeasureWord::Staff,
    "money" => MeasureWord::Money, "delivered" => MeasureWord::Delivered,
    "exposure" => MeasureWord::Exposure);
choice!(ActionWord:
    "pause" => ActionWord::Pause, "resume" => ActionWord::Resume, "drop" => ActionWord::Drop,
    "start" => ActionWord::Start, "advance" => ActionWord::Advance,
    "freeze" => ActionWord::Freeze);
choice!(Needs: "all" => Needs::All, "any" => Needs::Any);
choice!(Status:
    "done" => Status::Done, "running" => Status::Running, "agreed" => Status::Agreed,
    "proposed" => Status::Proposed, "dropped" => Status::Dropped);
choice!(ProgressState:
    "started" => ProgressState::Started, "on-track" => ProgressState::OnTrack,
    "late" => ProgressState::Late, "paused" => ProgressState::Paused,
    "delivered" => ProgressState::Delivered, "dropped" => ProgressState::Dropped);
choice!(PeriodUnit:
    "week" => PeriodUnit::Week, "month" => PeriodUnit::Month,
    "quarter" => PeriodUnit::Quarter, "year" => PeriodUnit::Year);
choice!(BodyMode:
    "self" => BodyMode::Itself, "members" => BodyMode::Members, "both" => BodyMode::Both);
choice!(QuadScheme: "gdelt" => QuadScheme::Gdelt, "alt" => QuadScheme::Alt);

/// One of the words of a type.
pub(crate) fn choice<T: Choice>(text: &str) -> Result<T, Fault> {
    if let Some(&(_, value)) = T::WORDS.iter().find(|(word, _)| *word == text) {
        return Ok(value);
    }
    let words: Vec<&str> = T::WORDS.iter().map(|(word, _)| *word).collect();
    let (last, others) = words.split_last().expect("a choice has words");
    let why = format!("is not {} or {last}", others.join(", "));
    let remedy = did_you_mean(text, words.iter().copied())
        .unwrap_or_else(|| format!("write one of {}", words.join(", ")));
    Err(Fault::new("bad-choice", why, remedy))
}

/// A date written `2023-07-11`.
pub(crate) fn date(text: &str) -> Result<Date, Fault> {
    const FORM: &str = "write year, month and day as in 2023-07-11";
    let bad = |why: String, remedy: String| Err(Fault::new("bad-date", why, remedy));
    let form = || bad("is not a date".into(), FORM.into());
    let parts: Vec<&str> = text.split('-').collect();
    let &[year, month, day] = parts.as_slice() else {
        return form();
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if ![year, month, day].iter().all(|p| digits(p))
        || year.len() != 4
        || !(1..=2).contains(&month.len())
        || !(1..=2).contains(&day.len())
    {
        return form();
    }
    let number = |part: &str| part.parse::<i8>().expect("one or two digits");
    let (y, m, d) = (
        year.parse::<i16>().expect("four digits"),
        number(month),
        number(day),
    );
    if !(1..=12).contains(&m) {
        return bad(
            format!("has the month {month}"),
            "months go from 01 to 12; the year comes first, then the month".into(),
        );
    }
    let days = Date::new(y, m, 1)
        .expect("the first of a month")
        .days_in_month();
    if !(1..=days).contains(&d) {
        return bad(
            format!("is a day that does not exist: {year}-{m:02} has {days} days"),
            format!("write a day from {year}-{m:02}-01 to {year}-{m:02}-{days}"),
        );
    }
    if month.len() != 2 || day.len() != 2 {
        return bad(
            "lacks a leading zero".into(),
            format!("write {year}-{m:02}-{d:02}"),
        );
    }
    if !(1000..3000).contains(&y) {
        return bad(
            "is far from the time of any case".into(),
            "write a year from 1000 to 2999".into(),
        );
    }
    Ok(Date::new(y, m, d).expect("just checked"))
}

/// A quarter written `2027-Q1`.
pub(crate) fn quarter(text: &str) -> Result<Period, Fault> {
    let read = || {
        let (year, quarter) = text.split_once("-Q")?;
        let plain =
            |part: &str, length| part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
        if !plain(year, 4) || !plain(quarter, 1) {
            return None;
        }
        let (year, quarter) = (year.parse::<i16>().ok()?, quarter.parse::<i8>().ok()?);
        if !(1000..3000).contains(&year) || !(1..=4).contains(&quarter) {
            return None;
        }
        let first = Date::new(year, 3 * quarter - 2, 1).ok()?;
        Some(Period::of(first, PeriodUnit::Quarter))
    };
    read().ok_or_else(|| {
        Fault::new(
            "bad-date",
            "is not a quarter",
            "write the year and the quarter as in 2027-Q1",
        )
    })
}

/// A date known only to the month or year must be its first day.
pub(crate) fn inexact_date(day: Date, month_only: bool, year_only: bool) -> Result<(), Fault> {
    let (first, unit) = if year_only {
        (day.first_of_year(), "year")
    } else if month_only {
        (day.first_of_month(), "month")
    } else {
        return Ok(());
    };
    if day == first {
        return Ok(());
    }
    Err(Fault::new(
        "inexact-date",
        format!("is known to the {unit} only, but is not its first day"),
        format!("write {first}, or the precision day if the day is known"),
    ))
}

/// A CAMEO code.
pub(crate) fn cameo(text: &str) -> Result<CameoCode, Fault> {
    let error = match text.parse() {
        Ok(code) => return Ok(code),
        Err(error) => error,
    };
    let padded: Option<CameoCode> = format!("0{text}").parse().ok();
    let remedy = match (&padded, &error) {
        (Some(code), _) => format!(
            "did you mean \"{code}\" ({})? A spreadsheet may have dropped the zero",
            code.label()
        ),
        (None, CameoError::Unknown(Some(near))) => {
            format!("the nearest code above it is \"{near}\" ({})", near.label())
        }
        (None, CameoError::Unknown(None)) => {
            "the first two digits go from 01 to 20, with the leading zero".into()
        }
        (None, CameoError::Form) => "write two to four digits, e.g. 042".into(),
    };
    let why = match error {
        CameoError::Form => "is not a CAMEO code, which has two to four digits",
        CameoError::Unknown(_) => "is a CAMEO code that does not exist",
    };
    Err(Fault::new("bad-cameo", why, remedy))
}

/// An id or code: letters, digits, `-`, `_` and `.`, beginning with a letter or digit. So it can
/// stand in lists, links and file names without escaping.
pub(crate) fn id(text: &str) -> Result<(), Fault> {
    let first = text.chars().next().is_some_and(char::is_alphanumeric);
    let wrong = |&c: &char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.');
    let why = match text.chars().find(wrong) {
        None if first => return Ok(()),
        None => "does not begin with a letter or digit".to_owned(),
        Some(c) if c.is_whitespace() => "has a blank in it".to_owned(),
        Some(c) => format!("has the character U+{:04X} in it", u32::from(c)),
    };
    Err(Fault::new(
        "bad-id",
        why,
        "use letters, digits, hyphen, underscore and full stop",
    ))
}

/// A decimal number within bounds.
pub(crate) fn number(text: &str, low: f64, high: f64) -> Result<f64, Fault> {
    // Rust would also read "inf", "NaN" and "1e3".
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let Some(value) = text.parse::<f64>().ok().filter(|v| plain && v.is_finite()) else {
        return Err(Fault::new(
            "bad-number",
            "is not a number",
            "write digits, with a full stop before decimals and nothing between thousands",
        ));
    };
    within(value, low, high)?;
    Ok(value)
}

/// A whole number within bounds.
pub(crate) fn whole(text: &str, low: u32, high: u32) -> Result<u32, Fault> {
    let value = number(text, f64::from(low), f64::from(high))?;
    if value.fract() != 0.0 || text.contains('.') {
        return Err(Fault::new(
            "bad-number",
            "is not a whole number",
            format!("write a whole number from {low} to {high}"),
        ));
    }
    Ok(value as u32)
}

/// A number within bounds.
pub(crate) fn within(value: f64, low: f64, high: f64) -> Result<(), Fault> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    let why = if value < low {
        format!("is less than {low}")
    } else {
        format!("is more than {high}")
    };
    Err(Fault::new(
        "out-of-range",
        why,
        format!("write a number from {low} to {high}"),
    ))
}

/// Where a fact was read.
pub(crate) enum Url<'a> {
    /// A web address.
    Web,
    /// A reference to a source of the case, `brief:CSDS-02-2023`: the part after the colon.
    Source(&'a str),
}

/// Schemes that make a browser do something else than open a page.
const UNSAFE_SCHEMES: &[&str] = &["javascript", "vbscript", "data", "file", "blob", "about"];

/// A web address or a reference to a source.
pub(crate) fn url(text: &str) -> Result<Url<'_>, Fault> {
    let doubt = |why: &str, remedy: &str| Err(Fault::new("bad-url", why, remedy));
    // Browsers skip blanks and control characters before and within a scheme.
    let scheme: String = text
        .split(':')
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .flat_map(char::to_lowercase)
        .collect();
    if text.contains(':') && UNSAFE_SCHEMES.contains(&scheme.as_str()) {
        return Err(Fault::new(
            "unsafe-url",
            "would not open a page but run a script or open a file",
            "give the address of the page, beginning with https://",
        ));
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`{|}".contains(c)) {
        return doubt(
            "has a character that no web address has",
            "copy the address anew, or escape the character with a per cent sign",
        );
    }
    if let Some(rest) = text
        .split_once("://")
        .filter(|_| matches!(scheme.as_str(), "http" | "https"))
        .map(|(_, rest)| rest)
    {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.is_empty() || host.starts_with(['.', ':']) {
            return doubt("names no host", "give the whole address of the page");
        }
        return Ok(Url::Web);
    }
    match text.split_once(':') {
        Some((word, reference))
            if !word.is_empty()
                && word.bytes().all(|b| b.is_ascii_lowercase())
                && !matches!(word, "http" | "https" | "ftp" | "mailto")
                && id(reference).is_ok() =>
        {
            Ok(Url::Source(reference))
        }
        _ => doubt(
            "is neither a web address nor a reference to a source of the case",
            "begin it with https://, or with the kind and id of a source as in brief:CSDS-02-2023",
        ),
    }
}
