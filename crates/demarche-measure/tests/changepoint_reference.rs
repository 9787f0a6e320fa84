//! Change points against other programs: ruptures 1.1.10 (l2) and skchange 0.18.0 (Poisson).

use demarche_measure::{Model, Penalty, SegmentCosts, Segmentation};

const L2: Model = Model::Mean { variance: 1.0 };

/// 120 numbers anyone can make again: four levels, and a remainder for noise.
fn embedded() -> Vec<f64> {
    let levels = [2.0, 6.0, 3.5, 3.5, 8.0];
    (0..120)
        .map(|i: usize| levels[i / 25] + noise(i) / 97.0 * 3.0 - 1.5)
        .collect()
}

/// The same with whole numbers.
fn embedded_counts() -> Vec<f64> {
    let levels = [1.0, 4.0, 2.0, 9.0, 5.0];
    (0..120)
        .map(|i: usize| levels[i / 25] + noise(i) % 4.0)
        .collect()
}

fn noise(i: usize) -> f64 {
    ((i * i * 37 + i * 101 + 17) % 97) as f64
}

fn found(values: &[f64], model: Model, penalty: f64, min_len: usize) -> Segmentation {
    SegmentCosts::new(values, model).pelt(Penalty::Value(penalty), min_len)
}

fn assert_is(found: &Segmentation, breaks: &[usize], cost: f64) {
    assert_eq!(found.breaks, breaks);
    assert!(
        (found.cost / cost - 1.0).abs() < 1e-12,
        "{} {cost}",
        found.cost
    );
}

/// `Pelt(model="l2", jump=1, min_size=m).fit(x).predict(pen)`, and the same from
/// `Dynp(model="l2", jump=1, min_size=m)` as the least of cost + pen·k over all k;
/// cost by `cost.sum_of_costs`.
#[test]
fn the_embedded_series_is_cut_as_ruptures_cuts_it() {
    let x = embedded();
    assert!((x.iter().sum::<f64>() - 535.1237113402062).abs() < 1e-9);
    let fine = [22, 25, 33, 36, 37, 40, 48, 61, 71, 74, 75, 78, 85, 89, 100];
    assert_is(&found(&x, L2, 2.0, 1), &fine, 52.95585478396616);
    assert_is(&found(&x, L2, 10.0, 1), &[25, 48, 100], 85.69492089869127);
    let four = [25, 33, 40, 48, 61, 71, 78, 85, 89, 100];
    assert_is(&found(&x, L2, 2.0, 4), &four, 64.6792333121231);
    assert_is(&found(&x, L2, 10.0, 4), &[25, 48, 100], 85.69492089869127);
    let six = [25, 33, 40, 48, 61, 71, 78, 85, 92, 100];
    assert_is(&found(&x, L2, 1.0, 6), &six, 65.83392769840427);
}

/// skchange: `PELT(PoissonCost(), penalty=p, min_segment_length=m).fit(y).predict(y)`. The sums
/// (all of −2 log L) are from a search without pruning over `scipy.stats.poisson.logpmf`.
#[test]
fn the_embedded_counts_are_cut_as_skchange_cuts_them() {
    let y = embedded_counts();
    assert_eq!(y.iter().sum::<f64>(), 676.0);
    let bic = 2.0 * 120.0_f64.ln();
    let costs = SegmentCosts::new(&y, Model::Poisson);
    let all = |s: &Segmentation| s.penalised() + costs.constant().unwrap();
    for min_len in [1, 6] {
        let s = costs.pelt(Penalty::Bic, min_len);
        assert_eq!(s.penalty, bic);
        assert_eq!(s.breaks, [25, 48, 75, 100]);
        assert!((all(&s) - 487.6190920750352).abs() < 1e-8, "{}", all(&s));
    }
    assert_eq!(
        found(&y, Model::Poisson, 3.0, 6).breaks,
        [18, 25, 48, 75, 100]
    );
    let s = found(&y, Model::Poisson, 1.0, 3);
    assert_eq!(
        s.breaks,
        [3, 11, 16, 19, 25, 44, 51, 54, 57, 67, 70, 75, 100, 115]
    );
    assert!((all(&s) - 445.9989218895827).abs() < 1e-8, "{}", all(&s));
}

/// The 2,000 points of the reference data, if they are here.
fn reference() -> Option<Vec<f64>> {
    let path = demarche_shared::shared("reference/changepoints/cp2000.csv")?;
    let text = std::fs::read_to_string(path).expect("readable");
    Some(
        text.lines()
            .map(|l| l.trim().parse().expect("a number"))
            .collect(),
    )
}

/// `Pelt(model="l2", jump=1, min_size=m).fit(x).predict(pen)`; `KernelCPD(kernel="linear",
/// min_size=m)` agrees. 15.2018… is 2·ln 2000, the BIC.
#[test]
fn the_reference_series_is_cut_as_ruptures_cuts_it() {
    let Some(x) = reference() else { return };
    assert_eq!(x.len(), 2000);
    let eight = [149, 420, 600, 828, 1100, 1190, 1500, 1777];
    for min_len in [1, 2, 5] {
        assert_is(
            &SegmentCosts::new(&x, L2).pelt(Penalty::Bic, min_len),
            &eight,
            1916.6165587662551,
        );
        assert_is(&found(&x, L2, 50.0, min_len), &eight, 1916.6165587662551);
        let six = [149, 420, 600, 828, 1100, 1196];
        assert_is(&found(&x, L2, 200.0, min_len), &six, 2290.583434819575);
    }
    let many = [
        56, 62, 130, 152, 311, 320, 326, 337, 343, 367, 369, 420, 503, 504, 600, 639, 640, 775,
        782, 828, 863, 868, 1100, 1190, 1500, 1644, 1645, 1651, 1777, 1810, 1816, 1845,
    ];
    assert_is(&found(&x, L2, 5.0, 1), &many, 1760.322004532488);
    let five = [
        56, 62, 130, 152, 311, 320, 326, 337, 343, 369, 420, 499, 600, 663, 692, 775, 782, 828,
        863, 868, 1100, 1190, 1500, 1645, 1651, 1777, 1810, 1816, 1845,
    ];
    assert_is(&found(&x, L2, 5.0, 5), &five, 1781.2747902196);
    let s = found(&x, L2, 1.0, 1);
    assert_eq!(s.breaks.len(), 637);
    assert!((s.cost / 384.76920910018254 - 1.0).abs() < 1e-12);
    // Here ruptures' Pelt, which drops candidates without regard to the least length, ends at
    // 784.6103398450638 + 468: a worse sum than the best one.
    let s = found(&x, L2, 1.0, 2);
    assert!(
        s.penalised() < 784.6103398450638 + 468.0 - 0.4,
        "{}",
        s.penalised()
    );
}
