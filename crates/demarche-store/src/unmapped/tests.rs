use super::*;

fn tally(most: usize, rows: &[([&str; 4], u64)]) -> Unmapped {
    let mut tally = Tally::new(most);
    for &(fields, n) in rows {
        tally.add(Format::Gdelt2, fields, n);
    }
    tally.into_list(10)
}

#[test]
fn a_line_is_proposed_for_what_a_line_can_map() {
    let list = tally(
        100,
        &[
            (["PAKTAL", "TALIBAN", "", "TAL"], 3),
            (["TALREB", "", "", "TAL"], 4),
            (["QQQGOV", "", "", ""], 2),
            (["WSTBUS", "OECD", "WST", ""], 9),
            (["GOVMIL", "MINISTRY", "", ""], 8),
            (["GOV", "PRESIDENT", "", ""], 8),
            (["kar", "KAREN", "", ""], 1),
            (["", "", "", ""], 50),
        ],
    );
    let lines: Vec<_> = list
        .actors
        .iter()
        .map(|u| (u.rows, u.line.as_deref().unwrap()))
        .collect();
    assert_eq!(
        lines,
        [
            (7, "TAL,TALIBAN,TALIBAN,body,,TAL,,,"),
            (2, "QQQ,QQQ,QQQ,state,QQQ,,,,"),
        ]
    );
    let others: Vec<_> = list
        .others
        .iter()
        .map(|u| (u.rows, u.code.as_str()))
        .collect();
    assert_eq!(others, [(16, "GOVMIL"), (9, "WSTBUS"), (1, "kar")]);
    assert_eq!((list.rows, list.short_by), (35, 0));
}

#[test]
fn names_with_commas_and_signs_are_quoted_and_controls_refused() {
    let propose = |name: &str| {
        let mut tally = Tally::new(10);
        tally.add(Format::Icews, ["", name, "", ""], 1);
        tally.into_list(1).actors.pop().and_then(|u| u.line)
    };
    assert_eq!(
        propose("Bank, \"World\" of the Sea").unwrap(),
        "WOTSB,\"Bank, \"\"World\"\" of the Sea\",\"Bank, \"\"World\"\" of the Sea\",body,,,\"Bank, \"\"World\"\" of the Sea\",,"
            .replace("WOTSB", &initials("Bank, \"World\" of the Sea"))
    );
    assert_eq!(initials("Shanghai Cooperation Organisation"), "SCO");
    assert_eq!(initials("Hamas"), "HAMAS");
    assert_eq!(propose("a\u{7}b"), None);
    assert_eq!(propose("---"), None);
}

#[test]
fn memory_is_bounded_and_the_list_says_by_how_much_it_may_be_wrong() {
    // Two frequent ones among two thousand rare ones, told apart sixteen at a time.
    let mut tally = Tally::new(16);
    let mut exact: HashMap<String, u64> = HashMap::new();
    for i in 0..4000u64 {
        let code = match i % 4 {
            0 => "AA1".to_owned(),
            1 => "BB2".to_owned(),
            _ => format!("C{i:04}"),
        };
        let group = if i % 4 == 1 && i > 3000 {
            "CC3".to_owned()
        } else {
            code
        };
        tally.add(Format::Gdelt2, ["", "", "", &group], 1);
        *exact.entry(group).or_default() += 1;
        assert!(tally.entries.len() <= 16);
    }
    let list = tally.into_list(3);
    assert_eq!(list.rows, 4000);
    assert!(
        list.short_by > 0 && list.short_by < 400,
        "{}",
        list.short_by
    );
    assert_eq!(list.actors[0].group, "AA1");
    for u in &list.actors {
        let n = exact[&u.group];
        assert!(u.rows <= n && n <= u.rows + list.short_by, "{u:?} {n}");
    }
}
