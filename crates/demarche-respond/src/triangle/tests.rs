//! Simulated systems whose answers are known, bad input, and the short cut against the whole
//! regression.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::equation::{Equation, lags_by_bic};
use super::*;
use crate::ols::{Covariance, Design};

/// A standard normal draw (Box and Muller).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    let (u, v): (f64, f64) = (rng.random_range(1e-12..1.0), rng.random());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Paths of a first-order system: `y_t = A y_{t−1} + e_t`, after a run-in.
fn simulate(a: &[[f64; 6]; 6], periods: usize, rng: &mut ChaCha8Rng) -> [Vec<f64>; 6] {
    let mut series: [Vec<f64>; 6] = Default::default();
    let mut last = [0.0; 6];
    for t in 0..periods + 50 {
        let next = a.map(|row| {
            let mean: f64 = row.iter().zip(&last).map(|(c, x)| c * x).sum();
            mean + normal(rng)
        });
        last = next;
        if t >= 50 {
            for (series, value) in series.iter_mut().zip(next) {
                series.push(value);
            }
        }
    }
    series
}

fn diagonal(own: f64) -> [[f64; 6]; 6] {
    std::array::from_fn(|r| std::array::from_fn(|c| if r == c { own } else { 0.0 }))
}

fn input(series: [Vec<f64>; 6]) -> TriangleInput {
    TriangleInput {
        actors: ["A", "B", "C"].map(String::from),
        unit: "weeks".into(),
        quantity: Quantity::Net,
        acts: series.map(|values| Acts {
            events: vec![3; values.len()],
            values,
        }),
        placebos: Vec::new(),
    }
}

fn quick() -> TriangleOptions {
    TriangleOptions {
        lags: Lags::Given(1),
        permutations: 99,
        ..TriangleOptions::default()
    }
}

#[test]
fn links_are_those_of_the_triangle() {
    use Dyad::{Ab, Ac, Ba, Bc, Ca, Cb};
    let links = [Ba, Ca, Ac, Cb, Bc].map(|cause| Ab.link(cause));
    let want = [
        Link::Reverse,
        Link::ThirdToSource,
        Link::SourceToThird,
        Link::ThirdToTarget,
        Link::TargetToThird,
    ];
    assert_eq!(links, want.map(Some));
    assert_eq!(Ab.link(Ab), None);
    // Russia towards the United States, after the United States towards Georgia.
    assert_eq!(Ac.link(Cb), Some(Link::TargetToThird));
    assert_eq!(Bc.link(Ca), Some(Link::TargetToThird));
    assert_eq!(Bc.link(Ab), Some(Link::ThirdToSource));
}

/// What the short cut gives is what the whole regression gives.
#[test]
fn the_partial_regression_is_the_whole_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut a = diagonal(0.3);
    a[0][1] = 0.3;
    let series = simulate(&a, 90, &mut rng);
    let (lags, periods) = (2, 90);
    let others: Vec<&[f64]> = [0, 2, 3, 4, 5].map(|d: usize| series[d].as_slice()).into();
    let names: Vec<String> = (0..5).map(|d| d.to_string()).collect();
    let equation = Equation::new(&series[0], &others, &names, lags, true, 3).unwrap();
    let answer = equation.answer(&series[1]).unwrap();

    let mut columns = vec![vec![1.0; periods - lags]];
    columns.push((0..periods - lags).map(|t| t as f64).collect());
    for series in &series {
        for lag in 1..=lags {
            columns.push(series[lags - lag..periods - lag].to_vec());
        }
    }
    let design = Design::new(&columns, None).unwrap();
    let whole = design.fit(&series[0][lags..]).unwrap();
    let kind = Covariance::NeweyWest {
        lag: 3,
        small_sample: true,
    };
    let test = whole.test_zero(&[4, 5], kind).unwrap();
    let covariance = whole.covariance(kind).block(4, 4, 2, 2);
    let error: f64 = covariance.as_slice().iter().sum::<f64>().sqrt();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-10 * b.abs().max(1.0), "{a}, {b}");
    close(answer.coefficients[0], whole.coefficients[4]);
    close(answer.coefficients[1], whole.coefficients[5]);
    close(answer.error.unwrap(), error);
    let (f, p, freedom) = answer.test.unwrap();
    close(f, test.f);
    close(p, test.f_p);
    assert_eq!(freedom, test.freedom);
}

/// Two actors answer each other, a third answers one inversely; the rest is noise.
#[test]
fn planted_answers_are_found_in_their_sense() {
    use Dyad::{Ab, Ba, Ca, Cb};
    let mut a = diagonal(0.2);
    a[Ab as usize][Ba as usize] = 0.4;
    a[Ba as usize][Ab as usize] = 0.4;
    a[Ca as usize][Ab as usize] = -0.5;
    let (mut false_findings, mut found) = (0, [0; 3]);
    for seed in 0..20 {
        let series = simulate(&a, 300, &mut ChaCha8Rng::seed_from_u64(seed));
        let options = TriangleOptions {
            lags: Lags::Bic { most: 3 },
            permutations: 199,
            ..TriangleOptions::default()
        };
        let result = triangle(&input(series), &options).unwrap();
        assert_eq!((result.lags, result.responses.len()), (1, 30));
        let planted = [
            (Ab, Ba, Verdict::InKind),
            (Ba, Ab, Verdict::InKind),
            (Ca, Ab, Verdict::Inverse),
        ];
        for (at, (response, cause, verdict)) in planted.into_iter().enumerate() {
            found[at] += usize::from(result.response(response, cause).unwrap().verdict == verdict);
        }
        false_findings += result
            .responses
            .iter()
            .filter(|r| r.verdict.holds())
            .filter(|r| {
                !planted
                    .iter()
                    .any(|(a, b, _)| (*a, *b) == (r.response, r.cause))
            })
            .count();
        assert_eq!(result.response(Cb, Cb), None);
    }
    assert!(found.iter().all(|n| *n >= 19), "{found:?}");
    // At 5 % of the findings: about three of sixty.
    assert!(false_findings <= 8, "{false_findings}");
}

/// Without any answer, the Wald test of one pair and its permuted dates reject at their level.
#[test]
fn independent_series_are_rejected_at_the_level() {
    let (mut wald, mut permuted, mut crossed) = (0, 0, 0);
    let mut places = [0; 4];
    for seed in 0..200 {
        let series = simulate(
            &diagonal(0.3),
            200,
            &mut ChaCha8Rng::seed_from_u64(1000 + seed),
        );
        let input = input(series);
        let figures = |method| {
            let options = TriangleOptions { method, ..quick() };
            let analysis = Analysis {
                input: &input,
                options: &options,
                varied: &Dyad::ALL,
                lags: 1,
                newey_west: 4,
            };
            analysis.figures(Dyad::Ab, Dyad::Ba).unwrap().unwrap()
        };
        let one = figures(Method::Regression);
        wald += usize::from(one.wald.unwrap().1 <= 0.05);
        let p = one.permuted.unwrap().p;
        assert!((0.01..=1.0).contains(&p));
        permuted += usize::from(p <= 0.05);
        places[((p * 4.0) as usize).min(3)] += 1;
        let thin = figures(Method::CrossCorrelation);
        crossed += usize::from(thin.permuted.unwrap().p <= 0.05);
        assert_eq!(thin.wald, None);
    }
    // 10 expected, with a standard deviation of 3.1; the Wald test leans a little to the large
    // side in samples like this.
    assert!((2..=22).contains(&wald), "{wald}");
    assert!((2..=20).contains(&permuted), "{permuted}");
    assert!((2..=20).contains(&crossed), "{crossed}");
    // A quarter of the p-values in each quarter: 50, standard deviation 6.1.
    assert!(places.iter().all(|n| (30..=70).contains(n)), "{places:?}");
}

/// No more than about one triangle in twenty without any answer has a finding.
#[test]
fn triangles_of_noise_have_no_findings() {
    let findings = (0..80)
        .filter(|seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(5000 + seed);
            let series = simulate(&diagonal(0.3), 200, &mut rng);
            let result = triangle(&input(series), &quick()).unwrap();
            result.responses.iter().any(|r| r.verdict.holds())
        })
        .count();
    // 4 expected, standard deviation 2.
    assert!(findings <= 10, "{findings}");
}

/// Figures of statsmodels 0.15: the criteria of `VAR.select_order`, and the first response's
/// `OLS.fit(cov_type="HAC", cov_kwds={"maxlags": 3, "use_correction": True}, use_t=True)`.
#[test]
fn agrees_with_statsmodels() {
    let moduli = [11, 13, 17, 19, 23, 29];
    let series: [Vec<f64>; 6] = std::array::from_fn(|d| {
        let (m, k) = (moduli[d], d as u64);
        let value = |t: u64| (t * t * (2 * k + 3) + 7 * t * (k + 1)) % m;
        (0..90).map(|t| value(t) as f64 - 5.0).collect()
    });
    let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let names: Vec<String> = (0..6).map(|d| d.to_string()).collect();
    let (_, criteria) = lags_by_bic(&slices, &names, 3, false).unwrap();
    let equation = Equation::new(
        &series[0],
        &[slices[0], slices[2], slices[3], slices[4], slices[5]],
        &names[1..],
        2,
        false,
        3,
    )
    .unwrap();
    let answer = equation.answer(&series[1]).unwrap();
    let (f, p, freedom) = answer.test.unwrap();
    let reach = super::equation::student(0.95, freedom) * answer.error.unwrap();
    let got = [
        criteria[0],
        criteria[1],
        criteria[2],
        answer.coefficients[0],
        answer.coefficients[1],
        answer.sum - reach,
        answer.sum + reach,
        f,
        p,
    ];
    let want = [
        20.67284519447564,
        21.558847676944648,
        22.599182036619567,
        -0.014282387891601661,
        -0.010700755469137152,
        -0.34141096085463474,
        0.2914446741331571,
        0.012888660902269604,
        0.9871962282343136,
    ];
    for (got, want) in got.into_iter().zip(want) {
        let want: f64 = want;
        assert!(
            (got - want).abs() < 1e-9 * want.abs().max(1.0),
            "{got}, {want}"
        );
    }
}

#[test]
fn permuted_blocks_agree_with_shifts() {
    let mut a = diagonal(0.2);
    a[0][1] = 0.4;
    let mut input = input(simulate(&a, 250, &mut ChaCha8Rng::seed_from_u64(8)));
    let placebo = simulate(&diagonal(0.2), 250, &mut ChaCha8Rng::seed_from_u64(9));
    for (at, values) in placebo.into_iter().enumerate() {
        input.placebos.push(Placebo {
            name: format!("placebo {at}"),
            acts: Acts {
                // The last has too few events to be tried.
                events: vec![u32::from(at < 5); values.len()],
                values,
            },
        });
    }
    let options = TriangleOptions {
        null: Null::Blocks(8),
        permutations: 199,
        ..quick()
    };
    let result = triangle(&input, &options).unwrap();
    let found = result.response(Dyad::Ab, Dyad::Ba).unwrap();
    assert_eq!(found.verdict, Verdict::InKind);
    let permuted = found.permuted.unwrap();
    assert_eq!((permuted.count, permuted.p), (199, 1.0 / 200.0));
    assert!(permuted.band.low < 0.0 && permuted.band.high > 0.0);
    let placebos = found.placebos.as_ref().unwrap();
    assert_eq!(placebos.tried, [0, 1, 2, 3, 4]);
    assert_eq!((placebos.as_strong.len(), placebos.rank), (0, 1.0 / 6.0));
    for response in &result.responses {
        let p = response.permuted.unwrap().p;
        assert!((1.0 / 200.0..=1.0).contains(&p));
    }
    assert_eq!(result, triangle(&input, &options).unwrap());
    assert!(found.sentence.starts_with(
        "Over 250 weeks with 1 lag, more net cooperation B→A is followed by more A→B (sum of \
         the lags' coefficients 0."
    ));
    assert!(found.sentence.contains("after adjustment for 30 tests; 199 permuted orders of dates p = 0.005, 0.005 and 0.005 adjusted; 0 of 5 placebo dyads did as well"), "{}", found.sentence);
    assert!(
        result
            .sentence
            .contains("Reciprocity in kind: A–B in one direction, A–C not found"),
        "{}",
        result.sentence
    );
    for cause in ["causes", "provokes", "triggers", "leads to"] {
        assert!(!result.sentence.contains(cause));
    }
}

/// Without permutation at all the lags' order is lost: the shuffle keeps the values.
#[test]
fn permutations_keep_the_values() {
    let series: Vec<f64> = (0..23).map(f64::from).collect();
    for null in [Null::CircularShift, Null::Blocks(5)] {
        let mut seen = Vec::new();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        null::permuted(&series, null, 500, 2, &mut rng, |moved| {
            let mut sorted = moved.to_vec();
            sorted.sort_by(f64::total_cmp);
            assert_eq!(sorted, series);
            seen.push(moved.to_vec());
        });
        match null {
            Null::CircularShift => {
                // Shifts of 3 to 20 periods, each once.
                assert_eq!(seen.len(), 18);
                assert!(seen.iter().all(|moved| (3.0..=20.0).contains(&moved[0])));
            }
            Null::Blocks(_) => assert_eq!(seen.len(), 500),
        }
    }
}

#[test]
fn thin_and_constant_series_say_so() {
    let mut input = input(simulate(
        &diagonal(0.2),
        120,
        &mut ChaCha8Rng::seed_from_u64(5),
    ));
    input.acts[2].values = vec![0.0; 120];
    input.acts[3].events = vec![0; 120];
    input.acts[3].events[5] = 7;
    let result = triangle(&input, &quick()).unwrap();
    assert_eq!(result.constant, [Dyad::Ac]);
    let thin = result.response(Dyad::Ca, Dyad::Ab).unwrap();
    assert_eq!(thin.verdict, Verdict::TooFew);
    assert_eq!(
        thin.why.as_deref(),
        Some("too few events of C→A (n = 7, at least 30 needed)")
    );
    assert_eq!((thin.sum, thin.wald, thin.permuted), (None, None, None));
    let constant = result.response(Dyad::Ab, Dyad::Ac).unwrap();
    assert_eq!(
        constant.why.as_deref(),
        Some("the series of A→C does not vary")
    );
    assert!(result.response(Dyad::Ab, Dyad::Ba).unwrap().wald.is_some());
    assert!(
        result.sentence.contains("of 30 tests 12 could be made"),
        "{}",
        result.sentence
    );
    // A single act in the last weeks is in no lag, and must not stop the others.
    input.acts[2].values[119] = 1.0;
    assert_eq!(triangle(&input, &quick()).unwrap().constant, [Dyad::Ac]);
    input.acts.iter_mut().for_each(|acts| acts.events.fill(0));
    let result = triangle(&input, &quick()).unwrap();
    assert!(
        result
            .sentence
            .ends_with("Too few events to say who moves first.")
    );
    input.acts.iter_mut().for_each(|acts| acts.values.fill(0.0));
    assert_eq!(triangle(&input, &quick()).unwrap().constant.len(), 6);
}

#[test]
fn bad_input_is_named() {
    let good = input(simulate(
        &diagonal(0.2),
        60,
        &mut ChaCha8Rng::seed_from_u64(6),
    ));
    let error = |input: &TriangleInput, options: &TriangleOptions| {
        triangle(input, options).unwrap_err().to_string()
    };
    let mut gap = good.clone();
    gap.acts[4].values[7] = f64::NAN;
    assert!(error(&gap, &quick()).starts_with("the series of B→C has no finite value in period 8"));
    let mut short = good.clone();
    short.acts[1].values.pop();
    assert!(error(&short, &quick()).starts_with("the series of B→A has 59 periods, the first"));
    let mut twice = good.clone();
    twice.acts[1] = twice.acts[0].clone();
    assert!(error(&twice, &quick()).contains("B→A, lag 1, is a linear combination"));
    let options = TriangleOptions {
        lags: Lags::Given(8),
        ..quick()
    };
    assert_eq!(
        triangle(&good, &options),
        Err(TriangleError::TooShort {
            periods: 60,
            needed: 67,
            lags: 8
        })
    );
    for lags in [Lags::Given(0), Lags::Given(500), Lags::Bic { most: 0 }] {
        assert!(triangle(&good, &TriangleOptions { lags, ..quick() }).is_err());
    }
    let wide = TriangleOptions {
        lags: Lags::Bic { most: 500 },
        ..quick()
    };
    assert!(triangle(&good, &wide).is_ok());
    let none = input(Default::default());
    assert!(matches!(
        triangle(&none, &quick()),
        Err(TriangleError::TooShort { periods: 0, .. })
    ));
    for options in [
        TriangleOptions {
            permutations: 0,
            ..quick()
        },
        TriangleOptions {
            level: 1.0,
            ..quick()
        },
        TriangleOptions {
            alpha: f64::NAN,
            ..quick()
        },
        TriangleOptions {
            null: Null::Blocks(0),
            ..quick()
        },
    ] {
        assert!(matches!(
            triangle(&good, &options),
            Err(TriangleError::Option(_))
        ));
    }
}

/// Quantities from counts, by hand.
#[test]
fn acts_are_of_a_quantity() {
    let (good, bad, scale) = ([2.0, 0.0, 1.0], [1.0, 0.0, 3.0], [4.0, 0.0, -8.0]);
    let of = |quantity| Acts::of(quantity, &good, &bad, &scale);
    assert_eq!(of(Quantity::Net).values, [1.0, 0.0, -2.0]);
    assert_eq!(of(Quantity::Net).total(), 7);
    assert_eq!(of(Quantity::Conflict).events, [1, 0, 3]);
    assert_eq!(of(Quantity::ScaleSum).values, scale);
    assert_eq!(of(Quantity::ScaleMean).values, [4.0 / 3.0, 0.0, -2.0]);
}

#[test]
fn the_criterion_prefers_the_lags_there_are() {
    let mut rng = ChaCha8Rng::seed_from_u64(12);
    let mut series = vec![vec![0.0; 400]; 2];
    for t in 2..400 {
        series[0][t] = 0.5 * series[0][t - 2] + 0.3 * series[1][t - 1] + normal(&mut rng);
        series[1][t] = -0.4 * series[1][t - 2] + normal(&mut rng);
    }
    let slices: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let names = ["y", "x"].map(String::from);
    let (lags, criteria) = lags_by_bic(&slices, &names, 5, false).unwrap();
    assert_eq!((lags, criteria.len()), (2, 5));
}
