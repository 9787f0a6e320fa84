//! Servers that do not do their work.

mod support;

use std::fs;
use std::net::TcpListener;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use demarche_fetch::{Ending, FetchError, FileState, Journal, Options, Redirects};
use support::*;

/// Serves five files, of which the second is troubled, and gives the reasons of the retries.
/// The other four must come as they are.
fn troubled(
    trouble: impl Fn(&Request, &[u8]) -> Option<Answer> + Send + Sync + 'static,
    change: impl Fn(Options) -> Options,
) -> (tempfile::TempDir, Server, FileState, Vec<Retry>) {
    let all = files(5);
    let name = export(1);
    let body = all[&name].clone();
    let troubled = name.clone();
    let server = site(&all, move |request| {
        if request.path == troubled {
            trouble(request, &body)
        } else {
            None
        }
    });
    let dir = tempfile::tempdir().unwrap();
    let options = change(options(&server, dir.path()));
    let (summary, retries) = run_with(&plan(), &options);
    let summary = summary.unwrap();
    accounted(&summary);
    assert_eq!(summary.ending, Ending::Done);
    assert_eq!(summary.unlisted, 91);
    let state = state(dir.path(), &name);
    let mut here = found(dir.path());
    match &state {
        FileState::Have { .. } => {
            assert_eq!(state, have(&all[&name]));
            assert_eq!((summary.fetched, summary.failed, summary.absent), (5, 0, 0));
            assert_eq!(here, all);
        }
        other => {
            let failed = u64::from(matches!(other, FileState::Failed { .. }));
            let absent = u64::from(*other == FileState::Absent);
            assert_eq!(failed + absent, 1, "{other:?}");
            assert_eq!(
                (summary.fetched, summary.failed, summary.absent),
                (4, failed, absent)
            );
            here.remove(&format!("{name}.part"));
            assert_eq!(here, without(&all, std::slice::from_ref(&name)));
        }
    }
    assert!(retries.iter().all(|retry| retry.name == name));
    (dir, server, state, retries)
}

fn same(options: Options) -> Options {
    options
}

/// Why a file failed, after as many tries as were allowed.
fn failed(state: &FileState, tries: u32) -> &str {
    match state {
        FileState::Failed { reason, tries: n } => {
            assert_eq!(*n, tries);
            reason
        }
        other => panic!("{other:?}"),
    }
}

fn part(dir: &tempfile::TempDir) -> std::path::PathBuf {
    dir.path().join(format!("{}.part", export(1)))
}

#[test]
fn a_wrong_checksum_is_tried_again_and_then_recorded() {
    let wrong = |body: &[u8]| {
        let mut body = body.to_vec();
        *body.last_mut().unwrap() ^= 1;
        body
    };
    let (dir, server, state, retries) = troubled(move |_, b| Some(ok(&wrong(b))), same);
    let reason = failed(&state, 3);
    assert!(
        reason.starts_with("wrong checksum: its md5 is "),
        "{reason}"
    );
    assert_eq!(retries.len(), 2);
    assert!(!part(&dir).exists());
    // Never a range: what was wrong is not kept.
    assert!(server.of(&export(1)).iter().all(|r| r.from().is_none()));

    let once = move |r: &Request, b: &[u8]| (r.nth == 1).then(|| ok(&wrong(b)));
    let (_, _, state, retries) = troubled(once, same);
    assert!(matches!(state, FileState::Have { .. }));
    assert_eq!(retries.len(), 1);
}

#[test]
fn a_list_that_was_put_right_is_read_again_after_a_wrong_checksum() {
    let mut wrong = files(3);
    wrong.insert(export(1), zipped(77));
    let all = files(3);
    let (before, after) = (list(&wrong), list(&all));
    assert_eq!(before.len(), after.len());
    let server = site(&all, move |r| {
        (r.path == LIST).then(|| match r.nth {
            1 => ranged(r, before.as_bytes()),
            _ => ranged(r, after.as_bytes()),
        })
    });
    let dir = tempfile::tempdir().unwrap();
    let (summary, _) = run(&server, dir.path());
    assert_eq!((summary.fetched, summary.failed), (2, 1));
    let (summary, _) = run(&server, dir.path());
    assert_eq!((summary.here, summary.fetched, summary.failed), (2, 1, 0));
    assert_eq!(found(dir.path()), all);
}

#[test]
fn a_file_that_is_not_there_is_a_fact() {
    for gone in ["404 Not Found", "410 Gone"] {
        let (_, server, state, retries) = troubled(move |_, _| Some(status(gone)), same);
        assert_eq!(state, FileState::Absent);
        assert!(retries.is_empty());
        assert_eq!(server.of(&export(1)).len(), 1);
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    for busy in [
        "503 Service Unavailable",
        "500 Internal Server Error",
        "429 Too Many Requests",
    ] {
        let (_, server, state, retries) =
            troubled(move |r, _| (r.nth <= 2).then(|| status(busy)), same);
        assert!(matches!(state, FileState::Have { .. }));
        let reason = format!("the server answered {}", &busy[..3]);
        assert!(retries.iter().all(|retry| retry.reason == reason));
        assert_eq!((retries.len(), server.of(&export(1)).len()), (2, 3));

        let (_, server, state, _) = troubled(move |_, _| Some(status(busy)), same);
        assert_eq!(failed(&state, 3), reason);
        assert_eq!(server.of(&export(1)).len(), 3);
    }
}

#[test]
fn a_server_that_says_no_is_not_asked_again() {
    for no in ["403 Forbidden", "401 Unauthorized", "400 Bad Request"] {
        let (_, server, state, _) = troubled(move |_, _| Some(status(no)), same);
        assert!(failed(&state, 1).ends_with(&no[..3]));
        assert_eq!(server.of(&export(1)).len(), 1);
    }
}

#[test]
fn the_wait_the_server_asks_for_is_kept_up_to_the_longest() {
    let date = "Date: Mon, 01 Jan 2024 00:00:00 GMT";
    for (asks, wait) in [
        (vec!["Retry-After: 1"], Duration::from_secs(1)),
        (
            vec![date, "Retry-After: Mon, 01 Jan 2024 00:00:01 GMT"],
            Duration::from_secs(1),
        ),
        (vec!["Retry-After: 86400"], Duration::from_millis(1500)),
    ] {
        let (_, _, state, retries) = troubled(
            move |r, _| {
                let busy = || answer("429 Too Many Requests", &asks, b"");
                (r.nth == 1).then(|| Answer::Raw(busy()))
            },
            |options| Options {
                longest_wait: Duration::from_millis(1500),
                ..options
            },
        );
        assert!(matches!(state, FileState::Have { .. }));
        assert_eq!(retries.len(), 1);
        assert_eq!(retries[0].wait, wait);
    }
}

#[test]
fn an_html_page_in_the_place_of_a_zip_is_told_apart() {
    for page in [
        "<!DOCTYPE html><title>Maintenance</title>",
        "\u{feff}\n  <html></html>",
        "<",
    ] {
        let (dir, _, state, _) = troubled(move |_, _| Some(ok(page.as_bytes())), same);
        // A page of one byte is too short to be told apart.
        let reason = match page.len() {
            1 => format!(
                "the server's file has 1 bytes, the list says {}",
                zipped(1).len()
            ),
            _ => "the server sent an HTML page in the place of a zip".into(),
        };
        assert_eq!(failed(&state, 3), reason);
        assert!(!part(&dir).exists());
    }
    let (_, _, state, _) = troubled(|_, _| Some(ok(b"\x1f\x8bgzip")), same);
    assert_eq!(
        failed(&state, 3),
        "the server sent something that is not a zip"
    );
}

#[test]
fn a_file_that_is_broken_off_goes_on_where_it_ended() {
    let (_, server, state, retries) = troubled(
        |r, body| {
            let whole = answer("200 OK", &[], body);
            let head = whole.len() - body.len();
            (r.nth == 1).then(|| Answer::Raw(whole[..head + 300].to_vec()))
        },
        same,
    );
    assert!(matches!(state, FileState::Have { .. }));
    let size = zipped(1).len();
    assert_eq!(
        retries[0].reason,
        format!("the connection was broken off after 300 of {size} bytes")
    );
    let froms: Vec<_> = server.of(&export(1)).iter().map(Request::from).collect();
    assert_eq!(froms, [None, Some(300)]);
}

#[test]
fn a_server_without_ranges_is_asked_from_the_start() {
    let (_, server, state, _) = troubled(
        |r, body| {
            let whole = answer("200 OK", &[], body);
            let end = if r.nth == 1 {
                whole.len() - 1
            } else {
                whole.len()
            };
            Some(Answer::Raw(whole[..end].to_vec()))
        },
        same,
    );
    assert!(matches!(state, FileState::Have { .. }));
    let requests = server.of(&export(1));
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1].from(), Some(zipped(1).len() - 1));
}

#[test]
fn a_file_of_no_stated_length_that_ends_early_goes_on_too() {
    let open = |body: &[u8]| [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body].concat();
    let (_, server, state, retries) = troubled(
        move |r, body| (r.nth == 1).then(|| Answer::Raw(open(&body[..400]))),
        same,
    );
    assert!(matches!(state, FileState::Have { .. }));
    let size = zipped(1).len();
    assert_eq!(
        retries[0].reason,
        format!("it ended after 400 of {size} bytes")
    );
    assert_eq!(server.of(&export(1))[1].from(), Some(400));
}

#[test]
fn a_part_that_is_wrong_is_thrown_away() {
    let all = files(2);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let part = |n: usize| dir.path().join(format!("{}.part", export(n)));
    // One with wrong bytes, one that is too long.
    fs::write(part(0), vec![b'x'; 200]).unwrap();
    fs::write(part(1), vec![b'x'; 100_000]).unwrap();
    let (summary, retries) = run(&server, dir.path());
    assert_eq!(summary.fetched, 2);
    assert_eq!(found(dir.path()), all);
    assert_eq!(retries.len(), 1);
    assert!(retries[0].reason.starts_with("wrong checksum"));
    let froms: Vec<_> = server.of(&export(0)).iter().map(Request::from).collect();
    assert_eq!(froms, [Some(200), None]);
}

#[test]
fn a_whole_part_is_given_its_name_without_asking() {
    let all = files(1);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let part = dir.path().join(format!("{}.part", export(0)));
    fs::write(part, &all[&export(0)]).unwrap();
    run(&server, dir.path());
    assert_eq!(found(dir.path()), all);
    assert!(server.of(&export(0)).is_empty());
}

#[test]
fn an_answer_about_another_part_is_not_used() {
    let (_, _, state, retries) = troubled(
        |r, body| match r.nth {
            1 => {
                let whole = answer("200 OK", &[], body);
                Some(Answer::Raw(whole[..whole.len() - 100].to_vec()))
            }
            2 => {
                let range = format!("Content-Range: bytes 5-{}/{}", body.len() - 1, body.len());
                let answer = answer("206 Partial Content", &[&range], &body[5..]);
                Some(Answer::Raw(answer))
            }
            _ => None,
        },
        same,
    );
    assert!(matches!(state, FileState::Have { .. }));
    assert_eq!(retries[1].reason, "the server sent another part of it");
}

#[test]
fn a_server_that_hangs_is_left() {
    let short = |options| Options {
        read_timeout: Duration::from_millis(200),
        ..options
    };
    // Before the answer, and in the midst of it.
    let (_, _, state, retries) =
        troubled(|r, _| (r.nth == 1).then(|| Answer::Hang(Vec::new())), short);
    assert!(matches!(state, FileState::Have { .. }));
    assert!(retries[0].reason.starts_with("timeout"), "{retries:?}");

    let (_, server, state, retries) = troubled(
        |r, body| {
            let whole = answer("200 OK", &[], body);
            let head = whole.len() - body.len();
            (r.nth == 1).then(|| Answer::Hang(whole[..head + 300].to_vec()))
        },
        short,
    );
    assert!(matches!(state, FileState::Have { .. }));
    let reason = &retries[0].reason;
    assert!(
        reason.starts_with("timeout") && reason.contains(" after 300 of "),
        "{reason}"
    );
    assert_eq!(server.of(&export(1))[1].from(), Some(300));

    let (_, _, state, _) = troubled(|_, _| Some(Answer::Hang(Vec::new())), short);
    assert!(failed(&state, 3).starts_with("timeout"));
}

#[test]
fn a_server_that_is_slow_is_waited_for() {
    let (_, server, state, retries) = troubled(
        |_, body| {
            let whole = answer("200 OK", &[], body);
            Some(Answer::Slow(whole, Duration::from_millis(10)))
        },
        same,
    );
    assert!(matches!(state, FileState::Have { .. }));
    assert!(retries.is_empty());
    assert_eq!(server.of(&export(1)).len(), 1);
}

#[test]
fn more_than_the_listed_size_is_cut_off_and_refused() {
    let size = zipped(1).len();
    let (dir, _, state, _) = troubled(|_, b| Some(ok(&[b, b"x"].concat())), same);
    let reason = format!(
        "the server's file has {} bytes, the list says {size}",
        size + 1
    );
    assert_eq!(failed(&state, 3), reason);
    assert!(!part(&dir).exists());

    // An answer that does not say how long it is, and does not end.
    let (dir, _, state, _) = troubled(
        |_, body| {
            let head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
            Some(Answer::Hang([head, body, &vec![0; 1 << 20]].concat()))
        },
        same,
    );
    let reason = format!("the server sends more than the {size} bytes it should have");
    assert_eq!(failed(&state, 3), reason);
    assert!(!part(&dir).exists());
}

#[test]
fn something_that_is_not_http_is_a_failure_and_no_more() {
    for noise in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
    ] {
        let (_, _, state, _) = troubled(move |_, _| Some(Answer::Raw(noise.to_vec())), same);
        assert!(matches!(state, FileState::Failed { .. }));
    }
    // A header that does not end.
    let endless = [b"HTTP/1.1 200 OK\r\nX: ", &vec![b'x'; 1 << 20][..]].concat();
    let (_, _, state, _) = troubled(move |_, _| Some(Answer::Raw(endless.clone())), same);
    assert!(matches!(state, FileState::Failed { .. }));
}

#[test]
fn redirections_stay_with_the_host_unless_the_user_says_otherwise() {
    let to = |location: &str| {
        Answer::Raw(answer(
            "302 Found",
            &[&format!("Location: {location}")],
            b"",
        ))
    };
    // On the same host: followed.
    let (_, _, state, retries) = troubled(
        move |r, _| (r.nth == 1).then(|| to(&format!("/{}?again", r.path))),
        same,
    );
    // The server knows no such path, which shows that it was asked for it.
    assert_eq!((state, retries.len()), (FileState::Absent, 0));

    // To another server: refused, and that one is not asked.
    let elsewhere = Server::new(|_| ok(&zipped(1)));
    let there = format!("{}/x", elsewhere.base());
    let leads = there.clone();
    let (_, _, state, _) = troubled(move |_, _| Some(to(&leads)), same);
    assert_eq!(
        failed(&state, 1),
        "redirected to another host (127.0.0.1): not followed"
    );
    assert!(elsewhere.requests().is_empty());
    let any = |options| Options {
        redirects: Redirects::AnyHost,
        ..options
    };
    let leads = there.clone();
    let (_, _, state, _) = troubled(move |_, _| Some(to(&leads)), any);
    assert!(matches!(state, FileState::Have { .. }));
    assert_eq!(elsewhere.requests().len(), 1);

    // To a file: refused in any case.
    let (_, _, state, _) = troubled(move |_, _| Some(to("file:///etc/passwd")), any);
    assert!(failed(&state, 1).contains("none of http or https"));

    // In a ring: a few times.
    let (_, server, state, _) = troubled(move |r, _| Some(to(&format!("/{}", r.path))), same);
    assert_eq!(failed(&state, 1), "more than 5 redirections");
    assert_eq!(server.of(&export(1)).len(), 6);
}

#[test]
fn a_server_that_fails_every_time_is_left_alone() {
    let all = files(30);
    let server = site(&all, |r| {
        let late = *r.path > *export(1);
        (r.path != LIST && late).then(|| status("503 Service Unavailable"))
    });
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        jobs: 1,
        give_up_after: 4,
        ..options(&server, dir.path())
    };
    let (summary, _) = run_with(&plan(), &options);
    let summary = summary.unwrap();
    accounted(&summary);
    assert_eq!(summary.ending, Ending::GaveUp);
    assert_eq!(summary.fetched, 2);
    assert!(summary.failed >= 4 && summary.pending > 0, "{summary:?}");
    assert_eq!(state(dir.path(), &export(29)), FileState::Pending);
    let one = tempfile::tempdir().unwrap();
    let server = site(&all, |r| {
        (r.path != LIST).then(|| status("503 Service Unavailable"))
    });
    let options = Options {
        dir: one.path().into(),
        base: server.base(),
        ..options
    };
    let error = run_with(&plan(), &options).0.unwrap_err();
    let FetchError::Nothing(summary) = &error else {
        panic!("{error}");
    };
    accounted(summary);
    assert!(
        error.to_string().contains("the server answered 503"),
        "{error}"
    );
    let journal = Journal::read(one.path()).unwrap();
    assert_eq!(journal.files.len(), 96);
}

#[test]
fn no_server_at_all_is_an_error_of_the_list() {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        tries: 2,
        first_wait: Duration::from_millis(1),
        ..Options::new(format!("http://{address}"), dir.path())
    };
    let (done, retries) = run_with(&plan(), &options);
    let error = done.unwrap_err();
    assert!(matches!(error, FetchError::List { .. }));
    assert!(error.to_string().contains("refused"), "{error}");
    assert_eq!(retries.len(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_ends_the_run() {
    let server = site(&files(3), |_| None);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = run_with(&plan(), &options(&server, &file)).0.unwrap_err();
    assert!(matches!(error, FetchError::File { .. }), "{error}");
    // A folder in the place of a file.
    let out = dir.path().join("out");
    fs::create_dir_all(out.join(export(1)).join("x")).unwrap();
    let error = run_with(&plan(), &options(&server, &out)).0.unwrap_err();
    assert!(
        matches!(&error, FetchError::File { path, .. } if path.ends_with(export(1))),
        "{error}"
    );
    // The journal stands all the same.
    assert_eq!(Journal::read(&out).unwrap().files.len(), 96);
    let stop = AtomicBool::new(false);
    fs::write(out.join("fetch.json"), "{").unwrap();
    let error = demarche_fetch::run(&plan(), &options(&server, &out), &stop, &mut |_| {});
    assert!(matches!(error, Err(FetchError::Journal { .. })));
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_part_does_not_lead_out() {
    let all = files(2);
    let server = site(&all, |_| None);
    let dir = tempfile::tempdir().unwrap();
    let (out, victim) = (dir.path().join("out"), dir.path().join("victim"));
    fs::create_dir(&out).unwrap();
    fs::write(&victim, "mine").unwrap();
    std::os::unix::fs::symlink(&victim, out.join(format!("{}.part", export(0)))).unwrap();
    std::os::unix::fs::symlink(&victim, out.join(export(1))).unwrap();
    run(&server, &out);
    assert_eq!(found(&out), all);
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
}
