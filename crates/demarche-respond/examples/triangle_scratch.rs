use demarche_respond::triangle::*;
use std::collections::BTreeMap;
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut cells: BTreeMap<(String, String, String), (f64, f64, f64)> = BTreeMap::new();
    let mut weeks = std::collections::BTreeSet::new();
    for file in &args[2..] {
        for row in csv::Reader::from_path(file).unwrap().records() {
            let r = row.unwrap();
            let f = |i: usize| r[i].parse::<f64>().unwrap();
            weeks.insert(r[2].to_owned());
            cells.insert(
                (r[0].into(), r[1].into(), r[2].into()),
                (f(5) + f(6), f(7) + f(8), f(9)),
            );
        }
    }
    let weeks: Vec<String> = weeks.into_iter().collect();
    eprintln!(
        "{} weeks {} to {}",
        weeks.len(),
        weeks[0],
        weeks[weeks.len() - 1]
    );
    let quantity = match args[1].as_str() {
        "net" => Quantity::Net,
        "conflict" => Quantity::Conflict,
        "coop" => Quantity::Cooperation,
        _ => Quantity::ScaleSum,
    };
    let names: Vec<&str> = args[0].split('-').collect();
    let acts = |a: &str, b: &str| {
        let get = |i: usize| -> Vec<f64> {
            weeks
                .iter()
                .map(|w| {
                    cells
                        .get(&(a.to_owned(), b.to_owned(), w.clone()))
                        .map_or(0.0, |c| [c.0, c.1, c.2][i])
                })
                .collect()
        };
        Acts::of(quantity, &get(0), &get(1), &get(2))
    };
    let mut placebos = Vec::new();
    for (a, b) in [
        ("TUR", "AZE"),
        ("AZE", "TUR"),
        ("ARM", "AZE"),
        ("AZE", "ARM"),
        ("UKR", "POL"),
        ("POL", "UKR"),
        ("GEO", "ARM"),
        ("ARM", "GEO"),
        ("GEO", "TUR"),
        ("TUR", "GEO"),
    ] {
        placebos.push(Placebo {
            name: format!("{a}→{b}"),
            acts: acts(a, b),
        });
    }
    let input = TriangleInput {
        actors: [names[0].into(), names[1].into(), names[2].into()],
        unit: "weeks".into(),
        quantity,
        acts: Dyad::ALL.map(|d| {
            let (s, t) = d.ends();
            acts(names[s], names[t])
        }),
        placebos,
    };
    for (d, a) in Dyad::ALL.iter().zip(&input.acts) {
        eprintln!("{d:?} events {}", a.total());
    }
    let mut out = String::from("AB,BA,AC,CA,BC,CB\n");
    for t in 0..weeks.len() {
        let row: Vec<String> = input.acts.iter().map(|a| a.values[t].to_string()).collect();
        out += &(row.join(",") + "\n");
    }
    std::fs::write("/tmp/t-work/six.csv", out).unwrap();
    let start = std::time::Instant::now();
    let mut o = TriangleOptions::default();
    if let Some(l) = std::env::var("LAGS").ok() {
        o.lags = Lags::Given(l.parse().unwrap());
    }
    if std::env::var("CC").is_ok() {
        o.method = Method::CrossCorrelation;
    }
    if std::env::var("BLOCKS").is_ok() {
        o.null = Null::Blocks(8);
    }
    let r = triangle(&input, &o).unwrap();
    eprintln!(
        "{:?}; lags {} bic {:?} nw {}",
        start.elapsed(),
        r.lags,
        r.bic,
        r.newey_west
    );
    for x in &r.responses {
        println!("{}", x.sentence);
    }
    println!("{}", r.sentence);
    let one = r.response(Dyad::Ab, Dyad::Ba).unwrap();
    println!(
        "{:?} {:?} {:?} {:?}",
        one.coefficients, one.sum, one.interval, one.wald
    );
}
