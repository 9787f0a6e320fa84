//! Writes an instance of the plain-text format ([`demarche_plan::instance`]) drawn at random, like
//! those of the benchmarks: `like KIND SIZE SEED`, where the kind is `B` (12 periods, two or more of
//! each kind of staff) or `n` (16 periods, longer and larger activities, more prerequisites).
//!
//! The same arguments give the same instance everywhere. What is drawn, and within which bounds, was
//! read off the instances of the benchmarks; nothing of how they were made was known.

use std::fmt::Write;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Kinds of staff; money and exposure come after them.
const STAFF: usize = 4;
/// The most money that an activity takes in each of its periods.
const MONEY: u64 = 12;
/// Themes and pillars, which say nothing about the schedule.
const THEMES: u64 = 5;
const PILLARS: u64 = 9;
/// What an activity is worth in each of its periods: the least, and the most of each of two draws.
const WORTH: (u64, u64) = (4, 12);
/// How many times as much as there is all activities together would take: 2 and up to this many tenths.
const SCARCITY: u64 = 8;

/// What sets one kind of instance apart from the other.
struct Kind {
    periods: u64,
    /// Durations, each as likely as it is often here.
    durations: &'static [u64],
    /// The most of one kind of staff that an activity takes.
    most_staff: u64,
    /// What an activity takes of exposure, each as likely as it is often here.
    exposure: &'static [u64],
    /// Prerequisites and exclusions for 100 activities.
    prerequisites: u64,
    exclusions: u64,
    /// How far apart at most the two of a prerequisite are.
    apart: u64,
}

const B: Kind = Kind {
    periods: 12,
    durations: &[1, 2, 2, 3, 3, 4, 4],
    most_staff: 2,
    exposure: &[0, 0, 0, 1, 1, 1, 2, 3, 3],
    prerequisites: 10,
    exclusions: 8,
    apart: 20,
};

const N: Kind = Kind {
    periods: 16,
    durations: &[1, 2, 2, 3, 3, 4, 4, 4, 4, 5, 6],
    most_staff: 4,
    exposure: &[0, 0, 0, 1, 1, 1, 1, 2, 3, 3, 5],
    prerequisites: 28,
    exclusions: 8,
    apart: 20,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [kind, size, seed] = arguments.as_slice() else {
        return Err("which kind, size and seed?".into());
    };
    let kind = match kind.as_str() {
        "B" => B,
        "n" => N,
        other => return Err(format!("the kind is B or n, not {other}").into()),
    };
    let text = instance(&kind, size.parse()?, seed.parse()?);
    demarche_plan::instance::read(&text).map_err(|faults| faults[0].to_string())?;
    print!("{text}");
    Ok(())
}

/// An instance of so many activities.
fn instance(kind: &Kind, size: u64, seed: u64) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut total = [0; STAFF + 2];
    let mut rows = String::new();
    for _ in 0..size {
        let duration = one_of(kind.durations, &mut random);
        let mut demand = [0; STAFF + 2];
        // One kind of staff always; two of three times another, which may be the same one again.
        let kinds = if random.random_range(0..3) == 0 { 1 } else { 2 };
        for _ in 0..kinds {
            demand[random.random_range(0..STAFF)] = random.random_range(1..=kind.most_staff);
        }
        demand[STAFF] = random.random_range(1..=MONEY);
        demand[STAFF + 1] = one_of(kind.exposure, &mut random);
        for (total, demand) in total.iter_mut().zip(demand) {
            *total += duration * demand;
        }
        let (least, most) = WORTH;
        let worth = least + random.random_range(0..=most) + random.random_range(0..=most);
        let _ = write!(rows, "{duration}");
        for demand in demand {
            let _ = write!(rows, " {demand}");
        }
        let (theme, pillar) = (
            random.random_range(0..THEMES),
            random.random_range(0..PILLARS),
        );
        let _ = write!(rows, " {theme} {pillar}");
        for start in 0..kind.periods {
            // All that it is worth, less 3 % for each period until it ends.
            let end = start + duration;
            let value = match end <= kind.periods {
                true => duration * worth * (100 - 3 * end),
                false => 0,
            };
            let _ = write!(rows, " {value}");
        }
        rows.push('\n');
    }
    let limits = total.map(|total| {
        let tenths = 20 + random.random_range(0..=SCARCITY);
        let limit = (10 * total).div_ceil(kind.periods * tenths);
        limit.max(kind.most_staff).to_string()
    });
    let mut text = format!(
        "{size} {} {}\n{}\n",
        kind.periods,
        STAFF + 2,
        limits.join(" ")
    );
    text.push_str(&rows);
    // Who waits for whom: the later of two that are not far apart.
    let mut pairs: Vec<(u64, u64)> = Vec::new();
    if size < 2 {
        return text + "0\n0\n";
    }
    let draws = size * kind.prerequisites / 100;
    for _ in 0..draws {
        let first = random.random_range(0..size - 1);
        let second = random.random_range(first + 1..size.min(first + kind.apart + 1));
        pairs.push((first, second));
    }
    write_pairs(&mut text, pairs);
    let mut pairs = Vec::new();
    for _ in 0..size * kind.exclusions / 100 {
        let first = random.random_range(0..size);
        let other = (first + random.random_range(1..size)) % size;
        pairs.push((first, other));
    }
    write_pairs(&mut text, pairs);
    text
}

/// How many pairs there are, and each in a line.
fn write_pairs(text: &mut String, mut pairs: Vec<(u64, u64)>) {
    pairs.sort_unstable();
    pairs.dedup();
    let _ = writeln!(text, "{}", pairs.len());
    for (a, b) in pairs {
        let _ = writeln!(text, "{a} {b}");
    }
}

fn one_of(list: &[u64], random: &mut impl Rng) -> u64 {
    list[random.random_range(0..list.len())]
}
