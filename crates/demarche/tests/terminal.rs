//! The command among shells, pipes and terminals.

mod support;

use std::process::{Command, Output};

use support::*;

const COMMANDS: [&str; 10] = [
    "brief",
    "check",
    "measure",
    "data",
    "panel",
    "series",
    "similarity",
    "why",
    "new",
    "completions",
];

#[test]
fn help_has_examples_and_the_exit_status() {
    let help = printed(["--help"]);
    assert!(
        help.contains("Examples:") && help.contains("Exit status:"),
        "{help}"
    );
    for command in COMMANDS {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command} in {help}"
        );
        let own = printed([command, "--help"]);
        assert!(
            own.contains(&format!("Examples:\n  demarche {command} ")),
            "{own}"
        );
    }
    assert!(printed(["--version"]).starts_with("demarche "));
}

#[test]
fn misuse_gives_status_two() {
    for words in [
        &[][..],
        &["breif", "x"],
        &["brief"],
        &["check"],
        &["measure", "x"],
        &["measure", "x", "--out", "y", "--dyad", "KOR"],
        &["new"],
        &["completions"],
        &["completions", "tcsh"],
        &["check", "x", "--no-such-option"],
    ] {
        let misused = run(words);
        assert_eq!(status(&misused), 2, "{words:?}");
        assert_eq!(out(&misused), "");
        assert!(
            err(&misused).contains("Usage:") || err(&misused).contains("--help"),
            "{words:?}"
        );
    }
}

#[test]
fn completions_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = printed(["completions", shell]);
        for command in COMMANDS {
            assert!(script.contains(command), "{command} for {shell}");
        }
        assert!(script.contains("min-events"), "{shell}");
    }
}

#[test]
fn colours_are_for_terminals_only() {
    let korea = korea();
    let cases: [&[&str]; 4] = [
        &["check", text(&korea)],
        &["why", "share.KOR-NATO.all", text(&korea)],
        &["why", "nothing", text(&korea)],
        &["check", "--no-such-option"],
    ];
    for words in cases {
        let coloured = |settings: &[(&str, &str)]| {
            let run = demarche()
                .args(words)
                .envs(settings.iter().copied())
                .output()
                .unwrap();
            run.stdout.contains(&0x1b) || run.stderr.contains(&0x1b)
        };
        assert!(!coloured(&[]), "{words:?} in a pipe");
        assert!(
            !coloured(&[("TERM", "xterm-256color")]),
            "{words:?} in a pipe"
        );
        assert!(coloured(&[("CLICOLOR_FORCE", "1")]), "{words:?} forced");
        assert!(!coloured(&[("NO_COLOR", "1")]), "{words:?} without colour");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_color_holds_on_a_terminal() {
    // `script` runs a command on a terminal of its own.
    let on_terminal = |no_color: &str| {
        Command::new("script")
            .args(["-qec"])
            .arg(format!(
                "'{}' check '{}'",
                env!("CARGO_BIN_EXE_demarche"),
                korea().display()
            ))
            .arg("/dev/null")
            .env("TERM", "xterm")
            .env("NO_COLOR", no_color)
            .env_remove("CLICOLOR")
            .output()
    };
    let (Ok(with), Ok(without)) = (on_terminal(""), on_terminal("1")) else {
        println!("skipped: there is no `script` here");
        return;
    };
    assert!(with.stdout.contains(&0x1b), "{}", out(&with));
    assert!(!without.stdout.contains(&0x1b), "{}", out(&without));
}

#[cfg(unix)]
fn shell(script: &str, words: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_demarche")])
        .args(words);
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    edit(&case.join("chronicle.csv"), ",KOR,TUR,", ",KRO,TUR,");
    let target = place.path().join("out");
    let korea = korea();
    for (words, expected) in [
        (vec!["why", "--list", text(&korea)], "0"),
        (vec!["why", "share.KOR-NATO.all", text(&korea)], "0"),
        (vec!["why", "--list", "--json", text(&korea)], "0"),
        (vec!["check", text(&korea)], "0"),
        (vec!["check", "--json", text(&korea)], "0"),
        (vec!["check", text(&case)], "1"),
        (
            vec![
                "measure",
                text(&korea),
                "--json",
                "--draws",
                "100",
                "--out",
                text(&target),
            ],
            "0",
        ),
        (vec!["new", text(&place.path().join("new"))], "0"),
        (vec!["completions", "zsh"], "0"),
        (vec!["--help"], "0"),
    ] {
        // The reader is gone before the first word; the status is told apart from the pipe.
        let piped = shell("{ \"$0\" \"$@\"; echo $? >&2; } | true", &words);
        assert_eq!(err(&piped).trim(), expected, "{words:?}");
    }
    let first = shell("\"$0\" why --list \"$1\" | head -1", &[text(&korea)]);
    assert_eq!(out(&first).lines().count(), 1);
    assert_eq!(err(&first), "");
    // Errors into a pipe that nobody reads.
    let unread = shell(
        "{ \"$0\" check nowhere --no 2>&1; \"$0\" why x nowhere 2>&1; echo $? >&3; } 3>&2 | true",
        &[],
    );
    assert_eq!(err(&unread).trim(), "3");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_standard_output_is_a_failure() {
    for words in [vec!["completions", "bash"], vec!["check", text(&korea())]] {
        let full = shell("\"$0\" \"$@\" > /dev/full", &words);
        assert_eq!(status(&full), 3, "{words:?}");
        assert!(err(&full).contains("standard output"), "{}", err(&full));
    }
}
