//! What viasto's API says of the resources that its webhooks name (platforms.md 3.3), in our words.
//!
//! Each thing is found under the name that the webhooks use for it, the path of its URL. Where no table of fields is
//! known (questions, answer videos, ratings, notes, users), those are read that the results and the welcome videos have.
//! A candidate's `status` moves nothing: what it means for the stages of an interview is not said anywhere.

use callboard_core::{
    About, AnswerVideoTold, ApplicationTold, Belonging, CandidateTold, Change, FeedbackChange,
    FeedbackStatus, FeedbackTold, JobStatus, JobTold, News, NoteTold, Observation, Person, QuestionTold,
    UserTold,
};

use super::members::{Members, named, said};
use crate::dialect::Unreadable;
use crate::fetching::Fetched;

/// What a resource is, by the collection that it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Project,
    Candidate,
    Question,
    AnswerVideo,
    Rating,
    Note,
    Customer,
}

impl Resource {
    /// The resource of this name: the last but one part says in which collection it lies.
    pub fn of(resource: &str) -> Option<Self> {
        match resource.rsplit('/').nth(1)? {
            "projects" => Some(Self::Project),
            "candidates" => Some(Self::Candidate),
            "questions" => Some(Self::Question),
            "answervideos" => Some(Self::AnswerVideo),
            "ratings" => Some(Self::Rating),
            "notes" => Some(Self::Note),
            "customers" => Some(Self::Customer),
            _ => None,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Project => "fetched project",
            Self::Candidate => "fetched candidate",
            Self::Question => "fetched question",
            Self::AnswerVideo => "fetched answervideo",
            Self::Rating => "fetched rating",
            Self::Note => "fetched note",
            Self::Customer => "fetched customer",
        }
    }
}

/// Reads the answer to a GET of a resource.
pub(super) fn read(resource: &str, answer: &[u8]) -> Result<Fetched, Unreadable> {
    let kind = Resource::of(resource)
        .ok_or_else(|| Unreadable(format!("`{resource}` is no resource that is known here")))?;
    let members = Members::read(answer)?;
    let seen = Seen { resource, members };
    let (news, refers_to) = match kind {
        Resource::Project => seen.project()?,
        Resource::Candidate => seen.candidate()?,
        Resource::Question => seen.question()?,
        Resource::AnswerVideo => seen.answer_video()?,
        Resource::Rating => seen.rating()?,
        Resource::Note => seen.note()?,
        Resource::Customer => seen.customer()?,
    };
    let observations = vec![Observation { at: None, news }];
    let refers_to = refers_to.into_iter().flatten().collect();
    Ok(Fetched { label: kind.label().to_owned(), observations, refers_to })
}

/// News, and what has to be known to understand it.
type Told = (News, Vec<Option<String>>);

struct Seen<'a> {
    resource: &'a str,
    members: Members,
}

/// What was seen is there. Whether it is new or changed, what is known already tells: so it is told as if made.
const THERE: Change = Change::Created;

impl Seen<'_> {
    fn project(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let status = it.text("status")?;
        let known = status.as_deref().map(JobStatus::from).filter(JobStatus::is_known);
        let owner = it.link("contact_person")?;
        let told = JobTold {
            title: it.text("name")?,
            description: it.text("description")?,
            code: it.text("internal_id")?,
            url: it.text("job_url")?,
            owner_id: owner.clone(),
            opened_at: it.time("creationdate"),
            published_at: it.time("activationdate"),
            extra: said([("status", status.filter(|_| known.is_none()).into())]),
            status: known,
            ..JobTold::default()
        };
        Ok((News::Job { job: self.itself(told), change: THERE, status_only: false }, vec![owner]))
    }

    /// A project's candidate is an application in our words. What viasto says about how far it is has no other place.
    fn candidate(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let email = it.text("email")?;
        let candidate = CandidateTold {
            first_name: it.text("first_name")?,
            last_name: it.text("last_name")?,
            full_name: it.text("full_name")?,
            email: email.or(it.text("username")?.filter(|name| name.contains('@'))),
            phone: it.text("phone")?,
            address: it.text("address")?,
            image_url: it.text("photo")?,
            ..CandidateTold::default()
        };
        let application = ApplicationTold {
            custom_invite_id: it.text("partner_data")?,
            extra: said(
                ["status", "evaluation_status", "deadline", "interviewdate"]
                    .map(|name| (name, it.value(name))),
            ),
            ..ApplicationTold::default()
        };
        let of = Belonging {
            candidate: Some(self.itself(candidate)),
            application: None,
            job: self.project_of()?.map(named),
        };
        let news =
            News::Application { application: self.itself(application), of, change: THERE, stage_only: false };
        Ok((news, Vec::new()))
    }

    fn question(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let told = QuestionTold {
            text: it.text("text")?.or(it.text("name")?),
            description: it.text("description")?,
            answered_by: it.text("answer_type")?,
            limit_s: it.whole("max_answer_time"),
            position: it.whole("position"),
            ..QuestionTold::default()
        };
        let of = Belonging { job: self.project_of()?.map(named), ..Belonging::default() };
        Ok((News::Question { question: self.itself(told), of }, Vec::new()))
    }

    fn answer_video(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let told = AnswerVideoTold {
            url: it.text("file")?.or(it.text("url")?),
            duration_s: it.whole("length"),
            recorded_at: it.time("submit_date"),
            thumbnail_url: it.text("thumb")?,
            ..AnswerVideoTold::default()
        };
        let question = it.link("question")?;
        let news = News::AnswerVideo {
            answer_video: self.itself(told),
            question: question.clone().map(named),
            of: self.belonging()?,
            change: THERE,
        };
        Ok((news, vec![question]))
    }

    /// A rating without a value has been asked for, and not given.
    fn rating(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let score = it.score("value")?;
        let evaluator = it.link("evaluator_profile")?.or(it.link("evaluator")?);
        let told = FeedbackTold {
            status: score.map(|_| FeedbackStatus::Complete),
            reviewer: evaluator.clone().map(someone),
            score,
            comment: it.text("comment")?,
            extra: said(["question", "criterion"].map(|name| (name, it.value(name)))),
            ..FeedbackTold::default()
        };
        let change = if score.is_some() { FeedbackChange::Submitted } else { FeedbackChange::Requested };
        let feedback = self.itself(told);
        Ok((News::Feedback { feedback, interview: None, of: self.belonging()?, change }, vec![evaluator]))
    }

    fn note(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let author = it.link("evaluator_profile")?.or(it.link("customer")?);
        let answer = it.link("answer")?.or(it.link("answervideo")?);
        let told = NoteTold {
            text: it.text("text")?,
            author: author.clone().map(someone),
            written_at: it.time("creationdate"),
            ..NoteTold::default()
        };
        let news = News::Note {
            note: self.itself(told),
            of: self.belonging()?,
            answer_video: answer.map(named),
            change: THERE,
        };
        Ok((news, vec![author]))
    }

    fn customer(&self) -> Result<Told, Unreadable> {
        let it = &self.members;
        let parts = [it.text("first_name")?, it.text("last_name")?];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let told = UserTold {
            name: it.text("name")?.or((!parts.is_empty()).then(|| parts.join(" "))),
            email: it.text("email")?.or(it.text("username")?.filter(|name| name.contains('@'))),
            role: it.text("role")?,
            time_zone: it.text("timezone")?,
            ..UserTold::default()
        };
        Ok((News::User { user: self.itself(told) }, Vec::new()))
    }

    fn itself<T>(&self, told: T) -> About<T> {
        About { external_id: Some(self.resource.to_owned()), told }
    }

    /// The project is part of the name of whatever lies in it.
    fn project_of(&self) -> Result<Option<String>, Unreadable> {
        let mut parts = self.resource.split('/');
        let mut end = 0;
        while let Some(part) = parts.next() {
            end += part.len() + 1;
            if part == "projects" {
                end += parts.next().map_or(0, str::len);
                return Ok(self.resource.get(..end).map(str::to_owned));
            }
        }
        self.members.link("project")
    }

    fn belonging(&self) -> Result<Belonging, Unreadable> {
        let candidate = self.members.link("candidate")?;
        Ok(Belonging {
            job: self.project_of()?.map(named),
            candidate: candidate.clone().map(named),
            application: candidate.map(named),
        })
    }
}

fn someone(customer: String) -> Person {
    Person { id: Some(customer), ..Person::default() }
}
