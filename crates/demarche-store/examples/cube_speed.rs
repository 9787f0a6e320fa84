//! How fast the cube answers, on made-up cells: `cube_speed make DIR CELLS`, then
//! `cube_speed panel DIR`, `cube_speed week DIR`, `cube_speed merge DIR` under a clock.

use std::path::Path;
use std::time::Instant;

use demarche_events::PeriodUnit;
use demarche_store::cube::{CubeBuilder, Question, Tally, merge, panel_parquet, series};
use demarche_store::{Commit, Kind, Level, Run, Settings, Store, Writer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const ACTORS: u32 = 230;

fn run(path: String, level: Level) -> Run {
    Run {
        path,
        format: "gdelt2".to_owned(),
        level,
        cells: 0,
        bytes: 0,
    }
}

/// Acts of states of unequal weight on the days of six years, in eight runs, merged.
fn make(dir: &Path, cells: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let actors: Vec<String> = (0..ACTORS).map(|i| format!("A{:02X}", i)).collect();
    let mut writer = Writer::open(dir, &Settings::default(), "cube_speed").unwrap();
    let days = (cells / 1000).clamp(1500, 12_000) as i32;
    let mut paths = Vec::new();
    for part in 0..8 {
        let mut cube = CubeBuilder::new();
        for _ in 0..cells / 8 {
            let mut end = || {
                let x: f64 = random.random();
                (x * x * f64::from(ACTORS)) as u32
            };
            let (source, target) = (end(), end());
            let missing = |end: u32| if end == 7 { u32::MAX } else { end };
            let root: u8 = random.random_range(1..=20);
            let tally = Tally {
                count: 1,
                duplicate: random.random_range(0..10) == 0,
                quad: [1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4]
                    [usize::from(root) - 1],
                root,
                scale: Some(f64::from(random.random_range(-100..=100i32)) / 10.0),
                mentions: random.random_range(1..20),
            };
            let day = 16_500 + part * days / 8 + random.random_range(0..days / 8);
            cube.add(missing(source), missing(target), day, &tally);
        }
        let (_, path) = writer.new_path(Kind::Cube("gdelt2", Level::Day)).unwrap();
        let start = Instant::now();
        let info = cube.write(&actors, &path).unwrap();
        println!(
            "run of {} cells written in {:.3} s",
            info.cells,
            start.elapsed().as_secs_f64()
        );
        paths.push(path);
    }
    let (day, day_path) = writer.new_path(Kind::Cube("gdelt2", Level::Day)).unwrap();
    let (month, month_path) = writer.new_path(Kind::Cube("gdelt2", Level::Month)).unwrap();
    let start = Instant::now();
    let merged = merge(&paths, &day_path, &month_path).unwrap();
    println!("{merged:?} in {:.3} s", start.elapsed().as_secs_f64());
    let commit = Commit {
        runs: vec![run(day, Level::Day), run(month, Level::Month)],
        ..Commit::default()
    };
    writer.commit(commit).unwrap();
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let dir = Path::new(&args[2]);
    let start = Instant::now();
    match args[1].as_str() {
        "make" => make(dir, args[3].parse().unwrap()),
        "panel" => {
            let store = Store::open(dir).unwrap();
            let out =
                std::env::temp_dir().join(format!("cube_speed-{}.parquet", std::process::id()));
            let question = Question::new(PeriodUnit::Month);
            let panel = panel_parquet(&store, &question, &out).unwrap();
            println!(
                "{} rows, {} bytes, in",
                panel.rows,
                std::fs::metadata(&out).unwrap().len()
            );
            std::fs::remove_file(out).unwrap();
        }
        "week" => {
            let store = Store::open(dir).unwrap();
            let series = series(&store, "A10", "A22", &Question::new(PeriodUnit::Week)).unwrap();
            let n: i64 = series.forth.iter().map(|a| a.n).sum();
            println!("{} weeks, {n} events forth", series.periods.len());
        }
        "merge" => {
            let store = Store::open(dir).unwrap();
            let runs = store
                .manifest()
                .runs
                .iter()
                .filter(|r| r.level == Level::Day);
            let paths: Vec<_> = runs.map(|r| store.path(&r.path)).collect();
            let temp = std::env::temp_dir();
            let out = ["day", "month"]
                .map(|l| temp.join(format!("cube_speed-{}-{l}", std::process::id())));
            println!("{:?}", merge(&paths, &out[0], &out[1]).unwrap());
            out.iter()
                .for_each(|path| std::fs::remove_file(path).unwrap());
        }
        other => panic!("{other}"),
    }
    println!("{:.4} s", start.elapsed().as_secs_f64());
}
