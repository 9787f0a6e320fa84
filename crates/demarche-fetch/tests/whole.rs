//! Runs against a server that does its work.

mod support;

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::time::Duration;

use demarche_fetch::{
    Ending, Event, FetchError, FileState, Gap, Journal, Kind, Language, Options, Plan, preview,
};
use jiff::ToSpan;
use support::*;

#[test]
fn a_day_with_gaps_is_fetched_and_each_missing_slot_is_on_record() {
    let all = files(96);
    let gaps: Vec<_> = [10, 11, 12, 95].map(export).into();
    let there = without(&all, &gaps);
    let server = site(&there, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let (summary, retries) = run(&server, dir.path());

    assert!(retries.is_empty());
    assert_eq!(summary.ending, Ending::Done);
    assert_eq!(
        (summary.files, summary.fetched, summary.unlisted),
        (96, 92, 4)
    );
    assert_eq!(
        summary.bytes_fetched,
        there.values().map(|b| b.len() as u64).sum::<u64>()
    );
    let gap = |first: usize, last: usize| Gap {
        first: export(first),
        last: export(last),
        files: (last - first + 1) as u64,
    };
    assert_eq!(summary.gaps, [gap(10, 12), gap(95, 95)]);
    assert_eq!(found(dir.path()), there);
    let journal = Journal::read(dir.path()).unwrap();
    assert_eq!(journal.files.len(), 96);
    for (name, state) in &journal.files {
        match there.get(name) {
            Some(bytes) => assert_eq!(*state, have(bytes)),
            None => assert_eq!(*state, FileState::Unlisted),
        }
    }
    let agents = server
        .requests()
        .into_iter()
        .map(|r| r.headers["user-agent"].clone());
    assert!(agents.into_iter().all(|a| a.starts_with("demarche/")));
}

#[test]
fn what_is_here_and_right_is_not_fetched_again() {
    let all = files(5);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    run(&server, dir.path());
    let journal = fs::read(dir.path().join("fetch.json")).unwrap();
    // One file is cut, one has a wrong byte, one is gone.
    let cut = &all[&export(1)][..100];
    fs::write(dir.path().join(export(1)), cut).unwrap();
    let mut wrong = all[&export(2)].clone();
    wrong[50] ^= 1;
    fs::write(dir.path().join(export(2)), wrong).unwrap();
    fs::remove_file(dir.path().join(export(3))).unwrap();

    let (summary, _) = run(&server, dir.path());
    assert_eq!((summary.here, summary.fetched), (2, 3));
    assert_eq!(found(dir.path()), all);
    for n in 0..5 {
        let times = if (1..4).contains(&n) { 2 } else { 1 };
        assert_eq!(server.of(&export(n)).len(), times, "{n}");
    }
    assert_eq!(fs::read(dir.path().join("fetch.json")).unwrap(), journal);
}

#[test]
fn kinds_and_languages_are_those_asked_for() {
    let stamp = "20240101000000";
    let mut there = Files::new();
    for end in [
        "export",
        "mentions",
        "translation.export",
        "translation.mentions",
    ] {
        there.insert(format!("{stamp}.{end}.CSV.zip"), zipped(end.len()));
    }
    there.insert(format!("{stamp}.gkg.csv.zip"), zipped(9));
    let (english, translated): (Files, Files) = there
        .clone()
        .into_iter()
        .partition(|(name, _)| !name.contains("translation"));
    let translated = list(&translated);
    let mut served = english.clone();
    served.extend(there.clone());
    let english = list(&english);
    let server = site(&served, move |request| match request.path.as_str() {
        LIST => Some(ok(english.as_bytes())),
        "masterfilelist-translation.txt" => Some(ok(translated.as_bytes())),
        _ => None,
    });
    let cases: [(&[Kind], &[Language], &[&str]); 3] = [
        (&[Kind::Export], &[Language::English], &["export"]),
        (
            &[Kind::Mentions],
            &[Language::Translingual],
            &["translation.mentions"],
        ),
        (
            &[Kind::Export, Kind::Mentions],
            &[Language::English, Language::Translingual],
            &[
                "export",
                "mentions",
                "translation.export",
                "translation.mentions",
            ],
        ),
    ];
    for (kinds, languages, ends) in cases {
        let dir = tempfile::tempdir().unwrap();
        let plan = Plan::gdelt2(DAY, DAY, kinds, languages).unwrap();
        let summary = run_with(&plan, &options(&server, dir.path())).0.unwrap();
        accounted(&summary);
        let names: Vec<_> = found(dir.path()).into_keys().collect();
        let wanted: Vec<_> = ends
            .iter()
            .map(|e| format!("{stamp}.{e}.CSV.zip"))
            .collect();
        assert_eq!(names, wanted);
        let series = (kinds.len() * languages.len()) as u64;
        assert_eq!((summary.files, summary.fetched), (96 * series, series));
    }
}

#[test]
fn another_range_in_the_same_folder_adds_to_the_journal() {
    let mut all = files(2);
    let next = "20240102000000.export.CSV.zip".to_owned();
    all.insert(next.clone(), zipped(7));
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let (first, _) = run(&server, dir.path());
    assert_eq!((first.fetched, first.lists[LIST].outside), (2, 1));
    let day = DAY.checked_add(1.day()).unwrap();
    let plan = Plan::gdelt2(day, day, &[Kind::Export], &[Language::English]).unwrap();
    let second = run_with(&plan, &options(&server, dir.path())).0.unwrap();
    assert_eq!((second.files, second.fetched), (96, 1));
    assert_eq!(Journal::read(dir.path()).unwrap().files.len(), 192);
    assert_eq!(state(dir.path(), &export(0)), have(&all[&export(0)]));
    assert_eq!(found(dir.path()), all);
}

#[test]
fn a_preview_counts_and_writes_nothing() {
    let all = files(4);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().join("not yet there");
    let look = |dir| {
        let stop = AtomicBool::new(false);
        preview(&plan(), &options(&server, dir), &stop, &mut |_| {}).unwrap()
    };
    let seen = look(&here);
    let bytes = all.values().map(|b| b.len() as u64).sum::<u64>();
    assert_eq!((seen.files, seen.listed, seen.here), (96, 4, 0));
    assert_eq!((seen.bytes, seen.bytes_to_fetch), (bytes, bytes));
    assert_eq!(seen.gaps.len(), 1);
    assert!(!here.exists());
    assert_eq!(server.requests().len(), 1);

    run(&server, &here);
    let seen = look(&here);
    assert_eq!((seen.here, seen.bytes_to_fetch), (4, 0));
}

#[test]
fn no_more_connections_than_asked_for_and_not_fewer() {
    // Each answer waits until so many are asked for at once: with fewer connections than that it
    // would never come, with more the counter would show it.
    for jobs in [1, 3] {
        let all = files(12);
        let barrier = Arc::new(Barrier::new(jobs));
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (now_of, most_of) = (now.clone(), most.clone());
        let server = site(&all, move |request| {
            if request.path != LIST {
                most_of.fetch_max(now_of.fetch_add(1, SeqCst) + 1, SeqCst);
                barrier.wait();
                now_of.fetch_sub(1, SeqCst);
            }
            None
        });
        let dir = tempfile::tempdir().unwrap();
        let options = Options {
            jobs,
            ..options(&server, dir.path())
        };
        let summary = run_with(&plan(), &options).0.unwrap();
        assert_eq!(summary.fetched, 12);
        assert_eq!(most.load(SeqCst), jobs);
    }
}

#[test]
fn progress_ends_where_everything_is_done() {
    let all = files(6);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let (mut last, mut lists) = (None, 0);
    let mut before = 0;
    demarche_fetch::run(
        &plan(),
        &options(&server, dir.path()),
        &AtomicBool::new(false),
        &mut |event| match event {
            Event::Files(status) => {
                assert!(status.files_done >= before);
                before = status.files_done;
                last = Some(*status);
            }
            Event::List { bytes, total, .. } => {
                lists += 1;
                assert_eq!(Some(*bytes), *total);
            }
            Event::Retry { .. } => panic!("nothing is to be tried again"),
        },
    )
    .unwrap();
    let last = last.unwrap();
    assert_eq!(lists, 1);
    assert_eq!((last.files_done, last.files), (6, 6));
    assert_eq!(last.bytes_done, last.bytes);
    assert_eq!(
        last.bytes,
        all.values().map(|b| b.len() as u64).sum::<u64>()
    );
    assert!(last.bytes_per_second > 0.0);
    assert_eq!(last.left(), Some(Duration::ZERO));
}

#[test]
fn a_run_that_is_stopped_says_so_and_goes_on_the_next_time() {
    let all = files(8);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        jobs: 1,
        ..options(&server, dir.path())
    };
    let stop = AtomicBool::new(false);
    let summary = demarche_fetch::run(&plan(), &options, &stop, &mut |event| {
        if let Event::Files(status) = event
            && status.files_done == 3
        {
            stop.store(true, SeqCst);
        }
    })
    .unwrap();
    accounted(&summary);
    assert_eq!(summary.ending, Ending::Stopped);
    assert!(summary.fetched >= 3);
    assert_eq!(summary.fetched + summary.pending, 8);
    let done = found(dir.path());
    let whole: Vec<_> = done.iter().filter(|(n, _)| !n.ends_with(".part")).collect();
    assert_eq!(whole.len() as u64, summary.fetched);
    let (summary, _) = run(&server, dir.path());
    assert_eq!(summary.here, whole.len() as u64);
    assert_eq!(found(dir.path()), all);

    stop.store(true, SeqCst);
    let fresh = tempfile::tempdir().unwrap();
    let options = Options::new(server.base(), fresh.path());
    let error = demarche_fetch::run(&plan(), &options, &stop, &mut |_| {}).unwrap_err();
    assert!(matches!(error, FetchError::Stopped));
}

#[test]
fn a_second_run_in_the_same_folder_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let all = files(1);
    let path = dir.path().to_owned();
    let base = Arc::new(std::sync::OnceLock::<String>::new());
    let base_of = base.clone();
    let refused = Arc::new(AtomicBool::new(false));
    let refused_of = refused.clone();
    // The second run begins in the midst of the first one.
    let server = site(&all, move |request| {
        if request.path != LIST {
            let options = Options::new(base_of.get().unwrap(), &path);
            let stop = AtomicBool::new(false);
            let second = demarche_fetch::run(&plan(), &options, &stop, &mut |_| {});
            refused_of.store(matches!(second, Err(FetchError::Busy { .. })), SeqCst);
        }
        None
    });
    base.set(server.base()).unwrap();
    run(&server, dir.path());
    assert!(refused.load(SeqCst));
    assert_eq!(found(dir.path()), all);
}

#[test]
fn options_that_make_no_sense_are_refused_before_anything_is_asked() {
    let server = site(&files(1), |_| None);
    let dir = tempfile::tempdir().unwrap();
    let good = options(&server, dir.path());
    for bad in [
        Options {
            jobs: 0,
            ..good.clone()
        },
        Options {
            jobs: 9,
            ..good.clone()
        },
        Options {
            tries: 0,
            ..good.clone()
        },
        Options {
            base: "ftp://x.example".into(),
            ..good.clone()
        },
    ] {
        let error = run_with(&plan(), &bad).0.unwrap_err();
        assert!(matches!(error, FetchError::Option { .. }), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn the_files_of_gdelt_1_are_checked_against_both_lists() {
    let plan = Plan::gdelt1(
        jiff::civil::date(2005, 12, 31),
        jiff::civil::date(2013, 4, 3),
    )
    .unwrap();
    let mut all = Files::new();
    for name in [
        "2005.zip",
        "200601.zip",
        "201303.zip",
        "20130401.export.CSV.zip",
    ] {
        all.insert(name.into(), zipped(name.len()));
    }
    // One is on the list of checksums alone, one on that of sizes alone.
    let mut sums: String = all
        .iter()
        .filter(|(name, _)| *name != "201303.zip")
        .map(|(name, bytes)| format!("{}  {name}\n", md5_hex(bytes)))
        .collect();
    sums += "d41d8cd98f00b204e9800998ecf8427e  20130402.export.CSV.zip\n";
    let mut sizes: String = all
        .iter()
        .filter(|(name, _)| *name != "2005.zip")
        .map(|(name, bytes)| format!("{} {name}\n", bytes.len()))
        .collect();
    sizes += "5 20130402.export.CSV.zip\n1100000000 GDELT.MASTERREDUCEDV2.1979-2013.zip\n";
    let server = site(&all, move |request| match request.path.as_str() {
        "md5sums" => Some(ok(sums.as_bytes())),
        "filesizes" => Some(ok(sizes.as_bytes())),
        _ => None,
    });
    let dir = tempfile::tempdir().unwrap();
    let summary = run_with(&plan, &options(&server, dir.path())).0.unwrap();
    accounted(&summary);
    assert_eq!(found(dir.path()), all);
    assert_eq!((summary.fetched, summary.absent), (4, 1));
    assert_eq!(summary.files, 1 + 87 + 3);
    assert_eq!(
        state(dir.path(), "20130402.export.CSV.zip"),
        FileState::Absent
    );
    assert_eq!(
        state(dir.path(), "20130403.export.CSV.zip"),
        FileState::Unlisted
    );
    assert_eq!(summary.lists["filesizes"].other, 1);
    let summary = run_with(&plan, &options(&server, dir.path())).0.unwrap();
    assert_eq!((summary.here, summary.fetched), (4, 0));
}
