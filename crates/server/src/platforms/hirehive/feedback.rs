//! `GET /feedback` with its filters, and `POST /feedback`, which completes it (platforms.md 1.6).

use axum::response::Response;
use callboard_core::{
    Application, ApplicationId, Command, Entity, Facts, Feedback, FeedbackCommand, FeedbackId,
    FeedbackStatus, FeedbackTold, Held, Identifier, Interview, InterviewId, Kind, Person, RefusalCode,
    UserId, World,
};
use callboard_dialects::rest::hirehive::{self, Completed};
use callboard_ledger::ThingFilter;

use super::body::{check_feedback, unreadable};
use super::envelope::Many;
use super::visit::Visit;
use super::writing::Given;
use crate::problem::{Problem, codes};

/// Filters: `application_id`, `creator_id`, `completer_id` (the reviewer), `form_id`, `status`. Sorted by `sort`:
/// `date_created` (as without it) or `date_complete`, each also with a `-` before it.
pub(super) async fn list(visit: Visit) -> Result<Many, Problem> {
    let filter = Filter::read(&visit).await?;
    let (by, descending) = order(visit.asked("sort"))?;
    let fitting =
        move |held: &Held| feedback_in(held).filter(|it| filter.fits(it)).map(|it| (by(it), it.id.raw()));
    let mut found = visit.all(ThingFilter::all(visit.company.id, Kind::Feedback), fitting).await?;
    found.all.sort_by_key(|(at, _)| *at);
    if descending {
        found.all.reverse();
    }
    visit.list(found.map(|(_, raw_id)| raw_id)).await
}

type SortKey = fn(&Feedback) -> Option<callboard_core::Timestamp>;

fn order(asked: Option<&str>) -> Result<(SortKey, bool), Problem> {
    let asked = asked.unwrap_or("date_created");
    let (descending, name) = asked.strip_prefix('-').map_or((false, asked), |name| (true, name));
    match name {
        "date_created" => Ok((|it| it.requested_at, descending)),
        "date_complete" => Ok((|it| it.completed_at, descending)),
        _ => Err(Problem::new(codes::BAD_QUERY, "`sort` is `date_created` or `date_complete`")),
    }
}

fn feedback_in(held: &Held) -> Option<&Feedback> {
    match &held.entity {
        Entity::Feedback(it) => Some(it),
        _ => None,
    }
}

/// Which feedback is asked for.
struct Filter {
    application: Option<(ApplicationId, Vec<InterviewId>)>,
    creator: Option<UserId>,
    reviewer: Option<UserId>,
    form: Option<String>,
    status: Option<FeedbackStatus>,
}

impl Filter {
    async fn read(visit: &Visit) -> Result<Self, Problem> {
        let mut filter = Self {
            application: None,
            creator: visit.user_asked("creator_id").await?,
            reviewer: visit.user_asked("completer_id").await?,
            form: visit.asked("form_id").map(str::to_owned),
            status: visit.asked("status").map(FeedbackStatus::from),
        };
        if let Some(id) = visit.asked("application_id") {
            let (id, world) = visit.find::<ApplicationId>(Kind::Application, id).await?;
            let interviews = application_in(&world, id).map(|it| it.interviews.clone()).unwrap_or_default();
            filter.application = Some((id, interviews));
        }
        Ok(filter)
    }

    fn fits(&self, feedback: &Feedback) -> bool {
        let is_on = |(application, interviews): &(ApplicationId, Vec<InterviewId>)| {
            feedback.application_id == Some(*application)
                || feedback.interview_id.is_some_and(|id| interviews.contains(&id))
        };
        self.application.as_ref().is_none_or(is_on)
            && self.creator.is_none_or(|user| is_user(feedback.creator.as_ref(), user))
            && self.reviewer.is_none_or(|user| is_user(feedback.reviewer.as_ref(), user))
            && self.form.as_ref().is_none_or(|form| is_of_form(feedback, form))
            && self.status.as_ref().is_none_or(|status| feedback.status.as_ref() == Some(status))
    }
}

fn is_user(person: Option<&Person>, user: UserId) -> bool {
    person.is_some_and(|person| person.user == Some(user))
}

fn is_of_form(feedback: &Feedback, form: &str) -> bool {
    feedback.form.as_ref().is_some_and(|it| it.id.as_deref() == Some(form))
}

fn application_in(world: &World, id: ApplicationId) -> Option<&Application> {
    match world.entity(id.raw()).map(|held| &held.entity) {
        Some(Entity::Application(it)) => Some(it),
        _ => None,
    }
}

/// Gives the feedback that was asked for. HireHive knows the reviewer by the token; a key of ours belongs to nobody, so
/// the reviewer is the one whom `reviewer_id` names, or else the only one who was asked and has not answered. A reviewer
/// who is named and was not asked is asked and answers at once.
pub(super) async fn complete(visit: Visit, given: Given) -> Result<Response, Problem> {
    visit.require_write()?;
    let once = given.once.clone();
    visit.made(visit.complete(given).await, once).await
}

fn requested(application: ApplicationId, reviewer: UserId, told: &FeedbackTold) -> FeedbackCommand {
    let told = FeedbackTold { form: told.form.clone(), ..FeedbackTold::default() };
    let facts = Facts { told, ..Facts::default() };
    FeedbackCommand::Request { application, reviewer, creator: None, facts }
}

/// The feedback that was asked for with this form, of this reviewer if one is named, and not given yet.
fn pending<'w>(
    world: &'w World,
    application: ApplicationId,
    completed: &Completed,
    reviewer: Option<UserId>,
) -> Result<Option<&'w Feedback>, Problem> {
    let asked = application_in(world, application).into_iter().flat_map(|it| {
        let on_interviews = it.interviews.iter().filter_map(|id| interview_in(world, *id));
        it.feedback.iter().chain(on_interviews.flat_map(|interview| &interview.feedback))
    });
    let mut pending = asked
        .filter_map(|id| world.entity(id.raw()))
        .filter(|held| !held.record.deleted)
        .filter_map(feedback_in)
        .filter(|it| {
            it.status != Some(FeedbackStatus::Complete)
                && completed.form_id.as_deref().is_none_or(|form| is_of_form(it, form))
                && reviewer.is_none_or(|reviewer| is_user(it.reviewer.as_ref(), reviewer))
        });
    match (pending.next(), pending.next()) {
        (Some(_), Some(_)) => {
            let detail = "more than one reviewer was asked for feedback with this form; say whose it is by `reviewer_id`";
            Err(Problem::new(RefusalCode::MISSING_FACT.into(), detail))
        }
        (one, _) => Ok(one),
    }
}

fn interview_in(world: &World, id: InterviewId) -> Option<&Interview> {
    match world.entity(id.raw()).map(|held| &held.entity) {
        Some(Entity::Interview(it)) => Some(it),
        _ => None,
    }
}

impl Visit {
    async fn complete(&self, given: Given) -> Result<u64, Problem> {
        let completed = hirehive::answers(given.body.get().as_bytes()).map_err(|error| unreadable(&error))?;
        let (application, world) =
            self.find::<ApplicationId>(Kind::Application, &completed.application_id).await?;
        let reviewer = match &completed.reviewer_id {
            Some(id) => Some(self.ours::<UserId>(Kind::User, id).await?),
            None => None,
        };
        let pending = pending(&world, application, &completed, reviewer)?;
        let told = completed.told(pending);
        check_feedback(&told)?;
        let facts = Facts { told, ..Facts::default() };
        let (id, request) = match (pending, reviewer) {
            (Some(pending), _) => (pending.id, None),
            (None, Some(reviewer)) => {
                let id: FeedbackId = self.hub.mint();
                (id, Some(Command::Feedback(id, requested(application, reviewer, &facts.told))))
            }
            (None, None) => {
                let detail = "nobody was asked for feedback with this form who has not answered; say whose it is by `reviewer_id`";
                return Err(Problem::new(RefusalCode::MISSING_FACT.into(), detail));
            }
        };
        let submit = Command::Feedback(id, FeedbackCommand::Submit(facts));
        let commands = request.into_iter().chain(std::iter::once(submit)).collect();
        self.carry_out(commands, None, given.once, id.raw()).await
    }

    async fn user_asked(&self, name: &str) -> Result<Option<UserId>, Problem> {
        match self.asked(name) {
            Some(id) => Ok(Some(self.ours(Kind::User, id).await?)),
            None => Ok(None),
        }
    }
}
