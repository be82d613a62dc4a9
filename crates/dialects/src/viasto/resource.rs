//! Resource URLs: viasto's only names for things.

use callboard_core::{
    AnswerVideoId, ApplicationId, CompanyId, FeedbackId, Identifier, InterviewId, JobId, NoteId, QuestionId,
    UserId,
};

use super::rest::ProjectOf;

/// What every resource URL has before the resource's own path.
const API: &str = "/api/v3/";

/// The path of the resource that a URL names, such as `companies/1/projects/17`: the same under any host (platforms.md
/// 3.2), with a slash at its end or without. `None` for what is no resource URL.
pub(super) fn path(url: &str) -> Option<&str> {
    let url = url.trim();
    let absolute = ["http://", "https://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !absolute && !url.starts_with(API) {
        return None;
    }
    let url = url.split(['?', '#']).next()?;
    let (_, path) = url.rsplit_once(API)?;
    let path = path.trim_matches('/');
    let is_plain = |char: char| char.is_ascii_graphic() && !matches!(char, '<' | '>' | '"' | '\\');
    (!path.is_empty() && path.chars().all(is_plain)).then_some(path)
}

/// The most parts that the path of a resource that can be asked for has.
const MAX_PARTS: usize = 16;
/// The longest path of a resource that can be asked for, in bytes.
const MAX_PATH_BYTES: usize = 512;

/// Where a resource is below the API's own address. `None` for a path that a client or a server on the way could take for
/// another one: with an escape in it, or with a part that goes up.
pub(super) fn url_path(resource: &str) -> Option<String> {
    let is_plain = |part: &str| {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        !matches!(part, "" | "." | "..") && part.bytes().all(unreserved)
    };
    let parts = resource.split('/');
    let fits = resource.len() <= MAX_PATH_BYTES && parts.clone().count() <= MAX_PARTS;
    (fits && parts.clone().all(is_plain)).then(|| format!("{API}{resource}/"))
}

/// The URLs of a company's things under our own address.
pub(super) struct Company<'a> {
    pub public_url: &'a str,
    pub id: CompanyId,
}

impl Company<'_> {
    /// The company itself.
    pub fn url(&self) -> String {
        format!("{}/viasto{API}companies/{}/", self.public_url, self.id)
    }

    /// Its users.
    pub fn customers(&self) -> String {
        format!("{}/viasto{API}customers/", self.public_url)
    }

    /// A user, who is a customer here.
    pub fn customer(&self, id: UserId) -> String {
        format!("{}{id}/", self.customers())
    }

    fn project(&self, standing_in: impl std::fmt::Display) -> String {
        format!("{}projects/{standing_in}/", self.url())
    }

    /// The project that a URL named.
    pub fn project_of(&self, of: ProjectOf) -> Project {
        Project(match of {
            ProjectOf::Job(id) => self.project(id),
            ProjectOf::Application(id) => self.project(id),
            ProjectOf::Interview(id) => self.project(id),
        })
    }

    /// A job's project.
    pub fn job(&self, id: JobId) -> Project {
        Project(self.project(id))
    }
}

/// A project, by its URL.
#[derive(Clone)]
pub(super) struct Project(pub String);

/// What stands in for a project where no job is known, and for a candidate where no application is.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// An application, of which the job may be known.
    Application(ApplicationId, Option<JobId>),
    /// An interview that belongs to no application.
    Interview(InterviewId),
}

impl Place {
    /// The URL of the project.
    pub fn project(self, company: &Company<'_>) -> Project {
        Project(match self {
            Self::Application(_, Some(job)) => company.project(job),
            Self::Application(application, None) => company.project(application),
            Self::Interview(interview) => company.project(interview),
        })
    }

    /// The URL of the candidate.
    pub fn candidate(self, project: &Project) -> String {
        match self {
            Self::Application(application, _) => project.within("candidates", application),
            Self::Interview(interview) => project.within("candidates", interview),
        }
    }
}

impl Project {
    /// A question of the project.
    pub fn question(&self, id: QuestionId) -> String {
        self.within("questions", id)
    }

    /// An answer recorded for the project.
    pub fn answer_video(&self, id: AnswerVideoId) -> String {
        self.within("answervideos", id)
    }

    /// A rating in the project.
    pub fn rating(&self, id: FeedbackId) -> String {
        self.within("ratings", id)
    }

    /// A note in the project.
    pub fn note(&self, id: NoteId) -> String {
        self.within("notes", id)
    }

    pub fn within<I: Identifier>(&self, collection: &str, id: I) -> String {
        format!("{}{collection}/{id}/", self.0)
    }
}
