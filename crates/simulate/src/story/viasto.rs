//! viasto interview suite: thin events that say what changed by its URL, and nothing more (seed 003).

use jiff::Unit;
use serde::{Serialize, Serializer};

use super::cast::{Applicant, Colleague, job_title, panel};
use super::ending::Ending;
use super::letter::Story;
use super::moment::{cut_to, six_digits};
use super::teller::{Teller, turn};

/// Each story has room for this many numbered things of one kind.
const NUMBERS_PER_STORY: u64 = 100;

/// How far a candidate gets. Stories take turns.
const PLOTS: [Plot; 3] = [
    Plot { questions: 3, evaluators: 2, says_action: true },
    Plot { questions: 2, evaluators: 1, says_action: false },
    Plot { questions: 0, evaluators: 0, says_action: true },
];

#[derive(Clone, Copy)]
struct Plot {
    /// How many questions the candidate answers; without an answer, the interview is aborted.
    questions: u64,
    evaluators: usize,
    /// The documentation has `action` in its tables and not in its sample.
    says_action: bool,
}

/// The body, in the order of the sample.
#[derive(Serialize)]
struct Envelope<'a> {
    endpoint: &'a str,
    time: String,
    event: &'static str,
    data: Data<'a>,
}

/// The members of `data`; each event has its own, in an order of its own.
struct Data<'a>(Vec<(&'static str, &'a str)>);

impl Serialize for Data<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

#[derive(Clone, Copy)]
enum Action {
    Created,
    Modified,
}

/// One project with one candidate, as it is told to `endpoint`, the URL that was registered at viasto.
pub(super) fn story(mut teller: Teller, account: u64, endpoint: &str) -> Story {
    let number = teller.number();
    let company = format!("https://interview-suite.com/api/v3/companies/{account}");
    let project = format!("{company}/projects/{}/", 17 + number);
    let candidate = format!("{project}candidates/{}/", 1 + number * NUMBERS_PER_STORY);
    let plot = turn(number, &PLOTS);
    let name = Applicant::cast(&mut teller).name();
    let job = job_title(&mut teller);
    let evaluators = panel(&mut teller, plot.evaluators);
    let mut told = Telling { teller, plot, endpoint, project, candidate, name, job, resources: Vec::new() };

    told.project(Action::Created, "Project opened");
    told.candidate(Action::Created, "Candidate entered");
    told.candidate(Action::Modified, "Candidate invited");
    told.candidate(Action::Modified, "Candidate confirmed");
    let videos: Vec<_> = (1..=plot.questions).map(|number| told.answer(number)).collect();
    let outcome = if videos.is_empty() { "Candidate gave up" } else { "Candidate finished" };
    told.candidate(Action::Modified, outcome);
    for evaluator in evaluators {
        let customer = format!("{company}/customers/{}/", evaluator.number);
        told.evaluation(&videos, evaluator, &customer);
    }
    told.project(Action::Modified, "Project closed");

    let Telling { teller, candidate, resources, .. } = told;
    teller.the_end(Ending { interview: candidate, resources, ..Ending::default() })
}

struct Telling<'e> {
    teller: Teller,
    plot: Plot,
    endpoint: &'e str,
    project: String,
    candidate: String,
    name: String,
    job: &'static str,
    resources: Vec<String>,
}

impl Telling<'_> {
    fn project(&mut self, action: Action, what: &str) {
        let project = self.project.clone();
        let summary = format!("{} · {what}", self.job);
        self.tell("project_changed", action, &[("project", &project)], summary);
    }

    fn candidate(&mut self, action: Action, what: &str) {
        let (project, candidate) = (self.project.clone(), self.candidate.clone());
        let summary = format!("{} · {what} · {}", self.name, self.job);
        self.tell("candidate_changed", action, &[("project", &project), ("candidate", &candidate)], summary);
    }

    /// The candidate answers a question; the video is told of again when it has been converted. Answers its URL.
    fn answer(&mut self, number: u64) -> String {
        let (project, candidate) = (self.project.clone(), self.candidate.clone());
        let id = self.teller.number() * NUMBERS_PER_STORY + number;
        let question = format!("{project}questions/{id}/");
        let video = format!("{project}answervideos/{id}/");
        for (action, what) in [(Action::Created, "recorded"), (Action::Modified, "ready to watch")] {
            let summary = format!("{} · Answer {number} of {} {what}", self.name, self.plot.questions);
            let data = [
                ("project", project.as_str()),
                ("candidate", &candidate),
                ("question", &question),
                ("answervideo", &video),
            ];
            self.tell("answervideo_changed", action, &data, summary);
        }
        video
    }

    /// An evaluator rates the candidate, writes a note on an answer, and thinks better of the rating.
    fn evaluation(&mut self, videos: &[String], evaluator: Colleague, customer: &str) {
        let (project, candidate) = (self.project.clone(), self.candidate.clone());
        let id = self.teller.number() * NUMBERS_PER_STORY + u64::from(evaluator.number);
        let rating = format!("{project}ratings/{id}/");
        let note = format!("{project}notes/{id}/");
        let video = self.teller.pick(videos);
        let rated = [("project", project.as_str()), ("candidate", &candidate), ("rating", &rating)];
        let noted = [
            ("project", project.as_str()),
            ("customer", customer),
            ("answervideo", &video),
            ("candidate", &candidate),
            ("note", &note),
        ];
        let summary = |name: &str, what: &str| format!("{name} · {what} by {}", evaluator.name);
        self.tell("rating_changed", Action::Created, &rated, summary(&self.name, "Rated"));
        self.tell("note_changed", Action::Created, &noted, summary(&self.name, "Note"));
        self.tell("rating_changed", Action::Modified, &rated, summary(&self.name, "Rating changed"));
        if self.teller.one_time_in(2) {
            self.tell("note_changed", Action::Modified, &noted, summary(&self.name, "Note changed"));
        }
    }

    fn tell(
        &mut self,
        event: &'static str,
        action: Action,
        members: &[(&'static str, &str)],
        summary: String,
    ) {
        self.teller.minutes_pass(1..=240);
        for (_, url) in members {
            if !self.resources.iter().any(|known| known == url) {
                self.resources.push((*url).to_owned());
            }
        }
        let action = match action {
            Action::Created => "created",
            Action::Modified => "modified",
        };
        let action = self.plot.says_action.then_some(("action", action));
        let data = Data(action.into_iter().chain(members.iter().copied()).collect());
        let at = cut_to(self.teller.now(), Unit::Microsecond);
        let body = Envelope { endpoint: self.endpoint, time: six_digits(at), event, data };
        self.teller.tell(at, event, summary, &body);
    }
}
