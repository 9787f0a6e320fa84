use std::path::Path;

use demarche_events::{countries, known_groups, regions};
use proptest::prelude::*;

use super::*;

fn case() -> Case {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    demarche_case::read(&dir)
        .case
        .expect("the worked case is sound")
}

fn party(naming: Naming, code: &str, name: &str, country: &str, group: &str) -> Party {
    Party {
        naming,
        code: code.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        group: group.to_owned(),
        ..Party::default()
    }
}

fn gdelt(code: &str, name: &str, country: &str, group: &str) -> Party {
    party(Naming::Gdelt, code, name, country, group)
}

fn icews(name: &str, country: &str) -> Party {
    party(Naming::Icews, "", name, country, "")
}

fn polecat(name: &str, country: &str, cow: Option<u16>) -> Party {
    Party {
        cow,
        ..party(Naming::Polecat, "", name, country, "")
    }
}

fn coded(code: &str) -> Party {
    party(Naming::Code, code, "", "", "")
}

fn always(code: &str) -> Named {
    Named::Always(code.to_owned())
}

/// Who it is on that day.
fn on(actors: &Actors, party: &Party, day: &str) -> Option<String> {
    let day = day_number(day.parse().unwrap());
    match actors.resolve(party) {
        Named::Nobody => None,
        Named::Always(code) => Some(code),
        Named::Office { terms, otherwise } => {
            let term = terms.into_iter().find(|t| t.0 <= day && day <= t.1);
            term.map(|t| t.2).or(otherwise)
        }
    }
}

#[test]
fn gdelt_tells_bodies_by_their_group_and_regions_are_nobody() {
    for actors in [Actors::builtin(), Actors::of(&case())] {
        let who = |code, country, group| actors.resolve(&gdelt(code, "", country, group));
        assert_eq!(who("IGOWSTNAT", "WST", "NAT"), always("NATO"));
        assert_eq!(who("IGOWSTNATGOVMIL", "WST", "NAT"), always("NATO"));
        assert_eq!(who("IGOEUREEC", "EUR", "EEC"), always("EU"));
        assert_eq!(who("USAUNO", "USA", "UNO"), always("UN"), "the narrower");
        assert_eq!(who("WST", "WST", ""), Named::Nobody);
        assert_eq!(who("IGOWSTBUS", "WST", ""), Named::Nobody);
        for (region, _) in regions() {
            assert_eq!(who(region, region, ""), Named::Nobody, "{region}");
            assert_eq!(who(region, "", ""), Named::Nobody, "{region}");
        }
        assert_eq!(who("ROM", "ROM", ""), always("ROU"));
        assert_eq!(who("ROU", "ROU", ""), always("ROU"));
        assert_eq!(who("KORMIL", "KOR", ""), always("KOR"));
        assert_eq!(who("AFGREBTAL", "AFG", "TAL"), always("AFG"));
        assert_eq!(who("GZSGOV", "GZS", ""), always("PSE"));
        assert_eq!(who("IGOBUSIMF", "", "IMF"), always("IMF"));
    }
}

#[test]
fn gdelt_codes_are_cut_only_where_country_and_group_are_empty() {
    let actors = Actors::builtin();
    let who = |code, country, group| actors.resolve(&gdelt(code, "", country, group));
    assert_eq!(who("ROU", "", ""), always("ROU"));
    assert_eq!(who("SSDGOV", "", ""), always("SSD"));
    assert_eq!(who("IGOWSTNATGOV", "", ""), always("NATO"));
    assert_eq!(who("IGOEUREEC", "", ""), always("EU"));
    assert_eq!(
        who("IGOWSTNAT", "WST", ""),
        Named::Nobody,
        "a column is filled"
    );
    // Roles, religions (`SUN`) and ethnic groups (`kor`) that look like countries.
    for code in [
        "GOV", "GOVKOR", "SUN", "MOSSUN", "kor", "korKOR", "KO", "KORG", "한국",
    ] {
        assert_eq!(who(code, "", ""), Named::Nobody, "{code}");
    }
    assert_eq!(who("KORkor", "", ""), always("KOR"));
}

#[test]
fn icews_tells_countries_by_name_and_bodies_where_there_is_none() {
    for actors in [Actors::builtin(), Actors::of(&case())] {
        let who = |name, country| actors.resolve(&icews(name, country));
        let nato = "North Atlantic Treaty Organization";
        assert_eq!(who(nato, ""), always("NATO"));
        assert_eq!(who(nato, "NA"), always("NATO"), "as a re-export has it");
        assert_eq!(
            who("North_Atlantic_Treaty_Organization", ""),
            always("NATO")
        );
        assert_eq!(who("Military (South Korea)", "South Korea"), always("KOR"));
        assert_eq!(who("Georgia", "United States"), always("USA"));
        assert_eq!(who("Georgia", ""), always("GEO"));
        assert_eq!(who("Georgia", "NA"), Named::Nobody);
        assert_eq!(who("European Commission", ""), always("EU"));
        assert_eq!(who("Citizen", ""), Named::Nobody);
        assert_eq!(who("Turkey", "Türkiye"), always("TUR"));
    }
}

#[test]
fn polecat_tells_countries_by_code_and_number() {
    for actors in [Actors::builtin(), Actors::of(&case())] {
        let who = |name, country, cow| actors.resolve(&polecat(name, country, cow));
        assert_eq!(who("x", "KOR", None), always("KOR"));
        assert_eq!(who("x", "", Some(732)), always("KOR"));
        assert_eq!(who("x", "", Some(260)), always("DEU"));
        assert_eq!(who("NATO", "IGO", None), always("NATO"));
        assert_eq!(
            who("North Atlantic Treaty Organization", "", None),
            always("NATO")
        );
        assert_eq!(who("Korea", "IGO", Some(0)), Named::Nobody);
    }
}

#[test]
fn codes_stand_as_they_are() {
    let (builtin, case) = (Actors::builtin(), Actors::of(&case()));
    for actors in [&builtin, &case] {
        for code in ["KOR", "ZWE", "NATO", "ASEAN", "DDR"] {
            assert_eq!(actors.resolve(&coded(code)), always(code));
        }
        for code in ["", "kor", "ROM", "WST", "XYZ", "nato", "KORGOV"] {
            assert_eq!(actors.resolve(&coded(code)), Named::Nobody, "{code}");
        }
    }
    assert_eq!(builtin.resolve(&coded("AP4")), Named::Nobody);
    assert_eq!(case.resolve(&coded("AP4")), always("AP4"));
}

#[test]
fn every_actor_of_the_case_is_found_by_each_of_its_codes() {
    let case = case();
    let actors = Actors::of(&case);
    let mut seen = 0;
    for a in &case.actors {
        let mut parties = vec![coded(&a.code)];
        parties.extend(a.cameo.iter().map(|c| gdelt(&format!("{c}GOV"), "", c, "")));
        parties.extend(a.cameo.iter().map(|c| gdelt(c, "", "", "")));
        parties.extend(a.gdelt_group.iter().map(|g| gdelt("", "", "WST", g)));
        if a.kind == ActorKind::State {
            parties.extend(a.icews.iter().map(|n| icews("Somebody", n)));
            parties.push(polecat("Somebody", &a.code, None));
        }
        parties.extend(a.icews.iter().map(|n| icews(n, "")));
        parties.extend(a.cow.map(|n| polecat("Somebody", "", Some(n))));
        for p in parties {
            assert_eq!(actors.resolve(&p), always(&a.code), "{p:?}");
            seen += 1;
        }
    }
    assert!(seen > 56 * 6, "{seen}");
}

#[test]
fn every_country_and_body_is_found_without_a_case() {
    let actors = Actors::builtin();
    for c in countries() {
        if c.iso3().is_some() {
            assert_eq!(actors.resolve(&coded(c.code)), always(c.code));
        }
        assert_eq!(
            actors.resolve(&icews("Somebody", c.icews())),
            always(c.code)
        );
        if let Some(cameo) = c.cameo {
            assert_eq!(actors.resolve(&gdelt(cameo, "", cameo, "")), always(c.code));
        }
    }
    for g in known_groups() {
        assert!(by_iso3(g.body).is_none(), "{} is a country too", g.body);
        assert_eq!(actors.resolve(&coded(g.body)), always(g.body));
        assert_eq!(actors.resolve(&gdelt("", "", "", g.code)), always(g.body));
        assert_eq!(actors.resolve(&icews(g.name, "")), always(g.body));
    }
}

#[test]
fn the_case_comes_before_the_built_in_tables() {
    let mut case = case();
    // A case with names of its own, and one that takes the West and a region for actors.
    let actor = |case: &mut Case, code: &str, new: &str| {
        case.actors
            .iter_mut()
            .find(|a| a.code == code)
            .unwrap()
            .code = new.to_owned();
    };
    actor(&mut case, "KOR", "Korea");
    actor(&mut case, "NATO", "Alliance");
    let mut west = case.actors[0].clone();
    west.code = "West".to_owned();
    west.kind = ActorKind::Body;
    west.cameo = Some("WST".to_owned());
    west.icews = Some("European Commission".to_owned());
    west.cow = None;
    case.actors.push(west);
    case.offices.clear();
    let actors = Actors::of(&case);
    for p in [
        gdelt("KORGOV", "", "KOR", ""),
        icews("Somebody", "Republic of Korea"),
        polecat("Somebody", "KOR", None),
        polecat("Somebody", "", Some(732)),
        coded("Korea"),
        coded("KOR"),
    ] {
        assert_eq!(actors.resolve(&p), always("Korea"), "{p:?}");
    }
    for p in [
        gdelt("", "", "WST", "NAT"),
        icews("NATO", ""),
        coded("NATO"),
    ] {
        assert_eq!(actors.resolve(&p), always("Alliance"), "{p:?}");
    }
    for p in [
        gdelt("WST", "", "WST", ""),
        icews("European Commission", ""),
    ] {
        assert_eq!(actors.resolve(&p), always("West"), "{p:?}");
    }
}

#[test]
fn an_office_counts_between_its_dates() {
    let actors = Actors::of(&case());
    let person = icews("Jens Stoltenberg", "Norway");
    for (day, who) in [
        ("2014-09-30", "NOR"),
        ("2014-10-01", "NATO"),
        ("2024-09-30", "NATO"),
        ("2024-10-01", "NOR"),
    ] {
        assert_eq!(on(&actors, &person, day).as_deref(), Some(who), "{day}");
    }
    let rutte = icews("Mark Rutte", "Netherlands");
    assert_eq!(on(&actors, &rutte, "2024-09-30").as_deref(), Some("NLD"));
    assert_eq!(on(&actors, &rutte, "2030-01-01").as_deref(), Some("NATO"));
    assert_eq!(Actors::builtin().resolve(&person), always("NOR"));
    let polecat = polecat("Jens Stoltenberg", "IGO", None);
    assert_eq!(on(&actors, &polecat, "2020-01-01").as_deref(), Some("NATO"));
    assert_eq!(on(&actors, &polecat, "2025-01-01"), None);
}

#[test]
fn names_of_holders_are_found_in_their_spellings() {
    let actors = Actors::of(&case());
    let who = |name: &str, country: &str| {
        let code = format!("{country}GOV");
        on(&actors, &gdelt(&code, name, country, ""), "2012-01-01")
    };
    for name in [
        "ANDERS FOGH RASMUSSEN",
        "Rasmussen, Anders Fogh",
        "anders_fogh-rasmussen",
        "Änders  Fogh Rasmussen ",
        "FOGH RASMUSSEN",
    ] {
        assert_eq!(who(name, "DNK").as_deref(), Some("NATO"), "{name}");
    }
    // The prime minister of the day, a namesake elsewhere.
    assert_eq!(who("RASMUSSEN", "DNK").as_deref(), Some("DNK"));
    assert_eq!(who("LARS LOKKE RASMUSSEN", "DNK").as_deref(), Some("DNK"));
    assert_eq!(who("ANDERS RASMUSSEN", "USA").as_deref(), Some("USA"));
    // A surname needs the state, a full name does not.
    let at = |party: &Party| on(&actors, party, "2020-01-01");
    assert_eq!(
        at(&gdelt("NORGOV", "STOLTENBERG", "NOR", "")).as_deref(),
        Some("NATO")
    );
    assert_eq!(at(&gdelt("GOV", "STOLTENBERG", "", "")), None);
    assert_eq!(
        at(&gdelt("GOV", "JENS STOLTENBERG", "", "")).as_deref(),
        Some("NATO")
    );
    assert_eq!(
        at(&gdelt("DEUGOV", "STOLTENBERG", "DEU", "")).as_deref(),
        Some("DEU")
    );
    // A body that carries a person's name stays the body.
    assert_eq!(
        at(&gdelt("IGOUNO", "JENS STOLTENBERG", "", "UNO")).as_deref(),
        Some("UN")
    );
}

#[test]
fn fingerprints_tell_tables_apart() {
    let case = case();
    assert_eq!(Actors::builtin().fingerprint(), "builtin");
    let own = Actors::of(&case).fingerprint();
    assert_eq!(own.len(), 64);
    let changed = |change: &dyn Fn(&mut Case)| {
        let mut other = case.clone();
        change(&mut other);
        Actors::of(&other).fingerprint() != own
    };
    assert!(!changed(&|c| c.actors.reverse()));
    assert!(!changed(&|c| c.actors[0].name.push('x')));
    assert!(!changed(&|c| c.offices[0].note.push('x')));
    assert!(changed(&|c| c.actors[0].cow = Some(1)));
    assert!(changed(&|c| c.actors[0].icews = None));
    assert!(changed(&|c| c.actors[0].kind = ActorKind::Body));
    assert!(changed(&|c| drop(c.offices.pop())));
    assert!(changed(&|c| c.offices[3].to = None));
    assert!(changed(&|c| c.offices[3].names.clear()));
    assert!(changed(&|c| c.offices[3].state = None));
}

/// NATO in 105,444 real rows, with and without the office of the secretary general. A search for
/// the letters NATO in the names would find 1,613 rows, of which 265 are senators, sanatoria and a
/// man called Anatoliy.
#[test]
fn nato_is_found_in_the_rows_on_georgia() {
    use std::io::Read;
    let Some(path) = demarche_shared::shared("data/gdelt1/georgia_201106_201305.tsv.gz") else {
        return;
    };
    let file = std::fs::File::open(path).unwrap();
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_end(&mut bytes)
        .unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let tables = [Actors::builtin(), Actors::of(&case())];
    let (mut rows, mut letters, mut nato) = (0, 0, [[0; 2]; 2]);
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        let ends =
            [5, 15].map(|at| gdelt(fields[at], fields[at + 1], fields[at + 2], fields[at + 3]));
        rows += 1;
        letters += usize::from(
            ends.iter()
                .any(|p| p.name.contains("NATO") || p.group == "NAT"),
        );
        let day = fields[1];
        let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..8]);
        for (table, counts) in tables.iter().zip(&mut nato) {
            let ends = ends
                .iter()
                .filter(|p| on(table, p, &day).as_deref() == Some("NATO"));
            let ends = ends.count();
            counts[0] += usize::from(ends > 0);
            counts[1] += ends;
        }
    }
    assert_eq!((rows, letters), (105_444, 1613));
    assert_eq!(nato[0], [1348, 1362], "rows and actors, by the group alone");
    assert_eq!(nato[1][0], 1382, "rows, with the secretary general");
}

proptest! {
    #[test]
    fn nothing_panics(
        naming in 0..4usize,
        texts in prop::array::uniform4("[A-Za-z ,_.'é한ǰ\u{301}İ-]{0,12}|\\PC{0,20}|NAT|WST|KOR|IGO"),
        cow in prop::option::of(any::<u16>()),
    ) {
        let naming = [Naming::Gdelt, Naming::Icews, Naming::Polecat, Naming::Code][naming];
        let [code, name, country, group] = texts;
        let party = Party { naming, code, name, country, group, sectors: Vec::new(), cow };
        static CASE: std::sync::LazyLock<Actors> = std::sync::LazyLock::new(|| Actors::of(&case()));
        CASE.resolve(&party);
        let builtin = Actors::builtin().resolve(&party);
        if party.is_empty() {
            prop_assert_eq!(builtin, Named::Nobody);
        }
        prop_assert_eq!(folded(&folded(&party.name)), folded(&party.name));
    }
}
