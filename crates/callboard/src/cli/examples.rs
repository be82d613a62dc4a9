//! An example for each command, shown at the end of its help.

use clap::Command;

/// One for each command; a noun shows the first of its own.
const EXAMPLES: &[&str] = &[
    "callboard demo",
    "callboard serve --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem --public-url https://hub.example.com",
    "callboard ready --url https://hub.example.com",
    "callboard check --data /var/lib/callboard",
    "callboard migrate-store --from ./callboard-data --to postgres://callboard@db.example.com/callboard",
    "callboard config --config callboard.toml",
    "callboard simulate hirehive --to http://127.0.0.1:7700/in/src_0s9tkcqm00001 --secret whsec_… --count 100",
    "callboard listen --dialect standard --secret whsec_… --port 7800",
    "callboard verify skype --api-key KEY --api-secret SECRET captured.http",
    "callboard job add 'Backend engineer' --city Berlin --status published",
    "callboard job list --state published --since 2026-12-01",
    "callboard job show job_0s9tkcqgr0001",
    "callboard job change job_0s9tkcqgr0001 --status closed --clear url",
    "callboard job remove job_0s9tkcqgr0001 --if-match 3",
    "callboard candidate add 'Ada Lovelace' --email ada@example.com --tags referred,remote --external-id ats=4711",
    "callboard candidate list --job job_0s9tkcqgr0001",
    "callboard candidate show can_0s9tkcqgr0002",
    "callboard candidate change can_0s9tkcqgr0002 --phone '+49 30 123' --rating 5",
    "callboard candidate remove can_0s9tkcqgr0002",
    "callboard candidate note can_0s9tkcqgr0002 'Knows her engines' --author usr_0s9tkcqgr0004",
    "callboard candidate tag add can_0s9tkcqgr0002 referred",
    "callboard candidate tag remove can_0s9tkcqgr0002 referred",
    "callboard candidate erase can_0s9tkcqgr0002 --yes",
    "callboard application add can_0s9tkcqgr0002 --job job_0s9tkcqgr0001 --origin referred",
    "callboard application move app_0s9tkcqgr0003 interviewing",
    "callboard application list --job job_0s9tkcqgr0001 --state new,screening",
    "callboard application show app_0s9tkcqgr0003",
    "callboard application change app_0s9tkcqgr0003 --invite-id partner-17",
    "callboard application remove app_0s9tkcqgr0003",
    "callboard interview add --application app_0s9tkcqgr0003 --start 2026-12-01T14:00 --for 45m --zone Europe/Berlin \
     --reviewers usr_0s9tkcqgr0004 --attendees app_0s9tkcqgr0003,usr_0s9tkcqgr0004",
    "callboard interview list --state SchedulingCompleted,InterviewStarted",
    "callboard interview show int_0s9tkcqqw0001",
    "callboard interview change int_0s9tkcqqw0001 --title 'Second round' --format online",
    "callboard interview schedule int_0s9tkcqqw0001 --start 2026-12-02T10:30 --for 1h --zone Europe/Berlin",
    "callboard interview ask int_0s9tkcqqw0001 candidate_selects",
    "callboard interview attendee add int_0s9tkcqqw0001 guest@example.com --name 'Charles Babbage'",
    "callboard interview attendee answer int_0s9tkcqqw0001 attd_0s9tkcqqw0002 accepted",
    "callboard interview attendee remove int_0s9tkcqqw0001 attd_0s9tkcqqw0002",
    "callboard interview join int_0s9tkcqqw0001 attd_0s9tkcqqw0002",
    "callboard interview start int_0s9tkcqqw0001",
    "callboard interview end int_0s9tkcqqw0001",
    "callboard interview fail int_0s9tkcqqw0001 --reason 'the candidate did not come'",
    "callboard interview cancel int_0s9tkcqqw0001 --reason 'the job is filled' --if-match 4",
    "callboard interview archive int_0s9tkcqqw0001",
    "callboard interview meeting put int_0s9tkcqqw0001 --provider zoom --join-url https://zoom.us/j/123",
    "callboard interview meeting remove int_0s9tkcqqw0001",
    "callboard interview assessment int_0s9tkcqqw0001",
    "callboard interview timeline int_0s9tkcqqw0001",
    "callboard feedback assign int_0s9tkcqqw0001 usr_0s9tkcqgr0004",
    "callboard feedback submit fdbk_0s9tkcqqw0003 --score 4 --comment 'Thorough' --rating algorithms=5",
    "callboard feedback list --interview int_0s9tkcqqw0001 --state pending",
    "callboard feedback show fdbk_0s9tkcqqw0003",
    "callboard feedback remove fdbk_0s9tkcqqw0003",
    "callboard question add job_0s9tkcqgr0001 'Why this job?' --answered-by video --time-limit 3m --position 1",
    "callboard question list --job job_0s9tkcqgr0001",
    "callboard question show qustn_0s9tkcqqw0004",
    "callboard question change qustn_0s9tkcqqw0004 --time-limit 90s",
    "callboard question remove qustn_0s9tkcqqw0004",
    "callboard answer-video add int_0s9tkcqqw0001 --question qustn_0s9tkcqqw0004 --link https://video.example.com/7 \
     --length 82s",
    "callboard answer-video list --interview int_0s9tkcqqw0001",
    "callboard answer-video show ansv_0s9tkcqqw0005",
    "callboard answer-video change ansv_0s9tkcqqw0005 --thumbnail https://video.example.com/7.jpg",
    "callboard answer-video remove ansv_0s9tkcqqw0005",
    "callboard note add app_0s9tkcqgr0003 'Ask about notice period'",
    "callboard note list --candidate can_0s9tkcqgr0002",
    "callboard note show note_0s9tkcqqw0006",
    "callboard note change note_0s9tkcqqw0006 --text 'Notice period: 4 weeks'",
    "callboard note remove note_0s9tkcqqw0006",
    "callboard user add grace@example.com --name 'Grace Hopper' --role interviewer --zone America/New_York",
    "callboard user list --email grace@example.com",
    "callboard user show usr_0s9tkcqgr0004",
    "callboard user change usr_0s9tkcqgr0004 --role reviewer",
    "callboard user remove usr_0s9tkcqgr0004",
    "callboard file add can_0s9tkcqgr0002 cv.pdf --purpose resume",
    "callboard file list --candidate can_0s9tkcqgr0002",
    "callboard file show file_0s9tkcqqw0007",
    "callboard file change file_0s9tkcqqw0007 --name 'Curriculum vitae.pdf'",
    "callboard file upload file_0s9tkcqqw0007 cv-2.pdf",
    "callboard file download file_0s9tkcqqw0007 --to cv.pdf",
    "callboard file remove file_0s9tkcqqw0007",
    "callboard source add skype --name Acme --api-key KEY --api-secret SECRET --fetch-url https://interviews.example.com",
    "callboard source list",
    "callboard source show src_0s9tkcqm00001",
    "callboard source change src_0s9tkcqm00001 --name 'Acme, Berlin' --no-fetch",
    "callboard source rotate src_0s9tkcqm00001 --overlap 1h",
    "callboard source rejections src_0s9tkcqm00001",
    "callboard source remove src_0s9tkcqm00001",
    "callboard endpoint add https://ats.example.com/hooks --dialect hirehive --events 'interview.*,job.created'",
    "callboard endpoint list",
    "callboard endpoint show ep_0s9tkcqm00002",
    "callboard endpoint change ep_0s9tkcqm00002 --retry 5s,5m,30m --rate-limit 10",
    "callboard endpoint rotate ep_0s9tkcqm00002 --overlap 24h",
    "callboard endpoint test ep_0s9tkcqm00002 --wait",
    "callboard endpoint enable ep_0s9tkcqm00002",
    "callboard endpoint disable ep_0s9tkcqm00002",
    "callboard endpoint remove ep_0s9tkcqm00002",
    "callboard event list --type interview.stage.updated --limit 20",
    "callboard event show evt_0s9tkcqm00003",
    "callboard event deliveries evt_0s9tkcqm00003",
    "callboard delivery list --state failed --all",
    "callboard delivery show dlv_0s9tkcqm00004",
    "callboard delivery attempts dlv_0s9tkcqm00004",
    "callboard delivery retry dlv_0s9tkcqm00004",
    "callboard delivery cancel dlv_0s9tkcqm00004",
    "callboard receipt list --outcome quarantined",
    "callboard receipt show rcp_0s9tkcqm00005",
    "callboard receipt reprocess rcp_0s9tkcqm00005",
    "callboard replay --endpoint ep_0s9tkcqm00002 --since 2h --wait",
    "callboard replay list",
    "callboard replay show rpl_0s9tkcqm00006 --wait",
    "callboard replay cancel rpl_0s9tkcqm00006",
    "callboard export --since 2026-01-01 --events 'interview.*' --to events.jsonl",
    "callboard import setup.json",
    "callboard settings change --zone Europe/Berlin --stage 'screening:phone:Phone screen'",
    "callboard settings show",
    "callboard company add 'Acme GmbH'",
    "callboard company list",
    "callboard company show com_0s9tkckqc0001",
    "callboard key add dashboard --scope read",
    "callboard key list",
    "callboard key remove key_0s9tkckqc0002",
    "callboard completions bash > ~/.local/share/bash-completion/completions/callboard",
];

/// The command line with its examples.
pub(super) fn shown(program: Command) -> Command {
    let path = program.get_name().to_owned();
    with_example(program, &path)
}

fn with_example(command: Command, path: &str) -> Command {
    let start = format!("{path} ");
    let example = EXAMPLES.iter().find(|example| **example == path || example.starts_with(&start));
    let command = match example {
        Some(example) => command.after_help(format!("Example:\n  {example}")),
        None => command,
    };
    command.mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        with_example(below, &path)
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Cli;

    /// The words of an example, as a shell would give them.
    fn words(example: &str) -> Vec<String> {
        let command = example.split(" > ").next().unwrap();
        let mut words = Vec::new();
        for (index, part) in command.split('\'').enumerate() {
            if index % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }

    fn without_commands_below<'a>(command: &'a Command, path: &str, found: &mut Vec<(String, &'a Command)>) {
        if !command.is_subcommand_required_set() {
            found.push((path.to_owned(), command));
        }
        for below in command.get_subcommands() {
            without_commands_below(below, &format!("{path} {}", below.get_name()), found);
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        shown(Cli::command()).debug_assert();
    }

    #[test]
    fn each_command_has_an_example_of_its_own_and_each_example_can_be_said() {
        let program = shown(Cli::command());
        let mut commands = Vec::new();
        without_commands_below(&program, "callboard", &mut commands);

        for (path, command) in &commands {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(&format!("Example:\n  {path}")), "{path}: {help}");
        }
        assert_eq!(commands.len(), EXAMPLES.len(), "one each");
        for example in EXAMPLES {
            let said = program.clone().try_get_matches_from(words(example));
            assert!(said.is_ok(), "{example}: {}", said.unwrap_err());
        }
    }
}
