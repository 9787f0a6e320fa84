//! The lists: hostile ones, broken ones, and how little of them is fetched twice.

mod support;

use std::fs;
use std::sync::{Arc, Mutex};

use demarche_fetch::{FetchError, FileState};
use support::*;

#[test]
fn a_hostile_list_leads_nowhere() {
    let all = files(3);
    let evil = Server::new(|_| ok(b"PK evil"));
    let md5 = "d41d8cd98f00b204e9800998ecf8427e";
    let mut text = list(&all).replace("http://data.gdeltproject.org", &evil.base());
    for place in [
        "../../etc/x".to_owned(),
        "/etc/passwd".to_owned(),
        "..".to_owned(),
        format!("{}/20240101120000.export.CSV.zip/..", evil.base()),
        format!("{}/20240101120000.export.CSV.zip%00", evil.base()),
        "..\\..\\20240101120000.export.CSV.zip".to_owned(),
        "20240101120000.export.CSV.zip/".to_owned(),
        "fetch.json".to_owned(),
    ] {
        text += &format!("7 {md5} {place}\n");
    }
    text += &"x".repeat(10 << 20);
    text += &format!("\n7 {md5}\n\n");
    // On another host and by a way that climbs, but with a good name: our host is asked.
    text += &format!("7 {md5} {}/../../{}\n", evil.base(), export(50));
    let server = site(&all, move |r| (r.path == LIST).then(|| ok(text.as_bytes())));
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("a/b");
    let (summary, _) = run(&server, &dir);

    assert!(evil.requests().is_empty());
    assert_eq!(found(&dir), all);
    assert_eq!(state(&dir, &export(50)), FileState::Absent);
    assert_eq!((summary.fetched, summary.absent), (3, 1));
    let tally = &summary.lists[LIST];
    assert_eq!((tally.lines, tally.kept, tally.bad_lines()), (15, 4, 11));
    assert_eq!(tally.bad["longer than 1,024 bytes"], 1);
    assert_eq!(tally.bad["not a file name of this publisher"], 8);
    assert_eq!(tally.examples.len(), 11);
    assert_eq!(tally.examples[0].line, 4);
    let mut names: Vec<_> = server.requests().into_iter().map(|r| r.path).collect();
    names.sort();
    let mut asked: Vec<_> = [0, 1, 2, 50].map(export).into();
    asked.push(LIST.into());
    assert_eq!(names, asked);
    // Nothing beside what was asked for.
    assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
    assert_eq!(fs::read_dir(outer.path().join("a")).unwrap().count(), 1);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 3 + 2);
}

/// A site whose list can be changed while it runs. With a validator or without.
fn growing(all: &Files, etag: bool) -> (Server, Arc<Mutex<String>>) {
    let text = Arc::new(Mutex::new(String::new()));
    let text_of = text.clone();
    let server = site(all, move |r| {
        if r.path != LIST {
            return None;
        }
        let text = text_of.lock().unwrap().clone();
        let tag = format!("\"{}\"", md5_hex(text.as_bytes()));
        if !etag {
            return Some(ranged(r, text.as_bytes()));
        }
        if r.headers.get("if-none-match") == Some(&tag) {
            let head = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n";
            return Some(Answer::Raw(head.into()));
        }
        let head = format!("ETag: {tag}");
        Some(match (r.from(), ranged(r, text.as_bytes())) {
            (None, _) => Answer::Raw(answer("200 OK", &[&head], text.as_bytes())),
            (Some(from), Answer::Raw(_)) if from < text.len() => {
                let range = format!(
                    "Content-Range: bytes {from}-{}/{}",
                    text.len() - 1,
                    text.len()
                );
                let part = &text.as_bytes()[from..];
                Answer::Raw(answer("206 Partial Content", &[&head, &range], part))
            }
            (_, other) => other,
        })
    });
    (server, text)
}

#[test]
fn a_list_that_has_grown_is_read_from_its_last_known_line() {
    for etag in [true, false] {
        let all = files(6);
        let (server, text) = growing(&all, etag);
        let lines: Vec<String> = list(&all).split_inclusive('\n').map(String::from).collect();
        *text.lock().unwrap() = lines[..3].concat();
        let dir = tempfile::tempdir().unwrap();
        let (first, _) = run(&server, dir.path());
        assert_eq!((first.fetched, first.lists[LIST].lines), (3, 3));

        // The same list.
        let (again, _) = run(&server, dir.path());
        assert_eq!((again.here, again.fetched), (3, 0));
        assert_eq!(again.lists, first.lists);

        // Two more lines.
        *text.lock().unwrap() = lines[..5].concat();
        let (more, retries) = run(&server, dir.path());
        assert!(retries.is_empty());
        assert_eq!((more.here, more.fetched), (3, 2));
        assert_eq!(more.lists[LIST].lines, 5);
        let requests = server.of(LIST);
        let mark = lines[..2].concat().len();
        let froms: Vec<_> = requests.iter().map(Request::from).collect();
        assert_eq!(froms, [None, Some(mark), Some(mark)]);
        assert_eq!(requests[1].headers.contains_key("if-none-match"), etag);

        // Another list of the same length, and a shorter one.
        for other in [
            [&lines[5..6], &lines[1..5]].concat().concat(),
            lines[..1].concat(),
        ] {
            let mut other = other;
            if other.len() > lines[0].len() {
                let end = other.len() - 20;
                other.replace_range(end..end + 1, "X");
                other += &lines[0];
            }
            let files = other.lines().filter(|l| !l.contains('X')).count() as u64;
            *text.lock().unwrap() = other;
            let (summary, retries) = run(&server, dir.path());
            assert_eq!(retries.len(), 1, "{retries:?}");
            assert!(retries[0].reason.contains("read anew"), "{retries:?}");
            assert_eq!(summary.lists[LIST].kept, files);
        }
        assert!(
            found(dir.path())
                .iter()
                .all(|(name, bytes)| all[name] == *bytes)
        );
    }
}

#[test]
fn a_list_that_is_broken_off_goes_on_where_it_ended() {
    let all = files(20);
    let text = list(&all);
    let whole = answer("200 OK", &[], text.as_bytes());
    let head = whole.len() - text.len();
    let cut = whole[..head + 500].to_vec();
    let server = site(&all, move |r| {
        (r.path == LIST && r.nth == 1).then(|| Answer::Raw(cut.clone()))
    });
    let dir = tempfile::tempdir().unwrap();
    let (summary, retries) = run(&server, dir.path());
    assert_eq!(summary.fetched, 20);
    assert_eq!(summary.lists[LIST].lines, 20);
    assert_eq!(retries.len(), 1);
    let from = server.of(LIST)[1].from().unwrap();
    assert!(from > 0 && text[..from].ends_with('\n'));
    assert_eq!(found(dir.path()), all);
}

#[test]
fn a_list_without_an_end_of_its_last_line_is_read_whole_each_time() {
    let all = files(3);
    let text = list(&all).trim_end().to_owned();
    let server = site(&all, move |r| {
        (r.path == LIST).then(|| ranged(r, text.as_bytes()))
    });
    let dir = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (summary, _) = run(&server, dir.path());
        assert_eq!(summary.lists[LIST].lines, 3);
        assert_eq!(summary.here + summary.fetched, 3);
    }
    assert!(server.of(LIST).iter().all(|r| r.from().is_none()));
}

#[test]
fn what_is_no_list_is_said_to_be_none() {
    for (body, why) in [
        (
            "<html><p>Maintenance</p></html>\n",
            "no line in the form of such a list",
        ),
        ("", "it is empty"),
        ("\n\n\n", "no line in the form of such a list"),
    ] {
        let server = Server::new(move |_| ok(body.as_bytes()));
        let dir = tempfile::tempdir().unwrap();
        let (done, retries) = run_with(&plan(), &options(&server, dir.path()));
        let error = done.unwrap_err();
        assert!(matches!(error, FetchError::List { .. }));
        assert!(error.to_string().contains(why), "{error}");
        assert!(retries.is_empty());
    }
    let server = Server::new(|_| status("404 Not Found"));
    let dir = tempfile::tempdir().unwrap();
    let error = run_with(&plan(), &options(&server, dir.path()))
        .0
        .unwrap_err();
    assert!(error.to_string().contains("no such list"), "{error}");
}

#[test]
fn a_range_without_files_is_nothing_but_on_record() {
    let mut other = Files::new();
    other.insert("20240102000000.export.CSV.zip".into(), zipped(1));
    let server = site(&other, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let error = run_with(&plan(), &options(&server, dir.path()))
        .0
        .unwrap_err();
    let FetchError::Nothing(summary) = &error else {
        panic!("{error}");
    };
    accounted(summary);
    assert_eq!((summary.files, summary.unlisted), (96, 96));
    assert_eq!(summary.gaps.len(), 1);
    assert_eq!(state(dir.path(), &export(0)), FileState::Unlisted);
}

#[test]
fn what_was_kept_of_a_list_and_is_spoilt_does_no_harm() {
    let all = files(3);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    run(&server, dir.path());
    let kept = dir.path().join(".fetch").join(format!("{LIST}.json"));
    let good = fs::read_to_string(&kept).unwrap();
    for spoilt in [
        String::new(),
        good[..good.len() / 2].to_owned(),
        good.replace("\"read\":", "\"read\":1"),
    ] {
        assert_ne!(spoilt, good);
        fs::write(&kept, spoilt).unwrap();
        let (summary, _) = run(&server, dir.path());
        assert_eq!((summary.here, summary.lists[LIST].kept), (3, 3));
    }
}
